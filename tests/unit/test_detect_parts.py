from __future__ import annotations

import pytest

from hushgate.detect.parts import spelt_out

PARTS = {"letters": "[A-Z]{2}", "badge": "(?&letters)-[0-9]{6}", "me": "a(?&me)"}


@pytest.mark.parametrize(
    ("pattern", "spelt"),
    [
        ("AB", "AB"),
        ("x?(?&letters)", "x?(?:[A-Z]{2})"),
        ("(?&badge)|(?&letters)", "(?:(?:[A-Z]{2})-[0-9]{6})|(?:[A-Z]{2})"),
    ],
)
def test_parts_stand_where_they_are_called_also_in_one_another(pattern: str, spelt: str) -> None:
    assert spelt_out(pattern, PARTS) == spelt


@pytest.mark.parametrize(("pattern", "part"), [("(?&leters)", "leters"), ("(?&me)", "me"), ("(?&me)(?&no)", "no")])
def test_a_part_that_is_not_there_or_calls_itself_is_named(pattern: str, part: str) -> None:
    with pytest.raises(ValueError, match=f"^{part}$"):
        spelt_out(pattern, PARTS)


def test_a_pattern_does_not_grow_without_end() -> None:
    parts = {f"p{n}": f"(?&p{n + 1})" * 8 for n in range(30)} | {"p30": "a"}
    with pytest.raises(ValueError, match="p"):
        spelt_out("(?&p0)", parts)
