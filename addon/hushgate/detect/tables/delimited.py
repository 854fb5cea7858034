"""Tables whose cells are parted by a sign: CSV (RFC 4180), TSV, Markdown, wikis, boxes of psql, mysql and their like.

A head is one line of names. Rows follow line by line; a quoted cell may hold line ends. A row of another number of
cells ends the table, unless it stands between two that fit; a border on either side is no cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from hushgate.detect.tables.group import LINE, ROW, Cell, Group, name, trimmed

SIGNS: Final = "┆|│┃║\t;,^\x1f"
"""What parts cells; of several that a line holds the first here."""
_BOXES: Final = "┆|│┃║"
_QUOTING: Final = "\t;,"
_DOUBLE: Final = re.compile(r"[ \t]*\|\|")
"""The head, or a row, of a wiki: `||a||b||`."""
_RULER: Final = re.compile(r"[\s|:+=\-─-╿]+")
_REMARK: Final = re.compile(r"[ \t]*(?:#|--)(?!-)")
_ODD: Final = re.compile(r"""(?:\s*(?:<[^<>|]{0,80}>|\w{1,12}="[^"|]{0,80}"\|)|_\.)""")
"""What a wiki says of a cell before it: how it is drawn."""
_NAMED_RULER: Final = re.compile(r"[┌┏]?[─━]+(?=[^\s─-╿])")
_LONGEST: Final = 8192
"""Code points of a cell that goes over several lines."""

type Row = list[tuple[int, int]]


def table_at(text: str, start: int, end: int) -> Group | None:
    """The table whose head is the line `start:end`; None where that is no line of names, or the last one."""
    line = text[start:end]
    if end >= len(text) or len(line) > LINE:
        return None
    sign = "┬" if "┬" in line else next((sign for sign in SIGNS if sign in line), "")
    if not sign:
        return None
    row = _row(text, start, end, sign)[0]
    if sign == "┬":
        names = [name(text[low:high].strip(" ┌┐┏┓─━")) for low, high in row]
        sign = "│"
    else:
        names = [name(text[low:high]) for low, high in (_bordered(text, row) if sign in _BOXES else row)]
        if sign == "┃" and "┃" not in text[end : end + 4 * len(line)]:
            sign = "│"  # rich draws the head alone with thick lines
    if None in names or sum(map(bool, names)) < (1 if sign in _BOXES else 2):
        return None
    told = [one or "" for one in names]
    edged = sign in _BOXES and not text[slice(*row[0])].strip(" ┌┏╭")
    if sign == "┆":
        end = _wrapped(text, end, told)
    return Group(told, partial(_cells, text, sign, edged), end)


def row_at(text: str, start: int, end: int, sign: str) -> Row:
    """The cells of a line of its own; none for a ruler, one for a line without the sign."""
    if _RULER.fullmatch(text, start, end) and sign in _BOXES:
        return []
    return _bordered(text, _row(text, start, end, sign)[0]) if sign in _BOXES else _row(text, start, end, sign)[0]


def ruler(text: str, start: int, end: int) -> bool:
    """Whether a line is drawn, and says nothing."""
    return end > start and _RULER.fullmatch(text, start, end) is not None and not text[start:end].isspace()


def _wrapped(text: str, end: int, names: list[str]) -> int:
    """Completes the names of polars' head, which goes on below itself down to `---`; where that line ends."""
    over: set[int] = set()
    at = end
    for _ in range(8):
        read = _next(text, at + 1, "┆")
        if read is None or not read[0]:
            break
        row, at = read
        for n, (low, high) in enumerate(_bordered(text, row)[: len(names)]):
            cell = text[low:high].strip()
            if cell == "---":
                over.add(n)
            elif n not in over:
                names[n] += cell
        if len(over) == len(names):
            return at
    return end


