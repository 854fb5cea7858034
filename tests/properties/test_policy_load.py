"""Any policy file loads, or tells all that is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hushgate.errors import ConfigError
from hushgate.policy.rules import RuleSet, load_policy

WORDS = st.sampled_from(
    "version rules id when unless then style restore message enforce levels unread faults combinations max_level "
    "exceptions attachments mask allow block hold warn route entity level >=confidential regulated EMAIL "
    "request".split()
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | WORDS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)
GOOD: dict[str, Any] = {"then": "mask", "when": {"level": ">=confidential"}}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"then": "sometimes"}, "then"),
    ({"when": {"levle": "regulated"}}, "levle"),
    ({"when": {"count": "many"}}, "count"),
    ({"when": {"during": {"from": "25:00", "to": "26:00"}}}, "during"),
    ({"when": {"together": ["EMAIL"]}}, "together"),
    ({"when": {"source": "robot"}}, "source"),
    ({"style": "invisible"}, "style"),
    ({"then": {"route": ""}}, "then"),
    ({"colour": "red"}, "colour"),
    # What only the rule as a whole can tell.
    ({"style": "last4", "restore": True}, "turn"),
    ({"when": {}}, "empty when"),
    ({"then": "block", "style": "last4"}, "style means nothing"),
    ({"id": "r0"}, "is taken"),
]


def loaded(document: object) -> RuleSet | ConfigError:
    try:
        return load_policy(Path("policy.yaml"), document if isinstance(document, str) else json.dumps(document))
    except ConfigError as error:
        return error


@given(ANYTHING | st.text(max_size=60) | st.fixed_dictionaries({"version": st.just(1), "rules": ANYTHING}))
def test_anything_is_a_policy_or_has_faults_with_a_place_and_a_reason(document: object) -> None:
    found = loaded(document)
    if isinstance(found, ConfigError):
        assert found.faults
        assert all(fault.file == "policy.yaml" and fault.message for fault in found.faults)


LIFTS: dict[str, Any] = {"lifts": "r0", "when": {"actor": "ann"}, "until": "2030-01-31", "reason": "agreed"}
WRONG_EXCEPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"lifts": "unheard"}, "no rule here"),
    ({"lifts": "r1"}, "neither holds nor blocks"),
    ({"until": "2030-02-31"}, "a time that is none"),
    ({"until": "tomorrow"}, "until"),
    ({"when": {}}, "everybody"),
    ({"when": {"level": ">regulated"}}, "a level that does not exist"),
    ({"reason": ""}, "reason"),
    ({"id": "r0"}, "the id of a rule"),
    ({"id": "fault"}, "hushgate's own"),
]


@given(st.lists(st.sampled_from([None, *WRONG_EXCEPTIONS]), max_size=5), st.sampled_from([None, *WRONG[:4]]))
def test_every_exception_that_is_wrong_is_told_of(
    chosen: list[tuple[dict[str, Any], str] | None], rule: tuple[dict[str, Any], str] | None
) -> None:
    lines = ["version: 1", "rules:"]
    lines.append("  - " + json.dumps({"id": "r0", "then": "block", **(rule[0] if rule else {})}))
    lines += ["  - " + json.dumps({"id": "r1", **GOOD}), "exceptions:" if chosen else "levels: {}"]
    expected = {(3, rule[1])} if rule else set()
    for number, wrong in enumerate(chosen):
        lines.append("  - " + json.dumps({"id": f"e{number}", **LIFTS, **(wrong[0] if wrong else {})}))
        if wrong:
            expected.add((len(lines), wrong[1]))
    found = loaded("\n".join(lines))
    assert isinstance(found, ConfigError) is bool(expected)
    faults = found.faults if isinstance(found, ConfigError) else ()
    for line, word in expected:
        assert any(fault.line == line and word in fault.message for fault in faults), (line, word)
    assert {fault.line for fault in faults} == {line for line, _ in expected}


@given(st.lists(st.sampled_from([None, *WRONG]), min_size=1, max_size=8))
def test_every_rule_that_is_wrong_is_told_of(chosen: list[tuple[dict[str, Any], str] | None]) -> None:
    lines = ["version: 1", "rules:"]
    expected = set()
    for number, wrong in enumerate([None, *chosen]):
        lines.append("  - " + json.dumps({"id": f"r{number}", **GOOD, **(wrong[0] if wrong else {})}))
        if wrong:
            expected.add((len(lines), wrong[1]))
    found = loaded("\n".join(lines))
    if not expected:
        assert isinstance(found, RuleSet) and len(found.rules) == len(chosen) + 1
        return
    assert isinstance(found, ConfigError)
    for line, word in expected:
        assert any(fault.line == line and word in fault.message for fault in found.faults), (line, word)
    assert {fault.line for fault in found.faults} == {line for line, _ in expected}
