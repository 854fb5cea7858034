"""What a recognizer reports, before it is tied to a place in an exchange."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hushgate.values import Finding, Level, Location, Origin


@dataclass(frozen=True, slots=True)
class Hit:
    """A sensitive span of one text: code points, half-open; never the text itself.

    `layer` is "" for plain text, else the encodings, outermost first, joined
    by ">". `fingerprint` is of the inner, decoded value. `origin`: what it is
    known from, where that is no rule. `least`: the level of other knowledge
    of the same span, which this hit stands for.
    """

    start: int
    end: int
    entity: str
    category: str
    level: Level
    score: float
    rule_id: str
    layer: str
    fingerprint: str
    origin: Origin | None = None
    least: Level = Level.PUBLIC

    def moved(self, start: int, end: int, layer: str | None = None) -> Hit:
        """The same hit at another place (and in another layer)."""
        return Hit(
            start,
            end,
            self.entity,
            self.category,
            self.level,
            self.score,
            self.rule_id,
            self.layer if layer is None else layer,
            self.fingerprint,
            self.origin,
            self.least,
        )

    def at(self, location: Location) -> Finding:
        """The finding it is at a place."""
        return Finding(
            location,
            self.start,
            self.end,
            self.entity,
            self.category,
            self.level,
            self.score,
            self.rule_id,
            self.layer,
            self.fingerprint,
            self.origin,
            self.least,
        )


def level_of(hits: Iterable[Hit]) -> Level:
    """The highest level among the hits; PUBLIC where there are none."""
    return max((hit.level for hit in hits), default=Level.PUBLIC)
