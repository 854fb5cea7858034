from __future__ import annotations

import pytest

from hushgate.detect.widths import goes_on, settled


@pytest.mark.parametrize(
    ("pattern", "size", "more"),
    [
        ("abc", 3, False),
        ("a{3}b{2,4}", 5, True),
        ("ab{2,4}c", 6, False),
        ("key=[a-z]{8,}", 12, True),
        ("key=[a-z]{8,}(?:=|x)?", 12, True),
        (r"key=[a-z]{8,}\b", 516, False),  # its end has a condition
        (r"key=.{8,}\b", None, False),
        (r"key=[a-z]{2,8}\b", 12, False),
        ("[a-z]+=", 513, False),
        (r"key\s*=", 164, False),
        ("[a-z ]+=", None, False),
        ("(?:ab|cd{2,})", 3, True),
        ("(?:ab){2,}", 4, True),
        ("(?:a{1,3}){2,}", 4, True),
        ("a*", None, True),  # nothing at all settles nothing
        ("é[k]", 5, False),
        ("(?i)[k]", 3, False),
        (r"\pL", 4, False),
        ("[[:alpha:]]", None, True),
    ],
)
def test_what_settles_a_match_and_whether_it_may_go_on(pattern: str, size: int | None, more: bool) -> None:
    assert settled(pattern) == size
    assert goes_on(pattern) is more
