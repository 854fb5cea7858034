"""Why a rule did not speak: what it asks for that was not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ..values import Decision, Direction, Exchange, Finding, Segment
from .conditions import EXCHANGE_FIELDS, FINDING_FIELDS, LABEL, TOGETHER, Conditions
from .routing import rules_that_spoke
from .rules import Action, PolicyRule, RuleSet
from .windows import Window

_SHOWN: Final = 4
_LESS: Final = "it applies, and something stronger decides"
_SEGMENT_FIELDS: Final = ("role", "kind", "area")


def silent(exchange: Exchange, direction: Direction, decision: Decision, ruleset: RuleSet) -> dict[str, str]:
    """Each rule that had no say in a decision on one side of an exchange, and why."""
    spoke = {*rules_that_spoke(decision), *(name for warning in decision.warnings for name in _named(warning))}
    places = {segment.location: segment for segment in exchange.segments}
    found = [(v.finding, places[v.finding.location]) for v in decision.verdicts if v.finding.location in places]
    return {rule.id: _why(rule, exchange, direction, found) for rule in ruleset.rules if rule.id not in spoke}


def _named(warning: str) -> tuple[str, ...]:
    """The rules that a warning is of: `ID: ...`, `ID is not enforced; ...`, `EXCEPTION lifts ID until ...`."""
    first, second, third, *_ = (*warning.split(" ", 3), "", "")
    return (first, third) if second == "lifts" else (first.rstrip(":"),)


def _why(rule: PolicyRule, exchange: Exchange, direction: Direction, found: Sequence[tuple[Finding, Segment]]) -> str:
    when, unless = rule.when, rule.unless
    if missing := [name for name in EXCHANGE_FIELDS if not _alone(when, name).of_exchange(exchange, direction)]:
        return f"it {_asks(when, missing)}"
    if missing := [
        name for name in _SEGMENT_FIELDS if not any(_alone(when, name).of_segment(s) for s in exchange.segments)
    ]:
        return f"it {_asks(when, missing)}, and no text is of that"
    if when.asks_of_finding and not found:
        return "nothing was found"
    if missing := [
        name
        for name in FINDING_FIELDS
        if getattr(when, name) is not None and not any(_alone(when, name).of_finding(f) for f, _ in found)
    ]:
        return f"it {_asks(when, missing)}, and nothing like that was found"
    fitting = [(f, s) for f, s in found if when.of_segment(s) and when.of_finding(f)]
    if when.asks_of_finding and not fitting:
        return "nothing that was found has all that it asks for"
    if missing := [name for name in TOGETHER if not _alone(when, name).of_findings(fitting)]:
        return f"it {_asks(when, sorted(missing))}, and what was found is not that"
    if unless is not None and unless.of_exchange(exchange, direction, every=True):
        return "its `unless` holds"
    if rule.then is Action.MASK and found and all(finding.category == LABEL for finding, _ in fitting or found):
        return "a label is about the whole text, and cannot be masked"
    return "nothing was found that it could speak of" if rule.scope > when.scope and not found else _LESS


def _alone(conditions: Conditions, name: str) -> Conditions:
    """One of the conditions by itself."""
    return Conditions(**{name: getattr(conditions, name)})


def _asks(conditions: Conditions, names: Iterable[str]) -> str:
    return "asks for " + " and ".join(f"{name} {_said(getattr(conditions, name))}" for name in names)


def _said(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Window():
            return "another time"
        case (str() as sign, float() as bound):
            return f"{sign}{bound:g}"
        case frozenset() | tuple():
            names = sorted(getattr(one, "word", str(one)) for one in value)
            more = [f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
            return " or ".join([*names[:_SHOWN], *more])
        case _:
            return str(getattr(value, "value", value))
