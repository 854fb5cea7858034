"""What is wrong with a policy that loads: rules that can never speak, and rules that another one speaks over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from ..values import Direction, Level
from .conditions import Conditions, Scope
from .reach import ELSEWHERE, Known, Reach, missing, possible
from .rules import Action, PolicyRule, RuleSet

_STRENGTH: Final = {Action.HOLD: 1, Action.BLOCK: 2}
_LONG: Final = {"last4": "values of twelve characters and more", "shift": "dates"}
_SHORT: Final = frozenset({"AGE", "CARD_CODE", "US_SSN", "US_ITIN", "ABA_ROUTING_NUMBER", "ICD10_CODE", "UK_NINO"})
"""Entities whose values are all shorter than `last4` takes."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at: which rule (or other part) of which line, what, and what to do about it."""

    rule: str
    line: int
    says: str
    hint: str


def lint(ruleset: RuleSet, known: Known, at: float) -> tuple[Remark, ...]:
    """Remarks in the order of the rules. `at` (seconds since the epoch): exceptions are held against their ends."""
    reach = Reach.of(ruleset, known)
    found: list[Remark] = []
    lifted = frozenset(name for exemption in ruleset.exceptions for name in exemption.lifts)
    for n, rule in enumerate(ruleset.rules):
        told = (*_never(rule, reach), *_useless(rule, ruleset, reach))
        found += (Remark(rule.id, rule.line, says, hint) for says, hint in told)
        for m, other in enumerate(ruleset.rules):
            if other is not rule:
                found += _under(rule, other, reach, first=m < n, lifted=lifted)
    found += _exceptions(ruleset, reach, at)
    found += _names(ruleset, known)
    return tuple(dict.fromkeys(found))


type _Told = Iterator[tuple[str, str]]
"""What is said of a rule, and the hint."""


def _never(rule: PolicyRule, reach: Reach) -> _Told:
    """Why a rule cannot speak at all."""
    when, never = rule.when, "can never speak: "
    gone = dict(_missing(when, reach.known))
    for field, names in gone.items():
        if len(names) == len(getattr(when, field)):
            yield f"{never}there is no {field} {' or '.join(names)}", _hint(field)
        else:
            yield f"names {', '.join(names)}, which is no {field}", _hint(field)
    for name in missing(when.together, reach.known.names.get("entity", when.together or ())):
        yield f"{never}there is no entity {name}", _hint("entity")
        gone["together"] = (name,)
    if not possible(when.score, 0, 1) or not possible(when.count, 1) or not possible(when.density, 0):
        yield f"{never}no score, count or density is what it asks for", "check the comparison"
    if gone:
        return
    places = reach.known.places
    if places is not None and not any(place.may_be(when) for place in places):
        yield f"{never}no endpoint is all that it asks for of a destination", "check `endpoints`"
    if reach.known.found is not None and when.asks_of_finding:
        reached = reach.reached(when)
        if not reached:
            yield f"{never}nothing that is found is all that it asks for", _levels(when, reach)
            return
        for entity in when.entity or ():
            if "*" not in entity and not any(reach.findings[n].entity == entity for n in reached):
                yield f"names {entity}, which never has the rest of what it asks for", _levels(when, reach, entity)
        if rule.then is Action.MASK and reached == reach.labels(reached):
            yield f"{never}a label is about the whole text, and no rule masks one", "say block, hold, warn or allow"
    if rule.unless is not None:
        if reach.covers(rule.unless, when, of_finding=rule.scope is Scope.FINDING):
            yield f"{never}its `unless` holds wherever its `when` does", "narrow `unless`"
        elif not dict(_missing(rule.unless, reach.known)) and reach.apart(when, rule.unless):
            yield "has an `unless` that never holds where its `when` does", "check its conditions, or remove it"


