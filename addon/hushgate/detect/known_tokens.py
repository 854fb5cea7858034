"""A folded text as tokens, in arrays: what is asked of all of them at once costs little of each.

Its letters and digits stand in `joined` one after another, in small letters and without what parts them, so that a
token, and any tokens in a row, are a stretch of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

type Numbers = NDArray[np.int64]
type Hashes = NDArray[np.uint64]

GAP: Final = 3
"""Signs between two tokens of one value, at most."""
LINE: Final = b"\n" * (GAP + 1)
"""How a line ends in a text that becomes tokens: with too many signs to be in the middle of a value."""
BLANKS: Final = bytes(8)
_GROUPS: Final = 10
"""Groups of digits that a number may stand in."""


def _class(byte: int) -> int:
    return 2 if 48 <= byte <= 57 else int(byte >= 0x80 or 65 <= byte & ~32 <= 90)


_CLASSES: Final = bytes(map(_class, range(256)))
_SMALL: Final = bytes(range(256)).lower()
_ZERO, _A = np.uint8(ord("0")), np.uint8(ord("A"))
_SIGNS: Final = bytes(byte for byte in range(256) if not _class(byte))


class Joined:
    """What tokens are stretches of: any eight bytes of it, by where they end (`last`), and begin (`first`).

    Bytes that are nothing stand before and behind it.
    """

    __slots__ = ("first", "last")

    def __init__(self, joined: bytes) -> None:
        padded = BLANKS + joined + BLANKS
        self.last: Hashes = np.ndarray((len(padded) - 7,), "<u8", padded, 0, (1,))
        self.first = self.last[len(BLANKS) :]


class Tokens(Joined):
    """Runs of letters, and of digits, by number: where each begins and ends in the text, its size, its end in `joined`.

    Lines of the text end as `LINE` does.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        classes = np.frombuffer(b"\0%b\0" % data.translate(_CLASSES), np.uint8)
        some, other = classes[1:-1] != 0, classes[1:] != classes[:-1]
        self.starts: Numbers = np.flatnonzero(some & other[:-1])
        self.ends: Numbers = np.flatnonzero(some & other[1:])
        self.ends += 1
        self.sizes: Numbers = self.ends - self.starts
        self.upto: Numbers = self.sizes.cumsum()
        self.joined = data.translate(_SMALL, _SIGNS)
        super().__init__(self.joined)

    def __len__(self) -> int:
        return len(self.sizes)

    @cached_property
    def gaps(self) -> Numbers:
        """How many signs part each token from the next one."""
        return self.starts[1:] - self.ends[:-1]

    @cached_property
    def breaks(self) -> Numbers:
        """How many tokens, up to each, are too far from the one before them to be of one value."""
        out = np.zeros(len(self), np.int64)
        np.cumsum(self.gaps > GAP, out=out[1:])
        return out

    @cached_property
    def _begun(self) -> NDArray[np.uint8]:
        return np.frombuffer(self.data, np.uint8).take(self.starts)

    def stretches(self, low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
        """Where tokens in a row end in `joined`, and how long they are together."""
        upto = self.upto.take(high)
        return upto, upto - self.upto.take(low) + self.sizes.take(low)

    def numbers(self, sizes: NDArray[np.bool_]) -> Iterator[tuple[Numbers, Numbers]]:
        """Digits that stand together, in one group or several, as many as a number has: first and last tokens.

        `sizes`: whether a number has so many digits; the last entry counts for all that are more.
        """
        digits = self._begun - _ZERO < 10
        first = np.flatnonzero(digits)
        if not len(first):
            return
        fits = first[sizes.take(self.sizes.take(first), mode="clip")]
        if len(fits):
            yield fits, fits
        goes_on = digits[1:] & digits[:-1]
        goes_on &= self.gaps <= GAP
        first = np.flatnonzero(goes_on)
        goes_on = np.append(goes_on, False)
        for more in range(1, _GROUPS):
            if not len(first):
                return
            last = first + more
            fits = np.flatnonzero(sizes.take(self.stretches(first, last)[1], mode="clip"))
            if len(fits):
                yield first.take(fits), last.take(fits)
            first = first[goes_on.take(last)]

    def pairs(self) -> Numbers:
        """The first of any two words that stand together and begin with capitals."""
        capitals = self._begun - _A < 26
        first = np.flatnonzero(capitals[1:] & capitals[:-1])
        if len(first):
            gaps = self.gaps.take(first)
            first = first[(gaps > 0) & (gaps <= GAP)]
        return first

    def signs(self) -> Numbers:
        """The first token behind each sign of an address."""
        signs = np.flatnonzero(np.frombuffer(self.data, np.uint8) == ord("@"))
        behind = self.starts.searchsorted(signs)
        inside = (behind > 0) & (behind < len(self))
        signs, behind = signs[inside], behind[inside]
        found: Numbers = behind[(self.starts[behind] == signs + 1) & (self.ends[behind - 1] == signs)]
        return found

    def amid(self, low: int, high: int) -> bool:
        """Whether tokens in a row begin or end inside of a run of letters and digits."""
        return (low > 0 and not self.gaps[low - 1]) or (high < len(self) - 1 and not self.gaps[high])
