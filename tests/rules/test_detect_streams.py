"""Every example of the built-in rules, streamed in pieces, gives the hits of the whole; what goes early is a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.detect.hit import Hit
from hushgate.detect.patterns import Patterns
from hushgate.detect.rules import load_rules
from hushgate.detect.stream import StreamScanner
from hushgate.policy.conditions import LABEL
from tests.detect_cases import FINGERPRINT

RULES = load_rules(sorted((Path(__file__).parents[2] / "rules" / "detect").glob("*.yaml")))
PATTERNS = Patterns(RULES, FINGERPRINT)


def _streamed(text: str, step: int) -> list[Hit]:
    scanner, out, hits = StreamScanner(PATTERNS), "", []
    for released in [*(scanner.feed(text[i : i + step]) for i in range(0, len(text), step)), scanner.flush()]:
        hits += [hit.moved(hit.start + len(out), hit.end + len(out)) for hit in released.hits]
        out += released.text
    assert out == text
    return hits


@pytest.mark.parametrize("step", [1, 4, 1 << 20])
def test_the_examples_of_every_rule_stream_as_they_scan(step: int) -> None:
    wrong = set()
    for rule in RULES:
        if rule.category == LABEL:
            continue
        for example in (*rule.match, *rule.no_match):
            text = f"see: {example} and so on"
            hits, whole = _streamed(text, step), PATTERNS.scan([text])[0].hits
            same = [hit.moved(full.start, hit.end) for hit, full in zip(hits, whole, strict=False)] == list(whole)
            words = [text[full.start : hit.start] for hit, full in zip(hits, whole, strict=False)]
            if not same or not all(word in PATTERNS.early.words for word in filter(None, words)):
                wrong.add(rule.id)
    assert wrong == set()


@pytest.mark.parametrize("step", [1, 4, 1 << 20])
def test_a_label_is_found_in_a_stream_though_no_word_waits_for_it(step: int) -> None:
    """Nothing of a label is masked, so what of it has gone by then does not matter: that it is there does."""
    for rule in RULES:
        for example in (*rule.match, *rule.no_match) if rule.category == LABEL else ():
            text = f"see: {example} and so on"
            hits, whole = _streamed(text, step), PATTERNS.scan([text])[0].hits
            assert [(hit.rule_id, hit.end) for hit in hits] == [(hit.rule_id, hit.end) for hit in whole], example


@pytest.mark.parametrize("before", ["password: ", "my password is ", "api_key = ", "Username: ", "a=x; pwd: "])
def test_behind_what_leads_to_a_value_no_word_goes(before: str) -> None:
    for word in ("the", "correct", "Because"):
        assert not PATTERNS.early(before + word), word


def test_only_such_words_wait_as_the_value_could_begin_with() -> None:
    assert not PATTERNS.early("recovery phrase: the")
    assert PATTERNS.early("recovery phrase: everything")  # its words have eight letters at most


@pytest.mark.parametrize("before", ["", "I know that ", "It is so,\n", "dear all: see "])
def test_words_of_prose_go(before: str) -> None:
    assert PATTERNS.early(f"{before}the")
    assert PATTERNS.early(f"{before}Because,")


def test_most_words_may_go_whatever_rules_are_there() -> None:
    common = (
        "the to with that this there they have which about because would their people should every question".split()
    )
    assert set(common) <= PATTERNS.early.words
