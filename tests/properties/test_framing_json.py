"""NDJSON and growing arrays: any bytes, any chunking, the same frames, and every byte of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushgate.errors import Malformed
from hushgate.framing.base import Framed, Framing
from hushgate.framing.json_array import JSONArray
from hushgate.framing.ndjson import NDJSON
from tests.properties.test_framing_sse import cut

PIECES = st.sampled_from([b"\r", b"\n", b"[", b"]", b"{", b"}", b",", b'"', b"\\", b"1", b" ", b'{"a":1}', b"\xff"])
STREAMS = st.lists(PIECES, max_size=30).map(b"".join) | st.binary(max_size=60)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
VALUES = st.recursive(LEAVES, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=4), v, max_size=3))


def told(framing: Framing, chunks: list[bytes]) -> tuple[list[Framed], bool]:
    """The frames, and whether the stream was refused in the end."""
    frames: list[Framed] = []
    try:
        for chunk in chunks:
            frames.extend(framing.feed(chunk))
        frames.extend(framing.flush())
    except Malformed:
        return frames, True
    return frames, False


def joined(frames: list[Framed]) -> bytes:
    return b"".join(frame.raw for frame in frames)


@pytest.mark.parametrize("kind", [NDJSON, JSONArray])
@given(stream=STREAMS, cuts=st.lists(st.integers(0, 200), max_size=8))
def test_no_byte_is_lost_and_chunks_never_matter(kind: Callable[[], Framing], stream: bytes, cuts: list[int]) -> None:
    whole, refused = told(kind(), [stream])
    assert stream.startswith(joined(whole)) if refused else joined(whole) == stream
    for chunks in (cut(stream, cuts), [bytes([byte]) for byte in stream]):
        frames, also = told(kind(), chunks)
        assert also == refused
        assert [f.data for f in frames if f.data is not None] == [f.data for f in whole if f.data is not None]
        assert joined(frames).startswith(joined(whole)) or joined(whole).startswith(joined(frames))


@given(st.lists(VALUES, max_size=5), st.sampled_from([None, 1]), st.lists(st.integers(0, 200), max_size=8))
def test_documents_are_told_as_they_were_written(values: list[Any], indent: int | None, cuts: list[int]) -> None:
    array = json.dumps(values, indent=indent).encode()
    frames, _ = told(JSONArray(), cut(array, cuts))
    assert [json.loads(f.data) for f in frames if f.data is not None] == values
    lines = b"".join(json.dumps(value).encode() + b"\n" for value in values)
    frames, _ = told(NDJSON(), cut(lines, cuts))
    assert [json.loads(f.data) for f in frames if f.data is not None] == values
