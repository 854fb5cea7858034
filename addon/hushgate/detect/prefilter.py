"""One cheap pass that says which rules can match at all, and where.

The pass looks for literals with one Aho-Corasick automaton (Aho and Corasick
1975): the keywords that rules name, and literals that a rule's pattern cannot
match without. It has no states to build while it runs, so its cost does not
depend on the text, unlike that of one automaton for all patterns: 0.05 MB/s
on lock files, against 250 MB/s. A rule with literals of its own is looked for
in windows round them, any other in the whole text, where the digits and runs
that it needs are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from hushgate.detect.compiled import Ready, compile_pattern
from hushgate.detect.literals import Literal, required
from hushgate.detect.page import Page

_DIGITS: Final = b"0123456789"
_RUNS: Final = tuple((size, compile_pattern(f"[A-Za-z0-9+/_-]{{{size}}}", capture=False)) for size in (14, 20, 32, 44))

type Window = tuple[int, int]
"""Bytes of a page, half-open; a match lies within."""


@dataclass(frozen=True, slots=True)
class _Need:
    """What a page must hold for a rule. `spoken` and `literals` are numbers of literals, one of which is enough."""

    index: int
    digits: int
    run: int
    signs: tuple[bytes, ...]
    spoken: frozenset[int]
    literals: tuple[tuple[int, Literal], ...]


@dataclass(slots=True)
class _Seen:
    """What one page holds, counted when it is first asked for."""

    data: bytes
    _digits: int = -1
    _run: int = -1
    places: dict[int, list[int]] = field(default_factory=dict)

    def digits(self) -> int:
        if self._digits < 0:
            self._digits = len(self.data) - len(self.data.translate(None, _DIGITS))
        return self._digits

    def run(self) -> int:
        """A lower bound for the longest run is not enough: the least size that no run has, less one."""
        if self._run < 0:
            self._run = next((size - 1 for size, found in _RUNS if found.search(self.data) is None), len(self.data))
        return self._run


class Prefilter:
    """Built once from the compiled rules."""

    __slots__ = ("_always", "_automaton", "_needs", "_wanting")

    def __init__(self, rules: Sequence[Ready]) -> None:
        numbers: dict[bytes, int] = {}
        needs: list[_Need] = []
        for index, each in enumerate(rules):
            literals = required(each.rule.pattern)
            signs = tuple(word for word in each.keywords if len(word) == 1)
            needs.append(
                _Need(
                    index,
                    each.digits,
                    each.run if each.run >= _RUNS[0][0] else 0,
                    signs,
                    frozenset(numbers.setdefault(w, len(numbers)) for w in each.keywords if len(w) > 1),
                    tuple((numbers.setdefault(x.text, len(numbers)), x) for x in literals),
                )
            )
        self._needs = tuple(needs)
        # A rule is looked at where a literal or keyword of its own was seen; the others always.
        self._always = tuple(n for n in needs if not n.literals and (n.signs or not n.spoken))
        wanting: dict[int, list[_Need]] = {}
        for need in needs:
            if need.literals or (need.spoken and not need.signs):
                for number in {number for number, _ in need.literals} or need.spoken:
                    wanting.setdefault(number, []).append(need)
        self._wanting = {number: tuple(found) for number, found in wanting.items()}
        self._automaton = BytesAhoCorasick(list(numbers) or [b"\0"], implementation=Implementation.DFA)

    def __call__(self, page: Page) -> dict[int, list[Window]]:
        """Rules by index, with the windows to look in, in order."""
        data = page.data
        seen = _Seen(data)
        places = seen.places
        for number, start, _ in self._automaton.find_matches_as_indexes(page.lower, overlapping=True):
            found = places.get(number)
            if found is None:
                places[number] = [start]
            else:
                found.append(start)
        windows: dict[int, list[Window]] = {}
        for need in self._always:
            if _met(need, seen):
                windows[need.index] = [(0, len(data))]
        for number in places:
            for need in self._wanting.get(number, ()):
                if need.index not in windows and _met(need, seen):
                    windows[need.index] = _round(need.literals, places, len(data))
        return windows


def _met(need: _Need, seen: _Seen) -> bool:
    """Whether the page holds what the rule needs, cheapest question first."""
    if (need.spoken or need.signs) and not (
        any(number in seen.places for number in need.spoken) or any(sign in seen.data for sign in need.signs)
    ):
        return False
    return seen.digits() >= need.digits and (not need.run or seen.run() >= need.run)


def _round(literals: Iterable[tuple[int, Literal]], places: dict[int, list[int]], size: int) -> list[Window]:
    """Windows round the literals that were seen, those that touch made one."""
    spans: list[Window] = []
    for number, literal in literals:
        before, after = literal.before, literal.after
        for at in places.get(number, ()):
            spans.append(
                (0 if before is None else max(0, at - before), size if after is None else min(size, at + after))
            )
            if before is None and after is None:
                break
    if not spans:
        return [(0, size)]
    spans.sort()
    out = [spans[0]]
    for low, high in spans[1:]:
        if low <= out[-1][1]:
            if high > out[-1][1]:
                out[-1] = (out[-1][0], high)
        else:
            out.append((low, high))
    return out
