from __future__ import annotations

import pytest

from hushgate.detect import prefilter
from hushgate.detect.compiled import ready
from hushgate.detect.page import Page
from hushgate.detect.prefilter import Prefilter
from tests.detect_cases import BADGE, EMAIL, FAKE_KEY, KEY, RULES, rule


def _made(*rules: object, gates: tuple[str, ...] = ()) -> Prefilter:
    return Prefilter([ready(r, {}) for r in rules or RULES], gates)  # type: ignore[arg-type]


def test_a_rule_is_promised_where_its_literals_and_keywords_are() -> None:
    made = _made(KEY, EMAIL)
    assert set(made(Page([FAKE_KEY])).windows) == {0}
    assert set(made(Page(["a@b.com"])).windows) == {1}
    assert set(made(Page(["nothing"])).windows) == set()


def test_a_rule_of_digits_needs_as_many() -> None:
    made = _made(rule("n", "N", "[0-9]{4}"))
    assert not made(Page(["none here 123"])).windows
    assert made(Page(["1 2 3 4"])).windows


def test_a_rule_of_a_long_run_needs_one() -> None:
    made = _made(rule("n", "N", "[a-f]{20}"))
    assert not made(Page(["short runs only"])).windows
    assert made(Page(["x" * 16])).windows


def test_keywords_are_case_insensitive() -> None:
    assert _made(rule("n", "N", "[a-z]{4}", keywords=("badge",)))(Page(["My BADGE"])).windows


def test_a_keyword_in_another_block_counts() -> None:
    text = "badge " + "x " * 100_000 + "AB-123456"
    promise = _made(rule("n", "N", "AB-[0-9]{6}", keywords=("badge",)))(Page([text]))
    ((start, end),) = promise.windows[0]
    assert start <= len(text) - 9 < end


def test_gates_are_named_by_index() -> None:
    made = _made(BADGE, gates=("%[0-9]", "&#"))
    assert made(Page(["a%4 &x"])).gates == {0}
    assert made(Page(["a%4 &#"])).gates == {0, 1}


def test_an_automaton_that_fails_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made(BADGE)
    monkeypatch.setattr(prefilter, "_SENTINEL", b"")  # as if the pass had stopped before the end
    assert [f.where for f in made(Page(["AB-123456"])).faults] == ["detect:prefilter"]
