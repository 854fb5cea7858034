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
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ..values import Direction, Exchange, Finding, Segment
from .conditions import Conditions


@dataclass(frozen=True, slots=True)
class Exemption:
    """One exception. `until` is seconds since the epoch; `ends` is how its author wrote it."""

    id: str
    lifts: frozenset[str]
    when: Conditions
    until: float
    ends: str
    reason: str

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
            and self.when.of_exchange(exchange, direction)
            and (self.when.of_segment(segment) if segment is not None else not self.when.asks_of_segment)
            and (self.when.of_finding(finding) if finding is not None else not self.when.asks_of_finding)
        )


def _end(written: str) -> float:
    try:
        moment = datetime.fromisoformat(written.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"there is no {written!r}") from None
    return (moment if "T" in written else moment + timedelta(days=1)).timestamp()
