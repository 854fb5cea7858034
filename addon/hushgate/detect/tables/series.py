"""One column, printed with its name below it (pandas' Series) or above it (polars')."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from hushgate.detect.tables.group import Cell, Group, name

_PANDAS: Final = re.compile(r"\n(?:Freq: \S{1,20}, )?Name: ([^\n,]{1,80}), (?:Length: \d+, )?dtype: ")
_POLARS: Final = re.compile(r"Series: '([^'\n]{1,80})' \[[^\n]{1,80}\]\n\[\n")
_VALUE: Final = re.compile(r"\S.*?(?: {2,}|\t)(\S.*)")
_QUOTED: Final = re.compile(r"\s+\"?(.+?)\"?\s*")
_MOST: Final = 100_000
"""Values of a Series."""


def groups(text: str) -> Iterator[Group]:
    """Each Series of a text."""
    for found in _PANDAS.finditer(text):
        if said := name(found[1]):
            yield Group([said], partial(_above, text, found.start()), found.end())
    for found in _POLARS.finditer(text):
        if said := name(found[1]):
            yield Group([said], partial(_below, text, found.end()), found.end())


def _above(text: str, end: int, group: Group) -> Iterator[Cell]:
    cells: list[Cell] = []
    while end > 0 and len(cells) < _MOST:
        start = text.rfind("\n", 0, end) + 1
        value = _VALUE.fullmatch(text, start, end)
        if value is None and text[start:end].strip(" .") or start == end:
            break
        if value is not None:
            cells.append((0, *value.span(1)))
        end = start - 1
    yield from reversed(cells)


def _below(text: str, at: int, group: Group) -> Iterator[Cell]:
    while (end := text.find("\n", at)) > at and (value := _QUOTED.fullmatch(text, at, end)):
        yield 0, *value.span(1)
        group.end, at = end, end + 1
