"""Values below the columns of a catalog, as hits."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.detect.catalogs.columns import Column, written
from hushgate.detect.catalogs.source import RULE, Columns, open_columns
from hushgate.detect.patterns import Patterns
from hushgate.detect.stream import StreamScanner
from hushgate.errors import ConfigError
from hushgate.values import Level, Origin
from tests.detect_cases import FINGERPRINT

COLUMN = Column("crm.customers", "segment_code", Level.CONFIDENTIAL, "business", "BUSINESS_DATA", "dbt", "crm team")
SOURCE = Columns([COLUMN], FINGERPRINT)


def found(text: str, key: str | None = None) -> list[str]:
    (hits,) = SOURCE.find([text], [key])
    return [text[hit.start : hit.end] for hit in hits]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("id,segment_code\n1,x 9\n2,NULL\n3,None\n4,nan\n5,\n6,-\n7,y", ["x 9", "y"]),
        ('{"segment_code": true, "other": "x"}', ["true"]),
        ("id,segment_code\n1,<BUSINESS_DATA_abcdefghij>\n", []),
        ("nothing of the kind", []),
        ("", []),
    ],
)
def test_all_values_but_those_that_are_none(text: str, values: list[str]) -> None:
    assert found(text) == values


def test_what_a_hit_says() -> None:
    (hits,) = SOURCE.find(["id,segment_code\n1,x 9\n"], None)
    (hit,) = hits
    assert (hit.rule_id, hit.entity, hit.category, hit.level) == (RULE, "BUSINESS_DATA", "business", Level.CONFIDENTIAL)
    assert hit.origin == Origin("dbt", "crm.customers", "segment_code", "crm team")
    assert hit.fingerprint == FINGERPRINT("x 9")


def test_a_text_of_its_own_below_a_key() -> None:
    assert found(" x 9\n", "segmentCode") == ["x 9"]
    assert found("x 9", "colour") == []
    assert found("x" * 20_000, "segment_code") == []


def test_an_escaped_value_has_the_fingerprint_of_the_value() -> None:
    (hits,) = SOURCE.find(['{"segment_code": "a \\"b\\""}'], None)
    assert hits[0].fingerprint == FINGERPRINT('a "b"')


def test_beside_the_rules() -> None:
    text = "id,segment_code\n1,x 9\n"
    (verdict,) = Patterns([], FINGERPRINT, [SOURCE]).scan([text])
    assert [text[hit.start : hit.end] for hit in verdict.hits] == ["x 9"]


def test_files(tmp_path: Path) -> None:
    good, bad, worse = (tmp_path / f"{name}.yaml" for name in "abc")
    good.write_text(written([COLUMN]))
    bad.write_text("version: 1\n")
    worse.write_text("version: [")
    assert open_columns([good], b"", FINGERPRINT).revision == SOURCE.revision
    with pytest.raises(ConfigError) as refused:
        open_columns([good, bad, worse], b"", FINGERPRINT)
    assert {fault.file for fault in refused.value.faults} == {str(bad), str(worse)}


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 1000])
def test_a_row_is_whole_before_its_first_cell_is_streamed(size: int) -> None:
    text = "So:\n\n| segment_code | town |\n| --- | --- |\n| x nine | Lodi |\n| y ten | Lodi |\n\nThat is all."
    scanner = StreamScanner(Patterns([], FINGERPRINT, (SOURCE,)))
    out, found = "", []
    for piece in [*(text[at : at + size] for at in range(0, len(text), size)), None]:
        released = scanner.flush() if piece is None else scanner.feed(piece)
        found += [released.text[hit.start : hit.end] for hit in released.hits]
        out += released.text
    assert (out, found) == (text, ["x nine", "y ten"])
