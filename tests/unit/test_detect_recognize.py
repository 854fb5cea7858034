from __future__ import annotations

from dataclasses import replace

import pytest

from hushgate.detect import confirm
from hushgate.detect.expressions import Refused
from hushgate.detect.hit import Hit
from hushgate.detect.page import Page
from hushgate.detect.recognize import Found, Recognizers
from hushgate.detect.rules import Rule
from tests.detect_cases import BADGE, CARD, EMAIL, FAKE_KEY, FINGERPRINT, KEY, PASSWORD, RULES, SSN, rule


def _found(texts: list[str], *rules: Rule, keys: list[str | None] | None = None) -> Found:
    made = Recognizers(rules or RULES)
    page = Page(texts)
    return made.find(page, made.prefilter(page), keys=keys, fingerprint=FINGERPRINT)


def _hits(text: str, *rules: Rule, key: str | None = None) -> list[Hit]:
    found = _found([text], *rules, keys=[key])
    assert found.faults == ()
    return list(found.hits[0])


def _values(text: str, *rules: Rule, key: str | None = None) -> list[str]:
    return [text[h.start : h.end] for h in _hits(text, *rules, key=key)]


def test_the_value_is_the_group_and_the_whole_match_without_one() -> None:
    assert _values("password is hunter2hunter2 ok", PASSWORD) == ["hunter2hunter2"]
    assert _values("mail ada@acme.example now", EMAIL) == ["ada@acme.example"]


def test_the_group_named_secret_comes_before_group_one() -> None:
    assert _values("id=7 key=abcdef", rule("x", "X", "(id)=7 key=(?P<secret>[a-z]+)")) == ["abcdef"]


def test_a_group_that_takes_no_part_leaves_the_whole_match() -> None:
    assert _values("xyz", rule("x", "X", "xyz(q)?")) == ["xyz"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"key {FAKE_KEY}.", True),
        (f"key x{FAKE_KEY}", False),
        (f"key {FAKE_KEY}-2", False),
        (f"key {FAKE_KEY}b", False),
        (f"钥匙{FAKE_KEY}密", True),
        (f"clé{FAKE_KEY}", False),
    ],
)
def test_a_token_stands_alone(text: str, found: bool) -> None:
    assert (_values(text, KEY) == [FAKE_KEY]) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("n 4111111111111111 x", True),
        ("n4111111111111111x", True),
        ("14111111111111111", False),
        ("2-4111111111111111", False),
        ("4111111111111111.5", False),
        ("4111111111111111. 5", True),
        ("4111111111111111.0", True),
        ("4111111111111111.00,4111111111111111.0\n", True),
        ("4111111111111111.000", False),
        ("4111111111111111.0.1", False),
        ("4111111111111111.05", False),
        ("4111 1111 1111 1112", False),
    ],
)
def test_digits_stand_alone_and_the_validator_judges(text: str, found: bool) -> None:
    assert bool(_hits(text, CARD)) is found


def test_a_dropped_match_does_not_hide_the_next_one() -> None:
    assert _values("1234 4111 1111 1111 1111", CARD) == ["4111 1111 1111 1111"]


@pytest.mark.parametrize(
    ("text", "key", "found"),
    [
        ("ssn 123-45-6788", None, True),
        ("123-45-6788 is my Social Security number", None, True),
        ("assn 123-45-6788", None, False),
        ("123-45-6788", None, False),
        ("123-45-6788", "ssn", True),
        ("123-45-6788", "userSsn", True),
        ("123-45-6788", "social_security", True),
        ("ssn " + "x " * 40 + "123-45-6788", None, False),
    ],
)
def test_required_context_is_a_whole_word_nearby_or_in_the_key(text: str, key: str | None, found: bool) -> None:
    assert bool(_hits(text, SSN, key=key)) is found


def test_context_raises_the_score() -> None:
    assert [h.score for h in _hits("AB-123456", BADGE)] == [0.5]
    assert [h.score for h in _hits("badge AB-123456", BADGE)] == [0.9]


def test_context_does_not_reach_into_another_text() -> None:
    found = _found(["ssn", "123-45-6788"], SSN)
    assert found.hits == ((), ())


