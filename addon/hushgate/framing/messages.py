"""Messages of a WebSocket as a stream of bytes: each behind its kind and its length.

A message is a frame already, so nothing has to be found in it. Written like
this, a socket's messages go where any other stream goes: through a reply, cut
anywhere, and into a transcript.

    kind    1 byte    T text, B binary
    length  4 bytes   of what follows, big endian
    payload           UTF-8 where the kind is text
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from hushgate.errors import Malformed

LARGEST_MESSAGE: Final = 64 * 1024 * 1024
"""Bytes; the socket has a limit of its own, which is smaller."""

_TEXT: Final = b"T"
_BINARY: Final = b"B"
_HEAD: Final = 5


@dataclass(frozen=True, slots=True)
class Message:
    """One whole message of a WebSocket. `payload` of a text is valid UTF-8."""

    payload: bytes = field(repr=False)
    binary: bool = False

    def packed(self) -> bytes:
        """The message as it stands in a stream."""
        return (_BINARY if self.binary else _TEXT) + len(self.payload).to_bytes(4, "big") + self.payload


@dataclass(frozen=True, slots=True)
class Told:
    """One message as a frame. `data` is its text, None where it is binary and no UTF-8."""

    raw: bytes = field(repr=False)
    data: str | None = field(repr=False)
    binary: bool = False
    beside: str = ""
    closes: bool = False

    def with_data(self, data: str) -> bytes:
        """A message of the same kind that says something else."""
        return Message(data.encode("utf-8"), self.binary).packed()


class Messages:
    """Bytes of such a stream to frames."""

    __slots__ = ("_binary", "_buffer")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._binary = False

    def feed(self, chunk: bytes) -> list[Told]:
        """The messages that are complete now; Malformed for what is no such stream."""
        self._buffer += chunk
        told = [_told(one) for one in _cut(self._buffer)]
        if told:
            self._binary = told[-1].binary
        return told

    def flush(self) -> list[Told]:
        """Nothing is left at the end; Malformed where the stream was cut in a message."""
        if self._buffer:
            raise Malformed("a message is cut off")
        return []

    def frame(self, data: str, name: str | None = None, *, error: bool = False, last: bool = False) -> bytes:
        """A message of the gate's own, of the kind that the other side sends: some send JSON in binary ones."""
        return Message(data.encode("utf-8"), self._binary).packed()


def packed(messages: Iterable[Message]) -> bytes:
    """Messages as a stream."""
    return b"".join(one.packed() for one in messages)


def unpacked(stream: bytes) -> tuple[Message, ...]:
    """The messages of a whole stream; Malformed where it is none."""
    buffer = bytearray(stream)
    found = tuple(_cut(buffer))
    if buffer:
        raise Malformed("a message is cut off")
    return found


def _cut(buffer: bytearray) -> Iterator[Message]:
    """Take the complete messages off a buffer's beginning."""
    at = 0
    try:
        while len(buffer) - at >= _HEAD:
            kind, size = bytes(buffer[at : at + 1]), int.from_bytes(buffer[at + 1 : at + _HEAD], "big")
            if kind not in (_TEXT, _BINARY) or size > LARGEST_MESSAGE:
                raise Malformed("this is no stream of messages, or one of them is too large")
            if len(buffer) - at - _HEAD < size:
                return
            payload = bytes(buffer[at + _HEAD : at + _HEAD + size])
            at += _HEAD + size
            yield Message(payload, kind == _BINARY)
    finally:
        del buffer[:at]


def _told(message: Message) -> Told:
    try:
        text: str | None = message.payload.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    return Told(message.packed(), text, message.binary)
