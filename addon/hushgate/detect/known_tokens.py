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
"""Signs between two tokens of one value, at most, where both are digits."""
WIDE: Final = 5
"""Signs between others: `**Ada** **Lovelace**`. Or the end of a line and two signs less: `Ada\\n> Lovelace`."""
LINE: Final = b"\n" * (GAP + 1)
"""How a line ends in a text that becomes tokens: with too many signs to be in the middle of a number."""
APART: Final = 2 * LINE
"""What stands between two texts: more signs than any value has."""
_WIDEST: Final = len(LINE) + GAP
BLANKS: Final = bytes(8)
_GROUPS: Final = 20
"""Groups of digits that a number may stand in."""


def _class(byte: int) -> int:
    return 2 if 48 <= byte <= 57 else int(byte >= 0x80 or 65 <= byte & ~32 <= 90)


_CLASSES: Final = bytes(map(_class, range(256)))
_BEFORE: Final = np.array([-1, 0])
_DIGIT, _A = np.uint8(2), np.uint8(ord("A"))


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
        self._classes = classes[1:-1]
        some, other = self._classes != 0, classes[1:] != classes[:-1]
        self.starts: Numbers = (some & other[:-1]).nonzero()[0]
        self.ends: Numbers = (some & other[1:]).nonzero()[0]
        self.ends += 1
        self.sizes: Numbers = self.ends - self.starts
        self.upto: Numbers = self.sizes.cumsum()
        # `translate` can leave bytes out, too, but stumbles over each that it has not seen before.
        self.joined = np.frombuffer(data.lower(), np.uint8).compress(some).tobytes()
        super().__init__(self.joined)

    def __len__(self) -> int:
        return len(self.sizes)

    @cached_property
    def gaps(self) -> Numbers:
        """How many signs part each token from the next one. Behind the last one stand more than any value has."""
        out = np.empty(len(self), np.int64)
        np.subtract(self.starts[1:], self.ends[:-1], out=out[:-1])
        out[-1:] = len(APART)
        return out

    @cached_property
    def breaks(self) -> Numbers:
        """How many tokens, up to each, are too far from the one before them to be of one value.

        It begins with the token before the first one, and ends with the one behind the last, which are near none.
        """
        return np.concatenate((_BEFORE, (self.gaps > _WIDEST).cumsum()))

    def stretches(self, low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
        """Where tokens in a row end in `joined`, and how long they are together."""
        upto = self.upto.take(high)
        return upto, upto - self.upto.take(low) + self.sizes.take(low)

    def numbers(self, sizes: NDArray[np.bool_], least: int, most: int) -> Iterator[tuple[Numbers, Numbers]]:
        """Digits that stand together, in one group or several, as many as a number has: first and last tokens.

        `sizes`: whether a number has so many digits, which are `least` to `most`; its last entry counts for more.
        """
        digits = self._classes.take(self.starts) == _DIGIT
        first = digits.nonzero()[0]
        size = self.sizes.take(first)
        upto = size.cumsum()
        if not len(first) or upto[-1] < least:
            return
        digits[:-1] &= digits[1:]
        digits &= self.gaps <= GAP
        goes_on = digits.take(first)
        ends = (~goes_on).nonzero()[0]
        together = upto.take(ends)
        together[1:] -= together[:-1]
        many = together >= least
        if not many.any():
            return
        groups = ends + 1
        groups[1:] -= groups[:-1]
        last = some = many.repeat(groups).nonzero()[0]
        before = (upto - size).take(some)
        for more in range(1, _GROUPS + 1):
            size = upto.take(last) - before
            fits = sizes.take(size, mode="clip")
            if fits.any():
                yield first.take(some[fits]), first.take(last[fits])
            on = goes_on.take(last)
            on &= size < most
            if not on.any():
                return
            some, before = some[on], before[on]
            last = some + more

    def pairs(self) -> Numbers:
        """The first of any two words that stand together and begin with capitals."""
        capitals = np.frombuffer(self.data, np.uint8).take(self.starts) - _A < 26
        first: Numbers = (capitals[1:] & capitals[:-1]).nonzero()[0]
        if len(first):
            gaps = self.gaps.take(first)
            first = first[(gaps > 0) & (gaps <= GAP)]
        return first

    def codes(self) -> Numbers:
        """Letters with digits close behind them."""
        digits = self._classes.take(self.starts) == _DIGIT
        found = digits[1:] > digits[:-1]
        found &= self.gaps[:-1] <= GAP
        first: Numbers = found.nonzero()[0]
        return first

    def signs(self) -> Numbers:
        """The first token behind each sign of an address."""
        signs = np.flatnonzero(np.frombuffer(self.data, np.uint8) == ord("@"))
        behind = self.starts.searchsorted(signs)
        inside = (behind > 0) & (behind < len(self))
        signs, behind = signs[inside], behind[inside]
        found: Numbers = behind[(self.starts[behind] == signs + 1) & (self.ends[behind - 1] == signs)]
        return found

    def text(self, number: int) -> bytes:
        """A token, in small letters."""
        upto = int(self.upto[number])
        return self.joined[upto - int(self.sizes[number]) : upto]

    def glued(self, low: int, high: int) -> int:
        """How many sides of tokens in a row touch a letter or a digit."""
        return int(low > 0 and not self.gaps[low - 1]) + int(not self.gaps[high])

    def whole(self, low: int, high: int) -> bool:
        """Whether tokens in a row are close enough to be of one value."""
        for n in range(low, high):
            gap, end, start = int(self.gaps[n]), int(self.ends[n]), int(self.starts[n + 1])
            if gap > GAP:
                lines = self.data.count(b"\n", end, start) // len(LINE)
                signs = gap - lines * len(LINE)
                if lines > 1 or signs > WIDE - 2 * lines or self._classes[end - 1] == self._classes[start] == _DIGIT:
                    return False
        return True
