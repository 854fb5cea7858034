from __future__ import annotations

import re

import pytest

from hushgate.detect.nametokens import NAME, token_patterns


@pytest.mark.parametrize("word", ["Anna", "O'Neill", "Schmidt-Meyer", "McGregor", "Zoë", "Łukasz"])
def test_names(word: str) -> None:
    assert re.match(NAME, word)


@pytest.mark.parametrize("word", ["anna", "ANNA", "A", "Anna2", "OrderService", ""])
def test_others(word: str) -> None:
    assert not re.match(NAME, word)


def test_each_rule_has_a_score_and_patterns() -> None:
    for rule_id, (score, patterns) in token_patterns().items():
        assert rule_id.startswith("name-")
        assert 0.5 < score <= 1.0
        assert all(patterns)
