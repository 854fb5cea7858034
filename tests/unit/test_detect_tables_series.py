"""One column, printed with its name."""

from __future__ import annotations

import pytest

from hushgate.detect.tables.series import groups
from tests.table_cases import read


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("0    Bo Li\n1      Eve\nName: full_name, dtype: object", ["full_name=Bo Li", "full_name=Eve"]),
        ("so\n\n0   7\n    ..\n9   8\nName: a b, Length: 10, dtype: int64", ["a b=7", "a b=8"]),
        ("Series: 'code' [str]\n[\n\t\"x\"\n\tnull\n]\nso", ["code=x", "code=null"]),
        ("Name: Bob, aged 9", []),
        ("it says\nName: x, dtype: y", []),
    ],
)
def test_series(text: str, cells: list[str]) -> None:
    assert read(text, groups(text)) == cells
