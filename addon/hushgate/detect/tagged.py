"""A name that a tagger tells of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Tagged:
    """Code points of its text; PERSON or LOCATION; the score from 0 to 1."""

    start: int
    end: int
    label: str
    score: float

    def moved(self, by: int) -> Tagged:
        """The same, in a text that begins `by` code points before."""
        return replace(self, start=self.start + by, end=self.end + by)


def united(text: str, found: Iterable[Tagged]) -> list[Tagged]:
    """By start, with a letter or a digit at both ends; of one label those that overlap are one, from end to end."""
    out: list[Tagged] = []
    last: dict[str, int] = {}
    trimmed = (_trimmed(text, each) for each in found)
    for one in sorted((each for each in trimmed if each.start < each.end), key=lambda one: one.start):
        n = last.get(one.label)
        if n is not None and one.start < out[n].end:
            out[n] = replace(out[n], end=max(out[n].end, one.end), score=max(out[n].score, one.score))
        else:
            last[one.label] = len(out)
            out.append(one)
    return out


def _trimmed(text: str, one: Tagged) -> Tagged:
    start, end = one.start, one.end
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return replace(one, start=start, end=end)
