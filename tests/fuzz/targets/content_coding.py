"""wire.encoding: however it is cut, a body decodes to what other decoders make of it, or is Malformed."""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Callable
from typing import Final

import brotli
import zstandard

from hushgate.errors import Malformed
from hushgate.wire.encoding import StreamDecoder, decode_body
from tests.fuzz.draw import Draw
from tests.fuzz.node import node
from tests.fuzz.target import Target

LIMIT: Final = 20_000
CODINGS: Final = ("gzip", "deflate", "br", "zstd", "gzip, br", "deflate,zstd", "X-GZIP", "identity", "gzip, gzip, gzip")


def _bare(body: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(body) + coder.flush()


ENCODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "x-gzip": lambda body: gzip.compress(body, mtime=0),
    "deflate": zlib.compress,
    "br": lambda body: bytes(brotli.compress(body, quality=2)),
    "zstd": zstandard.ZstdCompressor().compress,
}


def check(data: bytes) -> str:
    draw = Draw(data)
    coding = draw.pick(CODINGS)
    names = [name.strip().lower() for name in coding.split(",")]
    repeats = draw.pick((1, 1, 1, 50, 3000))
    made = draw.flag()
    chunks = Draw(bytes([draw.byte(), draw.byte(), draw.byte(), draw.byte(), draw.byte()]))
    raw = draw.rest()
    body: bytes | None = None
    if made and len(names) < 3 and "identity" not in names:
        raw = body = (raw * repeats)[: 2 * LIMIT]
        for name in names:
            raw = (_bare if name == "deflate" and repeats == 50 else ENCODERS[name])(raw)
    whole = _decoded(lambda: decode_body(raw, coding, LIMIT))
    assert _decoded(lambda: _in_pieces(chunks.cut(raw), coding)) == whole, "chunks matter"
    if body is not None:
        assert whole == (body if len(body) <= LIMIT else None), "what was encoded is not what was decoded"
    if whole is None:
        return "refused"
    assert len(whole) <= LIMIT, "more than the limit"
    for name in reversed(names):
        raw = _reference(name, raw) if raw else raw
    assert raw == whole, "another decoder reads it otherwise"
    return "decoded"


def _decoded(work: Callable[[], bytes]) -> bytes | None:
    try:
        return work()
    except Malformed as refused:
        assert refused.__context__ is None, "an error that may hold the body"
        return None


def _in_pieces(chunks: list[bytes], coding: str) -> bytes:
    decoder = StreamDecoder(coding, LIMIT)
    return b"".join([*map(decoder.feed, chunks), decoder.flush()])


def _reference(name: str, raw: bytes) -> bytes:
    javascript = node()
    if name == "br":
        plain = bytes(brotli.decompress(raw))
    elif name == "zstd":
        plain = zstandard.ZstdDecompressor().stream_reader(raw).read()
    elif name in ("gzip", "x-gzip"):
        plain = gzip.decompress(raw)
    elif name == "deflate":
        try:
            plain = zlib.decompress(raw)
        except zlib.error:
            return zlib.decompress(raw, -15)
    else:
        return raw
    if javascript is not None and name != "zstd":
        assert base64.b64decode(javascript.ask(name.removeprefix("x-"), raw)) == plain, "Node reads it otherwise"
    return plain


def _seed(coding: str, body: bytes, head: bytes = b"\0\0\0\0\0\0\0") -> bytes:
    return bytes([CODINGS.index(coding)]) + head + body


_BODY: Final = b'{"a": "Erika", "b": [1, 2]}'
SEEDS: Final = (
    *(_seed(coding, ENCODERS[coding](_BODY)) for coding in ("gzip", "deflate", "br", "zstd")),
    *(_seed(coding, _BODY, b"\0\1\0\0\0\0\0") for coding in CODINGS[:-1]),
    *(_seed(coding, _BODY, b"\3\1\3\0\0\0\0") for coding in CODINGS[:4]),
    *(_seed(coding, _BODY, b"\4\1\0\0\0\0\0") for coding in CODINGS[:4]),
    _seed("deflate", _bare(_BODY)),
    _seed("gzip", gzip.compress(_BODY, mtime=0) * 2),
    _seed("gzip", gzip.compress(_BODY, mtime=0) + b"\0\0"),
    _seed("gzip", gzip.compress(_BODY, mtime=0)[:-4]),
    _seed("gzip, br", ENCODERS["br"](gzip.compress(_BODY, mtime=0)), b"\0\0\0\3\4\4\4"),
    _seed("zstd", ENCODERS["zstd"](_BODY) * 2),
    _seed("identity", _BODY),
    _seed("gzip, gzip, gzip", _BODY),
)
WORDS: Final = (b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x78\x9c", b"\x50\x2a\x4d\x18\0\0\0\0", b"\0" * 8, b"\xff" * 8)

TARGET: Final = Target(check, SEEDS, WORDS, short=600)
