"""AWS event streams, incremental (application/vnd.amazon.eventstream).

A message is two lengths, their CRC32, typed headers, a payload, and the CRC32
of all before it, big-endian throughout (Smithy, "Event stream encoding").
Messages keep the bytes they came as; a wrong checksum, length or header is
Malformed, since no client would read on.

`invoke-with-response-stream` wraps what an LLM's vendor says in
`{"bytes": BASE64, "p": PADDING}` (Bedrock API reference, PayloadPart): `data`
is then the JSON inside. Agents wrap plain text so: `data` is then the payload
with the text in its `bytes`. New data is wrapped again.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from binascii import Error, crc32
from collections.abc import Iterable
from dataclasses import dataclass, field
from struct import Struct
from struct import error as _StructError
from typing import Final, Literal

from hushgate.errors import Malformed

LARGEST_MESSAGE: Final = 16 * 1024 * 1024
"""A whole message, in bytes; AWS sends none of more than 16 MB."""
LARGEST_HEADERS: Final = 128 * 1024
STRING: Final = 7
"""The kind of a header whose value is UTF-8 text."""

_PRELUDE: Final = Struct("!III")
_CRC: Final = Struct("!I")
_LENGTH: Final = Struct("!H")
_INTEGERS: Final = {2: 1, 3: 2, 4: 4, 5: 8, 8: 8}  # byte, short, integer, long, timestamp
_SIZES: Final = {0: 0, 1: 0, **_INTEGERS, 9: 16}  # true, false, ..., UUID
_WITH_LENGTH: Final = (6, STRING)  # a byte array, a string
_LEAST: Final = _PRELUDE.size + _CRC.size

_PAD: Final = r'"p"\s*:\s*"([A-Za-z0-9]*)"'
_BYTES: Final = r'"bytes"\s*:\s*"((?:[A-Za-z0-9+/=]|\\/)*)"'
_WRAPPED: Final = re.compile(rf"\s*\{{\s*(?:{_PAD}\s*,\s*)?{_BYTES}\s*(?:,\s*{_PAD}\s*)?\}}\s*")
_PADDING: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
CHUNK: Final = "chunk"
"""The event whose payload is wrapped."""
_TEXT: Final = "bytes"
"""The key of what is wrapped."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header as it is encoded: `kind` is its type's number, `value` the bytes behind any length."""

    name: str
    kind: int
    value: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The value as text to read; "" for true, false and a UUID, which hold none."""
        if self.kind in _WITH_LENGTH:
            return self.value.decode("utf-8", "replace")
        return str(int.from_bytes(self.value, "big", signed=True)) if self.kind in _INTEGERS else ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `data` is the text of its payload, or of what is wrapped in that; None for an empty one."""

    raw: bytes = field(repr=False)
    headers: tuple[Header, ...] = field(repr=False)
    data: str | None = field(repr=False)
    beside: str = field(repr=False)
    closes: bool
    span: tuple[int, int] = field(repr=False)
    """Where what `data` says stands in `raw`: the payload, or the base64 in it."""
    wrapped: Literal["", "json", "text"] = ""

    def with_data(self, data: str) -> bytes:
        """The message with other data; headers, and what is around base64, stay. ValueError where it has none."""
        if self.data is None:
            raise ValueError("a message without a payload cannot carry this")
        start, end = self.span
        payload = data.encode("utf-8", "surrogatepass")
        if self.wrapped == "json":
            payload = b64encode(payload)
        elif self.wrapped == "text":
            payload = _wrapped_text(data)
        headers_length = _PRELUDE.unpack_from(self.raw)[1]
        head = _PRELUDE.size + headers_length
        return _sealed(self.raw[_PRELUDE.size : head], self.raw[head:start] + payload + self.raw[end : -_CRC.size])


class AwsEventStream:
    """Bytes of a stream to messages; `largest` bounds one, in bytes."""

    __slots__ = ("_buffer", "_fault", "_largest")

    def __init__(self, largest: int = LARGEST_MESSAGE) -> None:
        self._buffer = bytearray()
        self._fault = ""
        self._largest = largest

    def feed(self, chunk: bytes) -> list[Message]:
        """The messages that are complete now. Malformed for a broken one, once those before it are out."""
        if not self._fault:
            self._buffer += chunk
        return self._messages()

    def flush(self) -> list[Message]:
        """Nothing: a message is complete or it is none; Malformed where the stream ends inside one."""
        if self._buffer and not self._fault:
            self._fault = "the stream ends inside of a message"
        return self._messages()

    def frame(self, data: str, name: str | None = None, *, error: bool = False, last: bool = False) -> bytes:
        """A message of the gate's own: event `name`, or with `error` the exception `name`."""
        if error:
            kind, named = "exception", (":exception-type", name or "validationException")
        else:
            kind, named = "event", (":event-type", name or CHUNK)
        payload = data.encode("utf-8", "surrogatepass")
        if named == (":event-type", CHUNK):
            text = data.startswith('{"bytes":')  # as an agent's own chunks are shown
            payload = _wrapped_text(data) if text else b'{"bytes":"' + b64encode(payload) + b'"}'
        headers = (named, (":content-type", "application/json"), (":message-type", kind))
        return encode((Header(key, STRING, value.encode()) for key, value in headers), payload)

    def _messages(self) -> list[Message]:
        messages: list[Message] = []
        start = 0
        try:
            while not self._fault and (end := self._end(start)):
                messages.append(decode(bytes(self._buffer[start:end])))
                start = end
        except Malformed as why:
            self._fault = str(why)
        del self._buffer[:start]
        if self._fault and not messages:
            raise Malformed(self._fault)
        return messages

    def _end(self, start: int) -> int:
        """Where the message that begins at `start` ends; 0 while it is not complete."""
        buffer = self._buffer
        if len(buffer) - start < _PRELUDE.size:
            return 0
        total, headers, checksum = _PRELUDE.unpack_from(buffer, start)
        if crc32(buffer[start : start + _PRELUDE.size - _CRC.size]) != checksum:
            raise Malformed("a message of the stream has lengths whose checksum is wrong")
        if total > self._largest:
            raise Malformed(f"a message of the stream is larger than {self._largest} bytes")
        if headers > LARGEST_HEADERS or total < _LEAST + headers:
            raise Malformed("a message of the stream has lengths that cannot be")
        return start + total if len(buffer) - start >= total else 0


