"""Where on a page runs of digits or of token characters stand: what rules that need one have to read.

A rule whose every match holds four digits in a row can match round such digits alone, and in prose those are few. The
runs are found in a copy of the page in which all characters of the kind are one sign, at the speed of `bytes.find`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

type Window = tuple[int, int]
"""Bytes of a page, half-open."""

GAP: Final = 256
"""Bytes between runs that are read sooner than the next area is begun."""
_DIGITS: Final = bytes(48 if 48 <= c <= 57 else 32 for c in range(256))


def digit_marks(data: bytes) -> bytes:
    """A page in which each digit is `0`, and all else blank."""
    return data.translate(_DIGITS)


def areas(marks: bytes, least: bytes) -> list[Window]:
    """Stretches from a run of `least` to another, in order; between two of them are more than `GAP` bytes without one.

    `marks` has one sign wherever a character of the kind stands, and blanks; `least` is the shortest run.
    """
    found: list[Window] = []
    size, width = len(marks), len(least)
    at = marks.find(least)
    while at >= 0:
        last = at
        while last >= 0:
            end = marks.find(b" ", last + width)
            if end < 0:
                end = size
            last = marks.rfind(least, end, end + GAP)
        found.append((at, end))
        at = marks.find(least, end)
    return found


def widened(spans: Iterable[Window], before: int, after: int, size: int) -> list[Window]:
    """Spans with so many bytes more on either side, those made one that touch; `size`: the end of the page."""
    out: list[Window] = []
    last = -1
    for low, high in spans:
        start = low - before if low > before else 0
        end = high + after if high + after < size else size
        if start <= last:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
        last = end
    return out
