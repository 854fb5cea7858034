"""Tables whose cells are parted by a sign."""

from __future__ import annotations

import pytest

from hushgate.detect.tables.delimited import table_at
from tests.table_cases import read_at


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("id,name\n1,Bob\n2,\n", ["id=1", "name=Bob", "id=2"]),
        ('id,"full name"\r\n1,"Lee, ""B"""\r\n', ["id=1", 'full name=Lee, ""B']),
        ('id,note\n1,"two\nlines"\n2,x\n', ["id=1", "note=two\nlines", "id=2", "note=x"]),
        ("id;pay\n1;12,5\n\n3;4\n", ["id=1", "pay=12,5"]),
        ("id\tname\n1\tBob Lee\nDear all, thanks", ["id=1", "name=Bob Lee"]),
        ("a,b\n1,2\n3,4,5\n6,7\n8,9,0\nso, then, this\n", ["a=1", "b=2", "a=3", "b=4", "b=5", "a=6", "b=7"]),
        ("| id | Full **name** |\n|:---|----:|\n| 1 | a\\|b |\n\nx", []),
        ("| id | **name** |\n|:---|----:|\n| 1 | a\\|b |\n\nx", ["id=1", "name=a\\|b"]),
        (" id | name \n----+------\n  1 | Bob\n(1 row)\n", ["id=1", "name=Bob"]),
        ("| id |\n+----+\n|  1 |\n+----+\n", ["id=1"]),
        ("│ id │ name │\n├────┼──────┤\n│ 1  │ Bob  │\n└────┴──────┘", ["id=1", "name=Bob"]),
        ('a,b\n"1,2\n3,4\n', ["a=1", "b=2", "a=3", "b=4"]),
        ("a,b\n1,2,3\n", []),
    ],
)
def test_rows_below_a_head(text: str, cells: list[str]) -> None:
    assert read_at(table_at, text) == cells


@pytest.mark.parametrize(
    "text", ["a,b", "a\nb\n", "email,\nx,\n", "if (a, b) != c:\n1,2\n", "\n", "a;" * 3000 + "\n1;"]
)
def test_other_lines_are_no_heads(text: str) -> None:
    end = text.find("\n")
    group = table_at(text, 0, end if end >= 0 else len(text))
    assert group is None or not list(group.cells(range(9)))


def test_where_a_table_ends() -> None:
    text = "a,b\n1,2\n3,4\n\nc,d\n"
    group = table_at(text, 0, 3)
    assert group is not None
    list(group.cells([0]))
    assert text[group.end :] == "\n\nc,d\n"
