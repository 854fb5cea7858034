"""Findings beside labels: what is right, what is wrong, and what was not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.labelled import BESIDE, FAMILIES, Text

type Row = dict[str, float | int | None]


@dataclass(frozen=True, slots=True)
class Found:
    """One finding, as `hushgate scan` tells it; another tool has no rule."""

    start: int
    end: int
    entity: str
    rule: str = ""


@dataclass(slots=True)
class Count:
    """Right ones, wrong ones, and those that were not seen."""

    right: int = 0
    wrong: int = 0
    hit: int = 0
    missed: int = 0

    def row(self) -> Row:
        precision = self.right / (self.right + self.wrong) if self.right + self.wrong else None
        recall = self.hit / (self.hit + self.missed) if self.hit + self.missed else None
        both = precision is not None and recall is not None and precision + recall
        f1 = 2 * precision * recall / (precision + recall) if both and precision is not None and recall else None
        return {"labels": self.hit + self.missed, "precision": precision, "recall": recall, "f1": f1}


def entities(texts: Sequence[Text], found: Sequence[Sequence[Found]]) -> dict[str, Count]:
    """Each family of entities: a finding is right that meets a label of it, a label is hit that a finding meets."""
    counts = {name: Count() for name in FAMILIES}
    for one, hits in zip(texts, found, strict=True):
        for name, labels in FAMILIES.items():
            mine = [span for span in one.spans if span.label in labels]
            near = [span for span in one.spans if span.label in labels | BESIDE.get(name, frozenset())]
            said = [hit for hit in hits if hit.entity == name]
            count = counts[name]
            for hit in said:
                right = any(span.meets(hit.start, hit.end) for span in near)
                count.right += right
                count.wrong += not right
            for span in mine:
                seen = any(span.meets(hit.start, hit.end) for hit in said)
                count.hit += seen
                count.missed += not seen
    return counts


def told_of(counts: Mapping[str, Count]) -> dict[str, Row]:
    """Those of the families that there is something to say of."""
    return {name: c.row() for name, c in counts.items() if c.right + c.wrong + c.hit + c.missed}
