"""The rules that come with hushgate: they load, hold their examples, and are of one make."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hushgate.detect.examples import check
from hushgate.detect.rules import Rule, load_rules
from hushgate.values import Level

FOLDER = Path(__file__).parents[2] / "rules" / "detect"
WANTED = {
    "EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "US_ITIN", "US_PASSPORT", "US_DRIVER_LICENSE", "IP_ADDRESS",
    "MAC_ADDRESS", "CRYPTO", "DATE_OF_BIRTH", "STREET_ADDRESS", "AWS_ACCESS_KEY", "AWS_SECRET_KEY", "GCP_API_KEY",
    "AZURE_STORAGE_KEY", "GITHUB_TOKEN", "GITLAB_TOKEN", "SLACK_TOKEN", "STRIPE_KEY", "OPENAI_KEY", "ANTHROPIC_KEY",
    "HUGGINGFACE_TOKEN", "NPM_TOKEN", "PYPI_TOKEN", "JWT", "PRIVATE_KEY", "BEARER_TOKEN", "BASIC_AUTH",
    "URI_CREDENTIALS", "PASSWORD", "API_KEY",
}  # fmt: skip


@pytest.fixture(scope="module")
def rules() -> tuple[Rule, ...]:
    return load_rules(sorted(FOLDER.glob("*.yaml")))


def test_every_example_holds(rules: tuple[Rule, ...]) -> None:
    assert [str(fault) for fault in check(rules)] == []


def test_every_pattern_is_linear(rules: tuple[Rule, ...]) -> None:
    assert [rule.id for rule in rules if rule.backtracking] == []


def test_the_entities_that_are_promised(rules: tuple[Rule, ...]) -> None:
    assert {rule.entity for rule in rules} >= WANTED


def test_one_entity_one_category(rules: tuple[Rule, ...]) -> None:
    categories: dict[str, set[str]] = {}
    for rule in rules:
        categories.setdefault(rule.entity, set()).add(rule.category)
    assert {entity: found for entity, found in categories.items() if len(found) > 1} == {}


def test_levels(rules: tuple[Rule, ...]) -> None:
    for rule in rules:
        if rule.category == "network":
            assert rule.level <= Level.INTERNAL, rule.id
        if rule.entity in {"PRIVATE_KEY", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "US_PASSPORT", "AWS_SECRET_KEY"}:
            assert rule.level is Level.REGULATED, rule.id
        if rule.category == "secret":
            assert rule.level >= Level.CONFIDENTIAL, rule.id


def test_each_says_what_it_is(rules: tuple[Rule, ...]) -> None:
    for rule in rules:
        assert rule.says[0].isupper(), rule.id
        assert not rule.says.endswith("."), rule.id
        assert len(rule.says) <= 120, rule.id


def test_patterns_begin_with_something_certain(rules: tuple[Rule, ...]) -> None:
    loose = re.compile(r"^(?:\(\?i\))?(?:\.\*|\.\+|[^\\([]\?|\[[^\]]*\](?:\*|\?|\{0,))")
    assert [rule.id for rule in rules if loose.search(rule.pattern)] == []


def test_a_required_context_has_words(rules: tuple[Rule, ...]) -> None:
    assert [rule.id for rule in rules if rule.context_required and not rule.context_words] == []


def test_no_example_is_shaped_like_a_live_token_in_the_file() -> None:
    """Scanners of repositories stop at such text, so the files write one character of it as an escape."""
    shapes = re.compile(
        r"\bgh[pousr]_[A-Za-z0-9]{36}|\bsk_live_[A-Za-z0-9]{16}|\bxox[bp]-[0-9]{8}"
        r"|\bAKIA[A-Z0-9]{16}\b|\bSG\.\w{22}\."
    )
    for path in sorted(FOLDER.glob("*.yaml")):
        text = path.read_text(encoding="utf-8").replace("AKIAIOSFODNN7EXAMPLE", "")
        assert shapes.search(text) is None, path.name
