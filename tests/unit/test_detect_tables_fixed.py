"""Tables whose columns are kept apart by blanks, as pandas and others print them."""

from __future__ import annotations

import pytest

from hushgate.detect.tables.fixed import table_at
from tests.table_cases import read_at

FRAME = """\
                name   age segment_code town of birth
0            Bob Lee   3.0          x 9          Rome
1                Eve  28.0          NaN
..               ...   ...          ...           ...
99  Zoe Maria van Dy   NaN           y3          Oslo

[100 rows x 4 columns]
"""
INDEXED = """\
         age segment_code
name
Bob Lee  3.0          x 9
Eve     28.0          NaN
"""
ALONE = "         name\n0     Bob Lee\n10        Eve\n"
BARE = "   name  age code\nBob Lee  3.0  x 9\n    Eve 28.0   y\n"
LEFT = "NAME     CODE  AGE\nBob Lee  x 9     5\nEve            17\nand so on\n"
RULED = "id name       code\n-- ---------- ----\n 1 Bob Smith  x 9\n 2            y\n\nend"
WRAPPED = "   name  \\\n0   Bob\n1   Eve\n\n   code\n0    x9\n1    y3\n"


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        (FRAME, "name", ["Bob Lee", "Eve", "...", "Zoe Maria van Dy"]),
        (FRAME, "segment_code", ["x 9", "NaN", "...", "y3"]),
        (FRAME, "town of birth", ["Rome", "...", "Oslo"]),
        (INDEXED, "name", ["Bob Lee", "Eve"]),
        (INDEXED, "segment_code", ["x 9", "NaN"]),
        (ALONE, "name", ["Bob Lee", "Eve"]),
        (BARE, "name", ["Bob Lee", "Eve"]),
        (BARE, "code", ["x 9", "y"]),
        (LEFT, "CODE", ["x 9"]),
        (LEFT, "AGE", ["5", "17"]),
        (RULED, "name", ["Bob Smith"]),
        (RULED, "code", ["x 9", "y"]),
        (WRAPPED, "name", ["Bob", "Eve"]),
    ],
)
def test_the_values_of_a_column(text: str, name: str, values: list[str]) -> None:
    assert [cell.partition("=")[2] for cell in read_at(table_at, text) if cell.startswith(f"{name}=")] == values


@pytest.mark.parametrize(
    "text",
    [
        "a  b",
        "  we wrote of\n  the email and\n",
        "one two\nthree four\n",
        "    return x\n    y = 2\n",
        "\n\n",
        "  \n  \n",
    ],
)
def test_other_lines_are_no_heads(text: str) -> None:
    assert read_at(table_at, text) == []