def test_keywords_count_in_their_own_text_anywhere() -> None:
    keyed = replace(BADGE, keywords=("badge",))
    assert _values("AB-123456 " + "x" * 5000 + " Badge", keyed) == ["AB-123456"]
    assert _found(["AB-123456", "badge"], keyed).hits == ((), ())


def test_a_match_does_not_cross_texts() -> None:
    found = _found(
        ["4111 1111", "1111 1111 4111 1111 1111 1111"], replace(CARD, pattern=CARD.pattern.replace("[ -]?", r"\s?"))
    )
    assert [len(h) for h in found.hits] == [0, 1]


def test_the_placeholder_filter_and_our_own_placeholders() -> None:
    assert _values("password is ${PASSWORD} ", PASSWORD) == []
    assert _values("password is <PASSWORD_k7f2qd3mxa> ", PASSWORD) == []
    assert _values("mail <EMAIL_ADDRESS_k7f2qd3mxa>@acme.example", EMAIL) == []


def test_offsets_are_code_points() -> None:
    text = "é€😀\ud800 ada@acme.example"
    assert [(h.start, h.end) for h in _hits(text, EMAIL)] == [(5, 21)]


def test_a_long_text_is_read_in_blocks_without_a_gap() -> None:
    text = ("x " * 40_000 + FAKE_KEY + " ") * 3
    assert _values(text, KEY) == [FAKE_KEY] * 3


def test_a_rule_that_raises_is_a_fault_that_names_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(value: str) -> bool:
        raise RuntimeError(value)

    made = Recognizers([replace(KEY, validate=("broken",))], validators={"broken": broken})
    page = Page([FAKE_KEY])
    found = made.find(page, made.prefilter(page), keys=None, fingerprint=FINGERPRINT)
    assert [(f.where, f.reason) for f in found.faults] == [("detect:acme-key", "RuntimeError")]


def test_endless_near_matches_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm, "_WORK", 0)
    found = _found(["a." * 3000 + "a@b.com_"], rule("x", "X", r"[a-z.]+@[a-z.]+"))
    assert [(f.where, f.reason) for f in found.faults] == [("detect:x", "too many near matches")]


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (rule("x", "X", r"a\z"), "line edges"),
        (rule("x", "X", "a", validate=("nope",)), "no validator"),
        (rule("x", "X", "a", filters=("nope",)), "no filter"),
    ],
)
def test_what_cannot_run_is_refused(broken: Rule, says: str) -> None:
    with pytest.raises(Refused, match=says):
        Recognizers([broken])


def test_what_does_not_compile_is_a_fault_where_it_would_be_looked_for() -> None:
    found = _found(["an apple"], rule("x", "X", "(?=a)ap+le"))
    assert [(f.where, f.reason) for f in found.faults] == [("detect:x", "Refused")]


def test_the_revision_changes_with_any_rule() -> None:
    assert Recognizers([EMAIL, KEY]).revision == Recognizers([KEY, EMAIL]).revision
    assert Recognizers([EMAIL]).revision != Recognizers([replace(EMAIL, score=0.1)]).revision


@pytest.mark.parametrize(
    ("text", "open_from"),
    [
        ("see 123-45-6788 ", 4),
        ("see 123-45-6788 and then", 4),
        ("ssn 123-45-6788 ", None),
        ("see 123-45-6788 " + "x " * 40, None),
        ("see 123-45-0000 ", None),  # no such number
    ],
)
@pytest.mark.parametrize("keywords", [(), ("ssn",)])
def test_where_a_later_text_could_change_the_outcome_is_told(
    text: str, open_from: int | None, keywords: tuple[str, ...]
) -> None:
    made, page = Recognizers([replace(SSN, keywords=keywords)]), Page([text])
    found = made.find(page, made.prefilter(page, growing=True), keys=None, fingerprint=FINGERPRINT, growing=True)
    assert found.open_from == (open_from,)
    assert made.find(page, made.prefilter(page), keys=None, fingerprint=FINGERPRINT).open_from == (None,)
