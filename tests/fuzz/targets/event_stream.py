"""framing.sse: every byte comes out, the events are the book's, chunks never matter, other data is read back."""

from __future__ import annotations

from typing import Final

from hushgate.errors import Malformed
from hushgate.framing.sse import SSEDecoder, SSEEvent
from tests.fuzz.draw import Draw
from tests.fuzz.target import Target
from tests.properties.test_framing_sse import by_the_book, decode, others

LARGEST: Final = 64


def check(data: bytes) -> str:
    draw = Draw(data)
    cuts = Draw(bytes(draw.byte() for _ in range(10)))
    stream = draw.rest()
    whole = decode([stream])
    assert b"".join(event.raw for event in whole) == stream, "bytes are lost"
    pieces = cuts.cut(stream)
    assert decode(pieces) == whole, "chunks matter"
    assert [event.data for event in whole if event.data is not None] == by_the_book(stream), "not the book's events"
    assert _limited([stream]) == _limited(pieces), "chunks matter to what is too large"
    for event in whole:
        if event.data is None:
            continue
        raw = event.with_data('{"new":\n1}')
        (again,) = decode([raw]) if event.marked else decode([b"\n", raw])[1:]
        assert (again.data, again.event) == ('{"new":\n1}', event.event), "new data is not read back"
        assert others(raw) == others(event.raw), "another line changed"
    return "data" if any(event.data is not None for event in whole) else "no data"


def _limited(pieces: list[bytes]) -> tuple[list[SSEEvent], bool]:
    """The events up to one that is too large, and whether there was one."""
    decoder, events = SSEDecoder(LARGEST), list[SSEEvent]()
    try:
        for piece in pieces:
            events += decoder.feed(piece)
        while more := decoder.flush():
            events += more
    except Malformed:
        return events, True
    return events, False


_CUTS: Final = b"\3" + b"\0" * 9
SEEDS: Final = (
    _CUTS + b'data: {"a":1}\n\ndata: [DONE]\n\n',
    _CUTS + b'\xef\xbb\xbfevent: x\r\ndata:{"a":\r\ndata: 1}\r\n\r\n: ping\r\rid: 1\n\ndata\n\ndata: end',
    _CUTS + b"data: a\rdata: b\r\r\ndata:\xff\n\n\n\n\xef\xbb\xbfdata: c\n\r\n",
    _CUTS + b": only\n\nretry: 3\n\n",
    b"\0" * 10 + b"data: " + b"x" * 80 + b"\n\ndata: y\n\n",
)
WORDS: Final = (
    b"\r", b"\n", b"\r\n", b"\r\r", b"\n\n", b"\r\n\r\n", b"\n\r", b"data", b"data:", b"data: ", b"event: ", b"id:",
    b":",
    b"\xef\xbb\xbf", b"\xff", b"\0", b"\xe2\x80\xa8", b"x" * 60,
)  # fmt: skip

TARGET: Final = Target(check, SEEDS, WORDS, short=1500)
