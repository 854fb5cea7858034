"""Rows in SQL: INSERT with a list of columns, and COPY as pg_dump writes it.

https://www.postgresql.org/docs/current/sql-insert.html, .../sql-copy.html; MySQL's IGNORE, REPLACE and backslashes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from hushgate.detect.tables.group import ROW, Cell, Group, name

_WORD: Final = r"""[\w."`\[\]$-]{1,200}"""
_INSERT: Final = re.compile(
    rf"(?i)\b(?:insert|replace|copy)\s{{1,20}}(?:(?:ignore|overwrite|or\s{{1,5}}\w+)\s{{1,20}})?"
    rf"(?:into\s{{1,20}})?(?:table\s{{1,20}})?({_WORD})\s{{0,200}}\(([^()]{{1,4000}})\)\s{{0,200}}"
    r"(?:overriding\s\w+\s{1,5}value\s{1,20})?(values?|from\s{1,20}stdin[^;\n]{0,200};)\s{0,200}"
)
_MARKS: Final = "\"`[]'"
_STRING: Final = re.compile(r"'[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+'", re.DOTALL)
_BARE: Final = re.compile(r"[^,()';]+")
_SPACE: Final = re.compile(r"\s*")
_LONGEST: Final = 8192


def groups(text: str) -> Iterator[Group]:
    """Each statement's rows. Without a list of columns nothing says which value is whose."""
    at = 0
    while (found := _INSERT.search(text, at)) is not None:
        names = [name(column.strip().strip(_MARKS)) or "" for column in found[2].split(",")]
        read = _copied if found[3][:1] in "fF" else _tuples
        group = Group(names, partial(read, text, found.end()), found.end(), table=_table(found[1]))
        yield group
        at = max(found.end(), group.end)


def _table(said: str) -> str:
    return ".".join(part.strip(_MARKS) for part in said.split("."))


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
        at += 1
        for n in range(len(group.names)):
            low, high, at = _value(text, at)
            if low < high:
                yield n, low, high
            if not text.startswith(",", at):
                break
            at += 1
        close = text.find(")", at, at + _LONGEST)
        if close < 0:
            return
        group.end = at = close + 1
        at = _skipped(text, at)
        if not text.startswith(",", at):
            return
        at = _skipped(text, at + 1)


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
    return start, start + len(shown), at
