"""Tables whose cells are parted by a sign: CSV (RFC 4180), TSV, Markdown, and the boxes of psql, mysql and their like.

A head is one line of names. Rows follow line by line; a quoted cell may hold line ends. A row of another number of
cells ends the table, unless it stands between two that fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from hushgate.detect.tables.group import LINE, ROW, Cell, Group, name, trimmed

SIGNS: Final = "|│┃\t;,"
"""What parts cells; of several that a line holds the first here."""
_BOXES: Final = "|│┃"
_QUOTING: Final = "\t;,"
_RULER: Final = re.compile(r"[\s|:+=\-─-╿]+")
_LONGEST: Final = 8192
"""Code points of a cell that goes over several lines."""

type Row = list[tuple[int, int]]


def table_at(text: str, start: int, end: int) -> Group | None:
    """The table whose head is the line `start:end`; None where that is no line of names, or the last one."""
    line = text[start:end]
    sign = next((sign for sign in SIGNS if sign in line), "")
    if not sign or end >= len(text) or len(line) > LINE:
        return None
    names = [name(text[low:high]) for low, high in _row(text, start, end, sign)[0]]
    if None in names or sum(map(bool, names)) < (1 if sign in _BOXES else 2):
        return None
    return Group([one or "" for one in names], partial(_cells, text, sign), end)


def row_at(text: str, start: int, end: int, sign: str) -> Row:
    """The cells of a line of its own; none for a ruler, one for a line without the sign."""
    return [] if _RULER.fullmatch(text, start, end) and sign in _BOXES else _row(text, start, end, sign)[0]


def _cells(text: str, sign: str, group: Group) -> Iterator[Cell]:
    wide = len(group.names)
    at = group.end + 1
    begun = False
    while (read := _next(text, at, sign)) is not None:
        row, stop = read
        if row and len(row) != wide:
            after = _next(text, stop + 1, sign)
            if not begun or len(row) < 2 or after is None or len(after[0]) != wide:
                return
        begun = begun or bool(row)
        for n, (low, high) in enumerate(row):
            low, high = trimmed(text, low, high)
            if low < high:
                yield min(n, wide - 1), low, high
        group.end, at = stop, stop + 1


def _next(text: str, at: int, sign: str) -> tuple[Row, int] | None:
    """The cells of the line that begins here, and where it ends; none for a ruler. None where the text, or what may
    be a row, is over."""
    if at >= len(text):
        return None
    end = text.find("\n", at, at + ROW)
    if end < 0:
        end = min(len(text), at + ROW)
    if sign not in text[at:end]:
        ruler = end > at and sign in _BOXES and _RULER.fullmatch(text, at, end) is not None
        return ([], end) if ruler and not text[at:end].isspace() else None
    if _RULER.fullmatch(text, at, end):
        return ([], end) if not text[at:end].isspace() else None
    return _row(text, at, end, sign)


def _row(text: str, start: int, end: int, sign: str) -> tuple[Row, int]:
    """The cells of a line, and where the last of them ends."""
    if sign in _BOXES:
        start, end_of = trimmed(text, start, end, " \t\r")
        start += text.startswith(sign, start)
        end_of -= end_of > start and text[end_of - 1] == sign
        return _split(text, start, end_of, sign), end
    if sign in _QUOTING and '"' in text[start:end]:
        return _quoted(text, start, end, sign)
    return _split(text, start, end, sign), end


def _split(text: str, start: int, end: int, sign: str) -> Row:
    cells: Row = []
    while True:
        at = text.find(sign, start, end)
        while sign == "|" and at > start and text[at - 1] == "\\":  # Markdown's own
            at = text.find(sign, at + 1, end)
        if at < 0:
            return [*cells, (start, end)]
        cells.append((start, at))
        start = at + 1


def _quoted(text: str, start: int, end: int, sign: str) -> tuple[Row, int]:
    cells: Row = []
    while True:
        at = start
        while at < end and text[at] in " \r":
            at += 1
        if at < end and text[at] == '"' and (close := _close(text, at, sign)) > 0:
            cells.append((at, close))
            if close > end:
                end = text.find("\n", close)
                end = len(text) if end < 0 else end
            start = close
            while start < end and text[start] in " \r":
                start += 1
        else:
            stop = text.find(sign, start, end)
            cells.append((start, stop if stop >= 0 else end))
            start = stop if stop >= 0 else end
        if start >= end:
            return cells, end
        start += 1


def _close(text: str, at: int, sign: str) -> int:
    """Behind the quote that ends the cell which begins with one; -1 where none does."""
    last = min(len(text), at + _LONGEST)
    close = text.find('"', at + 1, last)
    while close >= 0 and text.startswith('""', close):
        close = text.find('"', close + 2, last)
    if close < 0:
        return -1
    rest = text[close + 1 : close + 3].lstrip(" \r")
    return close + 1 if not rest or rest[0] in (sign, "\n") else -1
