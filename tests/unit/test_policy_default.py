"""The built-in policy, with the built-in detection rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from hushgate.detect.engine import Engine
from hushgate.detect.rules import Rule, load_rules
from hushgate.policy.rules import load_policy
from hushgate.policy.testing import Classify, load_tests, run_tests
from hushgate.values import (
    Area,
    Direction,
    Finding,
    Gate,
    Kind,
    Level,
    Location,
    Role,
    Scan,
    Segment,
)

RULES = Path(__file__).parents[2] / "rules"
POLICY = RULES / "policy" / "default.yaml"
AT = Location(Area.BODY, None, ("content",))


@pytest.fixture(scope="module")
def detection() -> tuple[Rule, ...]:
    return load_rules(sorted((RULES / "detect").glob("*.yaml")))


def classifier(detection: tuple[Rule, ...]) -> Classify:
    engine = Engine(detection, fingerprint_key=b"f" * 32, cache_key=b"c" * 32)

    def classify(text: str) -> tuple[Sequence[Segment], Scan]:
        found = tuple(
            Finding(AT, h.start, h.end, h.entity, h.category, h.level, h.score, h.rule_id, h.layer, h.fingerprint)
            for h in engine.scan_now(text)
        )
        return (Segment(AT, Direction.REQUEST, Role.USER, Kind.TEXT, text),), Scan(found)

    return classify


def test_it_keeps_its_promises(detection: tuple[Rule, ...]) -> None:
    report = run_tests(load_policy(POLICY), load_tests(POLICY.with_suffix(".test.yaml")), classifier(detection))
    assert [(f.test.name, f.differences) for f in report.failures] == []
    assert report.uncovered == ()


def test_every_entity_it_names_is_looked_for(detection: tuple[Rule, ...]) -> None:
    named = {entity for rule in load_policy(POLICY).rules for entity in rule.when.entity or ()}
    assert named
    assert named <= {rule.entity for rule in detection}


def test_every_level_is_spoken_of_in_both_directions() -> None:
    """Completeness: no finding ever meets a policy without a word on it."""
    policy = load_policy(POLICY)
    for direction in Direction:
        spoken = {
            level
            for rule in policy.rules
            if rule.when.direction in (None, direction) and rule.when.entity is None
            for level in rule.when.level or ()
        }
        assert spoken == set(Level)


def test_nothing_unread_leaves_and_only_media_come_back() -> None:
    policy = load_policy(POLICY)
    assert set(policy.unread[Direction.REQUEST].values()) == {Gate.BLOCK}
    passing = {kind for kind, gate in policy.unread[Direction.REPLY].items() if gate is not Gate.BLOCK}
    assert passing == {"image", "audio", "video"}
    assert policy.unread == load_policy(POLICY, "version: 1\nrules: []").unread, "a policy that is silent is as strict"
