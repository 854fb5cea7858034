"""Values that say more together than alone: "a name and an account's number in one prompt is regulated".

combinations:
  - entities: [PERSON, IBAN_CODE]
    level: regulated
    within: segment                   # or exchange, which is meant where nothing is said
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import groupby
from typing import Any, Final

from ..values import Finding, Level, Location

BESIDE: Final = "catalog-together"
"""The rule of a record's values that stand together."""


@dataclass(frozen=True, slots=True)
class Combination:
    """Entities, and the level that each of them has where all are there."""

    entities: tuple[str, ...]
    level: Level
    by_segment: bool

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Combination:
        """From a mapping that fits the schema."""
        return cls(
            tuple(written["entities"]), Level.parse(written["level"]), written.get("within", "exchange") == "segment"
        )

    def _means(self, entity: str) -> bool:
        return any(fnmatchcase(entity, wanted) for wanted in self.entities)

    def _complete(self, entities: set[str]) -> bool:
        return all(any(fnmatchcase(entity, wanted) for entity in entities) for wanted in self.entities)

    def raised(self, findings: Sequence[Finding]) -> list[Finding]:
        """The same findings, at no lower level, in the same order."""
        if not self.by_segment:
            here = self._complete({finding.entity for finding in findings})
            complete: set[Location] | None = None if here else set()
        else:
            ordered = sorted(findings, key=lambda finding: str(finding.location))
            complete = {
                location
                for location, found in groupby(ordered, key=lambda finding: finding.location)
                if self._complete({finding.entity for finding in found})
            }
        return [
            replace(finding, level=self.level)
            if finding.level < self.level
            and self._means(finding.entity)
            and (complete is None or finding.location in complete)
            else finding
            for finding in findings
        ]


def _level(finding: Finding, levels: Mapping[str, Level]) -> Level:
    level = max(levels.get(finding.entity, finding.level), finding.least)
    return max(level, finding.level) if finding.rule_id == BESIDE else level


def levelled(
    found: Sequence[Finding], levels: Mapping[str, Level], combinations: Iterable[Combination]
) -> Sequence[Finding]:
    """Findings at the levels that a policy gives their entities, raised by its combinations.

    What a value is beside others of its record is no level of its entity's: nothing lowers that, nor what it is known
    as from a catalog under the name of another entity.
    """
    if levels:
        found = [f if (level := _level(f, levels)) is f.level else replace(f, level=level) for f in found]
    for combination in combinations:
        found = combination.raised(found)
    return found
