"""Presidio's recognizer registry, in a small one of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.detect.loading import Loaded, load
from hushgate.detect.patterns import Patterns
from hushgate.errors import ConfigError
from hushgate.values import Level
from tests.detect_cases import FINGERPRINT

REGISTRY = r"""
supported_languages: [en, de]
global_regex_flags: 26
recognizers:
  - name: Badge Recognizer
    type: custom
    supported_entity: acme badge
    supported_languages:
      - {language: en, context: [badge]}
      - {language: de, context: [Ausweis]}
    patterns:
      - {name: strong, regex: 'AB-\d{6}', score: 0.8}
      - {name: weak, regex: '\b\d{6}\b', score: 0.05}
  - name: Titles
    supported_language: en
    supported_entity: TITLE
    deny_list: [Mr., Dr., 'Prof. Dr.']
    deny_list_score: 0.9
  - name: Not before a slash
    supported_entity: CODE
    patterns: [{name: code, regex: '(?<!/)c-(\d)\1', score: 0.5}]
  - name: Off
    enabled: false
    supported_entity: OFF
    deny_list: [off]
  - name: CreditCardRecognizer
    type: predefined
  - SpacyRecognizer
  - name: Never
    supported_entity: NEVER
    patterns: [{name: n, regex: 'zzz', score: 0.1}]
"""


def loaded(folder: Path, text: str) -> Loaded:
    path = folder / "recognizers.yaml"
    path.write_text(text, encoding="utf-8")
    return load([path])


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return loaded(tmp_path_factory.mktemp("presidio"), REGISTRY)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see ab-123456 now", [("ACME_BADGE", "ab-123456", 0.8)]),
        ("order 123456", []),
        ("badge 123456", [("ACME_BADGE", "123456", 0.4)]),
        ("Ausweis 123456", [("ACME_BADGE", "123456", 0.4)]),
        ("my badge AB-123456", [("ACME_BADGE", "AB-123456", 1.0)]),
        ("ask mr. or PROF. DR. Who, Dr.x", [("TITLE", "mr.", 0.9), ("TITLE", "PROF. DR.", 0.9)]),
        ("c-44 /c-55 c-45", [("CODE", "c-44", 0.5)]),
        ("is it off", []),
        ("4012 8888 8888 1881 and 4012 8888 8888 1882", [("CREDIT_CARD", "4012 8888 8888 1881", 1.0)]),
        ("visa 4012 8888 8888 1881", [("CREDIT_CARD", "4012 8888 8888 1881", 1.0)]),
        ("zzz", []),
    ],
)
def test_what_is_found(registry: Loaded, text: str, found: list[tuple[str, str, float]]) -> None:
    (verdict,) = Patterns(registry.rules, FINGERPRINT).scan([text], seconds=10)
    assert not verdict.faults
    assert [(h.entity, text[h.start : h.end], round(h.score, 2)) for h in verdict.hits] == found


def test_what_is_left_out_is_told(registry: Loaded) -> None:
    assert [note.message for note in registry.left_out] == [
        "recognizer 'SpacyRecognizer' is left out: it is no pattern recognizer; names are found by `detect.ner`",
        "recognizer 'Never' has a pattern, 'n', that scores 0.1: less than 0.4, without context",
    ]
    assert [note.line for note in registry.left_out] == [28, 29]


def test_rules_say_where_they_are_from_and_which_engine_runs_them(registry: Loaded) -> None:
    rules = {rule.id: rule for rule in registry.rules}
    assert list(rules) == [
        "presidio-badge-recognizer-strong",
        "presidio-badge-recognizer-weak",
        "presidio-titles",
        "presidio-not-before-a-slash",
        "presidio-creditcardrecognizer",
    ]
    assert [rule.backtracking for rule in rules.values()] == [False, False, False, True, True]
    assert all(
        (rule.origin, rule.level, rule.category) == ("presidio", Level.CONFIDENTIAL, "pii") for rule in rules.values()
    )


def test_a_registry_inside_a_configuration_of_the_analyzer(tmp_path: Path) -> None:
    inner = "\n".join(f"  {line}" for line in REGISTRY.splitlines())
    found = loaded(tmp_path, f"supported_languages: [en]\nrecognizer_registry:\n{inner}\n")
    assert len(found.rules) == 5
    assert found.left_out[0].line == 30


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("recognizers:\n  - {name: x}\n", "names no class of Presidio's: x"),
        ("recognizers:\n  - {name: CreditCardRecogniser, type: predefined}\n", "names no class"),
        ("recognizers:\n  - {name: x, type: custom, supported_entity: Y}\n", "has neither patterns nor a deny_list"),
        ("recognizers:\n  - {name: x, deny_list: [a]}\n", "lacks supported_entity"),
        ("recognizers:\n  - {name: x, supported_entity: Y, patterns: [{regex: a}]}\n", "lacks the key 'score'"),
        (
            "recognizers:\n  - {name: x, supported_entity: Y, patterns: [{regex: '(', score: 0.5}]}\n",
            "does not compile",
        ),
    ],
)
def test_faults(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert says in caught.value.faults[0].message
    assert caught.value.faults[0].line == 2
