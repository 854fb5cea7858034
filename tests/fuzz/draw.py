"""Bytes read as choices, so that whatever changes bytes changes what is made of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

ODD: Final = (
    "\x00", "\x07", "\x1f", "\x7f", "\x85", "\u00a0", "\u00ad", "é", "ß", "İ", "ı", "ſ", "K", "漢", "０", "．",
    "\u200b", "\u200d", "\u2028", "\u202e", "\ufeff", "\ufffd", "\uffff", "😀", "\U000e0041", "\U0010ffff", "\ud800",
    "\udbff", "\udc00", "\udfff", "\ud83d", "\ude00",
)  # fmt: skip
"""Characters that readers stumble over; bytes from 0x80 on stand for them in `text`."""


class Draw:
    """Takes choices from the front of `data`; when it has run out, every choice is the first."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes that have not been read."""
        return len(self._data) - self._at

    def byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def below(self, end: int) -> int:
        """A number from 0 to `end` - 1."""
        return (self.byte() if end <= 256 else self.byte() << 8 | self.byte()) % end

    def pick[T](self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def flag(self) -> bool:
        return self.byte() & 1 == 1

    def some[T](self, make: Callable[[], T], most: int) -> list[T]:
        """Up to `most` of what `make` makes."""
        return [make() for _ in range(self.below(most + 1)) if self.left > 0]

    def text(self, most: int) -> str:
        """ASCII as it is written, other bytes as one of `ODD`."""
        size = min(self.below(most + 1), max(self.left, 0))
        return "".join(map(character, (self.byte() for _ in range(size))))

    def rest(self) -> bytes:
        """All that is left."""
        self._at, start = len(self._data), min(self._at, len(self._data))
        return self._data[start:]

    def cut[S: (str, bytes)](self, whole: S, most: int = 8) -> list[S]:
        """`whole` in pieces: single ones, or cut at up to `most` places."""
        size = len(whole)
        if self.below(4) == 3:
            return [whole[i : i + 1] for i in range(size)]
        places: list[int] = sorted(self.below(size + 1) for _ in range(self.below(most + 1)))
        return [whole[a:b] for a, b in zip([0, *places], [*places, size], strict=True)]


def choices(number: int, size: int) -> bytes:
    """Choices to begin with, all over the place: the same ones for the same number."""
    return random.Random(number).randbytes(size)


def character(byte: int) -> str:
    return chr(byte) if byte < 128 else ODD[byte % len(ODD)]
