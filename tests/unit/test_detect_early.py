from __future__ import annotations

import pytest

from hushgate.detect.early import Early
from hushgate.detect.rules import Rule
from tests.detect_cases import rule

PLAIN = (rule("email", "EMAIL_ADDRESS", r"[a-z0-9][a-z0-9._-]*@[a-z0-9-]+\.[a-z]{2,9}"),)


def _words(*rules: Rule) -> frozenset[str]:
    return Early.of(rules).words


@pytest.mark.parametrize("text", ["the", "The", "so it was the", "line\nabout", "well, because", "and there, because,"])
def test_a_common_word_goes(text: str) -> None:
    assert Early.of(PLAIN)(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the ",
        "theo",
        "xthe",
        "(the",
        "the.",
        "tHE",
        "THE",
        "zebra",
        "a",
        "so-the",
        "the\u00e9",
        "thé",
        "ignoble the,,",
    ],
)
def test_nothing_else_goes(text: str) -> None:
    assert not Early.of(PLAIN)(text)


@pytest.mark.parametrize("word", ["info", "support", "john", "will", "theo", "march", "and", "by"])
def test_names_mailboxes_and_what_base64_could_begin_with_are_no_words(word: str) -> None:
    assert word not in _words(*PLAIN)


@pytest.mark.parametrize(
    ("pattern", "category"),
    [
        ("therebird", "other"),
        ("(?i)there sky project", "other"),
        ("there-[0-9]{2}", "other"),
        ("there[a-z]{5}", "other"),
        ("[a-z]{4,9}", "other"),
        ("(?:[a-z]{3,8} ){11}[a-z]{3,8}", "other"),
        ("[a-z]{3,9}-[0-9]{6}", "secret"),
        ("there_[A-Za-z0-9]{16}", "secret"),
    ],
)
def test_a_word_that_begins_a_value_which_must_stay_whole_waits(pattern: str, category: str) -> None:
    assert "there" in _words(*PLAIN)
    assert "there" not in _words(*PLAIN, rule("own", "OWN", pattern, category=category))


@pytest.mark.parametrize(
    ("pattern", "category"),
    [
        ("[a-z]{3,9}-[0-9]{6}", "pii"),
        ("(?i)[a-z]{2}[0-9]{7}", "pii"),
        ("[A-Za-z]{16}", "pii"),
        ("there_[A-Za-z0-9]{40}", "secret"),
        (r"(?:^|\s)([a-z-]+\.example/~[a-z]+)", "pii"),
    ],
)
def test_a_value_told_by_its_own_form_may_lose_a_word(pattern: str, category: str) -> None:
    assert "there" in _words(*PLAIN, rule("own", "OWN", pattern, category=category))


def test_behind_what_leads_to_a_value_words_wait() -> None:
    early = Early.of((rule("said", "PASSWORD", r"(?i)password(?: is|:) ([a-z]{6,30})"),))
    assert {"the", "there"} <= early.words
    for text in (
        "password: the",
        "my PASSWORD is there",
        "pass%77ord: the",
        "pass\u00adword: the",
        "p\\u0061ssword: the",
    ):
        assert not early(text), text
    for text in ("password the", "password: is the", f"password:{' ' * 300}the"):
        assert early(text), text


def test_a_value_that_may_begin_inside_of_a_word_counts() -> None:
    assert "there" not in _words(rule("own", "OWN", "re[0-9]{3}", boundary="none", category="secret"))
    assert "there" in _words(rule("own", "OWN", "re[0-9]{3}", boundary="word", category="secret"))


def test_a_pattern_that_cannot_be_taken_apart_holds_words_behind_its_keyword() -> None:
    odd = r"[[:alpha:]]{3,9}!"
    early = Early.of((rule("odd", "ODD", odd, keywords=("nightjar",)),))
    assert early("see the")
    assert not early("NightJar, see the")
    assert not Early.of((rule("odd", "ODD", odd),))("see the")


def test_stops_are_the_words_at_the_front_of_a_run() -> None:
    early = Early.of(PLAIN)
    text = "so there,fore@acme.example"
    assert [text[3:end] for end in early.stops(text, 8)] == ["there,", "there", "the"]
    assert early.stops(text, 0) == [2]
    assert early.stops("x@there", 3) == []


def test_none_goes_where_an_organisations_own_values_are_known() -> None:
    early = Early.of(PLAIN, known=True)
    assert (early("the"), early.words, early.stops("the", 0)) == (False, frozenset(), [])
