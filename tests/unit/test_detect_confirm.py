"""One pass over a page: which match of two counts, and from where on the outcome is open."""

from __future__ import annotations

from collections.abc import Sequence

from hushgate.detect.page import Page
from hushgate.detect.recognize import Found, Recognizers
from hushgate.detect.rules import Rule
from hushgate.values import Level


def rule(pattern: str = "", words: Sequence[str] = ()) -> Rule:
    return Rule("one", "ONE", Level.CONFIDENTIAL, "own", "One", pattern, (), (), words=tuple(words))


def run(one: Rule, *texts: str) -> Found:
    recognizers, page = Recognizers([one]), Page(texts)
    return recognizers.find(page, recognizers.prefilter(page), keys=None, fingerprint=lambda _: "", growing=True)


def test_a_match_that_ends_with_its_text_is_open() -> None:
    for one in (rule("ab[0-9]{2,4}"), rule(words=["ab12", "ab1234"])):
        result = run(one, "x ab12", "x ab12 y")
        assert [[(hit.start, hit.end) for hit in hits] for hits in result.hits] == [[(2, 6)], [(2, 6)]]
        assert result.open_from == (2, None)


def test_behind_a_match_that_was_dropped_the_next_one_counts() -> None:
    for one in (rule("ab[0-9]{2}"), rule(words=["ab12", "ab34"])):
        assert [(hit.start, hit.end) for hit in run(one, "ab12x ab34").hits[0]] == [(6, 10)]


def test_placeholders_are_left_alone() -> None:
    for one in (rule("[a-z]{10}"), rule(words=["k7f2qd3mxa"])):
        assert run(one, "<EMAIL_ADDRESS_k7f2qd3mxa>").hits == ((),)
