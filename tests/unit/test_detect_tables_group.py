"""What stands round names and values."""

from __future__ import annotations

import pytest

from hushgate.detect.tables.group import Group, name, trimmed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (' "Full name" ', "Full name"),
        ("**a**", "a"),
        ("", ""),
        ("a=b", None),
        ("x" * 81, None),
        ("größe (m)", "größe (m)"),
    ],
)
def test_names(text: str, said: str | None) -> None:
    assert name(text) == said


def test_values() -> None:
    assert trimmed('  "a b" \r', 0, 9) == (3, 6)
    assert trimmed("   ", 0, 3) == (3, 3)


def test_only_what_is_wanted() -> None:
    group = Group(["a", "b"], lambda _: iter([(0, 1, 2), (1, 2, 3)]), 0)
    assert list(group.cells({1})) == [(1, 2, 3)]
