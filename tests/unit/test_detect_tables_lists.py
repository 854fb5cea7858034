"""Lists of names, and lists of as many values."""

from __future__ import annotations

import pytest

from hushgate.detect.tables.lists import groups
from hushgate.detect.tables.scan import form
from tests.table_cases import read

KNOWN = frozenset((b"code",))
CELLS = ["id=1", "code=x", "id=2", "code=y"]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('{"columns": ["id", "code"], "data": [[1, "x"], [2, "y"]]}', CELLS),
        ('[["id", "code"], [1, "x"], [2, "y"]]', CELLS),
        ("names = ('id', 'code')\nrows = [\n  (1, 'x'),\n  (2, 'y'),\n]", CELLS),
        (">>> select id, t.code from t\n[(1, 'x'), (2, 'y')]", CELLS),
        ('{"columns": [{"name": "id", "type": "int"}, {"name": "code"}], "rows": [[1, "x"], [2, "y"]]}', CELLS),
        ('{"f": [{"name": "id"}, {"name": "code"}], "rows": [{"f": [{"v": 1}, {"v": "x"}]}]}', CELLS[:2]),
        ('[{"V": "id"}, {"V": "code"}], [{"V": "1"}, {"V": "x"}]', CELLS[:2]),
        ('{"columnMetadata": [{"name": "id"}, {"name": "code"}], "records": [[{"n": 1}, {"s": "x"}]]}', CELLS[:2]),
        ('[["id", "code"], [1, date(2024, 1, 2)], [3], [2, "y"]]', ["id=1", "code=date(2024, 1, 2)", *CELLS[2:]]),
        ('{"fields": [{"name": "code", "value": "x"}, {"name": "a", "value": 2}]}', ["code=x", "a=2"]),
        ("DataFrame([[1, 'x'], [2, 'y']], columns=['id', 'code'])", CELLS),
        ('{"Columns": [{"ColumnName": "id"}, {"ColumnName": "code"}], "Rows": [[1, "x"]]}', CELLS[:2]),
        ('["id", "code"]', []),
        ('[["id", "age"], [1, 2]]', []),
    ],
)  # fmt: skip
def test_lists(text: str, cells: list[str]) -> None:
    assert read(text, groups(text, KNOWN, form)) == cells


def test_in_a_program_two_columns_have_to_stand_together() -> None:
    text = "import a\ndef f():\n    return 1\nclass B:\n    x = [('id', 'code'), (1, 2)]\n"
    (group,) = groups(text, KNOWN, form)
    assert not group.alone
