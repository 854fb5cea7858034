from __future__ import annotations

from dataclasses import replace

import pytest

from hushgate.detect.compiled import ready
from hushgate.detect.page import Page
from hushgate.detect.prefilter import Prefilter, Window
from hushgate.detect.rules import Rule
from tests.detect_cases import BADGE, EMAIL, FAKE_KEY, KEY, RULES, rule


def _windows(text: str, *rules: Rule) -> dict[int, list[Window]]:
    return Prefilter([ready(r, {}) for r in rules or RULES])(Page([text]))


def test_a_rule_is_promised_where_its_literals_and_keywords_are() -> None:
    assert set(_windows(FAKE_KEY, KEY, EMAIL)) == {0}
    assert set(_windows("a@b.com", KEY, EMAIL)) == {1}
    assert _windows("nothing", KEY, EMAIL) == {}


def test_a_rule_of_digits_needs_as_many() -> None:
    number = rule("n", "N", "[0-9]{4}")
    assert not _windows("none here 123", number)
    assert _windows("1 2 3 4" + " " * 50, number) == {0: [(0, 11)]}
    assert _windows("1 2 3 4" + " " * 50 + "9" * 300, number) == {0: [(0, 11), (57, 357)]}
    many = ("1 2 3 4" + " " * 50) * 300
    assert _windows(many, number) == {0: [(0, len(many))]}


def test_a_rule_of_a_long_run_needs_one() -> None:
    run = rule("n", "N", "[a-f]{20}")
    assert not _windows("short runs only", run)
    assert _windows("x" * 20, run)


@pytest.mark.parametrize("keyword", ["badge", "$"])
def test_keywords_count_anywhere_in_any_case(keyword: str) -> None:
    spoken = rule("n", "N", "[a-z]{4}", keywords=(keyword,))
    assert _windows(f"abcd {'x ' * 1000} {keyword.upper()}", spoken)
    assert not _windows("abcd", spoken)


def test_a_keyword_beside_a_literal_is_needed_too() -> None:
    keyed = replace(BADGE, keywords=("badge",))
    assert not _windows("AB-123456", keyed)
    text = "badge " + "x " * 100_000 + "AB-123456"
    ((start, end),) = _windows(text, keyed)[0]
    assert start <= len(text) - 9 and end == len(text)
    assert start > 100_000


def test_windows_that_touch_are_one_and_reach_as_far_as_a_match_may() -> None:
    given = rule("n", "N", "[a-z]{0,3}=key=[0-9]{2}")
    ((low, high), (second, end)) = _windows("abc=key=12=key=34" + " " * 50 + "=key=56", given)[0]
    assert (low, high) == (0, 17)
    assert second <= 67 and end == 74


def test_a_pattern_without_an_end_gets_the_rest_of_the_text() -> None:
    given = rule("n", "N", "begin: .*end")
    text = " " * 20 + "begin: " + "x" * 500
    assert _windows(text, given) == {0: [(20, len(text))]}


def test_a_rule_that_needs_a_word_beside_its_value_is_looked_for_round_the_word() -> None:
    beside = rule(
        "n", "N", "[0-9]{5}", keywords=("sin",), context_words=("sin", "sin number"), context_required=True,
        context_window=10,
    )  # fmt: skip
    numbers = "12345 " * 1000
    assert not _windows(numbers + "using basins", beside)
    ((low, high),) = _windows(f"{numbers}sin {numbers}", beside)[0]
    assert (low, high) == (6000 - 15, 6000 + 3 + 15)
    ((low, high),) = _windows(f"{numbers}sin é{numbers}", beside)[0]
    assert (low, high) == (6000 - 45, 6000 + 3 + 45)
    assert _windows(f"{numbers}basin", replace(beside, context_words=("basin",)))


def test_a_rule_whose_words_are_not_its_keywords_is_looked_for_everywhere() -> None:
    loose = rule("n", "N", "[0-9]{5}", keywords=("tax",), context_words=("fiscal",), context_required=True)
    text = "12345 " * 1000 + "tax"
    assert _windows(text, loose) == {0: [(0, len(text))]}
