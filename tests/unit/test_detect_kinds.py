from __future__ import annotations

import pytest

from hushgate.detect.compiled import ready
from hushgate.detect.kinds import Kind, Near, Placed, beside, placed
from tests.detect_cases import rule


@pytest.mark.parametrize(
    ("pattern", "where"),
    [
        ("=key=[a-z0-9]{20}", Placed(Kind.RUN, 25, False)),
        ("[A-Z0-9]{20}", Placed(Kind.RUN, 20, True)),
        ("[0-9]{4}-[0-9]{2}", Placed(Kind.DIGIT, 7, True)),
        ("=key=[0-9]", Placed(Kind.DIGIT, 6, False)),
        ("=key=[a-z]", Placed(Kind.ANYWHERE, 6, False)),
        ("[a-f]{4}", Placed(Kind.ANYWHERE, 4, True)),
        ("=key=.{300}[0-9]", Placed(Kind.ANYWHERE, 0, False)),  # its digit may be far from its literal
        ("=key=.*[0-9]", Placed(Kind.ANYWHERE, 0, False)),
        ("[a-z0-9 ]+[0-9]", Placed(Kind.ANYWHERE, 0, False)),
    ],
)
def test_how_a_rule_is_looked_for(pattern: str, where: Placed) -> None:
    assert placed(ready(rule("n", "N", pattern), {}), []) == where


def test_a_word_beside_a_value_is_as_far_from_its_digits_as_the_context_reaches() -> None:
    each = ready(rule("n", "N", "[0-9]{5}"), {})
    assert placed(each, [Near(0, 5, 40, 5, True)]) == Placed(Kind.DIGIT, 45, False)
    assert placed(each, [Near(0, 5, 300, 5, True)]) == Placed(Kind.ANYWHERE, 0, False)


def test_the_words_a_rule_is_looked_for_round() -> None:
    needs = rule("n", "N", "[0-9]{5}", keywords=("sin",), context_words=("sin", "sin no"), context_required=True)
    assert beside(3, ready(needs, {})) == [(b"sin", Near(3, 5, needs.context_window, 5, True))]
    part = rule("n", "N", "[0-9]{5}", keywords=("sin",), context_words=("basin",), context_required=True)
    assert beside(0, ready(part, {})) == [(b"sin", Near(0, 5, part.context_window, 5, False))]
    loose = rule("n", "N", "[0-9]{5}", keywords=("tax",), context_words=("fiscal",), context_required=True)
    assert beside(0, ready(loose, {})) == []
