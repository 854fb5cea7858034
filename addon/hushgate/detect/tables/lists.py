"""Lists of names, and lists of as many values: what a header row, or a result's `columns`, says of the rows behind it.

`{"columns": ["a", "b"], "data": [[1, 2]]}` (pandas' `split`, Trino), `[["a", "b"], [1, 2]]`, Python's tuples below a
list of names or a SELECT, BigQuery's `{"f": [{"v": 1}, ...]}`, Athena's, Snowflake's and the RDS Data API's results.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence, Set
from functools import partial
from typing import Final

from hushgate.detect.tables.group import Cell, Group
from hushgate.detect.tables.program import is_program

_STRING: Final = r"""(?:"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')"""
_SCALAR: Final = rf"""(?:{_STRING}|[A-Za-z_][\w.]*+(?:\([^()\n]*+\))?|[-+]?\d[\w.:+-]*+)"""
_ELEMENT: Final = rf"""(?:\{{\s*+{_STRING}\s*+:\s*+{_SCALAR}\s*+\}}|{_SCALAR})"""
_ROW: Final = re.compile(rf"""[\[(]\s*+{_ELEMENT}(?:\s*+,\s*+{_ELEMENT})++\s*+,?\s*+[\])]""")
_HEAD: Final = re.compile(
    rf"""[\[(]\s*+(?:\{{\s*+{_STRING}\s*+:\s*+{_STRING}\s*+\}}|{_STRING})(?:\s*+,\s*+(?:\{{\s*+{_STRING}\s*+:\s*+{_STRING}\s*+\}}|{_STRING}))++\s*+,?\s*+[\])]"""
)
_PART: Final = re.compile(rf"""\{{\s*+{_STRING}\s*+:\s*+({_SCALAR})\s*+\}}|({_SCALAR})""")
_NAME: Final = re.compile(r"""(["'])([\w .:/#()%$@&+-]{1,80})\1""")
_FIELD: Final = re.compile(
    r"""(?i)["'](?:(?:column_?)?name|column|field|label)["']\s{0,9}:\s{0,9}(["'])([\w .:/#()%$@&+-]{1,80})\1"""
)
_SIGNS: Final = tuple(f"{quote}{gap}:" for quote in "\"'" for gap in ("", " "))
_KEYS: Final = tuple(
    f"{key}{quote}{gap}:" for key in ("ame", "column", "field", "label") for quote in "\"'" for gap in ("", " ")
)
_VALUED: Final = re.compile(
    _FIELD.pattern + rf"""\s*+,\s*+["'](?:value|val|content|text|stringValue)["']\s*+:\s*+({_SCALAR})""", re.IGNORECASE
)
_BEHIND: Final = re.compile(r"""(?:columns|schema|names)["']?\s?[=:]\s?\Z""")
"""Stands before names that may follow their rows: `DataFrame([...], columns=[...])`."""
_CLOSED: Final = re.compile(r"\]")
_SELECT: Final = re.compile(r"[sS](?i:elect\s+(?:distinct\s+)?)([^;'\"()]{3,2000}?)(?i:\s+from\b)")
_QUOTE: Final = "\"'"
_MOST: Final = 1000
"""Names of a list."""

type Names = tuple[int, int, list[str]]


def groups(text: str, known: Set[bytes], form: Callable[[str], bytes]) -> Iterator[Group]:
    """Each list of names of which one is known, with the rows behind it."""
    fields = _has_fields(text)
    if fields and (valued := list(_VALUED.finditer(text))):
        numbers = {said: n for n, said in enumerate(dict.fromkeys(found[2] for found in valued))}
        cells = [(numbers[found[2]], *_inside(text, *found.span(3))) for found in valued]
        yield Group(list(numbers), lambda _: iter(cells), valued[-1].end())
    if not (heads := sorted(_heads(text, known, form, fields=fields), key=lambda head: head[0])):
        return
    rows = list(_ROW.finditer(text))
    starts = [row.start() for row in rows]
    alone = not is_program(text)
    done = 0
    for n, (start, at, names) in enumerate(heads):
        end = heads[n + 1][0] if n + 1 < len(heads) else len(text)
        mine = rows[bisect_left(starts, at) : bisect_left(starts, end)]
        if _BEHIND.search(text, max(0, start - 20), start):
            mine = rows[bisect_left(starts, done) : bisect_left(starts, start)] + mine
        done = at
        if mine:
            yield Group(names, partial(_cells, mine), mine[-1].end(), alone=alone)


def _has_fields(text: str) -> bool:
    """Whether names of columns may stand one by one, each under a key that says so."""
    return any(sign in text for sign in _SIGNS) and any(key in text for key in _KEYS)


def _heads(text: str, known: Set[bytes], form: Callable[[str], bytes], *, fields: bool) -> Iterator[Names]:
    """Where lists of names begin and end, and the names."""
    for row in _HEAD.finditer(text):
        names = [_NAME.fullmatch(text, *part.span(part.lastindex or 0)) for part in _parts(row)]
        told = [name[2] for name in names if name]
        if len(told) == len(names) and any(form(name) in known for name in told):
            yield row.start(), row.end(), told
    listed: list[re.Match[str]] = []
    for found in [*(_FIELD.finditer(text) if fields else ()), None]:
        if listed and (found is None or _CLOSED.search(text, listed[-1].end(), found.start())):
            names_ = [field[2] for field in listed]
            if len(listed) > 1 and any(form(name) in known for name in names_):
                yield listed[0].start(), listed[-1].end(), names_
            listed = []
        if found is not None and len(listed) < _MOST:
            listed.append(found)
    if "select" not in text and "SELECT" not in text:
        return
    for found in _SELECT.finditer(text):
        names_ = [re.split(r"\s+|\.", column.strip())[-1].strip('"`[]') for column in found[1].split(",")]
        if len(names_) > 1 and any(form(name) in known for name in names_):
            yield found.start(), found.end(), names_


def _parts(row: re.Match[str]) -> list[re.Match[str]]:
    return list(_PART.finditer(row.string, row.start() + 1, row.end() - 1))


def _cells(rows: Sequence[re.Match[str]], group: Group) -> Iterator[Cell]:
    for row in rows:
        spans = [_inside(row.string, *part.span(part.lastindex or 0)) for part in _parts(row)]
        if len(spans) != len(group.names) or [row.string[slice(*span)] for span in spans] == group.names:
            continue
        for n, (low, high) in enumerate(spans):
            if low < high:
                yield n, low, high


def _inside(text: str, low: int, high: int) -> tuple[int, int]:
    return (low + 1, high - 1) if text[low] in _QUOTE else (low, high)
