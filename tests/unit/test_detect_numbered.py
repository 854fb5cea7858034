from __future__ import annotations

import pytest

from hushgate.detect.numbered import unnumbered


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("1 a\n2 b\n3 c", "  a\n  b\n  c"),
        ("   98→a\n   99→b\n  100→\n  101→c\n", "     →a\n     →b\n     →\n     →c\n"),
        ("see:\n7: a\n8: b\n9: c\n10: d\nthat is 12", "see:\n : a\n : b\n : c\n  : d\nthat is 12"),
        ("1\ta\n2\tb\n3\tc\n12 apples\n14 pears", " \ta\n \tb\n \tc\n12 apples\n14 pears"),
        ("1 a\n2 b\n4 d\n5 e\n6 f", "1 a\n2 b\n  d\n  e\n  f"),
        ("1 a\n2 b", None),
        ("1 a\n\n2 b\n\n3 c", None),
        ("1 a\n3 b\n5 c", None),
        ("a 1\nb 2\nc 3", None),
        ("", None),
    ],
)
def test_numbers_that_count_lines_become_blanks(text: str, left: str | None) -> None:
    assert unnumbered(text) == (text if left is None else left)
    assert len(unnumbered(text)) == len(text)
