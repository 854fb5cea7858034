"""Which parts of a text stand for it: winnowing, of its letters and digits alone.

Of each run of `GRAM` letters and digits a hash is made, and of every `WINDOW` such hashes in a row the least one counts
(Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003). So two texts that share `GRAM + WINDOW - 1` letters and digits
share a fingerprint at least, however they are spaced, cut into lines and punctuated; and what they share is found
wherever it stands. These hashes choose, no more: what is kept of a run is a keyed hash of it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

GRAM: Final = 24
WINDOW: Final = 24
TELLING: Final = 8
"""Different characters of a run that says something."""

_COUNTS: Final = np.array([48 <= c <= 57 or 97 <= c <= 122 or c >= 0x80 for c in range(256)])
_MIX: Final = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
_SHIFT: Final = np.uint64(32)


class Winnowed:
    """The letters and digits of a folded text in small letters, and `numbers`: where in them the chosen runs begin."""

    __slots__ = ("_places", "content", "numbers")

    def __init__(self, data: bytes) -> None:
        read = np.frombuffer(data, np.uint8)
        self._places = np.flatnonzero(_COUNTS[read])
        kept = read[self._places]
        self.content = kept.tobytes()
        self.numbers: list[int] = _chosen(kept).tolist() if len(kept) >= GRAM else []

    def grams(self) -> list[bytes]:
        """The chosen runs, in order."""
        content = self.content
        return [content[number : number + GRAM] for number in self.numbers]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """From where the first of some chosen runs begins in the text to where the last one ends."""
        return int(self._places[self.numbers[first]]), int(self._places[self.numbers[last] + GRAM - 1]) + 1


def telling(gram: bytes) -> bool:
    """Whether a run says something: a row of dashes or zeros does not."""
    return len({*gram}) >= TELLING


def _chosen(kept: Any) -> Any:
    """The numbers of the runs whose hash is the least of some window."""
    count = len(kept) - GRAM + 1
    words = np.lib.stride_tricks.as_strided(kept, (len(kept) - 7, 8), (1, 1))
    # Eight bytes at each place as one number; a copy, since they are not aligned.
    numbers = np.ascontiguousarray(words).view("<u8").ravel()
    hashes = np.zeros(count, np.uint64)
    for n, mix in enumerate(_MIX):
        hashes ^= numbers[8 * n : 8 * n + count] * mix
        hashes ^= hashes >> _SHIFT
        hashes *= _MIX[0]
    hashes >>= _SHIFT
    order = hashes.astype(np.uint32)
    if count <= WINDOW:
        return np.flatnonzero(order == order.min())
    least = _sliding(order, np.minimum)
    # A hash is the least of some window where it is no greater than the greatest of all its windows' least ones.
    edges = np.zeros(WINDOW - 1, np.uint32)
    return np.flatnonzero(order == _sliding(np.concatenate((edges, least, edges)), np.maximum))


def _sliding(values: Any, best: Any) -> Any:
    """The best of every `WINDOW` values in a row."""
    size = 1
    while 2 * size <= WINDOW:
        values = best(values[:-size], values[size:])
        size *= 2
    return values if size == WINDOW else best(values[: size - WINDOW], values[WINDOW - size :])
