"""What is wrong with a policy that loads: rules that can never speak, and rules that another one speaks over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from typing import Final

from ..values import Direction, Level
from .conditions import TOGETHER, Conditions
from .rules import Action, PolicyRule, RuleSet

_STRENGTH: Final = {Action.HOLD: 1, Action.BLOCK: 2}
_NAMES: Final = frozenset({
    "actor", "group", "session", "destination", "region", "model", "client", "entity", "category", "rule", "together",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at: which rule (or other part) of which line, what, and what to do about it."""

    rule: str
    line: int
    says: str
    hint: str


def lint(ruleset: RuleSet, known: Mapping[str, Collection[str]], at: float) -> tuple[Remark, ...]:
    """Remarks in the order of the rules. `known`: names of `entity`, `category`, `rule` and `destination` there are.

    `at` (seconds since the epoch) is when exceptions are held against their ends.
    """
    found: list[Remark] = []
    for n, rule in enumerate(ruleset.rules):
        found += _never(rule, known)
        for other in ruleset.rules[:n]:
            found += _over(other, rule)
            found += _over(rule, other, later=True)
    places = {rule.id: rule for rule in ruleset.rules}
    for exemption in ruleset.exceptions:
        if exemption.until <= at:
            line = min((places[name].line for name in exemption.lifts if name in places), default=0)
            says = f"ended on {exemption.ends} and lifts nothing any more"
            found.append(Remark(exemption.id, line, says, "remove it, or agree on a new end"))
    for entity in sorted(set(ruleset.levels) - set(known["entity"])) if known.get("entity") else ():
        found.append(
            Remark("levels", 0, f"names {entity}, which nothing finds", "check the name: `hushgate rules list`")
        )
    return tuple(found)


def _never(rule: PolicyRule, known: Mapping[str, Collection[str]]) -> Iterator[Remark]:
    """Why a rule cannot speak at all."""
    for field, names in known.items():
        wanted: tuple[str, ...] | None = getattr(rule.when, field)
        missing = [one for one in wanted or () if not any(fnmatchcase(name, one) for name in names)]
        if missing and len(missing) == len(wanted or ()):
            yield Remark(
                rule.id, rule.line, f"can never speak: there is no {field} {' or '.join(missing)}", _hint(field)
            )
        elif missing:
            yield Remark(rule.id, rule.line, f"names {', '.join(missing)}, which is no {field}", _hint(field))
    for name in rule.when.together or ():
        if known.get("entity") and not any(fnmatchcase(entity, name) for entity in known["entity"]):
            yield Remark(rule.id, rule.line, f"can never speak: there is no entity {name}", _hint("entity"))
    if rule.unless is not None and covers(rule.unless, rule.when):
        yield Remark(
            rule.id, rule.line, "can never speak: its `unless` holds wherever its `when` does", "narrow `unless`"
        )
    if rule.then is Action.MASK and rule.when.kind == frozenset({"opaque"}):
        yield Remark(rule.id, rule.line, "asks to mask what cannot be changed, which blocks", "say block, or allow")
    if rule.when.direction is Direction.REPLY and rule.then is Action.HOLD:
        yield Remark(rule.id, rule.line, "holds a reply, which nobody can approve: it is blocked", "say block")


def _hint(field: str) -> str:
    shown = "check `endpoints`" if field == "destination" else "`hushgate rules list` has the names"
    return f"check the name: {shown}"


def _over(one: PolicyRule, other: PolicyRule, *, later: bool = False) -> Iterator[Remark]:
    """What `one` takes from `other`, if it always applies where that does. `later`: it stands behind it."""
    if not one.enforce or not other.enforce or one.unless is not None or not covers(one.when, other.when):
        return
    strong, weak = _STRENGTH.get(one.then, 0), _STRENGTH.get(other.then, 0)
    if strong and weak and (strong > weak or (strong == weak and not later)):
        says = f"changes nothing: {one.id} {one.then.value}s whatever it {other.then.value}s"
        yield Remark(other.id, other.line, says, "remove it, or narrow the other one")
    elif strong == 2 and other.then is Action.ALLOW:
        says = f"contradicts {one.id}, which blocks all that it allows; blocking wins"
        yield Remark(other.id, other.line, says, f"use `unless` in {one.id}, or an exception")
    elif one.then is Action.MASK and other.then is Action.ALLOW:
        says = f"contradicts {one.id}, which masks all that it allows; masking wins"
        yield Remark(other.id, other.line, says, f"use `unless` in {one.id}")
    elif (
        one.then is other.then is Action.MASK and not later and (one.restore, one.tools) == (other.restore, other.tools)
    ):
        yield Remark(
            other.id, other.line, f"changes nothing: {one.id} masks all of it, and gives the style", "put it first"
        )


def covers(wide: Conditions, narrow: Conditions) -> bool:
    """Whether `wide` surely holds wherever `narrow` does."""
    return all(
        _covers(field.name, getattr(wide, field.name), getattr(narrow, field.name))
        for field in fields(Conditions)
        if field.name != "scope"
    )


def _covers(name: str, wide: object, narrow: object) -> bool:
    if wide is None or wide == narrow:
        return True
    if narrow is None:
        return name == "level" and wide == frozenset(Level)
    if name in TOGETHER:
        return False
    if isinstance(wide, frozenset) and isinstance(narrow, frozenset):
        return wide >= narrow
    if name in _NAMES and isinstance(wide, tuple) and isinstance(narrow, tuple):
        return all(any(fnmatchcase(one, pattern) for pattern in wide) for one in narrow)
    return False
