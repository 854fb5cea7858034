"""Tables whose columns are kept apart by blanks: DataFrames as pandas prints them, `column -t`, reports with rulers.

Where a ruler (`---- ----`) stands below the head, its runs are the columns. Else a column is what ends, or begins, at
one place in the head and in all rows: a blank between two words of the head may be one of a name, or part two names.
pandas: https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.to_string.html (index, `...`, wrapped blocks).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from hushgate.detect.tables.group import LINE, ROW, Cell, Group, name

_WORD: Final = re.compile(r"\S+")
_RULER: Final = re.compile(r"[ \t]*[-=]{2,}(?: +[-=]{2,})* *\r?")
_RUN: Final = re.compile(r"[-=]+")
_GAP: Final = re.compile(r"\S(  +)(?=\S)")
_INDEX: Final = re.compile(r"\S+(?: \S+)*?(?=  |\Z)|\d+(?= )")
_FOOT: Final = re.compile(r"\(?\d+ rows?(?: selected\.| affected| in set.*)?\)?|\[\d+ rows x \d+ columns\]")
_SAMPLE: Final = 24
"""Rows that say where columns are."""
_MOST: Final = 200
"""Words of a head."""

type Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a name stands in its line, and whether values begin where it begins, and end where it ends."""

    start: int
    end: int
    left: bool
    right: bool


def table_at(text: str, start: int, end: int) -> Group | None:
    """The table whose head is the line `start:end`; None where that is no line of names, or the last one."""
    if end - start > LINE or end >= len(text):
        return None
    below, stop = _line(text, end + 1)
    at, index = end + 1, ""
    levels: list[_Column] = []
    drawn = False
    if stop > below and _RULER.fullmatch(text, below, stop):
        runs = [run.span() for run in _RUN.finditer(text[below:stop])]
        columns = [_Column(low, high, True, False) for low, high in runs]
        at, drawn = stop + 1, True
    else:
        head = text[start:end].rstrip()
        words = list(_WORD.finditer(text, below, stop))
        if words and text[below] != " " and head[: words[-1].end() - below].isspace():  # pandas' index has names
            if len(words) == 1:
                index, at = words[0][0], stop + 1
            elif len(_sample(text, stop + 1, len(head))) > 1:
                levels = [_Column(word.start() - below, word.end() - below, True, False) for word in words]
                at = stop + 1
        columns = _columns(head.removesuffix(" \\"), _sample(text, at, len(head)))
    if not columns or len(columns) == 1 and not columns[0].start:
        return None
    names = [name(text[start + column.start : min(end, start + column.end)]) for column in columns]
    if not any(names) or None in names:
        return None
    names = [*(text[below + level.start : below + level.end] for level in levels), *names, index]
    return Group([one or "" for one in names], partial(_cells, text, at, [*levels, *columns], drawn), end)


def _sample(text: str, at: int, wide: int) -> list[str]:
    """The first rows."""
    rows: list[str] = []
    while at < len(text) and len(rows) < _SAMPLE:
        start, end = _line(text, at)
        row = text[start:end].rstrip()
        if not _fits(row, wide):
            break
        rows.append(row)
        at = end + 1
    return rows


def _fits(row: str, wide: int) -> bool:
    """Whether a line may be a row: with a gap, or just as long as the head."""
    return bool(row) and (len(row) == wide or "  " in row)


def _columns(head: str, rows: Sequence[str]) -> list[_Column]:
    words = [word.span() for word in _WORD.finditer(head)][:_MOST]
    if not rows or "  " not in head:
        return []
    indexed = head[0] == " " and rows[0][0] != " "
    sure = len(rows) > 1 or indexed
    found: list[_Column] = []
    for low, high in words:
        left, right = _begins(rows, low), _ends(rows, high)
        before = found[-1] if found else None
        if before and low - before.end == 1 and not (sure and (left or before.right and _under(head, rows, low))):
            found[-1] = _Column(before.start, high, before.left, right)
        else:
            found.append(_Column(low, high, left, right))
    return found if len(found) > 1 or indexed else []


def _under(head: str, rows: Sequence[str], low: int) -> bool:
    """Whether anything stands below the words from here to the next gap."""
    gap = head.find("  ", low)
    return any(row[low : gap if gap >= 0 else len(row)].strip() for row in rows)


def _ends(rows: Sequence[str], at: int) -> bool:
    """Whether nothing goes on here, and about all end here."""
    return all(row[at : at + 1] in ("", " ") for row in rows) and _full(rows, at - 1)


def _begins(rows: Sequence[str], at: int) -> bool:
    return (not at or all(row[at - 1 : at] in ("", " ") for row in rows)) and _full(rows, at)


def _full(rows: Sequence[str], at: int) -> bool:
    return 2 * sum(row[at : at + 1] not in ("", " ") for row in rows) >= len(rows)


def _cells(text: str, at: int, columns: Sequence[_Column], drawn: bool, group: Group) -> Iterator[Cell]:
    wide = group.end - text.rfind("\n", 0, group.end) - 1
    while at < len(text):
        start, end = _line(text, at)
        if end == start or _RULER.fullmatch(text, start, end) is None:
            row = text[start:end].rstrip()
            if not row and drawn and "  " in text[slice(*_line(text, end + 1))].rstrip():  # sqlite's, wrapped
                at = end + 1
                continue
            if _FOOT.fullmatch(row) or (not _fits(row, wide) and not (row and columns[0].left)):
                return
            for n, (low, high) in enumerate(_cut(row, columns)):
                cell = row[low:high]
                if cell.strip():
                    yield n, start + low + len(cell) - len(cell.lstrip()), start + low + len(cell.rstrip())
        group.end, at = end, end + 1


def _cut(row: str, columns: Sequence[_Column]) -> list[Span]:
    """The cells of a row, and behind them what stands before the first: the index."""
    cuts = [_between(row, one, other) for one, other in zip(columns, columns[1:], strict=False)]
    first = columns[0]
    low = first.start if first.left else 0
    if not first.left and first.start and row[:1] not in ("", " "):
        found = _INDEX.match(row, 0, cuts[0] if cuts else len(row))
        if found and found.end() < (cuts[0] if cuts else len(row)):
            low = found.end()
    return [*zip([low, *cuts], [*cuts, len(row)], strict=True), (0, low)]


def _between(row: str, one: _Column, other: _Column) -> int:
    """Where the one column's cell is over."""
    if one.right:
        return one.end
    if other.left:
        return other.start
    gaps = [gap.start(1) for gap in _GAP.finditer(row, one.start, other.end)]
    return gaps[-1] if gaps else other.start


def _line(text: str, at: int) -> Span:
    end = text.find("\n", at, at + ROW)
    return at, (end if end >= 0 else min(len(text), at + ROW))
