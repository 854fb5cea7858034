"""Newline-delimited JSON, incremental: one document a line (ndjson.org, jsonlines.org).

Ends of lines are LF, with or without CR. A line that the stream ends in the
middle of is given out too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hushgate.errors import Malformed
from hushgate.framing.base import LARGEST_FRAME


@dataclass(frozen=True, slots=True)
class Line:
    """One line, its end included. `data` is None where it is blank."""

    raw: bytes = field(repr=False)
    data: str | None = field(repr=False)
    beside: str = ""
    closes: bool = False

    def with_data(self, data: str) -> bytes:
        """The line with other data; ValueError for data of several lines."""
        if self.data is None or "\n" in data:
            raise ValueError("a line cannot carry this")
        return data.encode("utf-8", "surrogatepass") + self.raw[len(self.raw.rstrip(b"\r\n")) :]


class NDJSON:
    """Bytes of a stream to lines; `largest` bounds one line, in bytes."""

    __slots__ = ("_buffer", "_largest", "_open", "_searched")

    def __init__(self, largest: int = LARGEST_FRAME) -> None:
        self._buffer = bytearray()
        self._largest = largest
        self._searched = 0
        self._open = False

    def feed(self, chunk: bytes) -> Iterator[Line]:
        """The lines that are complete now; Malformed for one that is too large."""
        self._buffer += chunk
        while (end := self._buffer.find(b"\n", self._searched)) >= 0:
            if end >= self._largest:
                break
            raw = bytes(self._buffer[: end + 1])
            del self._buffer[: end + 1]
            self._searched = 0
            yield _line(raw)
        self._searched = len(self._buffer)
        if end >= 0 or len(self._buffer) > self._largest:
            raise Malformed(f"a line of the stream is larger than {self._largest} bytes")

    def flush(self) -> Iterator[Line]:
        """What is left: a line that nothing ended."""
        if self._buffer:
            raw = bytes(self._buffer)
            self._buffer.clear()
            yield _line(raw)
            self._open = True

    def frame(self, data: str, name: str | None = None, *, error: bool = False, last: bool = False) -> bytes:
        """A line of its own; ValueError for data of several lines."""
        if "\n" in data:
            raise ValueError("a line cannot carry this")
        before, self._open = (b"\n" if self._open else b""), False
        return before + data.encode("utf-8", "surrogatepass") + b"\n"


def _line(raw: bytes) -> Line:
    text = raw.rstrip(b"\r\n").decode("utf-8", "replace")
    return Line(raw, text if text.strip() else None)
