"""Judging an exchange that policy sends elsewhere: once for where it was going, and once for where it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..errors import Unroutable
from ..values import Decision, Exchange, Gate, Location, Reason, Route, Scan, Verdict
from .decide import decide
from .rules import RuleSet

type Elsewhere = Callable[[str], Route]
"""The route of an exchange at another endpoint; Unroutable where it cannot go there."""


def settle(
    exchange: Exchange,
    scan: Scan,
    ruleset: RuleSet,
    elsewhere: Elsewhere,
    *,
    own: frozenset[Location] = frozenset(),
    enforce: bool = True,
) -> tuple[Decision, Exchange]:
    """The decision on a request, and the exchange that it is about: the same, or as it goes elsewhere, to the LLM that
    it asks for there.

    What is held or blocked on its way is not sent anywhere else. What is sent elsewhere is judged again, by the
    rules for that endpoint; if these send it on, it is blocked. Nothing is changed where policy is not enforced.
    """
    decision = decide(exchange, scan, ruleset, own=own, enforce=enforce)
    if decision.route is None or decision.gate is not Gate.ALLOW or not decision.enforced:
        return decision, exchange
    way = decision.route
    try:
        route = elsewhere(way)
    except Unroutable as why:
        return _stopped(decision, f"it cannot be sent to {way}: {why}"), exchange
    moved = replace(exchange, route=replace(route, model=_model_there(ruleset, decision) or route.model))
    there = decide(moved, scan, ruleset, enforce=enforce)  # What the first provider said is new to this one.
    there = replace(there, warnings=tuple(dict.fromkeys((*decision.warnings, *there.warnings))))
    if there.route is not None:
        return _stopped(there, f"it is sent to {way}, and from there to {there.route}"), exchange
    if there.gate is Gate.ALLOW:
        ways = {rule.id for rule in ruleset.rules if rule.to == way}
        sent = (reason for reason in decision.reasons if reason.rule in ways)
        there = replace(there, reasons=tuple(dict.fromkeys((*sent, *there.reasons))))
    return replace(there, route=way), moved


def _model_there(ruleset: RuleSet, decision: Decision) -> str | None:
    """The LLM that the rules which send a request name; None for the one it named itself."""
    spoke = set(rules_that_spoke(decision))
    return next((rule.model for rule in ruleset.rules if rule.id in spoke and rule.to == decision.route), None)


def rules_that_spoke(decision: Decision) -> Iterator[str]:
    """The ids of every rule that had a say, in the decision, its verdicts or its warnings."""
    yield from (reason.rule for reason in decision.reasons)
    yield from (reason.rule for verdict in decision.verdicts for reason in verdict.reasons)


def own_words(verdict: Verdict) -> bool:
    """Whether a value stands in what the provider itself had said and signed."""
    return any(reason.rule == "said-by-provider" for reason in verdict.reasons)


def _stopped(decision: Decision, says: str) -> Decision:
    return replace(decision, gate=Gate.BLOCK, reasons=(Reason("route", says),))
