from __future__ import annotations

import pytest

from hushgate.detect.own_form import by_itself
from hushgate.detect.partial import beginnings
from tests.detect_cases import rule


@pytest.mark.parametrize(
    ("pattern", "category", "told", "reason"),
    [
        ("[a-z]+@[a-z]+", "pii", True, "a sign in it"),
        ("[a-z]{2}[0-9]{7}", "pii", True, "digits"),
        ("[a-z]{16}", "pii", True, "a dozen letters in one run"),
        ("[a-z]{4,9}", "pii", False, "any word"),
        ("(?:[a-z]{3,8} ){11}[a-z]{3,8}", "pii", False, "words beside each other"),
        ("there|here", "pii", False, "a list of words"),
        ("there[0-9]", "pii", False, "spelt but for one character"),
        ("key: ([a-z]+@[a-z]+)", "pii", False, "something leads to it"),
        ("[a-z]{3,9}-[0-9]{6}", "secret", False, "a short secret"),
        ("[a-z]{3,9}-[0-9]{26}", "secret", True, "a long one"),
    ],
)
def test_what_tells_a_value(pattern: str, category: str, told: bool, reason: str) -> None:
    begun = beginnings(pattern)
    assert begun is not None
    assert by_itself(rule("own", "OWN", pattern, category=category), begun) is told, reason
