"""Any messages, any chunking: the same messages, as botocore reads them; and no changed bit gets through."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from hushgate.errors import Malformed
from hushgate.framing.aws_event_stream import AwsEventStream, Header, Message, decode, encode

NAMES = st.text(st.sampled_from(":abc-é"), min_size=1, max_size=8)
SIZED = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
HEADERS = st.one_of(
    st.sampled_from(sorted(SIZED)).flatmap(
        lambda kind: st.builds(Header, NAMES, st.just(kind), st.binary(min_size=SIZED[kind], max_size=SIZED[kind]))
    ),
    st.builds(Header, NAMES, st.just(6), st.binary(max_size=20)),
    st.builds(Header, NAMES, st.just(7), st.text(max_size=10).map(str.encode)),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
INSIDE = st.one_of(TEXTS, st.builds(lambda text: json.dumps({"text": text}, ensure_ascii=False), TEXTS))
WRAPPED = st.builds(
    lambda text, pad, spaced: json.dumps(
        {"bytes": b64encode(text.encode()).decode()} | ({} if pad is None else {"p": pad}),
        separators=None if spaced else (",", ":"),
    ),
    INSIDE,
    st.none() | st.sampled_from(["", "abc", "abcdefghijklmnopqrstuvwxyzAB", "notAWS"]),
    st.booleans(),
)
ONE = st.tuples(st.lists(HEADERS, max_size=4, unique_by=lambda header: header.name), WRAPPED | TEXTS)
MANY = st.lists(ONE, max_size=4)
CUTS = st.lists(st.integers(0, 400), max_size=8)


def stream_of(made: list[tuple[list[Header], str]]) -> bytes:
    return b"".join(encode(headers, payload.encode()) for headers, payload in made)


def messages(pieces: list[bytes]) -> list[Message]:
    framing = AwsEventStream()
    return [message for piece in pieces for message in framing.feed(piece)] + framing.flush()


def cut(stream: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(c % (len(stream) + 1) for c in cuts), len(stream)]
    return [stream[a:b] for a, b in zip(edges, edges[1:], strict=False)]


def read_by_botocore(stream: bytes) -> list[tuple[dict[str, Any], bytes]]:
    buffer = EventStreamBuffer()
    buffer.add_data(stream)
    return [(event.headers, event.payload) for event in buffer]


@given(MANY, CUTS)
def test_no_byte_is_lost_and_chunks_never_matter(made: list[tuple[list[Header], str]], cuts: list[int]) -> None:
    stream = stream_of(made)
    whole = messages([stream])
    assert b"".join(message.raw for message in whole) == stream
    assert messages(cut(stream, cuts)) == whole
    assert messages([bytes([byte]) for byte in stream]) == whole
    assert [message.headers for message in whole] == [tuple(headers) for headers, _ in made]


@given(MANY)
def test_messages_are_those_that_botocore_reads(made: list[tuple[list[Header], str]]) -> None:
    stream = stream_of(made)
    for message, (headers, payload) in zip(messages([stream]), read_by_botocore(stream), strict=True):
        assert [header.name for header in message.headers] == list(headers)
        for header in message.headers:
            theirs = headers[header.name]
            if isinstance(theirs, str | int) and not isinstance(theirs, bool):
                assert header.text == str(theirs)
            assert f"{header.name}: {header.text}" in message.beside
        if message.wrapped:
            assert message.data is not None
            inside = json.loads(message.data)["bytes"] if message.wrapped == "text" else message.data
            assert b64decode(json.loads(payload)["bytes"]) == inside.encode()
        else:
            assert (message.data or "") == payload.decode()


@given(ONE, TEXTS)
def test_new_data_is_read_back_and_nothing_else_changes(one: tuple[list[Header], str], text: str) -> None:
    message = decode(stream_of([one]))
    if message.data is None:
        with pytest.raises(ValueError, match="cannot carry"):
            message.with_data(text)
        return
    data = json.dumps({**json.loads(message.data), "bytes": text}) if message.wrapped == "text" else text
    ((headers, payload),) = read_by_botocore(message.with_data(data))
    assert headers == read_by_botocore(message.raw)[0][0]
    if message.wrapped:
        before, after = json.loads(one[1]), json.loads(payload)
        assert after == {**before, "bytes": b64encode(text.encode()).decode()}
        assert list(after) == list(before)
    else:
        assert payload.decode() == text


@given(MANY, st.integers(0), st.integers(0, 7), CUTS)
def test_no_changed_bit_gets_through(made: list[tuple[list[Header], str]], at: int, bit: int, cuts: list[int]) -> None:
    stream = bytearray(stream_of(made))
    if not stream:
        return
    at %= len(stream)
    stream[at] ^= 1 << bit
    framing, got = AwsEventStream(), list[Message]()
    with pytest.raises(Malformed):
        for piece in cut(bytes(stream), cuts):
            got += framing.feed(piece)
        while more := framing.flush():
            got += more
    # Only messages that end before the changed bit.
    good = b"".join(message.raw for message in got)
    assert len(good) <= at
    assert bytes(stream).startswith(good)


@given(st.binary(max_size=80), CUTS)
def test_any_bytes_are_refused_alike_however_they_are_cut(stream: bytes, cuts: list[int]) -> None:
    def outcome(pieces: list[bytes]) -> str:
        try:
            return str(messages(pieces))
        except Malformed as why:
            return str(why)

    assert outcome([stream]) == outcome(cut(stream, cuts)) == outcome([bytes([byte]) for byte in stream])
