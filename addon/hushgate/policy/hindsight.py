"""What policies would have decided of exchanges that are on record, from metadata alone.

What is not on record counts for nothing here: the text of a value's
surroundings (`density`), the program that asked (`client`), who spoke and what
in replies. `blind` names the rules that look at such things, and says at what.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ..values import (
    Actor,
    Area,
    Decision,
    Direction,
    Embedded,
    Exchange,
    Fault,
    Finding,
    Kind,
    Level,
    Location,
    Role,
    Route,
    Scan,
    Segment,
    Step,
    Unread,
)
from .conditions import Conditions, Scope
from .decide import decide
from .routing import Elsewhere, settle
from .rules import RuleSet

UNSEEN: Final = ("client", "density")
"""Conditions on what no record holds."""

UNSEEN_IN_REPLIES: Final = ("role", "kind")
IN_PIECES: Final = ("count", "together")
"""Conditions on all of a side, of which a streamed reply is judged in pieces."""

_AFTERWARDS: Final = "read-afterwards"
_PLACE: Final = re.compile(r"(\w+)(?:\[(\d+)\])?:/(.*?)(#key)?")
_EMBEDDED: Final = {f"({step.value})": step for step in Embedded}


@dataclass(frozen=True, slots=True)
class Recorded:
    """One side of an exchange, as far as it is on record, and what was decided then."""

    exchange: Exchange
    scan: Scan
    direction: Direction
    known: frozenset[str] = field(repr=False)
    own: frozenset[Location]

    def decide(self, ruleset: RuleSet, elsewhere: Elsewhere) -> Decision:
        """What a policy makes of it; `elsewhere` are the endpoints that it may send a request to."""
        if self.direction is Direction.REQUEST:
            return settle(self.exchange, self.scan, ruleset, elsewhere, own=self.own)[0]
        return decide(self.exchange, self.scan, ruleset, direction=self.direction, known=self.known)


def recorded(
    row: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    levels: Mapping[str, Level],
    asked: Callable[[str], Route | None] = lambda _: None,
) -> tuple[Recorded, ...]:
    """The sides of an exchange, from its row and its findings'. `levels` are detection rules' own, by id.

    `asked`: an endpoint's own route by its id. What policy sent elsewhere is judged as it was asked, where that
    endpoint is still there: by the LLM that it asked for in the end, which is the one on record.
    """
    route = Route(
        row["endpoint"] or "", row["provider"] or "", row["host"] or "", row["path"] or "", row["format"] or "",
        row["method"] or "", row["model"], bool(row["self_hosted"]),
    )  # fmt: skip
    first = None if row["routed_from"] is None else asked(row["routed_from"])
    if first is not None:
        first = replace(first, path=route.path, format=route.format, method=route.method, model=route.model)
    actor = Actor(row["actor"], tuple(json.loads(row["groups"])))
    sides = [(Direction.REQUEST, row["unread"], row["kinds"], row["faults"])]
    if row["reply_unread"] is not None:
        sides.append((Direction.REPLY, row["reply_unread"], "[]", "[]"))
    return tuple(
        _side(row, [f for f in findings if f["direction"] == direction.value],
              first if first is not None and direction is Direction.REQUEST else route, actor, levels, direction,
              json.loads(unread), json.loads(kinds), json.loads(faults))
        for direction, unread, kinds, faults in sides
    )  # fmt: skip


def _side(
    row: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    route: Route,
    actor: Actor,
    levels: Mapping[str, Level],
    direction: Direction,
    unread: Sequence[Mapping[str, Any]],
    kinds: Sequence[str],
    faults: Sequence[Mapping[str, Any]],
) -> Recorded:
    segments: dict[Location, Segment] = {}
    scanned: list[Finding] = []
    known: set[str] = set()
    own: set[Location] = set()
    for n, kind in enumerate(kinds):
        role, _, kind = kind.partition("/")
        location = Location(Area.BODY, None, ("kinds", n))
        segments[location] = Segment(location, direction, Role(role), Kind(kind), "")
    for found in findings:
        reasons = json.loads(found["reasons"])
        if _AFTERWARDS in reasons:
            continue  # It was found when nothing could be done about it any more.
        location = place(found["where"])
        if location not in segments:
            said = found["segment"] or ("assistant/text" if direction is Direction.REPLY else "user/text")
            role, _, kind = said.partition("/")
            segments[location] = Segment(location, direction, Role(role), Kind(kind), "")
        rule, fingerprint = found["rule"] or "", found["fingerprint"] or ""
        level = levels.get(rule, Level.parse(found["own_level"] or found["level"]))
        scanned.append(
            Finding(
                location, 0, 0, found["entity"], found["category"] or "", level, found["score"] or 0.0, rule,
                found["layer"] or "", fingerprint,
            )
        )  # fmt: skip
        if "sent-by-client" in reasons:
            known.add(fingerprint)
        if "said-by-provider" in reasons:
            own.add(location)
    exchange = Exchange(
        row["id"], route, actor, row["session"], tuple(segments.values()),
        tuple(Unread(place(u["where"]), u["reason"], u["size"]) for u in unread),
        at=row["at"], source=row["source"] or "",
    )  # fmt: skip
    scan = Scan(tuple(scanned), tuple(Fault(f["where"], f["reason"]) for f in faults))
    return Recorded(exchange, scan, direction, frozenset(known), frozenset(own))


def place(where: str) -> Location:
    """A recorded place: what `str(Location)` gave, as far as it tells one place from another."""
    found = _PLACE.fullmatch(where)
    if found is None:
        return Location(Area.BODY, None, (where,))
    area, part, rest, key = found.groups()
    steps: tuple[Step, ...] = tuple(
        _EMBEDDED.get(step) or (int(step) if step.isdecimal() else step) for step in rest.split("/") if step
    )
    known = area if area in Area else Area.BODY
    return Location(Area(known), int(part) if part else None, steps, bool(key))


def blind(ruleset: RuleSet) -> dict[str, str]:
    """The rules and exceptions that look at what is not on record, by id, and what that is."""
    asked = [(rule.id, rule.when, rule.unless) for rule in ruleset.rules]
    asked += [(exemption.id, exemption.when, None) for exemption in ruleset.exceptions]
    found = {}
    for id, when, unless in asked:
        both = [each for each in (when, unless) if each is not None]
        replies = [each for each in both if when.direction is not Direction.REQUEST]
        names = [name for name in UNSEEN if _asks(both, name)]
        if when.scope is Scope.SEGMENT and _asks(both, "area"):
            names.append("area")
        names += [f"{name} in replies" for name in UNSEEN_IN_REPLIES if _asks(replies, name)]
        names += [f"{name} in streamed replies" for name in IN_PIECES if _asks(replies, name)]
        if names:
            found[id] = " and ".join(names)
    return found


def _asks(conditions: Iterable[Conditions], name: str) -> bool:
    return any(getattr(each, name) is not None for each in conditions)


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of difference between what two policies decide: what it is about, and before and after."""

    direction: Direction
    what: str
    before: str
    after: str
    why: tuple[str, ...]