def _cells(text: str, sign: str, edged: bool, group: Group) -> Iterator[Cell]:
    wide = len(group.names)
    at = group.end + 1
    begun = False
    while (read := _next(text, at, sign)) is not None:
        row, stop = read
        if sign in _BOXES:
            row = _bordered(text, row[1:] if edged and row and not text[slice(*row[0])].strip() else row, wide)
        if row and len(row) != wide:
            after = _next(text, stop + 1, sign)
            fits = after is not None and wide in (len(after[0]), len(_bordered(text, after[0], wide)))
            cut = begun and stop >= len(text) and len(row) < wide  # where the text was cut off
            if len(row) < 2 or not (fits or cut):
                return
        begun = begun or bool(row)
        for n, (low, high) in enumerate(row):
            low, high = trimmed(text, low, high)
            if low < high:
                yield min(n, wide - 1), low, high
        group.end, at = stop, stop + 1


def _bordered(text: str, row: Row, wide: int = 0) -> Row:
    """A row without the empty cells outside its borders, as long as it has more cells than the head."""
    for end in (0, -1):
        if len(row) > max(wide, 1) and not text[slice(*row[end])].strip():
            row = row[1:] if not end else row[:-1]
    return row


def _next(text: str, at: int, sign: str) -> tuple[Row, int] | None:
    """The cells of the line that begins here, and where it ends; none for a ruler or a remark. None where the text, or
    what may be a row, is over."""
    if at >= len(text):
        return None
    end = text.find("\n", at, at + ROW)
    if end < 0:
        end = min(len(text), at + ROW)
    if sign in _BOXES and ruler(text, at, end) or _REMARK.match(text, at, end):
        return [], end
    if sign not in text[at:end] or _RULER.fullmatch(text, at, end):
        return None
    return _row(text, at, end, sign)


def _row(text: str, start: int, end: int, sign: str) -> tuple[Row, int]:
    """The cells of a line, borders and all, and where the last of them ends."""
    if sign in _BOXES:
        return _boxed(text, start, end, sign), end
    if sign in _QUOTING and ('"' in text[start:end] or "'" in text[start:end]):
        return _quoted(text, start, end, sign)
    return _split(text, start, end, sign), end


def _boxed(text: str, start: int, end: int, sign: str) -> Row:
    while end > start and text[end - 1] == "\r":
        end -= 1
    cells = _split(text, start, end, "||" if sign == "|" and _DOUBLE.match(text, start, end) else sign)
    if sign == "┆":  # its borders are others
        cells[0] = trimmed(text, *cells[0], " │")
        cells[-1] = trimmed(text, *cells[-1], " │")
    return [_drawn(text, *cell) for cell in cells]


def _drawn(text: str, low: int, high: int) -> tuple[int, int]:
    odd = _ODD.match(text, low, high)
    return (odd.end(), high) if odd else (low, high)


def _split(text: str, start: int, end: int, sign: str) -> Row:
    cells: Row = []
    while True:
        at = text.find(sign, start, end)
        while sign == "|" and at > start and text[at - 1] == "\\":  # Markdown's own
            at = text.find(sign, at + 1, end)
        if at < 0:
            return [*cells, (start, end)]
        cells.append((start, at))
        start = at + len(sign)


def _quoted(text: str, start: int, end: int, sign: str) -> tuple[Row, int]:
    cells: Row = []
    while True:
        at = start
        while at < end and text[at] in " \r":
            at += 1
        if at < end and text[at] in "\"'" and (close := _close(text, at, sign)) > 0:
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
    """Behind the quote that ends the cell which begins with one; -1 where none does. A single one ends in its line."""
    quote = text[at]
    last = min(len(text), at + _LONGEST)
    if quote == "'" and (line := text.find("\n", at, last)) >= 0:
        last = line
    close = text.find(quote, at + 1, last)
    while close >= 0 and text.startswith(quote * 2, close):
        close = text.find(quote, close + 2, last)
    if close < 0:
        return -1
    rest = text[close + 1 : close + 3].lstrip(" \r")
    return close + 1 if not rest or rest[0] in (sign, "\n") else -1
