"""What a rule that did not speak asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hushgate.policy.decide import decide
from hushgate.policy.silence import silent
from hushgate.values import Direction, Level, Scan
from tests.unit.test_policy_decide import exchange, found, policy

BASE = "\n  - {id: hide, when: {entity: EMAIL, level: '>=confidential'}, then: mask}\n"


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("{id: r, when: {direction: reply}, then: warn}", "it asks for direction reply"),
        ("{id: r, when: {group: [interns, ci], self_hosted: true}, then: block}",
         "it asks for group ci or interns and self_hosted true"),
        ("{id: r, when: {during: {from: '00:00', to: '00:01'}}, then: block}", "it asks for during another time"),
        ("{id: r, when: {role: tool, kind: tool_args}, then: hold}",
         "it asks for role tool and kind tool_args, and no text is of that"),
        ("{id: r, when: {entity: [A, B, C, D, E, F]}, then: block}",
         "it asks for entity A or B or C or D or 2 more, and nothing like that was found"),
        ("{id: r, when: {level: '>confidential', score: '<0.2'}, then: block}",
         "it asks for level regulated and score <0.2, and nothing like that was found"),
        ("{id: r, when: {entity: EMAIL, count: '>=2'}, then: block}",
         "it asks for count >=2, and what was found is not that"),
        ("{id: r, when: {entity: EMAIL}, unless: {actor: alice}, then: block}", "its `unless` holds"),
        ("{id: r, when: {entity: EMAIL}, then: block}", None),
        ("{id: r, when: {entity: EMAIL}, then: warn}", None),
        ("{id: r, when: {entity: EMAIL}, then: block, enforce: false}", None),
    ],
)  # fmt: skip
def test_why(rule: str, why: str | None) -> None:
    given = replace(exchange(), at=3600.0)
    decision = decide(given, Scan((found(),)), rules := policy(f"{BASE}  - {rule}"))
    assert silent(given, Direction.REQUEST, decision, rules) == ({} if why is None else {"r": why})


def test_what_is_stronger() -> None:
    rules = policy(
        BASE + "  - {id: closed, when: {actor: alice}, then: block}\n  - {id: ask, when: {actor: alice}, then: hold}"
    )
    decision = decide(exchange(), Scan(), rules)
    assert silent(exchange(), Direction.REQUEST, decision, rules) == {
        "hide": "nothing was found", "ask": "it applies, and something stronger decides",
    }  # fmt: skip


def test_a_label_and_an_exception() -> None:
    lifted = "exceptions: [{id: drill, lifts: no, when: {actor: alice}, until: 2099-01-01, reason: agreed}]"
    rules = policy(
        "\n  - {id: all, when: {level: confidential}, then: mask}\n  - {id: no, when: {category: label}, then: block}",
        lifted,
    )
    label = replace(found("LABEL", Level.CONFIDENTIAL), category="label")
    decision = decide(exchange(), Scan((label,)), rules)
    why = {"all": "a label is about the whole text, and cannot be masked"}
    assert silent(exchange(), Direction.REQUEST, decision, rules) == why
