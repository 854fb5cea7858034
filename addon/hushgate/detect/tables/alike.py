"""Columns without a name that is known: what most of their cells were found to be, the rest of them is as well.

Of a table whose cells are parted by a sign, with the same number of cells in each row. Most means four fifths of those
that hold something, and `LEAST` at least. The first row may be a head, and stays as it is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from hushgate.detect.hit import Hit
from hushgate.detect.merge import specific
from hushgate.detect.tables.delimited import SIGNS, row_at
from hushgate.detect.tables.group import ROW, nothing, trimmed
from hushgate.values import Level

RULE: Final = "column-majority"
LEAST: Final = 5
"""Cells of one kind that make a column of it."""
_SCORE: Final = 0.6

type Cells = list[tuple[int, int]]


def alike(text: str, hits: Sequence[Hit], fingerprint: Callable[[str], str]) -> list[Hit]:
    """The cells that are what the rest of their column is, of hits that are merged and in order."""
    telling = [hit for hit in hits if hit.level >= Level.CONFIDENTIAL and not hit.layer and specific(hit)]
    kinds = Counter(hit.entity for hit in telling)
    telling = [hit for hit in telling if kinds[hit.entity] >= LEAST]
    found: list[Hit] = []
    done = 0
    starts = [hit.start for hit in telling]
    for n, hit in enumerate(telling):
        if hit.start < done:
            continue
        rows, done = _table(text, text.rfind("\n", done, hit.start) + 1 or done, done)
        inside = telling[n : bisect_left(starts, done, n)]
        if len(rows) > LEAST and len(inside) >= LEAST:
            found += _rest(text, rows, inside, fingerprint)
    return found


def _table(text: str, at: int, floor: int) -> tuple[list[Cells], int]:
    """The rows round the line that begins at a place, those above it as well, and where they end."""
    end = _end(text, at)
    sign = next((sign for sign in SIGNS if sign in text[at:end]), "")
    if not sign:
        return [], max(end, floor + 1)
    wide = len(row_at(text, at, end, sign))
    rows: list[Cells] = []
    above = at
    while above > floor:
        start = max(text.rfind("\n", floor, above - 1) + 1, floor)
        row = row_at(text, start, above - 1, sign)
        if len(row) not in (0, wide):
            break
        rows.append(row)
        above = start
    rows.reverse()
    while at < len(text):
        end = _end(text, at)
        row = row_at(text, at, end, sign)
        if len(row) not in (0, wide):
            break
        rows.append(row)
        at = end + 1
    return [row for row in rows if row], max(at, end)


def _end(text: str, at: int) -> int:
    end = text.find("\n", at, at + ROW)
    return end if end >= 0 else min(len(text), at + ROW)


def _rest(text: str, rows: Sequence[Cells], hits: Sequence[Hit], fingerprint: Callable[[str], str]) -> Iterator[Hit]:
    for column in zip(*rows, strict=True):
        cells = [trimmed(text, low, high) for low, high in column]
        left: Cells = []
        kinds: Counter[str] = Counter()
        model: dict[str, Hit] = {}
        at = 0
        for n, (low, high) in enumerate(cells):
            while at < len(hits) and hits[at].end <= low:
                at += 1
            if at < len(hits) and hits[at].start <= low and high <= hits[at].end and low < high:
                kinds[hits[at].entity] += 1
                model.setdefault(hits[at].entity, hits[at])
            elif low < high and n and not nothing(text[low:high]):
                left.append((low, high))
        for entity, count in kinds.most_common(1):
            if count >= LEAST and count >= 4 * (len(left) + kinds.total() - count):
                like = model[entity]
                for low, high in left:
                    known = (entity, like.category, like.level, _SCORE, RULE, "", fingerprint(text[low:high]))
                    yield Hit(low, high, *known)
