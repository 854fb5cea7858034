"""A request that policy sends elsewhere is judged twice: what comes of it, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hushgate.errors import ConfigError, Unroutable
from hushgate.policy.routing import settle
from hushgate.policy.rules import RuleSet, load_policy
from hushgate.values import Decision, Direction, Exchange, Gate, Level, Route, Scan
from tests.unit.test_policy_decide import exchange, found, why

OWN = Route("own", "acme", "llama.acme.example", "/v1", "openai-chat", self_hosted=True)
HOME = "\n  - {id: home, when: {level: regulated, self_hosted: false}, then: {route: own, model: llama}}"
HIDE = "\n  - {id: hide, when: {level: '>=confidential', self_hosted: false}, then: mask}"
OPEN = "\n  - {id: open, when: {self_hosted: true, level: '>=public'}, then: allow}"


def policy(rules: str) -> RuleSet:
    return load_policy(Path("policy.yaml"), f"version: 1\nrules:{rules}\n")


def settled(rules: str, level: Level = Level.REGULATED, **more: bool) -> tuple[Decision, Exchange]:
    def there(name: str) -> Route:
        if name == "deaf":
            raise Unroutable("it speaks no openai-chat")
        return replace(OWN, endpoint=name)

    return settle(exchange(), Scan((found(level=level),), ()), policy(rules), there, **more)


@pytest.mark.parametrize(
    ("rules", "level", "gate", "route", "masked", "reasons"),
    [
        (HOME + HIDE + OPEN, Level.REGULATED, Gate.ALLOW, "own", False,
         [("home", "regulated EMAIL is sent to own instead"), ("open", "regulated EMAIL is allowed")]),
        (HOME + HIDE + OPEN, Level.CONFIDENTIAL, Gate.ALLOW, None, True,
         [("hide", "confidential EMAIL is masked")]),
        # What nothing speaks of there is blocked there.
        (HOME + HIDE, Level.REGULATED, Gate.BLOCK, "own", False,
         [("no-rule", "no rule says what to do with regulated EMAIL")]),
        # A deny on the way, or there, is not undone.
        (HOME + OPEN + "\n  - {id: no, when: {entity: EMAIL}, then: block}", Level.REGULATED, Gate.BLOCK, "own", False,
         [("no", "regulated EMAIL is blocked")]),
        (HOME + OPEN + "\n  - {id: ask, when: {self_hosted: true, entity: EMAIL}, then: hold}", Level.REGULATED,
         Gate.HOLD, "own", False, [("ask", "regulated EMAIL waits for approval")]),
        # Two ways, a way on, and no way.
        (HOME + OPEN + "\n  - {id: two, when: {entity: EMAIL}, then: {route: other}}", Level.REGULATED, Gate.BLOCK,
         "own", False, [("route", "rules send it to own and to other")]),
        (HOME + OPEN + "\n  - {id: on, when: {self_hosted: true}, then: {route: other}}", Level.REGULATED, Gate.BLOCK,
         "other", False, [("route", "it is sent to own, and from there to other")]),
        ("\n  - {id: home, when: {level: regulated}, then: {route: deaf}}", Level.REGULATED, Gate.BLOCK, "deaf", False,
         [("route", "it cannot be sent to deaf: it speaks no openai-chat")]),
        # One that still holds where the request goes has what it asks for.
        ("\n  - {id: home, when: {level: regulated}, then: {route: own}}", Level.REGULATED, Gate.ALLOW, "own", False,
         [("home", "regulated EMAIL is sent to own instead")]),
        # A rule without findings sends the exchange.
        ("\n  - {id: all, when: {destination: openai}, then: {route: own}}" + OPEN, Level.REGULATED, Gate.ALLOW, "own",
         False, [("all", "the request is sent to own instead"), ("open", "regulated EMAIL is allowed")]),
    ],
)  # fmt: skip
def test_settled(
    rules: str, level: Level, gate: Gate, route: str | None, masked: bool, reasons: list[tuple[str, str]]
) -> None:
    decision, about = settled(rules, level)
    assert (decision.gate, decision.route) == (gate, route)
    assert [verdict.mask for verdict in decision.verdicts] == [masked]
    assert why(decision) == reasons
    if gate is Gate.ALLOW:
        assert about.route.endpoint == (route or "openai")


def test_what_is_only_recorded_goes_where_it_was_going() -> None:
    decision, about = settled(HOME + HIDE + OPEN, enforce=False)
    assert (decision.route, about.route.endpoint) == ("own", "openai")
    shadow = HOME.replace("self_hosted: false}", "self_hosted: false}, enforce: false") + HIDE + OPEN
    decision, about = settled(shadow)
    assert (decision.route, about.route.endpoint) == (None, "openai")
    assert any(warning.startswith("home is not enforced") for warning in decision.warnings)


def test_what_was_told_on_the_way_is_told() -> None:
    block = "\n  - {id: no, when: {level: regulated, self_hosted: false}, then: block}"
    drill = "\nexceptions: [{id: drill, lifts: no, when: {self_hosted: false}, until: 2099-01-01, reason: agreed}]"
    for rules in (HOME + OPEN + block + drill, HOME + HIDE + block + drill):
        decision, _ = settled(rules)
        assert [warning.partition(" until")[0] for warning in decision.warnings] == ["drill lifts no"]


def test_what_one_provider_said_is_new_to_another() -> None:
    finding = found(level=Level.REGULATED)
    stays = "\n  - {id: stays, when: {entity: EMAIL}, then: block}"
    there = "\n  - {id: all, when: {destination: openai}, then: {route: own}}"
    for rules, gate in ((stays, Gate.ALLOW), (stays + there, Gate.BLOCK)):
        own = frozenset({finding.location})
        decision, _ = settle(exchange(), Scan((finding,), ()), policy(rules), lambda _: OWN, own=own)
        assert decision.gate is gate


def test_a_route_means_nothing_to_replies() -> None:
    rules = policy("\n  - {id: home, when: {level: regulated}, then: {route: own}}")
    (rule,) = rules.rules
    assert rule.when.direction is Direction.REQUEST
    with pytest.raises(ConfigError, match="only requests are sent anywhere"):
        policy("\n  - {id: home, when: {direction: reply}, then: {route: own}}")


def test_the_llm_that_is_asked_there() -> None:
    ask = "\n  - {id: ask, when: {self_hosted: true, model: llama}, then: hold}"
    for rules, gate in ((HOME + OPEN, Gate.ALLOW), (HOME + OPEN + ask, Gate.HOLD)):
        decision, about = settled(rules)
        assert (decision.gate, about.route.model) == (gate, "llama")
    assert settled(HOME.replace(", model: llama", "") + OPEN)[1].route.model == OWN.model
