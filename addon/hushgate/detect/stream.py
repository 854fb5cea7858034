"""Patterns over a text that arrives in pieces: what is released no longer can be part of a match.

Held back are the run of characters at the end that no white space parts (nor a
letter of a script written without), a value that is under way across these
(digit groups, an open quote, a PEM block), and a value whose context may still
follow. So the hits are those of the whole text,
however it was cut, with these bounds:

- at most `HOLD` code points are held; a longer value is released in parts,
  each with its own hit, for as long as its beginning is remembered (`MEMORY`);
- `BEHIND` code points of released text are kept as context: a rule's keyword
  or trigger must stand within them, or in what is held.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hushgate.detect.hit import Hit
from hushgate.errors import Unscannable

if TYPE_CHECKING:
    from hushgate.detect.patterns import Patterns

HOLD: Final = 4096
BEHIND: Final = 256
MEMORY: Final = 64 * 1024
_LAST: Final = 512
_UNSPACED: Final = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
"""Kana and ideographs: they are written without spaces, and part words as spaces do."""


@dataclass(frozen=True, slots=True)
class Released:
    """Text that may go on, and the hits in it (offsets into this text)."""

    text: str = field(default="", repr=False)
    hits: tuple[Hit, ...] = ()


_NOTHING: Final = Released()


class StreamScanner:
    """One channel's scanner. Concatenated `Released.text` is the concatenated input.

    Raises Unscannable where a rule fails; nothing is released from then on.
    `counts` says which hits are told.
    """

    __slots__ = ("_counts", "_failed", "_head", "_patterns", "_tail")

    def __init__(self, patterns: Patterns, counts: Callable[[Hit], bool] | None = None) -> None:
        self._patterns = patterns
        self._counts = counts
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
        if not cut and not forced:
            return _NOTHING
        behind = len(self._head)
        window = self._head + tail
        if not last:
            under_way = self._patterns.under_way(window)
            cut = min(cut, max(0, under_way - behind))
            if not cut and not forced:
                return _NOTHING
        self._failed = True
        verdict = self._patterns.scan([window])[0]
        if verdict.faults:
            raise Unscannable(f"{verdict.faults[0].where}: {verdict.faults[0].reason}")
        self._failed = False
        found = verdict.hits if self._counts is None else tuple(filter(self._counts, verdict.hits))
        spans = [(max(0, h.start - behind), h.end - behind, h) for h in found if h.end > behind]
        if not last:
            if verdict.open_from is not None:
                cut = min(cut, max(0, verdict.open_from - behind))
            cut = _before_values(cut, spans)
        if forced and len(tail) - cut > HOLD:
            cut = len(tail) - _LAST
        if not cut:
            return _NOTHING
        hits = tuple(hit.moved(start, min(end, cut)) for start, end, hit in spans if start < cut)
        crossing = [hit.start for _, end, hit in spans if end >= cut and hit.start < behind + cut]
        keep = behind + cut - BEHIND
        if crossing:
            keep = min(keep, min(crossing))
        keep = max(0, keep, behind + cut - MEMORY)
        self._head = window[keep : behind + cut]
        self._tail = tail[cut:]
        return Released(tail[:cut], hits)


def _after_space(text: str) -> int:
    """Where the run at the end begins that no white space parts, nor a letter of a script that has none."""
    if text[-1].isspace():
        return len(text)
    run = text.rsplit(maxsplit=1)[-1]
    return len(text) - len(run if run.isascii() else _UNSPACED.split(run)[-1])


def _before_values(cut: int, spans: list[tuple[int, int, Hit]]) -> int:
    moved = True
    while moved:
        moved = False
        for start, end, _ in spans:
            if start < cut < end:
                cut, moved = start, True
    return cut
