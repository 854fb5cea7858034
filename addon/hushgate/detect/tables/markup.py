"""Tables in HTML (https://html.spec.whatwg.org/multipage/tables.html), terms and their descriptions, elements of XML.

The first row of a table that has cells is the head, or the last that has as many cells as those below it; where each
row begins with a name in `th`, that names the rest of its row. An element is named for a column, or says so in `name`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from html import unescape
from typing import Final

from hushgate.detect.tables.group import Cell, Group, name, trimmed

_TAG: Final = re.compile(r"(?i)<(/?)(table|tr|t[hd]|d[tdl])\b([^<>]{0,300})>")
_CELLS: Final = ("td", "th", "dt", "dd")
_INNER: Final = re.compile(r"\s*<[^<>]{1,300}>\s*")
_ANY: Final = re.compile(r"<[^<>]{1,300}>")
_LAST: Final = re.compile(r"<[^<>]{1,300}>\s*\Z")
_SPAN: Final = re.compile(r"""(?i)colspan\s*=\s*["']?(\d{1,3})""")
_ELEMENT: Final = re.compile(
    r"""<(?:[\w.-]{1,60}:)?([\w.-]{2,80})(?=[\s>])"""
    r"""(?:\s[^<>]{0,400}?\b(?:name|key|field|column)=["']([^"'<>]{1,80})["'])?[^<>]{0,400}?(?<!/)>"""
    r"""(?:<!\[CDATA\[)?([^<>]{1,2000})(?=</|\]\]>)"""
)
_LABEL: Final = re.compile(
    r"""<(?:label|dt|strong|b|\w{1,10}\s[^<>]{0,200}?class=["'][^"'<>]{0,100}?(?:label|key|term|title|name))[^<>]{0,200}>\s{0,20}"""
    r"""([\w .()/#-]{2,60}?)\s?:?\s{0,20}</\w{1,10}>\s{0,20}:?\s{0,20}"""
    r"""(?:</?(?!t[dhr])\w[^<>]{0,200}>\s{0,20}){0,3}([^<>\n]{1,2000})"""
)
"""What is shown as a name, and what follows it."""
_FORM: Final = re.compile(
    r"""\bname="([\w .:-]{1,80})"(?:;[^\n]{0,200})?\r?\n(?:[\w-]+:[^\n]{0,200}\n)*\r?\n([^\r\n]{1,2000})"""
)
"""RFC 7578: a field of a form, and its value."""
_LONGEST: Final = 8192
_MOST: Final = 400
"""Columns of a table."""

type Row = list[tuple[int, int]]


def groups(text: str) -> Iterator[Group]:
    """Each table of a text, closed or not."""
    at = 0
    while True:
        head, heads, at = _row(text, at, inside=False)
        if not head:
            return
        below, more, end = _row(text, at, inside=True)
        if heads == len(head) and len(below) == more > 1:  # a head of two rows
            head, at = below, end
        if heads == 1 < len(head) or len(head) > 1 and text[slice(*head[0])].rstrip("</>bstrongp ").endswith(":"):
            group = _turned(text, head, at)
        else:
            names = [_name(text, low, high) for low, high in head]
            group = Group(names, partial(_cells, text, at), at)
        yield group
        for _ in () if group.end > at else group.cells(()):
            pass
        at = _behind(text, max(at, group.end))


def elements(text: str) -> Iterator[Group]:
    """Elements and fields of forms with what is in them, as one record each run of them."""
    run: list[tuple[str, int, int]] = []
    for found in _ELEMENT.finditer(text):
        low, high = trimmed(text, *found.span(3), " \t\r\n")
        if low < high and (found[2] or found[1].lower() not in _CELLS):
            run.append((found[2] or found[1], low, high))
    run += [(found[1], *trimmed(text, *found.span(2), " \t\r\n")) for found in _LABEL.finditer(text)]
    if '; name="' in text:
        run += [(found[1], *found.span(2)) for found in _FORM.finditer(text)]
    if run:
        yield _pairs(run)


def _pairs(found: Sequence[tuple[str, int, int]]) -> Group:
    numbers = {name: n for n, name in enumerate(dict.fromkeys(name for name, _, _ in found))}
    cells = [(numbers[name], low, high) for name, low, high in found]
    return Group(list(numbers), partial(_known, cells), found[-1][2])


def _known(cells: Sequence[Cell], _: Group) -> Iterator[Cell]:
    yield from cells


def _name(text: str, low: int, high: int) -> str:
    return name(unescape(_ANY.sub("", text[low:high])).replace("\xa0", " ").strip().removesuffix(":")) or ""


def _turned(text: str, row: Row, at: int) -> Group:
    """A table whose names stand at the beginning of its rows."""
    found: list[tuple[str, int, int]] = []
    while row:
        found += ((_name(text, *row[0]), low, high) for low, high in row[1:] if low < high)
        row, _, end = _row(text, at, inside=True)
        at = end if row else at
    group = _pairs(found) if found else Group([], partial(_known, ()), at)
    group.end = at
    return group


def _behind(text: str, at: int) -> int:
    """Behind the table that goes on here."""
    for tag in _TAG.finditer(text, at):
        if tag[2].lower() == "table":
            return tag.end() if tag[1] else tag.start()
    return len(text)


def _cells(text: str, at: int, group: Group) -> Iterator[Cell]:
    while True:
        row, _, at = _row(text, at, inside=True)
        if not row:
            return
        for n, (low, high) in enumerate(row):
            if low < high:
                yield min(n, len(group.names) - 1), low, high
        group.end = at


def _row(text: str, at: int, *, inside: bool) -> tuple[Row, int, int]:
    """The next row that has cells, how many of them are heads, and where it ends; none where the table does.

    A cell over several columns is followed by empty ones.
    """
    row: Row = []
    heads = spare = 0
    opened = -1
    for tag in _TAG.finditer(text, at):
        closing, kind = bool(tag[1]), tag[2].lower()
        if opened >= 0:
            row += [_bare(text, opened, tag.start()), *[(opened, opened)] * spare]
            opened = -1
        if kind in _CELLS and not (kind == "dt" and row and not closing):
            if not closing and len(row) < _MOST:
                opened = tag.end()
                span = _SPAN.search(tag[3])
                spare = min(int(span[1]), _MOST) - 1 if span and int(span[1]) else 0
                heads += spare + 1 if kind in ("th", "dt") else 0
        elif row:
            return row, heads, tag.end() if closing and kind == "tr" else tag.start()
        elif kind in ("table", "dl") and inside:
            return [], 0, tag.start()
    return row, heads, len(text)


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """A cell without blanks and tags round its words."""
    end = min(end, start + _LONGEST)
    start, end = trimmed(text, start, end, " \t\r\n")
    while (tag := _INNER.match(text, start, end)) is not None:
        start = tag.end()
    while (at := text.rfind("<", start, end)) >= 0 and _LAST.match(text[at:end]):
        start, end = trimmed(text, start, at, " \t\r\n")
    return start, end