def changes(side: Recorded, old: RuleSet, new: RuleSet, elsewhere: Elsewhere) -> list[Change]:
    """What differs between two policies' decisions on one side of an exchange."""
    return between(side.direction, side.decide(old, elsewhere), side.decide(new, elsewhere))


def between(direction: Direction, before: Decision, after: Decision) -> list[Change]:
    """What differs between two decisions on the same findings."""
    found: list[Change] = []
    if before.gate is not after.gate:
        why = tuple(sorted({reason.rule for reason in after.reasons}))
        found.append(Change(direction, direction.value, before.gate.word, after.gate.word, why))
    if before.route != after.route:
        why = tuple(sorted({reason.rule for reason in after.reasons}))
        found.append(Change(direction, "route", before.route or "as asked", after.route or "as asked", why))
    for was, now in zip(before.verdicts, after.verdicts, strict=True):
        if (said := _said(was.mask, was.style, was.restorable)) != (says := _said(now.mask, now.style, now.restorable)):
            why = tuple(sorted({reason.rule for reason in now.reasons}))
            found.append(Change(direction, now.finding.entity, said, says, why))
        elif was.finding.level is not now.finding.level:
            found.append(Change(direction, now.finding.entity, was.finding.level.word, now.finding.level.word, ()))
    return list(dict.fromkeys(found))


def _said(mask: bool, style: str, restorable: bool) -> str:
    if not mask:
        return "kept"
    return f"masked ({style}{', restored' if restorable else ''})"
