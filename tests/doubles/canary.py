"""Looks for a value in bytes, in every form it could hide in."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote

import brotli
import zstandard

UNPACK_LIMIT = 64 << 20  # bytes


def forms(value: str) -> dict[str, bytes]:
    """The encodings of `value`, by name. Base64 stands at any of three offsets in a longer text."""
    raw = value.encode()
    found = {
        "plain": raw,
        "json": json.dumps(value)[1:-1].encode(),
        "json in utf-8": json.dumps(value, ensure_ascii=False)[1:-1].encode(),
        "json twice": json.dumps(json.dumps(value)[1:-1])[1:-1].encode(),
        "utf-16-le": value.encode("utf-16-le"),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "percent": quote(value, safe="").encode(),
    }
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw)
        # the first and last group depend on the neighbours
        inner = whole[4 if shift else 0 : -4 if whole.endswith(b"=") else None]
        if len(inner) >= 8:
            found[f"base64+{shift}"] = inner
            found[f"base64url+{shift}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
    return found


def find(data: bytes, value: str) -> str | None:
    """The name of the form in which `data` holds `value`; None if it does not. Looks into compressed data too."""
    wanted = forms(value)
    for unpacking, content in [("", data), *_unpacked(data)]:
        for name, form in wanted.items():
            if form in content:
                return f"{unpacking}{name}"
    return None


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What `data`, or a stream that starts inside it, holds when it is decompressed."""
    for magic, name in ((b"\x1f\x8b\x08", "gzip "), (b"\x28\xb5\x2f\xfd", "zstd ")):
        at = data.find(magic)
        while at >= 0:
            with suppress(Exception):
                yield name, _gunzip(data[at:]) if name == "gzip " else _unzstd(data[at:])
            at = data.find(magic, at + 1)
    with suppress(Exception):
        yield "deflate ", zlib.decompressobj().decompress(data, UNPACK_LIMIT)
    with suppress(Exception):
        yield "br ", brotli.decompress(data)


def _gunzip(data: bytes) -> bytes:
    return zlib.decompressobj(wbits=31).decompress(data, UNPACK_LIMIT)


def _unzstd(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


def packed(value: bytes, encoding: str) -> bytes:
    """`value` under a Content-Encoding: gzip, deflate, br, zstd."""
    match encoding:
        case "gzip":
            return gzip.compress(value, mtime=0)
        case "deflate":
            return zlib.compress(value)
        case "br":
            return bytes(brotli.compress(value))
        case "zstd":
            return zstandard.ZstdCompressor().compress(value)
    raise ValueError(f"no encoding {encoding!r}")
