"""Rows in SQL."""

from __future__ import annotations

import pytest

from hushgate.detect.tables.statements import groups
from tests.table_cases import read


@pytest.mark.parametrize(
    ("text", "table", "cells"),
    [
        ("INSERT INTO t (a, b) VALUES (1, 'x, y');", "t", ["a=1", "b=x, y"]),
        (
            "insert ignore into `s`.`t` (`a`,`b`)\nvalues (1,'it''s'),\n (2,'it\\'s')",
            "s.t",
            ["a=1", "b=it''s", "a=2", "b=it\\'s"],
        ),
        ("REPLACE INTO [t] ([a]) VALUES (N'x'), (f(1, 'q')), ('1'::text);", "t", ["a=x", "a=f(1, 'q')", "a=1"]),
        (
            "COPY public.t (a, b) FROM stdin;\n1\tBob Lee\n\\N\tx\n\\.\nrest",
            "public.t",
            ["a=1", "b=Bob Lee", "a=\\N", "b=x"],
        ),
        ("INSERT INTO t (a,b) VALUES ('never closed", "t", ["a='never closed"]),
    ],
)
def test_rows(text: str, table: str, cells: list[str]) -> None:
    found = list(groups(text))
    assert [group.table for group in found] == [table]
    assert read(text, found) == cells


@pytest.mark.parametrize("text", ["INSERT INTO t VALUES (1, 2)", "copy the values (all) from it", "insert"])
def test_nothing_says_which_value_is_whose(text: str) -> None:
    assert list(groups(text)) == []
