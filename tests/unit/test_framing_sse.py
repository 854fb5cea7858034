"""Server-sent events: exact bytes, any chunking, bounded."""

from __future__ import annotations

import pytest

from hushgate.errors import Malformed
from hushgate.framing.sse import SSEDecoder, SSEEvent

CASES: list[tuple[bytes, list[tuple[bytes, str | None, str | None]]]] = [
    (b"", []),
    (b"data: a\n\n", [(b"data: a\n\n", "a", None)]),
    (b"data:a\n\n", [(b"data:a\n\n", "a", None)]),
    (b"data:  a\n\n", [(b"data:  a\n\n", " a", None)]),
    (b"data\n\n", [(b"data\n\n", "", None)]),
    (b"data: a\r\ndata: b\r\n\r\n", [(b"data: a\r\ndata: b\r\n\r\n", "a\nb", None)]),
    (b"data: a\r\rdata: b\r\r", [(b"data: a\r\r", "a", None), (b"data: b\r\r", "b", None)]),
    (b"data: a\n\r\ndata: b\r\n\r", [(b"data: a\n\r\n", "a", None), (b"data: b\r\n\r", "b", None)]),
    (b"\n\n\r\ndata: a\n\n",
     [(b"\n", None, None), (b"\n", None, None), (b"\r\n", None, None), (b"data: a\n\n", "a", None)]),
    (b": ping\n\n", [(b": ping\n\n", None, None)]),
    (b"event: x\nid: 1\nretry: 9\ndata: a\nalien: y\n\n",
     [(b"event: x\nid: 1\nretry: 9\ndata: a\nalien: y\n\n", "a", "x")]),
    (b"event: x\n\n", [(b"event: x\n\n", None, "x")]),
    (b"data: a", [(b"data: a", "a", None)]),
    (b"data: a\n", [(b"data: a\n", "a", None)]),
    (b"data: a\r", [(b"data: a\r", "a", None)]),
    (b"data: a\r\n\r", [(b"data: a\r\n\r", "a", None)]),
    (b"\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n",
     [(b"\xef\xbb\xbfdata: a\n\n", "a", None), (b"\xef\xbb\xbfdata: b\n\n", None, None)]),
    (b"\xef\xbb\xbf\n\ndata: a\n\n",
     [(b"\xef\xbb\xbf\n", None, None), (b"\n", None, None), (b"data: a\n\n", "a", None)]),
    (b"data: \xff\n\n", [(b"data: \xff\n\n", "\ufffd", None)]),
    (b" data: a\ndata : b\nDATA: c\n\n", [(b" data: a\ndata : b\nDATA: c\n\n", None, None)]),
    ("data: \u2028\x85\x0c\n\n".encode(), [("data: \u2028\x85\x0c\n\n".encode(), "\u2028\x85\x0c", None)]),
    (b"data: [DONE]\n\n", [(b"data: [DONE]\n\n", "[DONE]", None)]),
]  # fmt: skip


def decoded(stream: bytes, size: int) -> list[SSEEvent]:
    decoder = SSEDecoder()
    events = [e for start in range(0, len(stream), size) for e in decoder.feed(stream[start : start + size])]
    return events + decoder.flush()


@pytest.mark.parametrize(("stream", "expected"), CASES, ids=[repr(c[0]) for c in CASES])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_events(stream: bytes, expected: list[tuple[bytes, str | None, str | None]], size: int) -> None:
    events = decoded(stream, size)
    assert [(e.raw, e.data, e.event) for e in events] == expected
    assert b"".join(e.raw for e in events) == stream


def test_an_event_comes_out_as_soon_as_it_is_whole() -> None:
    decoder = SSEDecoder()
    assert decoder.feed(b"data: a\n") == []
    assert [e.data for e in decoder.feed(b"\n")] == ["a"]
    assert [e.data for e in decoder.feed(b"data: b\r\n\r\ndata: c")] == ["b"]
    assert [e.data for e in decoder.flush()] == ["c"]
    assert decoder.flush() == []


@pytest.mark.parametrize(
    ("raw", "data", "expected"),
    [
        (b"data: a\n\n", "b", b"data: b\n\n"),
        (b"data:a\n\n", "b", b"data:b\n\n"),
        (b"data\n\n", "b", b"data: b\n\n"),
        (b"data: a\n\n", "", b"data: \n\n"),
        (
            b"id: 7\r\nevent: x\r\ndata: a\r\n: c\r\ndata: b\r\n\r\n",
            "n",
            b"id: 7\r\nevent: x\r\ndata: n\r\n: c\r\n\r\n",
        ),
        (b"data: a\r\r", "x\ny", b"data: x\rdata: y\r\r"),
        (b"data: a", "x\ny", b"data: x\ndata: y"),
        (b"\xef\xbb\xbfdata: a\n\n", "b", b"\xef\xbb\xbfdata: b\n\n"),
        (b"data: a\n\n", "é\ud83d", b"data: \xc3\xa9\xed\xa0\xbd\n\n"),
    ],
)
def test_data_is_replaced_and_all_else_stays(raw: bytes, data: str, expected: bytes) -> None:
    (event,) = decoded(raw, 1000)
    assert event.with_data(data) == expected


def test_the_same_data_gives_the_same_bytes() -> None:
    for stream, _ in CASES:
        for event in decoded(stream, 1000):
            if event.data is not None and event.raw.count(b"data:") == 1 and b"\xff" not in event.raw:
                assert event.with_data(event.data) == event.raw


def test_what_no_event_can_carry_is_an_error() -> None:
    (event,) = decoded(b": ping\n\n", 1000)
    with pytest.raises(ValueError, match="cannot carry"):
        event.with_data("x")
    (event,) = decoded(b"data: a\n\n", 1000)
    with pytest.raises(ValueError, match="cannot carry"):
        event.with_data("x\ry")


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_an_event_is_bounded(size: int) -> None:
    decoder = SSEDecoder(largest=20)
    stream = b"data: fine\n\n" + b"data: " + b"x" * 100 + b"\n\n"
    events: list[SSEEvent] = []
    with pytest.raises(Malformed, match="larger than 20 bytes") as caught:
        for start in range(0, len(stream), size):
            events += decoder.feed(stream[start : start + size])
        events += decoder.flush()
    assert [e.data for e in events] == ["fine"]
    assert "xx" not in repr(caught.value)
    with pytest.raises(Malformed):
        decoder.feed(b"data: more\n\n")
    with pytest.raises(Malformed):
        decoder.flush()


def test_the_bound_is_exact() -> None:
    assert len(SSEDecoder(largest=9).feed(b"data: a\n\n")) == 1
    with pytest.raises(Malformed):
        SSEDecoder(largest=8).feed(b"data: a\n\n")


def test_many_small_chunks_of_one_event_are_cheap() -> None:
    decoder = SSEDecoder()
    for _ in range(200_000):
        assert decoder.feed(b"data: xx\n") == []
    (event,) = decoder.flush()
    assert event.data is not None
    assert len(event.raw) == 1_800_000


def test_an_event_shows_no_text() -> None:
    assert "4929" not in repr(decoded(b"data: 4929\n\n", 1000))
