"""Laws of tables in texts: any text is read, spans are the text's own, and a table's values are found as written."""

from __future__ import annotations

import csv
import io
import json

from hypothesis import given
from hypothesis import strategies as st

from hushgate.detect.catalogs.columns import Column
from hushgate.detect.catalogs.source import Columns
from hushgate.detect.tables.scan import form, groups
from hushgate.values import Level
from tests.detect_cases import FINGERPRINT

COLUMN = Column("crm.customers", "segment_code", Level.CONFIDENTIAL, "business", "BUSINESS_DATA", "dbt")
SOURCE = Columns([COLUMN], FINGERPRINT)
PIECES = st.sampled_from(
    ["segment_code", "id", "x 9", ",", "\t", "|", "\n", "\n\n", '"', "'", "\\", ":", "{", "}", "[", "]", "(", ")", "  ",
     "--", "<tr>", "<td>", "</table>", "insert into t (segment_code) values ", "copy t (segment_code) from stdin;", "│"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))
VALUES = st.text("abcXYZ019 é", min_size=1, max_size=12).map(str.strip).filter(lambda v: v and v.lower() not in ("na",))
ROWS = st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=8)


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    for group in groups(text, {form("segment_code"), b"id"}):
        for n, low, high in group.cells(range(len(group.names))):
            assert 0 <= n < len(group.names)
            assert 0 <= low < high <= len(text)
    (hits,) = SOURCE.find([text], None)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)


def found(text: str) -> list[str]:
    (hits,) = SOURCE.find([text], None)
    return [text[hit.start : hit.end] for hit in sorted(hits, key=lambda hit: hit.start)]


@given(ROWS, st.sampled_from(",;\t"))
def test_csv(rows: list[tuple[str, str]], sign: str) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=sign).writerows([("town", "segment_code"), *rows])
    assert found(f"Look at this:\n\n{written.getvalue()}\nThank you, all.") == [value for _, value in rows]


@given(ROWS)
def test_boxes(rows: list[tuple[str, str]]) -> None:
    wide = max(len(value) for row in rows for value in row) + 12
    lines = [f" {'town'.ljust(wide)} | {'segment_code'.ljust(wide)} ", f"-{'-' * wide}-+-{'-' * wide}-"]
    lines += [f" {a.ljust(wide)} | {b.rjust(wide)} " for a, b in rows]
    assert found("\n".join([*lines, f"({len(rows)} rows)", "", "Thank you."])) == [value for _, value in rows]


@given(ROWS)
def test_json(rows: list[tuple[str, str]]) -> None:
    text = json.dumps([{"town": a, "segment_code": b} for a, b in rows], ensure_ascii=False)
    assert found(f"Look: {text}") == [value for _, value in rows]
    lines = "\n".join(json.dumps({"town": a, "segmentCode": b}, ensure_ascii=False) for a, b in rows)
    assert found(lines) == [value for _, value in rows]


@given(ROWS)
def test_a_frame_as_pandas_prints_it(rows: list[tuple[str, str]]) -> None:
    wide = max(len(value) for row in rows for value in row) + 12
    cells = [("town", "segment_code"), *((" ".join(a.split()), " ".join(b.split())) for a, b in rows)]
    lines = [f"{'' if not n else n - 1!s:<4}{a.rjust(wide)} {b.rjust(wide)}" for n, (a, b) in enumerate(cells)]
    assert found("\n".join([*lines, "", "Thank you."])) == [value for _, value in cells[1:]]
