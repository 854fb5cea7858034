"""Programs are told from tables, records and queries."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.detect.tables.program import is_program


def test_this_file_is_one() -> None:
    assert is_program(Path(__file__).read_text("utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\nid,class\n1,import duty\n2,const x\n3,return flight\n4,x\n",
        "\nSELECT a FROM b\nWHERE c = 1\nAND d = 2\nORDER BY e\n",
        "\nname: a\nfor: b\nclass: c\nreturn: d\n",
    ],
)
def test_these_are_none(text: str) -> None:
    assert not is_program(text)
