"""What a rule asks for: the fields of `when` and `unless`.

Every field that is given has to hold; a field with several values holds if
one of them does. In names `*` stands for anything. Three scopes nest: a
condition on the finding needs a finding, one on the segment needs a segment,
and the others are settled by the exchange alone. `count`, `density` and
`together` look at all findings that the other conditions hold for.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fnmatch import fnmatchcase
from typing import Any, Final

from ..values import Direction, Exchange, Finding, Level, Segment
from .windows import Window, region

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip

LABEL: Final = "label"
"""The category of findings that say what a whole text is: banners, markings, sensitivity labels."""


class Scope(IntEnum):
    """What a condition has to look at."""

    EXCHANGE = 0
    SEGMENT = 1
    FINDING = 2


EXCHANGE_FIELDS: Final = (
    "direction", "actor", "group", "session", "destination", "self_hosted", "region", "model", "client", "source",
    "during",
)  # fmt: skip
FINDING_FIELDS: Final = ("level", "entity", "category", "rule", "score", "count", "density", "together")
TOGETHER: Final = frozenset({"count", "density", "together"})
"""What is asked of all findings of a side of an exchange, not of one."""

_SCOPES: Final[dict[str, Scope]] = {
    **dict.fromkeys(EXCHANGE_FIELDS, Scope.EXCHANGE),
    **dict.fromkeys(("role", "kind", "area"), Scope.SEGMENT),
    **dict.fromkeys(FINDING_FIELDS, Scope.FINDING),
}


@dataclass(frozen=True, slots=True)
class Conditions:
    """One `when` or `unless`. None: not asked for. `score`, `count` and `density` are an operator and a bound.

    `count` is of different values; `density` of findings a 1,000 code points
    of the texts they stand in; of `together` a value of each entity is there.
    """

    scope: Scope = Scope.EXCHANGE
    direction: Direction | None = None
    actor: tuple[str, ...] | None = None
    group: tuple[str, ...] | None = None
    session: tuple[str, ...] | None = None
    destination: tuple[str, ...] | None = None
    self_hosted: bool | None = None
    region: tuple[str, ...] | None = None
    model: tuple[str, ...] | None = None
    client: tuple[str, ...] | None = None
    source: str | None = None
    during: Window | None = None
    role: frozenset[str] | None = None
    kind: frozenset[str] | None = None
    area: frozenset[str] | None = None
    level: frozenset[Level] | None = None
    entity: tuple[str, ...] | None = None
    category: tuple[str, ...] | None = None
    rule: tuple[str, ...] | None = None
    score: tuple[str, float] | None = None
    count: tuple[str, float] | None = None
    density: tuple[str, float] | None = None
    together: tuple[str, ...] | None = None

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Conditions:
        """From a mapping that fits the schema; ValueError for a time zone that nobody knows."""
        given: dict[str, Any] = {}
        for key, value in written.items():
            match key:
                case "direction":
                    given[key] = Direction(value)
                case "self_hosted" | "source":
                    given[key] = value
                case "during":
                    given[key] = Window.read(value)
                case "level":
                    given[key] = _levels(value)
                case "score" | "count" | "density":
                    given[key] = _compared(value)
                case "role" | "kind" | "area":
                    given[key] = frozenset(_several(value))
                case _:
                    given[key] = _several(value)
        return cls(scope=max((_SCOPES[key] for key in written), default=Scope.EXCHANGE), **given)

    def of_exchange(self, exchange: Exchange, direction: Direction, *, every: bool = False) -> bool:
        """Whether the conditions on the exchange hold. An LLM that is not known fits no name.

        Of several LLMs one has to fit, or with `every` all: what frees from a rule has to hold whichever answers.
        """
        route, actor = exchange.route, exchange.actor
        llms = exchange.others if route.model is None else (route.model, *exchange.others)
        return (
            (self.direction is None or self.direction is direction)
            and (self.self_hosted is None or self.self_hosted is route.self_hosted)
            and _named(self.actor, actor.name)
            and _named(self.group, *actor.groups)
            and _named(self.session, exchange.session)
            and _named(self.destination, route.endpoint, route.provider, route.host)
            and (self.region is None or _named(self.region, region(route.host)))
            and (_named(self.model, *llms) if not every else all(_named(self.model, llm) for llm in llms or ("",)))
            and _named(self.client, exchange.client)
            and (self.source is None or self.source == exchange.source)
            and (self.during is None or self.during.holds(exchange.at))
        )

    def of_segment(self, segment: Segment) -> bool:
        """Whether the conditions on the segment hold."""
        return (
            (self.role is None or segment.role.value in self.role)
            and (self.kind is None or segment.kind.value in self.kind)
            and (self.area is None or segment.location.area.value in self.area)
        )

    def of_findings(self, found: Sequence[tuple[Finding, Segment]]) -> bool:
        """Whether the conditions on all findings together hold, of those that the other conditions hold for."""
        if self.count is not None and not _holds(self.count, len({finding.fingerprint for finding, _ in found})):
            return False
        if self.density is not None:
            read = sum(len(text) for text in {segment.location: segment.text for _, segment in found}.values())
            if not _holds(self.density, 1000 * len(found) / max(read, 1)):
                return False
        return self.together is None or all(
            any(fnmatchcase(finding.entity, wanted) for finding, _ in found) for wanted in self.together
        )

    @property
    def asks_of_segment(self) -> bool:
        """Whether it asks for anything of a segment."""
        return (self.role, self.kind, self.area) != (None, None, None)

    @property
    def asks_of_finding(self) -> bool:
        """Whether it asks for anything of a finding."""
        return self.scope is Scope.FINDING

    @property
    def sums_up(self) -> bool:
        """Whether it asks for anything of all findings together."""
        return (self.count, self.density, self.together) != (None, None, None)

    def of_finding(self, finding: Finding) -> bool:
        """Whether the conditions on the finding hold; its level is the policy's own."""
        return (
            (self.level is None or finding.level in self.level)
            and (self.score is None or _holds(self.score, finding.score))
            and _named(self.entity, finding.entity)
            and _named(self.together, finding.entity)
            and _named(self.category, finding.category)
            and _named(self.rule, finding.rule_id)
        )


def _named(patterns: tuple[str, ...] | None, *names: str) -> bool:
    return patterns is None or any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def _holds(compared: tuple[str, float], value: float) -> bool:
    return bool(_COMPARE[compared[0]](value, compared[1]))


def _several(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _compared(text: str) -> tuple[str, float]:
    sign = text[:2] if text[:2] in _COMPARE else text[:1]
    return sign, float(text[len(sign) :])


def _levels(value: str | list[str]) -> frozenset[Level]:
    if isinstance(value, str) and value[0] in "<>":
        sign = value[:2] if value[:2] in _COMPARE else value[:1]
        bound = Level.parse(value[len(sign) :].strip())
        return frozenset(level for level in Level if _COMPARE[sign](level, bound))
    return frozenset(map(Level.parse, _several(value)))
