"""Server-sent events, incremental (WHATWG HTML, section 9.2: event streams).

Differs from a client in two ways: an event keeps the bytes it came as, and one
that the stream ends in the middle of is given out too, since some clients read
it. Nothing depends on how the bytes are cut: a CR at the end of a chunk waits
for what follows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from hushgate.errors import Malformed
from hushgate.framing.base import LARGEST_FRAME

_BOM: Final = b"\xef\xbb\xbf"
_EOL: Final = rb"(?:\r\n|\n|\r(?=[^\n]))"  # a CR that ends the buffer is undecided
_BLANK_FIRST: Final = re.compile(_EOL)
_BLANK_LATER: Final = re.compile(_EOL + _EOL)
_EOL_AT_END: Final = rb"(?:\r\n|\n|\r(?!\n))"
_BLANK_FIRST_AT_END: Final = re.compile(_EOL_AT_END)
_BLANK_LATER_AT_END: Final = re.compile(_EOL_AT_END + _EOL_AT_END)
_LINE: Final = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|\Z)")


@dataclass(frozen=True, slots=True)
class SSEEvent:
    """One event, blank line included. `data` is None where no line has any (comments, `id` alone).

    `beside` is the text of all other lines, as they stand.
    """

    raw: bytes = field(repr=False)
    data: str | None = field(repr=False)
    event: str | None = None
    marked: bool = False  # it begins with the stream's byte order mark
    beside: str = field(default="", repr=False)
    closes: bool = False

    def with_data(self, data: str) -> bytes:
        """The event's bytes with other data: other lines, line ends and the form of `data:` stay.

        ValueError where the event has no data, or `data` holds a CR, which no event can carry.
        """
        if self.data is None or "\r" in data:
            raise ValueError("an event cannot carry this")
        mark = len(_BOM) if self.marked else 0
        pieces = [self.raw[:mark]]
        written = False
        for line, eol in _lines(self.raw[mark:]):
            name, _, value = line.partition(b":")
            if name != b"data":
                pieces.append(line + eol)
            elif not written:
                written = True
                lead = b"data: " if value.startswith(b" ") or not value else b"data:"
                new = (lead + part.encode("utf-8", "surrogatepass") for part in data.split("\n"))
                pieces.append((eol or b"\n").join(new) + eol)
        return b"".join(pieces)


class SSEDecoder:
    """Bytes of a stream to events; `largest` bounds one event, in bytes."""

    __slots__ = ("_buffer", "_fault", "_first", "_largest", "_searched")

    def __init__(self, largest: int = LARGEST_FRAME) -> None:
        self._buffer = bytearray()
        self._largest = largest
        self._searched = 0
        self._first = True
        self._fault = False

    def feed(self, chunk: bytes) -> list[SSEEvent]:
        """The events that are complete now. Malformed for one that is too large, once those before it are out."""
        self._buffer += chunk
        return self._events(_BLANK_FIRST, _BLANK_LATER)

    def flush(self) -> list[SSEEvent]:
        """What is left, an unfinished event included."""
        events = self._events(_BLANK_FIRST_AT_END, _BLANK_LATER_AT_END)
        if self._buffer and not self._fault:
            events.append(self._event(bytes(self._buffer)))
            self._buffer.clear()
        elif self._fault and not events:
            self._refuse()
        return events

    def frame(self, data: str, name: str | None = None, *, error: bool = False, last: bool = False) -> bytes:
        """An event of its own; ValueError where `data` holds a CR."""
        if "\r" in data:
            raise ValueError("an event cannot carry this")
        lines = [f"event: {name}"] if name else []
        lines += [f"data: {line}" for line in data.split("\n")]
        return ("\n".join(lines) + "\n\n").encode("utf-8", "surrogatepass")

    def _events(self, blank_first: re.Pattern[bytes], blank_later: re.Pattern[bytes]) -> list[SSEEvent]:
        if self._fault:
            self._refuse()
        buffer, events, start = self._buffer, list[SSEEvent](), 0
        while True:
            at = start
            if self._first and buffer.startswith(_BOM):
                at += len(_BOM)
            found = blank_first.match(buffer, at)
            if found is None:
                found = blank_later.search(buffer, max(at, self._searched))
            if found is None or found.end() - start > self._largest:
                break
            events.append(self._event(bytes(buffer[start : found.end()])))
            start = self._searched = found.end()
        del buffer[:start]
        # A blank line is at most four bytes: what was searched before need not be searched again.
        self._searched = max(0, len(buffer) - 4)
        if found is not None or len(buffer) > self._largest:
            self._fault = True
            if not events:
                self._refuse()
        return events

    def _event(self, raw: bytes) -> SSEEvent:
        marked = self._first and raw.startswith(_BOM)
        self._first = False
        data: list[str] = []
        beside: list[bytes] = []
        kind: str | None = None
        for line, _ in _lines(raw[len(_BOM) :] if marked else raw):
            name, _, value = line.partition(b":")
            if name == b"data":
                data.append(value.removeprefix(b" ").decode("utf-8", "replace"))
                continue
            if line:
                beside.append(line)
            if name == b"event":
                kind = value.removeprefix(b" ").decode("utf-8", "replace")
        others = b"\n".join(beside).decode("utf-8", "replace")
        return SSEEvent(raw, "\n".join(data) if data else None, kind, marked, others)

    def _refuse(self) -> None:
        raise Malformed(f"an event of the stream is larger than {self._largest} bytes")


def _lines(raw: bytes) -> list[tuple[bytes, bytes]]:
    """Lines and their ends; the last one may have none."""
    return [(found[1], found[2]) for found in _LINE.finditer(raw) if found[0]]
