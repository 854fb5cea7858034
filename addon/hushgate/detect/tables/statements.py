"""Rows in SQL: INSERT and COPY with their columns, or those of a CREATE TABLE in the same text; VALUES with an alias;
SELECT of literals.

https://www.postgresql.org/docs/current/sql-insert.html, .../sql-copy.html, .../sql-values.html; MySQL's IGNORE, REPLACE
and backslashes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from hushgate.detect.tables.group import ROW, Cell, Group, name

_WORD: Final = r"""[\w."`\[\]$-]{1,200}"""
_COLUMNS: Final = r"\(([^()]{1,4000})\)"
_STDIN: Final = r"from\s{1,20}stdin[^;\n]{0,200};?"
_INSERT: Final = re.compile(
    rf"(?i)\b(?:insert|replace|copy)\s{{1,20}}(?:(?:ignore|overwrite|or\s{{1,5}}\w+)\s{{1,20}})?"
    rf"(?:into\s{{1,20}})?(?:table\s{{1,20}})?({_WORD})\s{{0,200}}(?:{_COLUMNS}\s{{0,200}})?"
    rf"(?:overriding\s\w+\s{{1,5}}value\s{{1,20}})?(values?\b|{_STDIN}|select\b)\s{{0,200}}"
)
_VALUES: Final = re.compile(
    rf"(?i)(?:\b({_WORD})\s{{0,20}}{_COLUMNS}\s{{1,20}}as\s{{0,20}})?\(\s{{0,20}}values\s{{0,200}}"
)
_BEGUN: Final = re.compile(r"(?i)\(\s{0,20}values\b")
_ALIAS: Final = re.compile(rf"(?i)\s{{0,200}}\)\s{{0,20}}(?:as\s{{1,20}})?({_WORD})\s{{0,20}}{_COLUMNS}")
_SELECT: Final = re.compile(r"(?i)\s{0,200}union\s{1,20}(?:all\s{1,20})?select\s{1,20}")
_CREATE: Final = re.compile(
    rf"(?i)\bcreate\s[\w\s]{{0,60}}?table\s{{1,20}}(?:if\s+not\s+exists\s{{1,20}})?({_WORD})\s{{0,20}}\("
)
_COLUMN: Final = re.compile(r"""\s*(["`\[]?[\w$-]{1,100}["`\]]?)\s""")
_NO_COLUMN: Final = frozenset("primary key constraint unique index foreign check fulltext exclude like".split())
_LITERAL_AS: Final = re.compile(
    r"""(?i)(?:'((?:[^'\\\n]|''|\\.){1,500})'|(?<![\w.])(-?\d[\d.]*))(?:::[\w ()]{1,40}?)?"""
    r"""\s{1,20}as\s{1,20}["`\[]?([\w$ -]{1,60}?)["`\]]?(?=\s*[,;)\n]|\s+from\b|\s*\Z)"""
)
_MARKS: Final = "\"`[]'"
_STRING: Final = re.compile(r"'[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+'", re.DOTALL)
_BARE: Final = re.compile(r"(?i)(?:(?!\bunion\b|\bfrom\b)[^,()';])+")
_PARAMETER: Final = re.compile(r"[:@$]\w+")
_SPACE: Final = re.compile(r"(?:\s+|--[^\n]*(?=\n)|/\*.{0,1000}?\*/)*", re.DOTALL)
_LONGEST: Final = 8192
_MOST: Final = 64 * 1024
"""Code points of a table's definition."""


def groups(text: str) -> Iterator[Group]:
    """Each statement's rows. Without a list of columns nothing says which value is whose."""
    created: Mapping[str, Sequence[str]] | None = None
    at = 0
    while (found := _INSERT.search(text, at)) is not None:
        at = found.end()
        table = _table(found[1])
        if not found[2] and created is None:
            created = _created(text)
        names = _names(found[2]) if found[2] else (created or {}).get(table.rsplit(".", 1)[-1].lower(), ())
        if names:
            read = {"f": _copied, "s": _selected}.get(found[3][0].lower(), _tuples)
            group = Group(names, partial(read, text, at), at, table=table)
            yield group
            at = max(at, group.end)
    if _BEGUN.search(text):
        yield from _listed(text)


def _listed(text: str) -> Iterator[Group]:
    """VALUES whose columns an alias before or behind them names."""
    at = 0
    while (found := _VALUES.search(text, at)) is not None:
        at = found.end()
        if found[2]:
            yield Group(_names(found[2]), partial(_tuples, text, at), at, table=_table(found[1]))
            continue
        one = Group([""] * 100, partial(_tuples, text, at), at)
        cells = list(one.cells(range(100)))
        at = max(at, one.end)
        if alias := _ALIAS.match(text, one.end):
            names = _names(alias[2])
            cells = [cell for cell in cells if cell[0] < len(names)]
            yield Group(names, partial(_known, cells), one.end, table=_table(alias[1]))


def literals(text: str) -> Iterator[Group]:
    """`'x' AS name`."""
    found = list(_LITERAL_AS.finditer(text))
    numbers = {said: n for n, said in enumerate(dict.fromkeys(one[3] for one in found))}
    cells = [(numbers[one[3]], *one.span(1 if one[1] else 2)) for one in found]
    if cells:
        yield Group(list(numbers), partial(_known, cells), cells[-1][2])


def _created(text: str) -> Mapping[str, Sequence[str]]:
    """The columns of the tables that a text defines, by table."""
    tables: dict[str, Sequence[str]] = {}
    for found in _CREATE.finditer(text):
        columns: list[str] = []
        at, depth, start = found.end(), 0, found.end()
        for at in range(found.end(), min(len(text), found.end() + _MOST)):
            sign = text[at]
            if sign in ",)" and not depth:
                column = _COLUMN.match(text, start, at)
                if column and column[1].lower() not in _NO_COLUMN:
                    columns.append(column[1].strip(_MARKS))
                start = at + 1
                if sign == ")":
                    tables[_table(found[1]).rsplit(".", 1)[-1].lower()] = columns
                    break
            depth += (sign == "(") - (sign == ")")
    return tables


def _names(said: str) -> list[str]:
    return [name(column.strip().strip(_MARKS)) or "" for column in said.split(",")]


def _table(said: str) -> str:
    return ".".join(part.strip(_MARKS) for part in said.split("."))


def _known(cells: Sequence[Cell], _: Group) -> Iterator[Cell]:
    yield from cells


def _copied(text: str, at: int, group: Group) -> Iterator[Cell]:
    while at < len(text):
        end = text.find("\n", at, at + ROW)
        end = end if end >= 0 else min(len(text), at + ROW)
        if text[at:end].strip() in ("\\.", ""):
            return
        low = at
        for n in range(len(group.names)):
            high = text.find("\t", low, end)
            high = high if high >= 0 else end
            if low < high:
                yield n, low, high
            low = high + 1
            if low > end:
                break
        group.end, at = end, end + 1


def _tuples(text: str, at: int, group: Group) -> Iterator[Cell]:
    while text.startswith("(", at):
        for n, (low, high, stop) in enumerate(_row(text, at + 1, len(group.names))):
            if low < high:
                yield n, low, high
            at = stop
        group.end = at
        close = text.find(")", at, at + _LONGEST)
        if close < 0:
            return
        group.end = at = close + 1
        at = _skipped(text, at)
        if not text.startswith(",", at):
            return
        at = _skipped(text, at + 1)


def _selected(text: str, at: int, group: Group) -> Iterator[Cell]:
    while True:
        for n, (low, high, stop) in enumerate(_row(text, at, len(group.names))):
            if low < high and (text[low - 1] in "'\"" or text[low] in "-0123456789"):
                yield n, low, high
            at = stop
        group.end = at
        if (more := _SELECT.match(text, at)) is None:
            return
        at = more.end()


def _row(text: str, at: int, most: int) -> Iterator[tuple[int, int, int]]:
    """Values parted by commas: where each begins and ends, and where what follows it stands."""
    for _ in range(most):
        low, high, at = _value(text, at)
        yield low, high, at
        if not text.startswith(",", at):
            return
        at += 1


def _skipped(text: str, at: int) -> int:
    found = _SPACE.match(text, at, at + _LONGEST)
    return found.end() if found else at


def _value(text: str, at: int) -> tuple[int, int, int]:
    """Where a value begins and ends, without its quotes, and where what follows it stands."""
    at = _skipped(text, at)
    last = min(len(text), at + _LONGEST)
    begin = at + 1 if text[at : at + 2] in ("E'", "N'", "e'", "n'", "X'", "x'") else at
    if quoted := _STRING.match(text, begin, last):
        rest = _BARE.match(text, quoted.end(), last)  # a cast: '1'::text
        return quoted.start() + 1, quoted.end() - 1, rest.end() if rest else quoted.end()
    start, depth = at, 0
    while at < last:
        sign = text[at]
        if sign in ",)" and not depth:
            break
        depth += (sign == "(") - (sign == ")")
        inner = _STRING.match(text, at, last) or _BARE.match(text, at, last)
        at = inner.end() if inner else at + 1
    shown = text[start:at].rstrip()
    if _PARAMETER.fullmatch(shown):
        return at, at, at
    return start, start + len(shown), at
