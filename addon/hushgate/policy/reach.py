"""How far a policy's conditions reach: which of the values that can be found, which of the places there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from typing import Final

from ..values import Finding, Level, Location
from .conditions import LABEL, TOGETHER, Conditions
from .rules import RuleSet
from .windows import region

_NAMES: Final = frozenset({"actor", "group", "session", "destination", "region", "model", "client", "rule", "together"})
_OF_FINDINGS: Final = frozenset({"level", "entity", "category", "rule"})
ELSEWHERE: Final = ("name-", "catalog-", "column-", "recognizer-")
"""How the ids of rules begin that stand in no file."""

_MORE: Final = frozenset({">", ">="})


@dataclass(frozen=True, slots=True)
class Place:
    """An endpoint and one of its hosts, which may be `*.name`."""

    endpoint: str
    provider: str
    host: str
    self_hosted: bool

    def may_be(self, asked: Conditions) -> bool:
        """Whether an exchange with this place may be one that is asked for."""
        wild = self.host.startswith("*.")
        return (
            (asked.self_hosted is None or asked.self_hosted is self.self_hosted)
            and (asked.destination is None or any(self.named(one) for one in asked.destination))
            and (asked.region is None or wild or any(fnmatchcase(region(self.host), one) for one in asked.region))
        )

    def named(self, pattern: str) -> bool:
        """Whether a `destination` means it, or may mean a host of it."""
        return any(fnmatchcase(name, pattern) for name in (self.endpoint, self.provider, self.host)) or (
            self.host.startswith("*.") and fnmatchcase(pattern, self.host)
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What there is that a policy may speak of; None: nobody can tell, so nothing is said of it.

    `found`: each kind of value as (entity, category, level, rule), its level the detection rule's own.
    """

    found: frozenset[tuple[str, str, Level, str]] | None = None
    places: tuple[Place, ...] | None = None
    actors: frozenset[str] | None = None
    groups: frozenset[str] | None = None

    @property
    def names(self) -> Mapping[str, frozenset[str]]:
        """Every name that conditions may hold, by the condition, as far as they are known."""
        names = {"group": self.groups, "actor": self.actors}
        for place, key in enumerate(("entity", "category", "", "rule")):
            if self.found is not None and key:
                names[key] = frozenset(str(found[place]) for found in self.found)
        return {key: known for key, known in names.items() if known is not None}


@dataclass(slots=True)
class Reach:
    """Answers for one policy, whose levels and combinations count."""

    known: Known
    findings: tuple[Finding, ...]
    _reached: dict[Conditions, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, ruleset: RuleSet, known: Known) -> Reach:
        """All that can be found, at each level that the policy may give it."""
        found: dict[tuple[str, str, Level, str], None] = {}
        for entity, category, own, rule in sorted(known.found or ()):
            level = ruleset.levels.get(entity, own)
            found[entity, category, level, rule] = None
            for combination in ruleset.combinations:
                if combination.level > level and any(fnmatchcase(entity, one) for one in combination.entities):
                    found[entity, category, combination.level, rule] = None
        made = (Finding(Location(), 0, 0, e, c, level, 1.0, rule, "", "") for e, c, level, rule in found)
        return cls(known, tuple(made))

    def reached(self, asked: Conditions) -> frozenset[int]:
        """Which of the findings can be ones that are asked for; whatever its score."""
        if asked not in self._reached:
            wanted = replace(Conditions(), **{name: getattr(asked, name) for name in (*_OF_FINDINGS, "together")})
            if any(one.startswith(ELSEWHERE) for one in asked.rule or ()):
                wanted = replace(wanted, rule=None)
            reached = frozenset(n for n, finding in enumerate(self.findings) if wanted.of_finding(finding))
            for one in asked.together or ():
                if not any(fnmatchcase(self.findings[n].entity, one) for n in reached):
                    reached = frozenset()  # The others wait for one that never comes.
            self._reached[asked] = reached
        return self._reached[asked]

    def labels(self, reached: Iterable[int]) -> frozenset[int]:
        """Those of them that are labels."""
        return frozenset(n for n in reached if self.findings[n].category == LABEL)

    def apart(self, one: Conditions, other: Conditions) -> bool:
        """Whether the two surely never hold together."""
        for name in ("direction", "self_hosted", "source"):
            left, right = getattr(one, name), getattr(other, name)
            if left is not None and right is not None and left is not right and left != right:
                return True
        for name in ("role", "kind", "area"):
            left, right = getattr(one, name), getattr(other, name)
            if left is not None and right is not None and left.isdisjoint(right):
                return True
        named = one.destination is not None and other.destination is not None
        if self.known.places is not None and named:
            return not any(place.may_be(one) and place.may_be(other) for place in self.known.places)
        asks = one.asks_of_finding and other.asks_of_finding
        return asks and self.known.found is not None and self.reached(one).isdisjoint(self.reached(other))

    def covers(self, wide: Conditions, narrow: Conditions, *, of_finding: bool = False, masks: bool = False) -> bool:
        """Whether `wide` surely holds wherever `narrow` does.

        `of_finding`: of findings alone, whatever `narrow` asks for. `masks`: what is wide masks, so no label is meant.
        """
        together = _OF_FINDINGS if self.known.found is not None else frozenset[str]()
        if not all(
            _covers(each.name, getattr(wide, each.name), getattr(narrow, each.name))
            for each in fields(Conditions)
            if each.name != "scope" and each.name not in together
        ):
            return False
        if not together:
            return not masks or narrow.category != (LABEL,)
        asks = any(getattr(wide, name) is not None for name in _OF_FINDINGS)
        if not asks and not masks:
            return True
        reached = self.reached(narrow)
        if masks:
            reached -= self.labels(reached)
        return (of_finding or narrow.asks_of_finding) and bool(reached) and reached <= self.reached(wide)


def _covers(name: str, wide: object, narrow: object) -> bool:
    if wide is None or wide == narrow:
        return True
    if narrow is None:
        return name == "level" and wide == frozenset(Level)
    if name in TOGETHER:
        return False
    if name == "score":
        return _implied(wide, narrow)
    if isinstance(wide, frozenset) and isinstance(narrow, frozenset):
        return wide >= narrow
    if name in (_NAMES | _OF_FINDINGS) and isinstance(wide, tuple) and isinstance(narrow, tuple):
        return all(any(fnmatchcase(one, pattern) for pattern in wide) for one in narrow)
    return False


def _implied(wide: object, narrow: object) -> bool:
    """Whether one comparison holds wherever the other does."""
    assert isinstance(wide, tuple) and isinstance(narrow, tuple)  # noqa: S101  as `Conditions` has it
    (sign, bound), (other, least) = wide, narrow
    if (sign in _MORE) is not (other in _MORE):
        return False
    if bound == least:
        return len(sign) == 2 or sign == other
    return bool(bound < least if sign in _MORE else bound > least)


def possible(compared: tuple[str, float] | None, low: float, high: float = float("inf")) -> bool:
    """Whether any number from `low` to `high` is what a comparison asks for."""
    if compared is None:
        return True
    sign, bound = compared
    if sign in _MORE:
        return high > bound or (sign == ">=" and high == bound)
    return low < bound or (sign == "<=" and low == bound)


def missing(asked: Sequence[str] | None, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the patterns that no name fits."""
    there = tuple(names)
    return tuple(one for one in asked or () if not any(fnmatchcase(name, one) for name in there))
