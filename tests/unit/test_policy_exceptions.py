"""Exceptions lift what they name, for whom they name, until they end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hushgate.errors import ConfigError
from hushgate.policy.decide import decide
from hushgate.policy.exceptions import Exemption
from hushgate.policy.rules import RuleSet, load_policy
from hushgate.values import Decision, Gate, Level, Scan
from tests.unit.test_policy_decide import exchange, found

BEFORE, AFTER = 1_893_455_999.0, 1_893_456_000.0  # around the end of 2029, UTC
POLICY = """
version: 1
rules:
  - {id: hide, when: {level: ">=confidential"}, then: mask}
  - {id: stop, when: {entity: KEY}, then: block}
  - {id: too-many, when: {entity: KEY}, then: hold}
  - {id: elsewhere, when: {destination: openai, model: big}, then: block}
exceptions:
  - {id: drill, lifts: %s, when: %s, until: 2029-12-31, reason: agreed}
"""


def policy(lifts: str = "[stop, too-many]", when: str = "{group: staff}") -> RuleSet:
    return load_policy(Path("policy.yaml"), POLICY % (lifts, when))


def decided(rules: RuleSet, at: float = BEFORE, entity: str = "KEY") -> Decision:
    return decide(replace(exchange(), at=at), Scan((found(entity, Level.REGULATED),)), rules)


@pytest.mark.parametrize(
    ("lifts", "when", "at", "gate", "why"),
    [
        ("[stop, too-many]", "{group: staff}", BEFORE, Gate.ALLOW, "both are lifted"),
        ("[stop, too-many]", "{group: staff}", AFTER, Gate.BLOCK, "until it ends"),
        ("[stop, too-many]", "{group: others}", BEFORE, Gate.BLOCK, "for whom it names"),
        ("[stop, too-many]", "{entity: OTHER}", BEFORE, Gate.BLOCK, "and what"),
        ("[stop, too-many]", "{entity: KEY, kind: text}", BEFORE, Gate.ALLOW, "which may be a finding and a text"),
        ("stop", "{group: staff}", BEFORE, Gate.HOLD, "the rule that is not named still holds"),
    ],
)
def test_what_is_lifted(lifts: str, when: str, at: float, gate: Gate, why: str) -> None:
    decision = decided(policy(lifts, when), at)
    assert decision.gate is gate, why
    assert decision.verdicts[0].mask, "what is masked stays masked"


def test_it_goes_on_record() -> None:
    assert [warning for warning in decided(policy()).warnings if "drill" in warning] == [
        "drill lifts stop until 2029-12-31: regulated KEY",
        "drill lifts too-many until 2029-12-31: regulated KEY",
    ]


def test_an_allow_rule_undoes_nothing() -> None:
    text = POLICY % ("stop", "{group: others}") + "  "
    rules = load_policy(
        Path("policy.yaml"), text.replace("exceptions:", "  - {id: ok, when: {entity: KEY}, then: allow}\nexceptions:")
    )
    assert decided(rules).gate is Gate.BLOCK


def test_one_about_findings_lifts_no_rule_about_the_whole() -> None:
    asked = exchange()
    asked = replace(asked, at=BEFORE, route=replace(asked.route, model="big"))
    for when, gate in (("{entity: KEY}", Gate.BLOCK), ("{kind: text}", Gate.BLOCK), ("{actor: alice}", Gate.ALLOW)):
        assert decide(asked, Scan(), policy("elsewhere", when)).gate is gate, when


@pytest.mark.parametrize(
    ("lifts", "when", "until", "says"),
    [
        ("unheard", "{group: staff}", "2029-12-31", "lifts unheard, which is no rule here"),
        ("hide", "{group: staff}", "2029-12-31", "lifts hide, which neither holds nor blocks"),
        ("stop", "{}", "2029-12-31", "is for everybody and everything"),
        ("stop", "{group: staff}", "2029-02-30", "says a time that is none"),
        ("stop", "{group: staff}", "9999-12-31", "says a time that is none"),
        ("stop", "{during: {zone: Mars}}", "2029-12-31", "there is no time zone 'Mars'"),
    ],
)
def test_faults(lifts: str, when: str, until: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        load_policy(Path("policy.yaml"), (POLICY % (lifts, when)).replace("2029-12-31", until))


@pytest.mark.parametrize(
    ("id", "says"),
    [
        ("stop", "has the id of a rule, and both go on record by their ids"),
        ("fault", "takes an id that is hushgate's own"),
        ("drill", r"has an id that is taken in line 9"),
    ],
)
def test_ids_are_their_own(id: str, says: str) -> None:
    more = f"  - {{id: {id}, lifts: stop, when: {{actor: ann}}, until: 2029-12-31, reason: agreed}}\n"
    with pytest.raises(ConfigError, match=says):
        load_policy(Path("policy.yaml"), POLICY % ("stop", "{group: staff}") + more)


def test_an_end_may_be_a_moment() -> None:
    written = {"id": "x", "lifts": "stop", "when": {}, "reason": "r", "until": "2029-12-31T23:59:59Z"}
    assert Exemption.read(written).until == BEFORE
