"""Recognizers of one's own in Python, as Presidio's documentation writes them."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Final

import pytest

from hushgate.detect.recognizers import Recognizers
from hushgate.values import Level
from tests.detect_cases import FINGERPRINT
from tests.unit.cli_runner import Runner, run

__all__ = ["run"]

MODULE: Final = """
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, RecognizerResult

class Badge(PatternRecognizer):
    def __init__(self):
        super().__init__("Employee badge", patterns=[Pattern("badge", r"AB-(?!000)[0-9]{3}", 0.2)], context=["badge"])

    def validate_result(self, text):
        return None if text != "AB-777" else False

class Numbers(EntityRecognizer):
    def __init__(self):
        super().__init__(["NUMBER"])

    def load(self):
        pass

    def analyze(self, text, entities, nlp_artifacts):
        return [RecognizerResult("NUMBER", t.idx, t.idx + len(t), 0.7) for t in nlp_artifacts.tokens if t.like_num]

class Beyond(Numbers):
    def analyze(self, text, entities, nlp_artifacts):
        return [RecognizerResult("NUMBER", 0, len(text) + 1, 0.7)]

class Nothing(Numbers):
    def analyze(self, text, entities, nlp_artifacts):
        return None

thing = Badge()
"""


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme_recognizers.py").write_text(MODULE, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)


def found(name: str, text: str, **known: tuple[Level, str]) -> list[tuple[str, str, str, float]]:
    hits = Recognizers([f"acme_recognizers:{name}"], known, FINGERPRINT).find(text)
    return [(text[hit.start : hit.end], hit.entity, hit.rule_id, hit.score) for hit in hits]


def test_patterns_with_context_and_a_check() -> None:
    assert found("Badge", "my badge is AB-123, no AB-000, no AB-777") == [
        ("AB-123", "EMPLOYEE_BADGE", "recognizer-badge", 0.55)
    ]
    assert found("Badge", "it is AB-123, in badges") == []  # too low without its word


def test_code_that_looks_at_tokens() -> None:
    assert found("Numbers", "\U0001f600 ten or 20") == [
        ("ten", "NUMBER", "recognizer-numbers", 0.7), ("20", "NUMBER", "recognizer-numbers", 0.7),
    ]  # fmt: skip
    assert found("Nothing", "ten") == []


def test_level_and_category_are_those_of_the_entity() -> None:
    names = ["acme_recognizers:Numbers"]
    (hit,) = Recognizers(names, {"NUMBER": (Level.INTERNAL, "internal")}, FINGERPRINT).find("ten")
    assert (hit.level, hit.category, hit.fingerprint) == (Level.INTERNAL, "internal", FINGERPRINT("ten"))
    (hit,) = Recognizers(names, {}, FINGERPRINT).find("ten")
    assert (hit.level, hit.category) == (Level.CONFIDENTIAL, "pii")


def test_a_place_that_is_none_of_the_text_is_an_error() -> None:
    with pytest.raises(ValueError, match="Beyond"):
        found("Beyond", "ten")


@pytest.mark.parametrize(("name", "error"), [("thing", TypeError), ("Pattern", TypeError), ("Missing", AttributeError)])
def test_what_is_no_recognizer_is_an_error(name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        found(name, "")


def test_a_pattern_that_runs_too_long_is_an_error() -> None:
    with pytest.raises(TimeoutError):
        logging.getLogger("presidio-analyzer").warning(
            "Regex pattern '%s' timed out after %s seconds, skipping.", "x", 1
        )


def test_one_line_of_the_configuration(run: Runner) -> None:
    """Every text is read by it, with names off and where nothing promises a name."""
    run.config.write_text(
        "version: 1\ndetect: {ner: 'off', recognizers: ['acme_recognizers:Numbers']}\n", encoding="utf-8"
    )
    done = run("scan", "--jsonl-in", "-", stdin=json.dumps({"id": 1, "text": "we have ten"}).encode())
    assert (done.code, done.err) == (1, "")
    (finding,) = json.loads(done.out)["findings"]
    assert (finding["entity"], finding["rule"], finding["start"]) == ("NUMBER", "recognizer-numbers", 8)
