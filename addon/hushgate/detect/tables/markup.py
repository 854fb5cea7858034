"""Tables in HTML: https://html.spec.whatwg.org/multipage/tables.html. The first row that has cells is the head."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from hushgate.detect.tables.group import Cell, Group, name, trimmed

_TAG: Final = re.compile(r"(?i)<(/?)(table|tr|t[hd])\b[^<>]{0,300}>")
_INNER: Final = re.compile(r"\s*<[^<>]{1,300}>\s*")
_LAST: Final = re.compile(r"<[^<>]{1,300}>\s*\Z")
_LONGEST: Final = 8192
_MOST: Final = 400
"""Columns of a table."""

type Row = list[tuple[int, int]]


def groups(text: str) -> Iterator[Group]:
    """Each table of a text, closed or not."""
    at = 0
    while True:
        head, at = _row(text, at, inside=False)
        if not head:
            return
        names = [name(text[low:high]) for low, high in head]
        group = Group([one or "" for one in names], partial(_cells, text, at), at)
        yield group
        at = _behind(text, max(at, group.end))


def _behind(text: str, at: int) -> int:
    """Behind the table that goes on here."""
    for tag in _TAG.finditer(text, at):
        if tag[2].lower() == "table":
            return tag.end() if tag[1] else tag.start()
    return len(text)


def _cells(text: str, at: int, group: Group) -> Iterator[Cell]:
    while True:
        row, at = _row(text, at, inside=True)
        if not row:
            return
        for n, (low, high) in enumerate(row):
            if low < high:
                yield min(n, len(group.names) - 1), low, high
        group.end = at


def _row(text: str, at: int, *, inside: bool) -> tuple[Row, int]:
    """The next row that has cells, and where it ends; none where the table does."""
    row: Row = []
    opened = -1
    for tag in _TAG.finditer(text, at):
        closing, kind = bool(tag[1]), tag[2].lower()
        if opened >= 0:
            row.append(_bare(text, opened, tag.start()))
            opened = -1
        if kind in ("td", "th"):
            opened = -1 if closing or len(row) >= _MOST else tag.end()
        elif row:
            return row, tag.end() if closing and kind == "tr" else tag.start()
        elif kind == "table" and inside:
            return [], tag.start()
    return row, len(text)


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """A cell without blanks and tags round its words."""
    end = min(end, start + _LONGEST)
    start, end = trimmed(text, start, end, " \t\r\n")
    while (tag := _INNER.match(text, start, end)) is not None:
        start = tag.end()
    while (at := text.rfind("<", start, end)) >= 0 and _LAST.match(text[at:end]):
        start, end = trimmed(text, start, at, " \t\r\n")
    return start, end
