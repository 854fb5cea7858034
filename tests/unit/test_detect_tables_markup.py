"""Tables in HTML."""

from __future__ import annotations

import pytest

from hushgate.detect.tables.markup import groups
from tests.table_cases import read


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        (
            "<table><thead><tr><th>a</th><th> b </th></tr></thead><tr><td><b>x</b></td><td>y z</td></tr></table>",
            ["a=x", "b=y z"],
        ),
        ("<TABLE><TR><TD>a<TD>b<TR><TD>1<TD>2</TABLE><p>x", ["a=1", "b=2"]),
        (
            "<table><tr><td>a</td></tr><tr><td>1</td></tr></table><table><tr><td>b</td></tr><tr><td>2</td></tr></table>",
            ["a=1", "b=2"],
        ),
        ("<table><tr><th>a</th></tr><tr><td></td></tr><tr><td>1 &lt; 2</td></tr>", ["a=1 &lt; 2"]),
        ("<table></table>", []),
        ("a < b", []),
    ],
)
def test_rows(text: str, cells: list[str]) -> None:
    assert read(text, groups(text)) == cells
