"""A JSON array that grows while it is sent, one element after another (Gemini's `streamGenerateContent`).

An element is a frame, and so are the brackets and commas between them. What is
no array (an error comes as a lone object) is one frame. Whether an element is
good JSON is for its reader to say; here only strings and brackets count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hushgate.errors import Malformed
from hushgate.framing.base import LARGEST_FRAME

_BLANK: Final = re.compile(rb"[ \t\r\n]*")
_OUTSIDE: Final = re.compile(rb'["\[\]{},]')
_INSIDE: Final = re.compile(rb'["\\]')


@dataclass(frozen=True, slots=True)
class Element:
    """An element, or with `data` None what stands between two."""

    raw: bytes = field(repr=False)
    data: str | None = field(default=None, repr=False)
    beside: str = ""
    closes: bool = False

    def with_data(self, data: str) -> bytes:
        """Another element in its place."""
        if self.data is None:
            raise ValueError("this is no element")
        return data.encode("utf-8", "surrogatepass")


class JSONArray:
    """Bytes of a stream to elements; `largest` bounds one element, in bytes."""

    __slots__ = ("_at", "_behind", "_buffer", "_depth", "_largest", "_lone", "_quoted", "_state")

    def __init__(self, largest: int = LARGEST_FRAME) -> None:
        self._buffer = bytearray()
        self._largest = largest
        self._state = "start"  # "first", "element", "behind" one, "next", "end", "over" once that is out
        self._lone = False  # no array: one object
        self._behind = False  # an element was given out, and nothing after it
        self._at = 0  # how far the element at the buffer's start was looked at
        self._depth = 0
        self._quoted = False

    def feed(self, chunk: bytes) -> Iterator[Element]:
        """What is complete now; Malformed where this is no array, or an element is too large."""
        self._buffer += chunk
        while self._buffer:
            if self._state != "element" and (blank := _BLANK.match(self._buffer)) and blank.end():
                yield Element(self._taken(blank.end()))
                continue
            piece = self._element() if self._state == "element" else self._between()
            if piece is None:
                break
            yield piece
            self._behind = piece.data is not None
            if piece.closes:
                self._state = "over"
        if len(self._buffer) > self._largest:
            raise Malformed(f"an element of the stream is larger than {self._largest} bytes")

    def flush(self) -> Iterator[Element]:
        """What is left: an element that nothing ended."""
        if self._buffer:
            yield self._as_element(len(self._buffer))
            self._behind = True

    def frame(self, data: str, name: str | None = None, *, error: bool = False, last: bool = False) -> bytes:
        """An element of its own, with the comma that it needs."""
        raw = data.encode("utf-8", "surrogatepass")
        if self._lone:
            return b"" if self._behind else raw  # Two objects would be no JSON.
        if self._state == "over":
            return b""  # The array is whole, and nothing goes behind it.
        if not (last or error):
            return raw + b",\r\n"
        opened = b"[" if self._state == "start" else b""
        before, self._behind = (b",\r\n" if self._behind else b""), True
        return opened + before + raw + (b"]" if error else b"")

    def _between(self) -> Element | None:
        """A bracket or a comma."""
        match self._state, bytes(self._buffer[:1]):
            case ("start", b"["):
                self._state = "first"
            case ("start", b"{"):
                self._state, self._lone = "element", True
                return self._element()
            case ("first" | "behind", b"]") if not self._lone:
                self._state = "end"
                return Element(self._taken(1), closes=True)
            case ("behind", b",") if not self._lone:
                self._state = "next"
            case ("first" | "next", b"]" | b"," | b"}"):
                raise Malformed("the stream is no JSON array")
            case ("first" | "next", _):
                self._state = "element"
                return self._element()
            case _:
                raise Malformed("the stream is no JSON array")
        return Element(self._taken(1))

    def _element(self) -> Element | None:
        """The element at the buffer's start, once its end is there."""
        while True:
            found = (_INSIDE if self._quoted else _OUTSIDE).search(self._buffer, self._at)
            if found is None:
                self._at = len(self._buffer)
                return None
            byte, self._at = found[0], found.end()
            if byte == b'"':
                self._quoted = not self._quoted
            elif byte == b"\\":
                if self._at == len(self._buffer):
                    self._at -= 1
                    return None
                self._at += 1
            elif byte in b"{[":
                self._depth += 1
            elif self._depth and byte in b"}]":
                self._depth -= 1
                if not self._depth:
                    return self._as_element(self._at)
            elif not self._depth:  # A number or a word ends where the next thing begins.
                return self._as_element(self._at - 1)

    def _as_element(self, end: int) -> Element:
        self._state, self._depth, self._quoted, self._at = "behind", 0, False, 0
        raw = self._taken(end)
        return Element(raw, raw.decode("utf-8", "replace"))

    def _taken(self, end: int) -> bytes:
        raw = bytes(self._buffer[:end])
        del self._buffer[:end]
        return raw
