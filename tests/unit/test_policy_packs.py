"""The packs that come with hushgate, with the built-in detection rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.cli.trial import found_by
from hushgate.detect.rules import Rule
from hushgate.endpoints import load_endpoints
from hushgate.errors import ConfigError
from hushgate.policy.lint import lint
from hushgate.policy.reach import Known, Place
from hushgate.policy.rules import load_policy
from hushgate.policy.testing import load_tests, run_tests
from hushgate.rulebook import shipped_policy, sources
from tests.unit.test_policy_default import RULES, classifier, detection

__all__ = ["detection"]

PACKS = ("ccpa", "gdpr", "hipaa", "pci-dss", "secrets-only", "source-code", "strict")


def test_all_are_tried() -> None:
    files = {path.name.partition(".")[0] for path in (RULES / "policy").glob("*.yaml")}
    assert files == {*PACKS, "default"}


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_keeps_its_promises(pack: str, detection: tuple[Rule, ...]) -> None:
    path = shipped_policy(f"builtin:{pack}") or Path()
    report = run_tests(load_policy(path), load_tests(path.with_suffix(".test.yaml")), classifier(detection))
    assert [(f.test.name, f.differences) for f in report.failures] == []
    assert report.uncovered == ()


@pytest.mark.parametrize("pack", (*PACKS, "default"))
def test_a_pack_names_what_there_is_and_contradicts_nothing(pack: str, detection: tuple[Rule, ...]) -> None:
    ends = load_endpoints(sources(["builtin"], "endpoints")).endpoints
    places = tuple(Place(e.id, e.provider, host, e.self_hosted) for e in ends for host in e.hosts)
    assert lint(load_policy(RULES / "policy" / f"{pack}.yaml"), Known(found_by(detection), places), 0.0) == ()


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_says_what_it_does_and_does_not_claim(pack: str) -> None:
    text = (RULES / "policy" / f"{pack}.yaml").read_text("utf-8")
    assert "# What it does:" in text
    assert "# What it does not claim:" in text


def test_a_pack_that_there_is_not() -> None:
    with pytest.raises(ConfigError, match="known are builtin: and ccpa, gdpr"):
        shipped_policy("builtin:gdrp")
    assert shipped_policy("./policy.yaml") is None
