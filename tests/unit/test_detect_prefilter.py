from __future__ import annotations

from dataclasses import replace

import pytest

from hushgate.detect import prefilter
from hushgate.detect.areas import Window
from hushgate.detect.compiled import ready
from hushgate.detect.page import Page
from hushgate.detect.prefilter import Prefilter
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
    assert _windows("1 2 3 4" + " " * 3000, number) == {0: [(0, 11)]}
    assert _windows(" " * 9 + "1 2 3 4" + " " * 50, number) == {0: [(5, 20)]}
    assert _windows("1 2 3 4" + " " * 3000 + "9" * 300, number) == {0: [(0, 11), (3003, 3307)]}
    assert _windows("1 2 3 4" + " " * 50 + "9" * 3000, number) == {0: [(0, 3057)]}  # with little between them: one
    assert _windows("1 2 3 4" + " " * 50 + "9" * 9000, number) == {0: [(0, 9057)]}


def test_signs_may_stand_behind_any_of_the_digits_that_stand_together() -> None:
    number = rule("n", "N", r"[0-9]{2}\([0-9]+")
    assert _windows("1, 2, 3, 4, 55(66", number) == {0: [(0, 17)]}


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
    ((low, high), (second, end)) = _windows("abc=key=12=key=34" + " " * 3000 + "=key=56", given)[0]
    assert (low, high) == (0, 17)
    assert second <= 3017 and end == 3024


def test_a_literal_that_stands_everywhere_is_looked_for_everywhere() -> None:
    given = rule("n", "N", "=key=[0-9]{2}")
    text = "=key=12 " * 65 + " " * 1000
    assert _windows(text, given) == {0: [(0, len(text))]}


def test_a_pattern_of_stretches_is_looked_for_round_its_literals_where_the_page_has_none_longer() -> None:
    given = rule("n", "N", r"[a-z]{0,2}begin:\s*[0-9]{1,3}=")
    words = "some words " * 300
    assert _windows(f"{words}begin:x7{words}", given) == {0: [(3298, 3300 + 6 + 160 + 4)]}
    far = f"{words}begin:x7{' ' * 200}{words}"
    assert _windows(far, given) == {0: [(0, len(far))]}
    assert not _windows(f"{words}{' ' * 200}{words}", given)  # without a digit


def test_a_rule_of_a_run_is_looked_for_round_runs_alone() -> None:
    given = rule("n", "N", "=key=[a-z0-9]{20}")
    words = "=key= " * 300
    assert not _windows(words, given)
    ((low, high),) = _windows(f"{words}=key={'x1' * 20}{words}", given)[0]
    assert 0 < low <= 1800 and 1800 + 25 <= high < 2400


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


@pytest.mark.parametrize("block", range(12, 30))
def test_where_a_page_is_cut_into_blocks_does_not_matter(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    text = f"{FAKE_KEY} badge AB-123456 write to a@b.com {'x ' * 40}{FAKE_KEY} and c@d.com, badge AB-654321 "
    whole = _windows(text)
    assert len(whole) >= 3
    monkeypatch.setattr(prefilter, "_BLOCK", block)
    assert _windows(text) == whole
