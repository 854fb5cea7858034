"""What is seen of known records in a text and is no finding yet: it may be one beside others of its record.

Sightings are kept with a text's verdict, and say nothing of other texts. What they come to, all texts of a prompt
(or of a reply) together, is asked anew each time: of a `Company`, which `Records` open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol, runtime_checkable

from hushgate.detect.hit import Hit

type Rows = tuple[int, int]
"""Rows of a file that hold one value: the first, and the one behind the last. They tell of which records it is."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A value of records at a place in a text (code points, half-open; `layer` as a hit has it); never the text.

    `file` names the file by its salt. `inside`: of a longer value, that it is a part of.
    """

    start: int
    end: int
    layer: str
    fingerprint: str
    file: str
    rows: Rows
    inside: Rows | None = None

    def moved(self, start: int, end: int, layer: str | None = None) -> Sighting:
        """The same at another place (and in another layer)."""
        return replace(self, start=start, end=end, layer=self.layer if layer is None else layer)


def sighting_of(raw: Sequence[Any]) -> Sighting:
    """One that came as JSON."""
    start, end, layer, fingerprint, file, rows, inside = raw
    return Sighting(start, end, layer, fingerprint, file, tuple(rows), None if inside is None else tuple(inside))


class Seen(NamedTuple):
    """What stands in one text."""

    hits: tuple[Hit, ...] = ()
    sightings: tuple[Sighting, ...] = ()


NOTHING = Seen()


class Company(Protocol):
    """What was seen so far of one prompt, or of one reply."""

    def add(self, sightings: Iterable[Sighting]) -> None:
        """Values were seen. Unscannable where they are of a file that is not in force, or too many."""
        ...

    def raised(self, sightings: Iterable[Sighting]) -> list[Hit]:
        """Those of the sightings, by themselves and with all that was added, that count more than alone."""
        ...


@runtime_checkable
class Records(Protocol):
    """Something that knows whole records."""

    def look(self, texts: Sequence[str]) -> Sequence[Seen]:
        """What each text holds: hits, as far as values count alone, and sightings."""
        ...

    def company(self) -> Company:
        """A new one, in which nothing was seen."""
        ...
