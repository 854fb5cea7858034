"""Any bytes under any coding decode, or are Malformed; chunks never matter."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from hushgate.errors import Malformed
from hushgate.wire.encoding import StreamDecoder, decode_body

CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: bytes(brotli.compress(body, quality=2)),
    "zstd": zstandard.ZstdCompressor().compress,
}
LIMIT = 100_000


@pytest.mark.parametrize("coding", [*CODERS, "gzip, br", "identity"])
@given(st.binary(max_size=80))
def test_any_bytes_decode_or_are_malformed(coding: str, raw: bytes) -> None:
    try:
        assert len(decode_body(raw, coding, LIMIT)) <= LIMIT
    except Malformed as malformed:
        assert malformed.__context__ is None


@pytest.mark.parametrize("coding", list(CODERS))
@given(st.binary(max_size=300), st.lists(st.integers(0, 400), max_size=5), st.integers(0, 40))
def test_chunks_and_damage(coding: str, body: bytes, cuts: list[int], damage: int) -> None:
    raw = CODERS[coding](body)
    edges = [0, *sorted(c % (len(raw) + 1) for c in cuts), len(raw)]
    decoder = StreamDecoder(coding, LIMIT)
    pieces = [decoder.feed(raw[a:b]) for a, b in zip(edges, edges[1:], strict=False)]
    assert b"".join(pieces) + decoder.flush() == body
    if 0 < damage < len(raw):
        with pytest.raises(Malformed):
            decode_body(raw[:-damage], coding, LIMIT)
