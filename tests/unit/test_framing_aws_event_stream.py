"""AWS event streams: what AWS sends, what is refused, what the gate says itself."""

from __future__ import annotations

import json
from base64 import b64encode
from binascii import crc32
from struct import pack

import pytest
from botocore.eventstream import EventStreamBuffer

from hushgate.errors import Malformed
from hushgate.framing.aws_event_stream import STRING, AwsEventStream, Header, decode, encode, is_padding

JSON = b"application/json"


def event(name: str, payload: bytes, *more: Header, kind: str = "event") -> bytes:
    named = ":exception-type" if kind == "exception" else ":event-type"
    headers = [Header(named, STRING, name.encode()), Header(":content-type", STRING, JSON)]
    return encode([*headers, Header(":message-type", STRING, kind.encode()), *more], payload)


def raw(headers: bytes, payload: bytes = b"{}") -> bytes:
    """A message with any bytes in the headers' place, and right checksums."""
    lengths = pack("!II", 16 + len(headers) + len(payload), len(headers))
    body = lengths + pack("!I", crc32(lengths)) + headers + payload
    return body + pack("!I", crc32(body))


def test_a_published_message_is_read() -> None:
    """The empty message and one with a payload, as Smithy's event stream test vectors have them."""
    empty = bytes.fromhex("000000100000000005c248eb7d98c8ff")
    assert decode(empty).headers == ()
    assert decode(empty).data is None
    payload = bytes.fromhex("0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936")
    assert decode(payload).data == "{'foo':'bar'}"
    assert encode([], b"{'foo':'bar'}") == payload


def test_converse_events_carry_their_payload() -> None:
    message = decode(event("contentBlockDelta", b'{"contentBlockIndex":0,"delta":{"text":"hi"}}'))
    assert message.data == '{"contentBlockIndex":0,"delta":{"text":"hi"}}'
    assert message.beside == (":event-type: contentBlockDelta\n:content-type: application/json\n:message-type: event")
    assert not message.closes


@pytest.mark.parametrize(
    ("payload", "data", "beside"),
    [
        ('{"bytes":"eyJhIjoxfQ=="}', '{"a":1}', ""),
        ('{"bytes":"eyJhIjoxfQ==","p":"abcdef"}', '{"a":1}', ""),
        ('{"p":"abcdef","bytes":"eyJhIjoxfQ=="}', '{"a":1}', ""),
        (' { "bytes" : "eyJhIjoxfQ==" , "p" : "erika" } ', '{"a":1}', "erika"),
        ('{"bytes":"eyJhIjoiPz8\\/In0="}', '{"a":"???"}', ""),
        ('{"bytes":"Pz8\\/"}', '{"bytes": "???"}', ""),
        ('{"bytes":"e30gaXM="}', '{"bytes": "{} is"}', ""),
        ('{"bytes":"eyJhIjoxfQ==","q":1}', '{"bytes": "{\\"a\\":1}", "q": 1}', ""),
        ('{"p":"ab","bytes":"YQ==","a":{"t":"x"}}', '{"p": "ab", "bytes": "a", "a": {"t": "x"}}', ""),
        ('{"bytes":"/w=="}', '{"bytes":"/w=="}', ""),
        ('{"bytes":"e"}', '{"bytes":"e"}', ""),
        ('{"bytes":""}', '{"bytes":""}', ""),
        ('{"bytes":"YQ==","bytes":"Yg=="}', '{"bytes":"YQ==","bytes":"Yg=="}', ""),
    ],
)
def test_what_is_wrapped_is_data_and_anything_else_stays_as_it_is(payload: str, data: str, beside: str) -> None:
    message = decode(event("chunk", payload.encode()))
    assert message.data == data
    assert message.beside.partition("event\n")[2] == beside
    new = '{"bytes": "new"}' if message.wrapped == "text" else '{"new":1}'
    again = decode(message.with_data(new))
    assert again.data == new
    assert again.wrapped == message.wrapped


def test_an_exception_closes_the_stream_and_is_never_unwrapped() -> None:
    message = decode(event("throttlingException", b'{"bytes":"YQ=="}', kind="exception"))
    assert message.closes
    assert message.data == '{"bytes":"YQ=="}'


