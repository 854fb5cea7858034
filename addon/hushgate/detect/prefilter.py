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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from hushgate.detect.compiled import Ready
from hushgate.detect.literals import DIGIT, FOREIGN, Literal, required
from hushgate.detect.page import Page

_DIGITS: Final = b"0123456789"
_RUNS: Final = (14, 20, 32, 44)
_FOREIGN: Final = -1
_DIGIT: Final = -2
_NUMBERS: Final = re.compile(rb"[0-9](?:[^0-9]{0,31}[0-9])*")
"""Digits that stand near each other."""
_FEW: Final = 256
"""Places with digits up to which a rule of digits is looked for round each; among more it is looked for everywhere."""
_NEVER: Final = 1 << 62

type Window = tuple[int, int]
"""Bytes of a page, half-open; a match lies within."""


@dataclass(frozen=True, slots=True, eq=False)
class _Need:
    """What a page must hold for a rule: digits, a run, one of the keywords, and one of its literals, if it has any.

    `spoken` are keywords by number, `signs` those of one character; an empty sign is always there.
    """

    index: int
    digits: int
    run: int
    signs: tuple[bytes, ...]
    spoken: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A literal of a rule: how far a match reaches round it, and what must stand near behind it."""

    need: _Need
    before: int
    after: int
    signed: Callable[[bytes, int, int], object] | None
    reach: int

    @classmethod
    def of(cls, need: _Need, literal: Literal) -> _Anchor:
        if literal.text == FOREIGN:
            return cls(need, _NEVER, _NEVER, None, 0)
        signed = re.compile(b"[" + re.escape(literal.signs) + b"]").search if literal.signs else None
        before = _NEVER if literal.before is None else literal.before
        after = _NEVER if literal.after is None else literal.after
        return cls(need, before, after, signed, literal.reach)


class _Words:
    """An automaton for some of the words, and their numbers."""

    __slots__ = ("automaton", "numbers")

    def __init__(self, words: Sequence[bytes], chosen: Iterable[int]) -> None:
        self.numbers = tuple(chosen)
        self.automaton = BytesAhoCorasick([words[n] for n in self.numbers], implementation=Implementation.DFA)


class Prefilter:
    """Built once from the compiled rules."""

    __slots__ = ("_all", "_always", "_anchors", "_plain", "_spoken")

    def __init__(self, rules: Sequence[Ready]) -> None:
        numbers: dict[bytes, int] = {}
        special = {DIGIT: _DIGIT, FOREIGN: _FOREIGN}
        always: list[_Need] = []
        anchors: dict[int, list[_Anchor]] = {}
        spoken_of: dict[int, list[_Need]] = {}
        plain: set[int] = set()  # What rules of a long run alone want is looked for only where there is one.
        for index, each in enumerate(rules):
            spoken = [word for word in each.keywords if len(word) > 1]
            need = _Need(
                index,
                each.digits,
                each.run if each.run >= _RUNS[0] else 0,
                tuple(word for word in each.keywords if len(word) == 1) or (() if spoken else (b"",)),
                frozenset(numbers.setdefault(word, len(numbers)) for word in spoken),
            )
            literals = required(each.rule.pattern)
            wanted = [special.get(x.text) or numbers.setdefault(x.text, len(numbers)) for x in literals]
            for number, literal in zip(wanted, literals, strict=True):
                anchors.setdefault(number, []).append(_Anchor.of(need, literal))
            if not need.run:
                plain.update(need.spoken, wanted)
            if not literals and need.signs:
                always.append(need)
            elif not literals:
                for number in need.spoken:
                    spoken_of.setdefault(number, []).append(need)
        self._always = tuple(always)
        self._anchors = {number: tuple(found) for number, found in anchors.items()}
        self._spoken = {number: tuple(found) for number, found in spoken_of.items()}
        words = list(numbers)
        self._all = _Words(words, range(len(words)))
        self._plain = _Words(words, sorted(plain - {_DIGIT, _FOREIGN}))

    def __call__(self, page: Page) -> dict[int, list[Window]]:
        """Rules by index, with the windows to look in, in order."""
        data, size = page.data, len(page.data)
        places: dict[int, list[Window]] = {} if page.ascii else {_FOREIGN: [(0, 0)]}
        digits = size - len(data.translate(None, _DIGITS))
        run = _longest(page)
        words = self._all if run >= _RUNS[0] else self._plain
        for word, start, _ in words.automaton.find_matches_as_indexes(page.lower, overlapping=True):
            number = words.numbers[word]
            if number in places:
                places[number].append((start, start))
            else:
                places[number] = [(start, start)]
        everywhere = [(0, size)]
        looked: dict[_Need, list[Window]] = dict.fromkeys(self._always, everywhere)
        for number, found in places.items():
            for need in self._spoken.get(number, ()):
                looked[need] = everywhere
            for anchor in self._anchors.get(number, ()):
                if anchor.need.digits <= digits and anchor.need.run <= run:
                    _add(anchor, found, data, looked)
        if digits:
            numbers = [m.span() for m in islice(_NUMBERS.finditer(data), _FEW + 1)]
            if len(numbers) > _FEW:
                numbers = [(0, size)]
            for anchor in self._anchors.get(_DIGIT, ()):
                if anchor.need.digits <= digits and anchor.need.run <= run:
                    _add(anchor, numbers, data, looked)
        windows: dict[int, list[Window]] = {}
        for need, spans in looked.items():
            if not spans or need.digits > digits or need.run > run:
                continue
            if need.spoken.isdisjoint(places) and not any(sign in data for sign in need.signs):
                continue
            windows[need.index] = _joined(spans) if len(spans) > 1 else spans
        return windows


def _longest(page: Page) -> int:
    """How long the longest run of token characters may be at most, by the steps of `_RUNS`."""
    return next((size - 1 for size in _RUNS if not page.has_run(size)), len(page.data))


def _add(anchor: _Anchor, found: list[Window], data: bytes, looked: dict[_Need, list[Window]]) -> None:
    """Windows round a literal (from where its first and last may begin) where its signs are."""
    size, before, after, signed, reach = len(data), anchor.before, anchor.after, anchor.signed, anchor.reach
    spans = looked.setdefault(anchor.need, [])
    for low, high in found:
        if signed is None or signed(data, low, high + reach):
            spans.append((low - before if low > before else 0, high + after if high + after < size else size))


def _joined(spans: list[Window]) -> list[Window]:
    """In order, those that touch made one."""
    spans.sort()
    out = [spans[0]]
    for low, high in spans[1:]:
        if low <= out[-1][1]:
            if high > out[-1][1]:
                out[-1] = (out[-1][0], high)
        else:
            out.append((low, high))
    return out
