from __future__ import annotations

from hushgate.detect.awaiting import Awaiting
from hushgate.detect.compiled import ready
from tests.detect_cases import rule

BADGE = rule(
    "badge", "EMPLOYEE_ID", "AB-[0-9]{6}", context_words=("badge",), context_required=True, keywords=("badge",)
)
CARD = rule("card", "CARD", "[0-9]{4} [0-9]{4}")


def test_a_rule_without_its_word_is_looked_for_near_the_end() -> None:
    awaiting = Awaiting([ready(CARD, {}), ready(BADGE, {})])
    assert awaiting(b"AB-123456 is") == {1: (0, 12)}
    assert awaiting(b"1234 5678 is") == {}
    low, high = awaiting(b"x" * 1000 + b" AB-123456 is")[1]
    assert 0 < low < 1000 and high == 1013
    assert awaiting(b"AB-123456 is" + b" x" * 1000) == {}


def test_of_many_rules_each_is_known_by_its_own_number() -> None:
    many = [rule(f"r{n}", "X", f"Q{n}-[0-9]", context_words=("q",), context_required=True) for n in range(45)]
    awaiting = Awaiting([ready(one, {}) for one in many])
    assert list(awaiting(b"Q3-1 Q44-1 Q21-1")) == [3, 21, 44]
    assert Awaiting([])(b"Q3-1") == {}