def test_text_in_headers_of_any_kind_stands_beside() -> None:
    more = [
        Header("who", STRING, b"erika"),
        Header("raw", 6, b"\xffjonas"),
        Header("number", 5, (4111111111111111).to_bytes(8, "big")),
        Header("yes", 0, b""),
        Header("id", 9, bytes(16)),
    ]
    beside = decode(event("chunk", b"{}", *more)).beside.splitlines()[3:]
    assert beside == ["who: erika", "raw: \ufffdjonas", "number: 4111111111111111", "yes: ", "id: "]


@pytest.mark.parametrize(
    ("stream", "says"),
    [
        (raw(b"\x01a"), "header that cannot be read"),
        (raw(b"\x01a\x0a"), "header that cannot be read"),
        (raw(b"\x01\xff\x00"), "header that cannot be read"),
        (raw(b"\x01a\x07\x00\x01\xff"), "header that cannot be read"),
        (raw(b"\x01a\x07\x00"), "header that cannot be read"),
        (raw(b"\x01a\x07\x00\x05ab"), "header that is cut"),
        (raw(b"\x01a\x09abc"), "header that is cut"),
        (raw(b"\x01a\x00\x01a\x01"), "there twice"),
        (raw(b"", b"\xff"), "is not text"),
        (raw(b"")[:-1] + b"\0", "wrong checksum"),
        (raw(b"")[:8] + b"\0\0\0\0" + raw(b"")[12:], "lengths whose checksum is wrong"),
        (pack("!II", 15, 0) + pack("!I", crc32(pack("!II", 15, 0))) + bytes(9), "lengths that cannot be"),
        (pack("!II", 20, 9) + pack("!I", crc32(pack("!II", 20, 9))) + bytes(9), "lengths that cannot be"),
        (pack("!II", 1 << 20, 131073) + pack("!I", crc32(pack("!II", 1 << 20, 131073))), "lengths that cannot be"),
        (pack("!II", 1 << 30, 0) + pack("!I", crc32(pack("!II", 1 << 30, 0))), "larger than"),
        (raw(b"")[:-1], "ends inside"),
    ],
)
def test_what_is_broken_is_refused_once_what_came_before_is_out(stream: bytes, says: str) -> None:
    good = event("messageStart", b'{"role":"assistant"}')
    framing = AwsEventStream()
    got = framing.feed(good + stream)
    assert [message.raw for message in got] == [good]
    with pytest.raises(Malformed, match=says):
        framing.flush()
    with pytest.raises(Malformed, match=says):
        framing.feed(good)


def test_a_message_of_just_the_limit_passes() -> None:
    message = raw(b"", b"{}" + b" " * 100)
    assert len(AwsEventStream(len(message)).feed(message)) == 1
    with pytest.raises(Malformed, match="larger than"):
        AwsEventStream(len(message) - 1).feed(message)


def test_the_gates_own_messages_are_what_botocore_expects() -> None:
    framing = AwsEventStream()
    buffer = EventStreamBuffer()
    buffer.add_data(framing.frame('{"delta":{}}', "contentBlockDelta"))
    buffer.add_data(framing.frame('{"type":"ping"}', "chunk"))
    buffer.add_data(framing.frame('{"bytes":"an agent says"}'))
    buffer.add_data(framing.frame('{"message":"No. hint: ask"}', "validationException", error=True, last=True))
    buffer.add_data(framing.frame('{"message":"No"}', error=True))
    delta, chunk, said, refused, unnamed = buffer
    assert delta.headers == {
        ":event-type": "contentBlockDelta", ":content-type": "application/json", ":message-type": "event",
    }  # fmt: skip
    assert delta.payload == b'{"delta":{}}'
    assert json.loads(chunk.payload) == {"bytes": b64encode(b'{"type":"ping"}').decode()}
    assert json.loads(said.payload) == {"bytes": b64encode(b"an agent says").decode()}
    assert said.headers == chunk.headers
    assert refused.headers[":message-type"] == "exception"
    assert refused.headers[":exception-type"] == unnamed.headers[":exception-type"] == "validationException"
    assert json.loads(refused.payload) == {"message": "No. hint: ask"}


def test_padding_is_told_from_words() -> None:
    assert is_padding("")
    assert is_padding("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    assert not is_padding("abcx")
    assert not is_padding("bcd")
