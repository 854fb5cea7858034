"""One cheap pass that says which rules can match at all, and where.

The pass looks for literals with one Aho-Corasick automaton (Aho and Corasick
1975): the keywords that rules name, and literals that a rule's pattern cannot
match without. It has no states to build while it runs, so its cost does not
depend on the text, unlike that of one automaton for all patterns: 0.05 MB/s
on lock files, against 250 MB/s. A rule with literals of its own is looked for
in windows round them; any other in the whole text, where the digits and runs
that it needs are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from hushgate.detect.compiled import Ready, compile_pattern
from hushgate.detect.literals import DIGIT, FOREIGN, Literal, required
from hushgate.detect.page import Page

_DIGITS: Final = b"0123456789"
_RUNS: Final = tuple((size, compile_pattern(f"[A-Za-z0-9+/_-]{{{size}}}", capture=False)) for size in (14, 20, 32, 44))
_FOREIGN: Final = -1
_DIGIT: Final = -2
_ANY_DIGIT: Final = re.compile(rb"[0-9]")
_FEW: Final = 256
"""Digits in a text up to which a rule of digits is looked for round each; among more it is looked for everywhere."""
_NEVER: Final = 1 << 62

type Window = tuple[int, int]
"""Bytes of a page, half-open; a match lies within."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A literal by number, how far a match reaches round it, and what must stand near behind it."""

    number: int
    before: int
    after: int
    signed: Callable[[bytes, int, int], object] | None
    reach: int

    @classmethod
    def of(cls, number: int, literal: Literal) -> _Anchor:
        if literal.text == FOREIGN:
            return cls(_FOREIGN, _NEVER, _NEVER, None, 0)
        signed = re.compile(b"[" + re.escape(literal.signs) + b"]").search if literal.signs else None
        before = _NEVER if literal.before is None else literal.before
        after = _NEVER if literal.after is None else literal.after
        return cls(number, before, after, signed, literal.reach)


@dataclass(frozen=True, slots=True)
class _Need:
    """What a page must hold for a rule: digits, a run, one of the keywords, and one of the literals.

    `spoken` are keywords by number, `signs` those of one character; an empty sign is always there.
    """

    index: int
    digits: int
    run: int
    signs: tuple[bytes, ...]
    spoken: frozenset[int]
    anchors: tuple[_Anchor, ...]


class Prefilter:
    """Built once from the compiled rules."""

    __slots__ = ("_always", "_automaton", "_wanting")

    def __init__(self, rules: Sequence[Ready]) -> None:
        numbers: dict[bytes, int] = {}
        special = {DIGIT: _DIGIT, FOREIGN: _FOREIGN}
        needs: list[_Need] = []
        for index, each in enumerate(rules):
            spoken = [word for word in each.keywords if len(word) > 1]
            signs = tuple(word for word in each.keywords if len(word) == 1) or (() if spoken else (b"",))
            needs.append(
                _Need(
                    index,
                    each.digits,
                    each.run if each.run >= _RUNS[0][0] else 0,
                    signs,
                    frozenset(numbers.setdefault(word, len(numbers)) for word in spoken),
                    tuple(
                        _Anchor.of(special.get(x.text) or numbers.setdefault(x.text, len(numbers)), x)
                        for x in required(each.rule.pattern)
                    ),
                )
            )
        # A rule is looked at where a literal or keyword of its own was seen; those without any always.
        self._always = tuple(need for need in needs if not need.anchors and need.signs)
        wanting: dict[int, list[_Need]] = {}
        for need in needs:
            for number in {anchor.number for anchor in need.anchors} or (() if need.signs else need.spoken):
                wanting.setdefault(number, []).append(need)
        self._wanting = {number: tuple(found) for number, found in wanting.items()}
        self._automaton = BytesAhoCorasick(list(numbers) or [b"\0"], implementation=Implementation.DFA)

    def __call__(self, page: Page) -> dict[int, list[Window]]:
        """Rules by index, with the windows to look in, in order."""
        data, size = page.data, len(page.data)
        places: dict[int, list[int]] = {} if page.ascii else {_FOREIGN: [0]}
        for number, start, _ in self._automaton.find_matches_as_indexes(page.lower, overlapping=True):
            if number in places:
                places[number].append(start)
            else:
                places[number] = [start]
        digits = size - len(data.translate(None, _DIGITS))
        if digits:
            places[_DIGIT] = [m.start() for m in _ANY_DIGIT.finditer(data)] if digits <= _FEW else []
        run = -1
        windows: dict[int, list[Window]] = {}
        for need in chain(self._always, *[self._wanting[number] for number in places if number in self._wanting]):
            if need.digits > digits or need.index in windows:
                continue
            if need.spoken.isdisjoint(places) and not any(sign in data for sign in need.signs):
                continue
            if need.run:
                if run < 0:
                    run = _longest(data)
                if need.run > run:
                    continue
            found = _round(need.anchors, places, data) if need.anchors else [(0, size)]
            if found:
                windows[need.index] = found
        return windows


def _longest(data: bytes) -> int:
    """How long the longest run of token characters may be at most, by the steps of `_RUNS`."""
    return next((size - 1 for size, found in _RUNS if found.search(data) is None), len(data))


def _round(anchors: Sequence[_Anchor], places: dict[int, list[int]], data: bytes) -> list[Window]:
    """Windows round the literals that were seen with their signs, those that touch made one."""
    size = len(data)
    spans: list[Window] = []
    for anchor in anchors:
        if anchor.number not in places:
            continue
        if anchor.number == _DIGIT and not places[_DIGIT]:
            return [(0, size)]
        signed, before, after = anchor.signed, anchor.before, anchor.after
        for at in places[anchor.number]:
            if signed is None or signed(data, at, at + anchor.reach):
                spans.append((at - before if at > before else 0, min(at + after, size)))
    if len(spans) < 2:
        return spans
    spans.sort()
    out = [spans[0]]
    for low, high in spans[1:]:
        if low <= out[-1][1]:
            if high > out[-1][1]:
                out[-1] = (out[-1][0], high)
        else:
            out.append((low, high))
    return out
