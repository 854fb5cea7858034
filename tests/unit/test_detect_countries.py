from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.detect.countries import at_home
from hushgate.detect.fingerprint import Fingerprinter
from hushgate.detect.patterns import Patterns
from hushgate.errors import ConfigError
from hushgate.rulebook import builtin_rules, detection
from tests.detect_cases import rule

NUMBER = "36574261809"
"""A German tax id that issuers print as a sample."""


def _found(text: str, *names: str) -> set[str]:
    patterns = Patterns(detection(["builtin", *names]).rules, Fingerprinter(b"k" * 32))
    return {hit.entity for hit in patterns.scan([text])[0].hits}


def test_a_number_needs_a_word_unless_its_country_is_at_home() -> None:
    assert _found(f"row {NUMBER}") == set()
    assert _found(f"Steuer-ID {NUMBER}") == {"DE_TAX_ID"}
    assert _found(f"row {NUMBER}", "builtin:de") == {"DE_TAX_ID"}
    assert _found(f"row {NUMBER}", "builtin:fr") == set()
    assert _found(f"row {NUMBER}", "builtin:countries") != set()


def test_a_wrong_number_is_none_at_home_either() -> None:
    assert "DE_TAX_ID" not in _found("row 36574261808", "builtin:de")


def test_numbers_without_a_checksum_are_less_sure_at_home() -> None:
    found = {r.id: r for r in detection(["builtin", "builtin:de"]).rules}
    assert not found["de-tax-id"].context_required
    assert found["de-tax-id"].score > found["de-plate"].score
    assert found["fr-tax"].context_required


def test_a_country_without_rules_is_a_fault_with_a_hint() -> None:
    with pytest.raises(ConfigError, match="no rules are of this country"):
        detection(["builtin", "builtin:atlantis"])


def test_rules_of_the_user_keep_their_context() -> None:
    own = rule(
        "de-badge", "BADGE", "[0-9]{6}", context_words=("badge",), context_required=True, file="/x/countries-x.yaml"
    )
    builtin = [r for r in detection(["builtin"]).rules if r.id == "de-tax-id"]
    kept, waived = at_home([own, *builtin], ["builtin:de"], builtin_rules())
    assert kept.context_required
    assert not waived.context_required
    assert Path(waived.file).is_relative_to(builtin_rules())


def test_forty_countries_and_more() -> None:
    prefixes = {r.id.partition("-")[0] for r in detection(["builtin"]).rules if "countries-" in r.file}
    assert len(prefixes) >= 60
