"""Patterns over a text that arrives in pieces: what is released no longer can be part of a match.

Held back are the run of characters at the end that no white space parts (nor a
letter of a script written without), a value that is under way across these
(digit groups, an open quote, a PEM block), and a value whose context may still
follow. Of such runs one kind goes at once: a word of everyday text that leads
to no value (`early`). Where one turns out to be the beginning of a value, the
hit begins behind it, whether the word has gone already or not. But for that the
hits are those of the whole text, however it was cut, with these bounds:

- at most `HOLD` code points are held; a longer value is released in parts,
  each with its own hit, for as long as its beginning is remembered (`MEMORY`);
- `BEHIND` code points of released text are kept as context: a rule's keyword
  or trigger must stand within them, or in what is held.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from hushgate.detect.hit import Hit
from hushgate.detect.merge import merged
from hushgate.detect.sighting import Company, Sighting
from hushgate.errors import Unscannable

if TYPE_CHECKING:
    from hushgate.detect.patterns import Patterns

HOLD: Final = 4096
BEHIND: Final = 256
MEMORY: Final = 64 * 1024
_LAST: Final = 512
_SEEN: Final = 1024
"""Code points before a word's end that say whether it went."""
_UNSPACED: Final = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
"""Kana and ideographs: they are written without spaces, and part words as spaces do."""


@dataclass(frozen=True, slots=True)
class Released:
    """Text that may go on, and the hits in it (offsets into this text)."""

    text: str = field(default="", repr=False)
    hits: tuple[Hit, ...] = ()


_NOTHING: Final = Released()


class Streams(Protocol):
    """Opens scanners, of structural strings where `opaque` is said."""

    def __call__(self, *, opaque: bool = False) -> StreamScanner: ...


class StreamScanner:
    """One channel's scanner. Concatenated `Released.text` is the concatenated input.

    Raises Unscannable where a rule fails; nothing is released from then on.
    `counts` says which hits are told. `company` is what was released before, of
    all channels that have it: values of a record that stand in it count with
    what comes, which is too late for themselves.
    """

    __slots__ = ("_company", "_counts", "_early", "_failed", "_head", "_patterns", "_tail")

    def __init__(
        self, patterns: Patterns, counts: Callable[[Hit], bool] | None = None, company: Company | None = None
    ) -> None:
        self._patterns = patterns
        self._counts = counts
        self._company = company
        self._early = counts is None
        self._head = ""
        self._tail = ""
        self._failed = False

    @property
    def held(self) -> int:
        """Code points held back."""
        return len(self._tail)

    def feed(self, text: str) -> Released:
        """Take a piece, release what is settled."""
        self._tail += text
        if not text or not self._tail:
            return _NOTHING
        return self._release(_after_space(self._tail), last=False)

    def flush(self) -> Released:
        """The end of the text: release the rest."""
        return self._release(len(self._tail), last=True) if self._tail else _NOTHING

    def _release(self, cut: int, *, last: bool) -> Released:
        if self._failed:
            raise Unscannable("the stream could not be judged")
        tail = self._tail
        forced = not last and len(tail) > HOLD
        window = self._head + tail
        behind = len(self._head)
        early = not last and cut < len(tail) and self._early and self._patterns.early(window)
        if not cut and not forced and not early:
            return _NOTHING
        self._failed = True
        run = behind + cut if last else _after_space(window)
        settled = self._settled(window, run, early=early, last=last, unless=-1 if forced else behind)
        if settled is None:
            self._failed = False
            return _NOTHING
        end, hits, sightings = settled
        cut = max(0, end - behind)
        if forced and len(tail) - cut > HOLD:
            cut = len(tail) - _LAST
        if sightings:
            hits = self._beside(hits, [one for one in sightings if one.end <= behind + cut])
        self._failed = False
        if not cut:
            return _NOTHING
        spans = [(self._begin(window, behind, hit) - behind, hit.end - behind, hit) for hit in hits if hit.end > behind]
        told = tuple(hit.moved(start, min(end, cut)) for start, end, hit in spans if start < min(end, cut))
        crossing = [hit.start for _, end, hit in spans if end >= cut and hit.start < behind + cut]
        keep = behind + cut - BEHIND
        if crossing:
            keep = min(keep, min(crossing))
        keep = max(0, keep, behind + cut - MEMORY)
        self._head = window[keep : behind + cut]
        self._tail = tail[cut:]
        return Released(tail[:cut], told)

    def _settled(
        self, window: str, run: int, *, early: bool, last: bool, unless: int = -1
    ) -> tuple[int, tuple[Hit, ...], tuple[Sighting, ...]] | None:
        """How far a text is settled, up to its last run or, `early`, to its end, and what is in it.

        None, and the text is not looked at, where that is not behind `unless`.
        """
        size = cut = len(window)
        if not last:
            under_way = self._patterns.under_way(window)
            early = early and under_way >= run  # Of what begins with the word itself, that is settled.
            cut = size if early else min(run, under_way)
            if self._patterns.known:
                cut = min(cut, _row(window))
            if cut <= unless:
                return None
        verdict = self._patterns.scan([window])[0] if last else self._patterns.scan_growing(window)
        if verdict.faults:
            raise Unscannable(f"{verdict.faults[0].where}: {verdict.faults[0].reason}")
        hits = verdict.hits if self._counts is None else tuple(filter(self._counts, verdict.hits))
        if not last:
            values: tuple[Hit | Sighting, ...] = (*hits, *verdict.sightings)
            is_open = verdict.open_from is not None and verdict.open_from < size
            if early and (is_open or any(value.end > run for value in values)):
                cut = run
            if verdict.open_from is not None:
                cut = min(cut, verdict.open_from)
            cut = _before_values(cut, values)
        return cut, hits, verdict.sightings

    def _beside(self, hits: tuple[Hit, ...], released: list[Sighting]) -> tuple[Hit, ...]:
        """The hits of a text of which values are released: those count with all that was before."""
        if self._company is None:
            return hits
        self._company.add(released)
        return merged((*hits, *self._company.raised(released)))

    def _begin(self, window: str, behind: int, hit: Hit) -> int:
        """Where a hit begins of what was not released: behind a word that went early, or would have."""
        start = max(hit.start, behind)
        for stop in self._patterns.early.stops(window, hit.start) if self._early else ():
            if start < stop < hit.end and self._went(window[max(0, stop - _SEEN) : stop]):
                return stop
        return start

    def _went(self, text: str) -> bool:
        """Whether all of a text that ends with a word would have been released."""
        if not self._patterns.early(text):
            return False
        settled = self._settled(text, _after_space(text), early=True, last=False)
        return settled is not None and settled[0] == len(text)


def _after_space(text: str) -> int:
    """Where the run at the end begins that no white space parts, nor a letter of a script that has none."""
    if text[-1].isspace():
        return len(text)
    run = text.rsplit(maxsplit=1)[-1]
    return len(text) - len(run if run.isascii() else _UNSPACED.split(run)[-1])


def _row(text: str) -> int:
    """Where a row of a table begins that may go on: it is none before its second cell."""
    start = text.rfind("\n") + 1
    return start if text[start:].lstrip().startswith("|") else len(text)


def _before_values(cut: int, hits: tuple[Hit | Sighting, ...]) -> int:
    moved = True
    while moved:
        moved = False
        for hit in hits:
            if hit.start < cut < hit.end:
                cut, moved = hit.start, True
    return cut
