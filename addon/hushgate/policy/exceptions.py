"""Exceptions from a policy's `hold` and `block` rules: named, with a reason, and an end.

    exceptions:
      - id: key-rotation-drill
        lifts: [cloud-credentials-stay-home]
        when: {group: security, destination: own-model}
        until: 2030-01-31                 # the end of that day, UTC; or a moment: 2030-01-31T12:00Z
        reason: "Drill, agreed with the data protection officer"

Nothing else undoes a rule that denies. What an exception lifts is told as a
warning, which goes on record. Findings that a rule masks stay masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ..errors import ConfigFault
from ..values import Direction, Exchange, Finding, Segment
from ..yaml_source import Source
from .conditions import Conditions

RESERVED: Final = frozenset(
    "fault unread no-rule cannot-mask attachment sent-by-client said-by-provider nothing-found placeholder-clash "
    "max-level aws-signature route too-many-findings malformed incomplete read-afterwards no-approver approved "
    "rejected".split()
)
"""Ids of the reasons that are hushgate's own."""

TAKEN: Final = "takes an id that is hushgate's own"


@dataclass(frozen=True, slots=True)
class Exemption:
    """One exception. `until` is seconds since the epoch; `ends` is how its author wrote it."""

    id: str
    lifts: frozenset[str]
    when: Conditions
    until: float
    ends: str
    reason: str
    line: int = 0

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Exemption:
        """From a mapping that fits the schema; ValueError for a day or a time zone that does not exist."""
        lifts = written["lifts"]
        return cls(
            written["id"],
            frozenset((lifts,) if isinstance(lifts, str) else lifts),
            Conditions.read(written["when"]),
            _end(written["until"]),
            written["until"],
            written["reason"],
        )

    def covers(
        self, rule: str, exchange: Exchange, direction: Direction, segment: Segment | None, finding: Finding | None
    ) -> bool:
        """Whether a rule is lifted here and at this time. One that asks for more than there is to see lifts nothing."""
        return (
            rule in self.lifts
            and exchange.at < self.until
            and self.when.of_exchange(exchange, direction, every=True)
            and (self.when.of_segment(segment) if segment is not None else not self.when.asks_of_segment)
            and (self.when.of_finding(finding) if finding is not None else not self.when.asks_of_finding)
        )


def exemptions(
    source: Source, written: Mapping[int, dict[str, Any]], denies: Mapping[str, bool], faults: list[ConfigFault]
) -> tuple[Exemption, ...]:
    """A policy's exceptions that fit the schema, by their places; what is wrong with them is added to the faults.

    `denies` are the rules' ids, each with whether it holds or blocks.
    """
    taken: dict[str, int] = {}
    read = [_exemption(source, index, one, denies, taken, faults) for index, one in written.items()]
    return tuple(exemption for exemption in read if exemption is not None)


def _exemption(
    source: Source,
    index: int,
    written: dict[str, Any],
    denies: Mapping[str, bool],
    taken: dict[str, int],
    faults: list[ConfigFault],
) -> Exemption | None:
    name = written["id"]

    def fault(message: str, *at: str, hint: str = "") -> None:
        faults.append(source.fault(f"exceptions[{index}] ({name}) {message}", "exceptions", index, *at, hint=hint))

    if name in RESERVED:
        fault(TAKEN, "id", hint="choose another id")
    elif name in denies:
        fault("has the id of a rule, and both go on record by their ids", "id", hint="choose another id")
    elif (first := taken.setdefault(name, index)) != index:
        line = source.line("exceptions", first)
        fault(f"has an id that is taken in line {line}", "id", hint="choose another id")
    lifts = written["lifts"]
    for rule in (lifts,) if isinstance(lifts, str) else lifts:
        if rule not in denies:
            fault(f"lifts {rule}, which is no rule here", "lifts", hint="name a rule's id")
        elif not denies[rule]:
            fault(f"lifts {rule}, which neither holds nor blocks", "lifts", hint="change that rule instead")
    if not written["when"]:
        fault("is for everybody and everything", "when", hint="name an actor, a group or a destination")
    try:
        exemption = Exemption.read(written)
        if exemption.when.level is not None and not exemption.when.level:
            fault("asks in when for a level that does not exist", "when", "level")
        return replace(exemption, line=source.line("exceptions", index))
    except ValueError as why:
        fault(f"says a time that is none: {why}", "until")
        return None


def _end(written: str) -> float:
    try:
        moment = datetime.fromisoformat(written.removesuffix("Z")).replace(tzinfo=UTC)
        return (moment if "T" in written else moment + timedelta(days=1)).timestamp()
    except (ValueError, OverflowError):  # The last day of the year 9999 has no end.
        raise ValueError(f"there is no {written!r}") from None
