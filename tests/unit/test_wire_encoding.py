"""Content codings, bounded and in one reading."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from hushgate.errors import Malformed
from hushgate.wire.encoding import StreamDecoder, decode_body

BODY = b'{"messages": "hello hello hello"}' * 3000


def raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body, wbits=-15)


def fast_brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body, quality=4))


CODERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", fast_brotli),
    ("zstd", zstandard.ZstdCompressor().compress),
]
coders = pytest.mark.parametrize(("name", "coder"), CODERS, ids=["gzip", "x-gzip", "zlib", "raw", "br", "zstd"])


@coders
def test_decodes(name: str, coder: Callable[[bytes], bytes]) -> None:
    assert decode_body(coder(BODY), name, len(BODY)) == BODY
    assert decode_body(coder(BODY), f" {name.upper()} ", len(BODY)) == BODY
    assert decode_body(coder(b""), name, 0) == b""


@coders
def test_decodes_byte_by_byte_and_at_once(name: str, coder: Callable[[bytes], bytes]) -> None:
    decoder = StreamDecoder(name, len(BODY))
    pieces = [decoder.feed(bytes([byte])) for byte in coder(BODY)]
    assert b"".join([*pieces, decoder.flush()]) == BODY


@coders
@pytest.mark.parametrize("tail", [b"\0", b"x", b'{"more": 1}', None])
def test_nothing_may_follow(name: str, coder: Callable[[bytes], bytes], tail: bytes | None) -> None:
    whole = coder(BODY)
    rest = coder(b"second member") if tail is None else tail
    with pytest.raises(Malformed):
        decode_body(whole + rest, name, 10**9)
    decoder = StreamDecoder(name, 10**9)
    decoder.feed(whole)
    with pytest.raises(Malformed):
        decoder.feed(rest)


@coders
def test_a_cut_body_is_refused(name: str, coder: Callable[[bytes], bytes]) -> None:
    for cut in (1, 2, len(coder(BODY)) // 2, len(coder(BODY)) - 1):
        with pytest.raises(Malformed):
            decode_body(coder(BODY)[:cut], name, 10**9)


@coders
def test_a_broken_body_is_refused_without_its_text(name: str, coder: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Malformed) as caught:
        decode_body(b"canary" + coder(BODY), name, 10**9)
    assert "canary" not in repr(caught.value)
    assert caught.value.__context__ is None


@coders
def test_the_bound_holds_to_the_byte(name: str, coder: Callable[[bytes], bytes]) -> None:
    assert decode_body(coder(BODY), name, len(BODY)) == BODY
    with pytest.raises(Malformed, match="more than is allowed"):
        decode_body(coder(BODY), name, len(BODY) - 1)


@coders
def test_a_bomb_takes_no_memory(name: str, coder: Callable[[bytes], bytes]) -> None:
    bomb = coder(bytes(64_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(Malformed, match="more than is allowed"):
            decode_body(bomb, name, 1_000_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_two_codings_are_undone_last_first() -> None:
    twice = brotli.compress(gzip.compress(BODY))
    assert decode_body(twice, "gzip, br", 10**6) == BODY
    with pytest.raises(Malformed):
        decode_body(twice, "br, gzip", 10**6)


def test_the_bound_holds_inside_two_codings() -> None:
    twice = gzip.compress(gzip.compress(bytes(10_000_000)))
    with pytest.raises(Malformed, match="more than is allowed"):
        decode_body(twice, "gzip, gzip", 100_000)


@pytest.mark.parametrize(
    ("coding", "reason"),
    [
        ("compress", "not known"),
        ("gzip, gzip, gzip", "more than 2"),
        ("gzip;q=1", "not known"),
        ("aws-chunked", "not known"),
    ],
)
def test_other_codings_are_refused(coding: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        decode_body(b"x", coding, 10)
    with pytest.raises(Malformed, match=reason):
        StreamDecoder(coding, 10)


@pytest.mark.parametrize("coding", [None, "", "identity", " Identity ,"])
def test_no_coding(coding: str | None) -> None:
    assert decode_body(b"abc", coding, 3) == b"abc"
    with pytest.raises(Malformed, match="more than is allowed"):
        decode_body(b"abcd", coding, 3)
    decoder = StreamDecoder(coding, 3)
    assert decoder.feed(b"ab") + decoder.feed(b"c") + decoder.flush() == b"abc"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_an_empty_body_is_empty(coding: str) -> None:
    assert decode_body(b"", coding, 0) == b""


def test_a_stream_gives_what_it_can() -> None:
    encoder = zlib.compressobj(wbits=31)
    first = encoder.compress(b"data: one\n\n") + encoder.flush(zlib.Z_SYNC_FLUSH)
    decoder = StreamDecoder("gzip", 100)
    assert decoder.feed(first) == b"data: one\n\n"


def test_an_oversized_zstd_window_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    packed = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    raw = packed.compress(BODY) + packed.flush()
    with pytest.raises(Malformed):
        decode_body(raw, "zstd", 10**9)