def _missing(asked: Conditions, known: Known) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names in conditions that there are not, by condition."""
    for field, names in known.names.items():
        wanted = getattr(asked, field)
        if gone := tuple(one for one in missing(wanted, names) if field != "rule" or not one.startswith(ELSEWHERE)):
            yield field, gone
    places = known.places
    if places is not None and asked.destination is not None:
        gone = tuple(one for one in asked.destination if not any(place.named(one) for place in places))
        if gone:
            yield "destination", gone


def _hint(field: str) -> str:
    if field in ("group", "actor"):
        return "check the name: `hushgate users list`"
    has = "`endpoints` and the hosts in them" if field == "destination" else "`hushgate rules list`"
    return f"check the name: {has}"


def _levels(when: Conditions, reach: Reach, entity: str | None = None) -> str:
    """What is known of the entities that are asked for."""
    wanted = (entity,) if entity is not None else when.entity or when.together or ()
    alone = replace(Conditions(), entity=tuple(wanted) or None, category=None if wanted else when.category)
    shown = sorted({
        f"{f.entity} is {f.level.word} {f.category}" for f in (reach.findings[n] for n in reach.reached(alone))
    })  # fmt: skip
    return "; ".join(shown[:3]) if shown and len(shown) <= 6 else "`hushgate rules list` has levels and categories"


def _useless(rule: PolicyRule, ruleset: RuleSet, reach: Reach) -> _Told:
    """What of a rule does nothing, or other than it seems to."""
    when, unless = rule.when, rule.unless
    for field, names in _missing(unless, reach.known) if unless is not None else ():
        yield f"names {', '.join(names)} in `unless`, which is no {field}", _hint(field)
    for each in (when, unless):
        if each is not None and each.during is not None and each.during.begin == each.during.end:
            says = "has a time that ends when it begins: that is the whole day"
            yield says, "leave `from` and `to` out, or change them"
    if rule.then is Action.MASK and (when.kind == frozenset({"opaque"}) or when.area == frozenset({"path"})):
        yield "asks to mask what cannot be changed, which blocks", "say block, or allow"
    if when.direction is Direction.REPLY and rule.then is Action.HOLD:
        yield "holds a reply, which nobody can approve: it is blocked", "say block"
    if rule.message is not None and rule.then in (Action.ALLOW, Action.MASK, Action.ROUTE):
        yield "has a message that nobody is told, for it refuses nothing", "remove it"
    if rule.then is Action.MASK:
        yield from _styles(rule, reach)
    if rule.to is not None and rule.enforce and when.asks_of_finding:
        yield from _at_the_end(rule, ruleset, reach)


def _styles(rule: PolicyRule, reach: Reach) -> _Told:
    """Styles that nothing is masked in."""
    if reach.known.found is None:
        return
    entities = sorted({reach.findings[n].entity for n in reach.reached(rule.when)})
    for pattern, _ in rule.styles:
        if pattern != "*" and not any(fnmatchcase(entity, pattern) for entity in entities):
            yield f"has a style for {pattern}, which it does not mask", "check the name"
    for style, what in _LONG.items():
        meant = [entity for entity in entities if rule.style(entity) == style]
        fits = [entity for entity in meant if (entity not in _SHORT if style == "last4" else "DATE" in entity)]
        if meant and (not fits or (len(meant) > len(fits) and rule.when.entity is not None)):
            names = ", ".join(entity for entity in meant if entity not in fits)
            names = names if len(meant) - len(fits) < 4 else "what it masks"
            yield f"has the style {style}, which is for {what}: {names} is redacted", "choose another style"


def _at_the_end(rule: PolicyRule, ruleset: RuleSet, reach: Reach) -> _Told:
    """Where a request is sent, a finding that no rule speaks of is blocked."""
    places = [place for place in reach.known.places or () if place.endpoint == rule.to]
    there = [
        other for other in ruleset.rules
        if other.enforce and other.then is not Action.WARN and other.when.direction is not Direction.REPLY
        and any(place.may_be(other.when) for place in places)
    ]  # fmt: skip
    spoken: set[int] = set()
    for other in there:
        spoken |= reach.reached(other.when) if other.scope is Scope.FINDING else set()
    left = sorted(
        {f.entity for n in reach.reached(rule.when) - spoken if (f := reach.findings[n]).level >= Level.CONFIDENTIAL}
    )
    if places and left:
        some = f"{left[0]} and {len(left) - 1} more" if len(left) > 1 else left[0]
        says = f"sends {some} to {rule.to}, where no rule speaks of it: it is blocked there"
        yield says, "add a rule that allows or masks it there"


def _under(
    rule: PolicyRule, other: PolicyRule, reach: Reach, *, first: bool, lifted: frozenset[str]
) -> Iterator[Remark]:
    """What `other` takes from `rule`, if it always applies where that does. `first`: it stands before it."""
    if not rule.enforce or not other.enforce:
        return
    if other.unless is not None and not reach.apart(other.unless, rule.when):
        return
    of_finding, masks = rule.scope is Scope.FINDING, other.then is Action.MASK
    if other.scope > rule.scope or not reach.covers(other.when, rule.when, of_finding=of_finding, masks=masks):
        return
    strong, weak = _STRENGTH.get(other.then, 0), _STRENGTH.get(rule.then, 0)
    stands = strong and other.id not in lifted  # What an exception lifts leaves room for others.
    over = strong > weak or (strong == weak and first)
    if stands and over and (weak or (strong == 2 and rule.then in (Action.MASK, Action.ROUTE))):
        says = f"changes nothing: {other.id} {other.then.value}s whatever it {rule.then.value}s"
        yield Remark(rule.id, rule.line, says, "remove it, or narrow the other one")
    elif strong == 2 and rule.then is Action.ALLOW:
        says = f"contradicts {other.id}, which blocks all that it allows; blocking wins"
        yield Remark(rule.id, rule.line, says, f"use `unless` in {other.id}, or an exception")
    elif masks and rule.then is Action.ALLOW:
        says = f"contradicts {other.id}, which masks all that it allows; masking wins"
        yield Remark(rule.id, rule.line, says, f"use `unless` in {other.id}")
    elif masks and rule.then is Action.MASK and first and (rule.restore, rule.tools) == (other.restore, other.tools):
        says = f"changes nothing: {other.id} masks all of it, and gives the style"
        yield Remark(rule.id, rule.line, says, "put it first")
    elif masks and rule.then is Action.MASK and first and rule.styles != other.styles:
        says = f"has a style that is never used: {other.id} masks all of it, and gives the style"
        yield Remark(rule.id, rule.line, says, "put it first")
    elif other.then is rule.then is Action.ALLOW and (first or not reach.covers(rule.when, other.when)):
        yield Remark(rule.id, rule.line, f"changes nothing: {other.id} allows all of it", "remove it")


def _exceptions(ruleset: RuleSet, reach: Reach, at: float) -> Iterator[Remark]:
    rules = {rule.id: rule for rule in ruleset.rules}
    for exemption in ruleset.exceptions:
        when, line = exemption.when, exemption.line
        if exemption.until <= at:
            says = f"ended on {exemption.ends} and lifts nothing any more"
            yield Remark(exemption.id, line, says, "remove it, or agree on a new end")
        for field, names in _missing(when, reach.known):
            yield Remark(exemption.id, line, f"names {', '.join(names)}, which is no {field}", _hint(field))
        for name in sorted(exemption.lifts):
            rule = rules[name]
            asks = Scope.FINDING if when.asks_of_finding else Scope.SEGMENT if when.asks_of_segment else Scope.EXCHANGE
            if not rule.enforce:
                yield Remark(exemption.id, line, f"lifts {name}, which is not enforced", "remove it")
            elif asks > rule.scope:
                says = f"can never lift {name}: it asks for a {asks.name.lower()}, and {name} looks at none"
                yield Remark(exemption.id, line, says, "name an actor, a group or a destination")
            elif reach.apart(when, rule.when):
                says = f"can never lift {name}: the two never hold together"
                yield Remark(exemption.id, line, says, "check its conditions")


def _names(ruleset: RuleSet, known: Known) -> Iterator[Remark]:
    """Names outside of rules that mean nothing."""
    names = known.names
    if known.found is not None:
        for entity in missing(sorted(ruleset.levels), names["entity"]):
            yield Remark("levels", 0, f"names {entity}, which nothing finds", "check the name: `hushgate rules list`")
        for n, combination in enumerate(ruleset.combinations):
            for entity in missing(combination.entities, names["entity"]):
                says = f"[{n}] can never raise anything: there is no entity {entity}"
                yield Remark("combinations", 0, says, "check the name: `hushgate rules list`")
    for group in ruleset.max_level:
        if "*" in group and group != "*":
            yield Remark("max_level", 0, f"names {group}, and takes no patterns but `*` alone", "name each group")
        elif group != "*" and known.groups is not None and group not in known.groups:
            yield Remark("max_level", 0, f"names {group}, which is no group", _hint("group"))
