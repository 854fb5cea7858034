"""What a rule asks for: the fields of `when` and `unless`.

Every field that is given has to hold; a field with several values holds if
one of them does. In names `*` stands for anything. Three scopes nest: a
condition on the finding needs a finding, one on the segment needs a segment,
and the others are settled by the exchange alone.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from fnmatch import fnmatchcase
from typing import Any, Final

from ..values import Direction, Exchange, Finding, Level, Segment

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip


class Scope(IntEnum):
    """What a condition has to look at."""

    EXCHANGE = 0
    SEGMENT = 1
    FINDING = 2


_SCOPES: Final[dict[str, Scope]] = {
    **dict.fromkeys(("direction", "actor", "group", "destination", "self_hosted", "model"), Scope.EXCHANGE),
    **dict.fromkeys(("role", "kind", "area"), Scope.SEGMENT),
    **dict.fromkeys(("level", "entity", "category", "rule", "score"), Scope.FINDING),
}


@dataclass(frozen=True, slots=True)
class Conditions:
    """One `when` or `unless`. None: not asked for. `score` is an operator and a bound."""

    scope: Scope = Scope.EXCHANGE
    direction: Direction | None = None
    actor: tuple[str, ...] | None = None
    group: tuple[str, ...] | None = None
    destination: tuple[str, ...] | None = None
    self_hosted: bool | None = None
    model: tuple[str, ...] | None = None
    role: frozenset[str] | None = None
    kind: frozenset[str] | None = None
    area: frozenset[str] | None = None
    level: frozenset[Level] | None = None
    entity: tuple[str, ...] | None = None
    category: tuple[str, ...] | None = None
    rule: tuple[str, ...] | None = None
    score: tuple[str, float] | None = None

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Conditions:
        """From a mapping that fits the schema."""
        given: dict[str, Any] = {}
        for key, value in written.items():
            match key:
                case "direction":
                    given[key] = Direction(value)
                case "self_hosted":
                    given[key] = value
                case "level":
                    given[key] = _levels(value)
                case "score":
                    given[key] = _compared(value)
                case "role" | "kind" | "area":
                    given[key] = frozenset(_several(value))
                case _:
                    given[key] = _several(value)
        return cls(scope=max((_SCOPES[key] for key in written), default=Scope.EXCHANGE), **given)

    def of_exchange(self, exchange: Exchange, direction: Direction) -> bool:
        """Whether the conditions on the exchange hold. An LLM that is not known fits no name."""
        route, actor = exchange.route, exchange.actor
        return (
            (self.direction is None or self.direction is direction)
            and (self.self_hosted is None or self.self_hosted is route.self_hosted)
            and _named(self.actor, actor.name)
            and _named(self.group, *actor.groups)
            and _named(self.destination, route.endpoint, route.provider, route.host)
            and _named(self.model, *(() if route.model is None else (route.model,)))
        )

    def of_segment(self, segment: Segment) -> bool:
        """Whether the conditions on the segment hold."""
        return (
            (self.role is None or segment.role.value in self.role)
            and (self.kind is None or segment.kind.value in self.kind)
            and (self.area is None or segment.location.area.value in self.area)
        )

    def of_finding(self, finding: Finding) -> bool:
        """Whether the conditions on the finding hold; its level is the policy's own."""
        return (
            (self.level is None or finding.level in self.level)
            and (self.score is None or _COMPARE[self.score[0]](finding.score, self.score[1]))
            and _named(self.entity, finding.entity)
            and _named(self.category, finding.category)
            and _named(self.rule, finding.rule_id)
        )


def _named(patterns: tuple[str, ...] | None, *names: str) -> bool:
    return patterns is None or any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


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
