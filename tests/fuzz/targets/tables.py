"""detect.tables: any text is read, in time; a table's cells are found in any print and prose, and nothing beside."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Final

from hushgate.detect.catalogs.columns import Column
from hushgate.detect.catalogs.source import Columns
from hushgate.detect.merge import merged
from hushgate.detect.tables.scan import form
from hushgate.values import Level
from tests.fuzz.draw import Draw
from tests.fuzz.target import Target

_NAMES: Final = ("segment_code", "full_name")
SOURCE: Final = Columns(
    [Column("crm.customers", name, Level.CONFIDENTIAL, "business", "BUSINESS_DATA", "dbt") for name in _NAMES],
    lambda value: value,
)
_LARGEST: Final = 48 * 1024
_SECONDS: Final = 3.0
"""CPU seconds for the largest text: a hundred times what it takes."""

type Rows = Sequence[tuple[str, str, str]]


def check(data: bytes) -> str:
    draw = Draw(data)
    kind = draw.below(4)
    if kind == 0:
        return _in_a_print(draw)
    text = draw.text(255) if kind == 1 else "".join(draw.pick(_PIECES) for _ in range(min(draw.left, 120)))
    if kind == 3 and text:
        text = (text * (_LARGEST // len(text) + 1))[:_LARGEST]
    assert form(form(text)) == form(text), "one form has another form"
    begun = time.thread_time()
    (hits,) = SOURCE.find([text], None)
    assert time.thread_time() - begun < _SECONDS, "it takes too long"
    for hit in hits:
        assert 0 <= hit.start < hit.end <= len(text), "a cell lies outside the text"
    return "found" if hits else "nothing"


def _in_a_print(draw: Draw) -> str:
    rows = [(f"k{n}", _value(draw), _value(draw)) for n in range(1 + draw.below(5))]
    show, lead = draw.pick(_PRINTS), draw.pick(_LEADS)
    table = show(rows)
    if show is not _insert and show is not _json:
        table = "\n".join(lead(n, line) for n, line in enumerate(table.split("\n")))
    text = f"{draw.pick(_PROSE)}\n\n{table}\n\n{draw.pick(_PROSE)}"
    (hits,) = SOURCE.find([text], None)
    found = {text[hit.start : hit.end] for hit in merged(hits)}
    assert found == {value for row in rows for value in row[1:]}, f"other cells are found: {text!r}"
    return show.__name__


def _value(draw: Draw) -> str:
    words = ("Ann", "blue9", "Zoë", "x-7", "Ó Se", "77120", "1.5", "two words", "K7/2")
    return f"{draw.pick(words)} {draw.pick(words)}"


def _csv(rows: Rows) -> str:
    return "\n".join(",".join(row) for row in (("town", *_NAMES), *rows))


def _tabs(rows: Rows) -> str:
    return _csv(rows).replace(",", "\t")


def _markdown(rows: Rows) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (("town", *_NAMES), *rows)]
    return "\n".join([lines[0], "|---|---|---|", *lines[1:]])


def _box(rows: Rows) -> str:
    lines = [" | ".join(cell.ljust(24) for cell in row) for row in (("town", *_NAMES), *rows)]
    return "\n".join([lines[0], "-+-".join(["-" * 24] * 3), *lines[1:]])


def _turned(rows: Rows) -> str:
    return "\n".join(f"{name.ljust(14)}| {value}" for row in rows for name, value in zip(_NAMES, row[1:], strict=True))


def _pairs(rows: Rows) -> str:
    return "\n".join(f"{name}: {value}" for row in rows for name, value in zip(_NAMES, row[1:], strict=True))


def _html(rows: Rows) -> str:
    cells = ["".join(f"<td>{cell}</td>" for cell in row) for row in (("town", *_NAMES), *rows)]
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def _json(rows: Rows) -> str:
    return json.dumps([dict(zip(("town", *_NAMES), row, strict=True)) for row in rows], ensure_ascii=False)


def _lists(rows: Rows) -> str:
    return json.dumps({"columns": ["town", *_NAMES], "data": rows}, ensure_ascii=False)


def _insert(rows: Rows) -> str:
    tuples = ",\n".join("('" + "', '".join(row) + "')" for row in rows)
    return f"INSERT INTO crm.customers (town, {', '.join(_NAMES)}) VALUES\n{tuples};"


_PRINTS: Final = (_csv, _tabs, _markdown, _box, _turned, _pairs, _html, _json, _lists, _insert)
_LEADS: Final[tuple[Callable[[int, str], str], ...]] = (
    lambda _, line: line,
    lambda _, line: f"> {line}",
    lambda n, line: f"{n + 1:6}\t{line}",
    lambda _, line: f"# {line}",
)
_PROSE: Final = (
    "",
    "Look at this, please.",
    "Which of them is new? One is; the rest are not.",
    "(3 rows)",
    "- so\n- it is",
    "# A head",
)
_PIECES: Final = (
    "segment_code", "full_name", "id", " x 9 ", ",", "\t", "|", "\n", "\n\n", '"', "'", "\\", "\\n", ":", "=", "{",
    "}", "[", "]", "(", ")", "  ", "--", "+", ">", "<tr>", "<td>", "</table>", "<full_name>", "</",
    "insert into t (full_name) values ", "(values ", "copy t (segment_code) from stdin;", "│", "┆", "┬", "─",
    "select ", " as ", "where ", " set ", " from t ", "@@ -1 +1 @@\n", "1\t", "Name: full_name, dtype: x",
    '{"name": "full_name", "value": ', "create table t (", "update t set ", " in (", " between 1 and ",
)  # fmt: skip
SEEDS: Final = tuple(
    bytes((0, rows, *(7 * rows + n for n in range(2 * rows + 2)), show, lead, 1, 2))
    for show, rows, lead in ((0, 1, 0), (2, 2, 1), (3, 1, 2), (5, 2, 3), (7, 1, 0), (9, 2, 1))
) + (b"\1\x40full_name: x\nsegment_code=y\n", bytes((2, *range(60))), bytes((3, 1, 7, 1, 7, 1)), bytes((3, 44, 45, 14)))

TARGET: Final = Target(check, SEEDS, short=150)
