"""Any bytes, any chunking: the same events, and every byte of them."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from hushgate.framing.sse import SSEDecoder, SSEEvent

WORDS = [b"data", b"data:", b"data: ", b"event: x", b"id: 1", b":", b" ", b"{}"]
PIECES = st.sampled_from([b"\r", b"\n", b"\r\n", b"\xef\xbb\xbf", b"\xff", "é".encode(), *WORDS])
STREAMS = st.lists(PIECES, max_size=30).map(b"".join) | st.binary(max_size=60)


def decode(chunks: list[bytes]) -> list[SSEEvent]:
    decoder = SSEDecoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)] + decoder.flush()


def cut(stream: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(c % (len(stream) + 1) for c in cuts), len(stream)]
    return [stream[a:b] for a, b in zip(edges, edges[1:], strict=False)]


def by_the_book(stream: bytes) -> list[str]:
    """The data of each event as the WHATWG algorithm has it, line by line; an unfinished event counts too."""
    text = stream.removeprefix(b"\xef\xbb\xbf")
    found: list[str] = []
    buffer: list[bytes] = []
    for line in [*re.split(rb"\r\n|\n|\r", text), b""]:
        if not line:
            if buffer:
                found.append(b"\n".join(buffer).decode("utf-8", "replace"))
            buffer = []
            continue
        name, _, value = line.partition(b":")
        if name == b"data":
            buffer.append(value[1:] if value[:1] == b" " else value)
    return found


@given(STREAMS, st.lists(st.integers(0, 200), max_size=8))
def test_no_byte_is_lost_and_chunks_never_matter(stream: bytes, cuts: list[int]) -> None:
    whole = decode([stream])
    assert b"".join(event.raw for event in whole) == stream
    assert decode(cut(stream, cuts)) == whole
    assert decode([bytes([byte]) for byte in stream]) == whole


@given(STREAMS)
def test_events_are_those_of_the_book(stream: bytes) -> None:
    assert [event.data for event in decode([stream]) if event.data is not None] == by_the_book(stream)


@given(STREAMS, st.text(alphabet=st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=10))
def test_new_data_is_read_back_and_nothing_else_changes(stream: bytes, data: str) -> None:
    for event in decode([stream]):
        if event.data is None:
            continue
        raw = event.with_data(data)
        (again,) = decode([raw]) if event.marked else decode([b"\n", raw])[1:]
        assert (again.data, again.event) == (data, event.event)
        assert others(raw) == others(event.raw)


def others(raw: bytes) -> list[bytes]:
    return [
        line
        for line in re.split(rb"\r\n|\n|\r", raw.removeprefix(b"\xef\xbb\xbf"))
        if line and line.partition(b":")[0] != b"data"
    ]
