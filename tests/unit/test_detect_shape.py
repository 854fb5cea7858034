from __future__ import annotations

import pytest

from hushgate.detect.shape import Shape, parsed, shape

CARD = r"[0-9]{4} [0-9]{4} [0-9]{4}"


@pytest.mark.parametrize(
    ("pattern", "group", "form"),
    [
        (CARD, 0, Shape(True, True, 12, 4)),
        (r"acme_[a-z]{3}", 0, Shape(True, True, 0, 8)),
        (r"(?:\+|00)[0-9]+", 0, Shape(True, False, 1, 2)),
        (r"key (\d{2})", 1, Shape(False, True, 2, 3)),
        (r"(\d|x)y", 1, Shape(True, True, 0, 2)),
        (r"(?:ab|[cd]{4})(?:x?)[a-z]{5,}!", 0, Shape(True, True, 0, 7)),
        (r"(?:a b|cde)", 0, Shape(True, True, 0, 1)),
        (r"\pL{3}", 0, Shape(True, False, 0, 0)),
    ],
)
def test_the_shape_of_a_pattern(pattern: str, group: int, form: Shape) -> None:
    assert shape(pattern, group) == form


def test_what_re2_spells_otherwise_is_read_and_what_python_lacks_is_not() -> None:
    assert parsed(r"[\x{e9}-\x{ff}]") is not None
    assert parsed("(") is None


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"\p{Lu}x", ["Äx", "Ax"]),
        (r"[\p{L}\d-]{3}", ["a-é", "12ß"]),
        (r"[^\p{L}\n]{2}", ["12", "--"]),
        (r"[^\pL]", ["1"]),
        (r"[]\pL]\[\p{Nd}", ["a[1", "][2"]),
        (r"\\\\p{2}", ["\\\\pp"]),
    ],
)
def test_a_property_is_read_as_any_character_so_that_nothing_is_left_out(pattern: str, texts: list[str]) -> None:
    import re

    tree = parsed(pattern)
    compiled = re._compiler.compile(tree)  # type: ignore[attr-defined]
    assert all(compiled.fullmatch(text) for text in texts)
