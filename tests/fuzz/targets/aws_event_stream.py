"""framing.aws_event_stream: every byte comes out, chunks never matter, new data is read back, botocore agrees."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import crc32
from struct import error, pack, unpack_from
from typing import Any, Final

from botocore.eventstream import EventStreamBuffer, ParserError

from hushgate.errors import Malformed
from hushgate.framing.aws_event_stream import STRING, AwsEventStream, Header, Message, decode, encode
from tests.fuzz.draw import Draw
from tests.fuzz.target import Target

LARGEST: Final = 256


def check(data: bytes) -> str:
    draw = Draw(data)
    cuts = Draw(bytes(draw.byte() for _ in range(10)))
    stream = draw.rest()
    if cuts.flag():
        stream = _checksums_made_right(stream)
    got, why = _read([stream])
    assert stream.startswith(b"".join(message.raw for message in got)), "bytes are lost"
    assert _read(cuts.cut(stream)) == (got, why), "chunks matter"
    theirs = _read_by_botocore(stream, len(got))
    for message, (headers, payload) in zip(got, theirs, strict=True):
        assert [header.name for header in message.headers] == list(headers), "botocore reads other headers"
        inside = b64decode(json.loads(payload)["bytes"]) if message.wrapped else payload
        said = json.loads(message.data or "")["bytes"] if message.wrapped == "text" else message.data or ""
        assert inside == said.encode(), "botocore reads another payload"
        if message.data is None:
            continue
        new = '{"bytes": "new"}' if message.wrapped == "text" else '{"new":1}'
        again = decode(message.with_data(new))
        assert (again.data, again.headers, again.wrapped) == (new, message.headers, message.wrapped), "not kept"
    if why:
        return why.split(" is ")[0][:40]
    return max((message.wrapped for message in got), default="nothing") or "messages"


def _read(pieces: list[bytes]) -> tuple[list[Message], str]:
    """The messages up to one that is refused, and why that is."""
    framing, got = AwsEventStream(LARGEST), list[Message]()
    try:
        for piece in pieces:
            got += framing.feed(piece)
        while more := framing.flush():
            got += more
    except Malformed as why:
        return got, str(why)
    return got, ""


def _read_by_botocore(stream: bytes, most: int) -> list[tuple[dict[str, Any], bytes]]:
    buffer = EventStreamBuffer()
    buffer.add_data(stream)
    read: list[tuple[dict[str, Any], bytes]] = []
    try:
        for event in buffer:
            read.append((event.headers, event.payload))
    except (ParserError, UnicodeDecodeError, error, KeyError):
        pass
    return read[:most]


def _checksums_made_right(stream: bytes) -> bytes:
    """The stream with the checksums that its lengths ask for, as far as it has whole messages."""
    out, at = b"", 0
    while len(stream) - at >= 16:
        lengths = stream[at : at + 8]
        total = int(unpack_from("!I", lengths)[0])
        body = lengths + pack("!I", crc32(lengths)) + stream[at + 12 : at + max(total, 16) - 4]
        out += body + pack("!I", crc32(body))
        at += max(total, 16)
    return out + stream[at:]


def _event(name: str, payload: bytes, kind: str = "event") -> bytes:
    headers = ((":event-type", name), (":content-type", "application/json"), (":message-type", kind))
    return encode((Header(key, STRING, value.encode()) for key, value in headers), payload)


_CUTS: Final = b"\3" + b"\0" * 9
_AS_IT_IS: Final = b"\2" + b"\0" * 9
SEEDS: Final = (
    _CUTS + _event("contentBlockDelta", b'{"delta":{"text":"hi"}}') + _event("metadata", b""),
    _CUTS + _event("chunk", b'{"bytes":"eyJhIjoxfQ==","p":"abc"}'),
    _CUTS + _event("chunk", b'{"p":"no","bytes":"Pz8\\/"}') + _event("x", b'{"message":"no"}', "exception"),
    _CUTS + _event("chunk", b'{"bytes":"Pz8/","attribution":{"n":1.5}}'),
    _CUTS + encode([Header("n", 5, bytes(8)), Header("b", 6, b"\xff"), Header("u", 9, bytes(16))], b"[]"),
    _CUTS + encode([Header("t", 0, b""), Header("t", 1, b"")], b"[]"),
    _CUTS + encode([], b"\xff"),
    _CUTS + encode([], b"x" * 300),
    _AS_IT_IS + _event("chunk", b"{}")[:-1] + b"\0",
    _AS_IT_IS + _event("chunk", b"{}")[:-1],
    _AS_IT_IS + b"data: {}\n\ndata: {}\n\n",
    _CUTS,
)
WORDS: Final = (
    b"\0\0\0\x10", b"\0\0\0\0", b"\x0d:content-type", b"\x07", b"\x00\x05chunk", b"\x06", b'{"bytes":"', b'"p":"abc"',
    b'"}', b"\xff", b'{"bytes":"YQ=="}', b"\0\0\1\0",
)  # fmt: skip

TARGET: Final = Target(check, SEEDS, WORDS, short=800)