def encode(headers: Iterable[Header], payload: bytes) -> bytes:
    """A message of these."""
    return _sealed(b"".join(map(_encoded, headers)), payload)


def decode(raw: bytes) -> Message:
    """The one message in `raw`, whose lengths are known to be right; Malformed for anything else wrong with it."""
    body, checksum = raw[: -_CRC.size], _CRC.unpack(raw[-_CRC.size :])[0]
    if crc32(body) != checksum:
        raise Malformed("a message of the stream has a wrong checksum")
    head = _PRELUDE.size + _PRELUDE.unpack_from(raw)[1]
    headers = _headers(body[_PRELUDE.size : head])
    try:
        payload: str | None = body[head:].decode("utf-8")
    except UnicodeDecodeError:  # It would hold the payload, as a context, too.
        payload = None
    if payload is None:
        raise Malformed("a message of the stream is not text")
    beside = [f"{header.name}: {header.text}" for header in headers]
    kind = next((header.text for header in headers if header.name == ":message-type"), "event")
    data, span, wrapped, pads = _opened(payload, head, wraps=kind == "event")
    beside += [pad for pad in pads if pad and not is_padding(pad)]
    return Message(raw, headers, data or None, "\n".join(beside), kind in ("exception", "error"), span, wrapped)


type _Opened = tuple[str, tuple[int, int], Literal["", "json", "text"], tuple[str | None, ...]]


def _opened(payload: str, at: int, *, wraps: bool) -> _Opened:
    """What a payload, which begins at `at`, says: see `Message`; and the paddings beside that. Only events wrap."""
    whole = (at, at + len(payload.encode()))
    wraps = wraps and _TEXT in payload
    found, parsed = (_WRAPPED.fullmatch(payload), _parsed(payload)) if wraps else (None, None)
    if found is not None and (inside := _unwrapped(found[2])) is not None and _parsed(inside) is not None:
        start = at + found.start(2)  # All before it is ASCII.
        return inside, (start, start + len(found[2])), "json", (found[1], found[3])
    if parsed is not None and isinstance(text := parsed.get(_TEXT), str) and (inside := _unwrapped(text)) is not None:
        return json.dumps({**parsed, _TEXT: inside}, ensure_ascii=False), whole, "text", ()
    return payload, whole, "", ()


def _parsed(text: str) -> dict[str, object] | None:
    """The JSON object that a text is, if it can be read in just one way."""
    if text.lstrip()[:1] != "{":
        return None
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_nothing)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(members := dict(pairs)) != len(pairs):
        raise ValueError("a key twice")
    return members


def _nothing(_: str) -> object:
    raise ValueError("no JSON")


def _wrapped_text(data: str) -> bytes:
    """The payload whose `bytes` are the text in this one's."""
    members = json.loads(data)
    inside = members[_TEXT].encode("utf-8", "replace")
    return json.dumps({**members, _TEXT: b64encode(inside).decode()}, ensure_ascii=False).encode()


def is_padding(text: str) -> bool:
    """Whether a text is what AWS fills messages up with, so that their size does not tell the text's."""
    return _PADDING.startswith(text)


def _sealed(headers: bytes, payload: bytes) -> bytes:
    lengths = Struct("!II").pack(_LEAST + len(headers) + len(payload), len(headers))
    body = lengths + _CRC.pack(crc32(lengths)) + headers + payload
    return body + _CRC.pack(crc32(body))


def _encoded(header: Header) -> bytes:
    name = header.name.encode()
    length = _LENGTH.pack(len(header.value)) if header.kind in _WITH_LENGTH else b""
    return bytes([len(name)]) + name + bytes([header.kind]) + length + header.value


def _headers(raw: bytes) -> tuple[Header, ...]:
    found: dict[str, Header] = {}
    at = 0
    try:
        while at < len(raw):
            named = at + 1 + raw[at]
            name, kind = raw[at + 1 : named].decode("utf-8"), raw[named]
            at = named + 1
            if kind in _WITH_LENGTH:
                size = int(_LENGTH.unpack_from(raw, at)[0])
                at += _LENGTH.size
            else:
                size = _SIZES[kind]
            value = raw[at : at + size]
            at += size
            if len(value) != size or name in found:
                raise Malformed("a message of the stream has a header that is cut, or there twice")
            if kind == STRING:
                value.decode("utf-8")
            found[name] = Header(name, kind, value)
    except (IndexError, KeyError, ValueError, _StructError):
        broken = True
    else:
        broken = False
    if broken:
        raise Malformed("a message of the stream has a header that cannot be read")
    return tuple(found.values())


def _unwrapped(text: str) -> str | None:
    """The text in base64; None where it is not that."""
    try:
        return b64decode(text.replace("\\/", "/"), validate=True).decode("utf-8") or None
    except (Error, ValueError):
        return None
