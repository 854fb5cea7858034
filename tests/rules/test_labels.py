"""Markings as they stand in documents, mails and code, and texts that only speak of such things.

Each line of `labels.jsonl` is a text and the highest level that its labels say, or `none`. They were written before
looking at the rules.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hushgate.detect.patterns import Patterns
from hushgate.detect.rules import load_rules
from hushgate.values import Level

HERE = Path(__file__).parent
CASES = [json.loads(line) for line in (HERE / "labels.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def patterns() -> Patterns:
    return Patterns(load_rules(sorted((HERE.parents[1] / "rules" / "detect").glob("labels*.yaml"))), lambda _: "")


def level(patterns: Patterns, text: str) -> str:
    """The highest level of a text's labels; what is labelled as public counts as nothing but itself."""
    found = [hit.level for hit in patterns.scan([text])[0].hits if hit.category == "label"]
    return max(found).word if found else "none"


def test_there_are_cases_of_every_kind() -> None:
    assert {said for said, _ in CASES} == {"none", *(level.word for level in Level)}


def test_markings_are_found_with_their_level(patterns: Patterns) -> None:
    assert [(text, said) for said, text in CASES if said != "none" and level(patterns, text) != said] == []


def test_what_only_looks_like_a_marking_is_left_alone(patterns: Patterns) -> None:
    wrong = [text for said, text in CASES if said == "none" and level(patterns, text) not in ("none", "public")]
    assert wrong == []


def test_a_marking_counts_wherever_its_line_stands_in_a_text(patterns: Patterns) -> None:
    prose = "The meeting begins at nine, and the agenda is below.\n"
    lone = [(said, text) for said, text in CASES if said in ("confidential", "regulated") and "\n" not in text]
    assert [text for said, text in lone if level(patterns, f"{prose}\n{text}\n\n{prose}") != said] == []
