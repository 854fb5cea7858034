"""One cheap pass that says which rules can match at all, and where.

The pass looks for literals with one Aho-Corasick automaton (Aho and Corasick
1975): the keywords that rules name, and literals that a rule's pattern cannot
match without. It has no states to build while it runs, so its cost does not
depend on the text, unlike that of one automaton for all patterns: 0.05 MB/s
on lock files, against 250 MB/s. A rule with literals of its own is looked for
in windows round them; any other in the whole text, where the digits and runs
that it needs are there. A rule that needs a word beside its value is looked for
round that word alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from hushgate.detect.compiled import Ready
from hushgate.detect.literals import DIGIT, FOREIGN, Literal
from hushgate.detect.page import Page
from hushgate.detect.widths import widest

_DIGITS: Final = b"0123456789"
_RUNS: Final = (14, 20, 32, 44)
_FOREIGN: Final = -1
_DIGIT: Final = -2
_NUMBERS: Final = re.compile(rb"[0-9](?:[^0-9]{0,31}[0-9])*")
"""Digits that stand near each other."""
_FEW: Final = 256
"""Places with digits up to which a rule of digits is looked for round each; among more it is looked for everywhere."""
_TRY: Final = 500
"""Bytes that are read in the time that one try at a place takes."""
_SMALL: Final = 2048
"""Bytes of a page that is read from the first place on."""
_GAP: Final = 256
"""Bytes between windows that are read sooner than the next one is begun."""
_CROWD: Final = 64
"""Places of a literal, dense ones, above which its rules are looked for everywhere."""
_NEVER: Final = 1 << 62
_SHORT: Final = 3
"""Letters of a literal that stands in more texts than the words beside a value do."""

type Window = tuple[int, int]
"""Bytes of a page, half-open; a match lies within."""

type Signed = Callable[[bytes, int, int], object]
"""Whether one of some signs stands between two bytes."""

type _Need = tuple[int, int, frozenset[int] | None, tuple[bytes, ...]]
"""A rule by index, and what a page must hold for it: so many digits, and one of its keywords.

Keywords by number, and those of one character as they are; None for a rule without any.
"""
type _Near = tuple[int, int, int, int, bool]
"""A rule by index that counts beside a word alone: digits it needs, code points between word and value, the widest
match in bytes, and whether the word has to be whole."""
type _Anchor = tuple[int, int, frozenset[int] | None, tuple[bytes, ...], int, int, Signed | None, int, bool]
"""A need and a literal of its rule: how far a match reaches round it, what must stand near behind it, and whether
windows are of the places where a match may begin."""
type _Wanted = tuple[int, bool, _Need, list[tuple[int, Literal]], list[tuple[int, _Near]]]
"""The run of token characters that a rule needs, whether its windows are of beginnings, its need, its literals, and
the words beside its values."""


class _Words:
    """An automaton for some of the words, and their numbers."""

    __slots__ = ("automaton", "numbers")

    def __init__(self, words: Sequence[bytes], chosen: Iterable[int]) -> None:
        self.numbers = tuple(chosen)
        self.automaton = BytesAhoCorasick([words[n] for n in self.numbers], implementation=Implementation.DFA)


@dataclass(frozen=True, slots=True)
class _Table:
    """The rules that may match where no run is longer than some size.

    By literal, by a word beside the value, by keyword, and anywhere.
    """

    words: _Words
    anchors: dict[int, list[_Anchor]]
    near: dict[int, list[_Near]]
    spoken: dict[int, list[_Need]]
    always: list[_Need]


class Prefilter:
    """Built once from the compiled rules."""

    __slots__ = ("_apart", "_tables", "_words")

    def __init__(self, rules: Sequence[Ready]) -> None:
        numbers: dict[bytes, int] = {}
        special = {DIGIT: _DIGIT, FOREIGN: _FOREIGN}
        each_of: list[_Wanted] = []
        apart: set[int] = set()
        for index, each in enumerate(rules):
            run = each.run if each.run >= _RUNS[0] else 0
            spoken = frozenset(numbers.setdefault(w, len(numbers)) for w in each.keywords if len(w) > 1)
            signs = tuple(word for word in each.keywords if len(word) == 1)
            need = (index, each.digits, spoken if spoken or signs else None, signs)
            near = [(numbers[word], beside) for word, beside in _beside(index, each)]
            literals = [
                (special.get(x.text) or numbers.setdefault(x.text, len(numbers)), x)
                for x in (() if near else each.literals)
            ]
            each_of.append((run, each.begins, need, literals, near))
            if near or each.begins:
                apart.add(index)
        self._apart = frozenset(apart)
        self._words = list(numbers)
        self._tables = tuple(_table(each_of, size - 1, self._words) for size in (*_RUNS, _NEVER))

    def __call__(self, page: Page) -> dict[int, list[Window]]:
        """Rules by index, with the windows to look in, in order."""
        data, size = page.data, len(page.data)
        digits = size - len(data.translate(None, _DIGITS))
        table = self._tables[_step(page)]
        places: dict[int, list[Window]] = {} if page.ascii else {_FOREIGN: [(0, 0)]}
        numbers = table.words.numbers
        for word, start, _ in table.words.automaton.find_matches_as_indexes(page.lower, overlapping=True):
            number = numbers[word]
            if number in places:
                places[number].append((start, start))
            else:
                places[number] = [(start, start)]
        if digits:
            near = [m.span() for m in islice(_NUMBERS.finditer(data), _FEW + 1)]
            places[_DIGIT] = near if len(near) <= _FEW else [(0, size)]
        windows: dict[int, list[Window]] = {}
        for index, least, spoken, signs in table.always:
            if least > digits or (spoken is not None and spoken.isdisjoint(places) and not _stands(signs, data)):
                continue
            windows[index] = [(0, size)]
        for number in table.spoken.keys() & places.keys():
            for index, least, _, _ in table.spoken[number]:
                if least <= digits:
                    windows[index] = [(0, size)]
        for number in table.near.keys() & places.keys():
            _beside_words(page, table.near[number], len(self._words[number]), places[number], digits, windows)
        anchors = table.anchors
        for number, found in places.items():
            small = size < _SMALL
            dense = small or len(found) * _TRY > size
            crowded = dense and len(found) > _CROWD
            for index, least, spoken, signs, before, after, signed, reach, begins in anchors.get(number, ()):
                if least > digits:
                    break  # They stand by digits.
                if spoken is not None and spoken.isdisjoint(places) and not (signs and _stands(signs, data)):
                    continue
                if small or after == _NEVER or (begins and dense):  # The first says all.
                    for low, high in found:
                        if signed is None or signed(data, low, high + reach):
                            windows.setdefault(index, []).append((low - before if low > before else 0, size))
                            break
                    continue
                if crowded and not begins:
                    windows[index] = [(0, size)]
                    continue
                spans = [
                    (low - before if low > before else 0, high + after if high + after < size else size)
                    for low, high in found
                    if signed is None or signed(data, low, high + reach)
                ]
                if spans:
                    windows.setdefault(index, []).extend(spans)
        apart = self._apart
        return {
            index: _joined(spans, 0 if index in apart else _GAP) if len(spans) > 1 else spans
            for index, spans in windows.items()
        }


def _table(rules: Iterable[_Wanted], longest: int, words: Sequence[bytes]) -> _Table:
    anchors: dict[int, list[_Anchor]] = {}
    beside: dict[int, list[_Near]] = {}
    by_word: dict[int, list[_Need]] = {}
    always: list[_Need] = []
    wanted: set[int] = set()  # What rules of a long run alone want is looked for only where there is one.
    for run, begins, need, literals, near in rules:
        if run > longest:
            continue
        wanted.update(need[2] or (), (number for number, _ in literals))
        for number, one in near:
            beside.setdefault(number, []).append(one)
        if near:
            continue
        _, _, spoken, signs = need
        for number, literal in literals:
            asked = (
                spoken if spoken is not None and number not in spoken else None
            )  # A keyword may be the literal itself.
            anchors.setdefault(number, []).append((*need[:2], asked, signs, *_reach(literal, begins), begins))
        if literals:
            continue
        if spoken is None or signs:
            always.append(need)
        else:
            for number in spoken:
                by_word.setdefault(number, []).append(need)
    for each in anchors.values():
        each.sort(key=lambda anchor: anchor[1])
    return _Table(_Words(words, sorted(wanted - {_DIGIT, _FOREIGN})), anchors, beside, by_word, always)


def _beside(index: int, each: Ready) -> list[tuple[bytes, _Near]]:
    """The words round which a rule is looked for; none for one that also counts elsewhere, or has better literals."""
    rule = each.rule
    words = [word for word in each.keywords if len(word) > 1]
    if not rule.context_required or len(words) != len(each.keywords):
        return []
    if each.literals and all(len(x.text) > _SHORT for x in each.literals):
        return []
    told = [word.encode() for word in rule.context_words]
    width = widest(rule.pattern)
    if width is None or not all(any(word in one for word in words) for one in told):
        return []
    return [
        (word, (index, each.digits, rule.context_window, width, all(_whole_in(word, one) for one in told)))
        for word in words
    ]


def _whole_in(word: bytes, phrase: bytes) -> bool:
    """Whether a word stands in a phrase as a whole word, or not at all."""
    return len(re.findall(rb"(?<![^\W_])" + re.escape(word) + rb"(?![^\W_])", phrase)) == phrase.count(word)


def _beside_words(
    page: Page,
    rules: Sequence[_Near],
    size: int,
    found: Sequence[Window],
    digits: int,
    windows: dict[int, list[Window]],
) -> None:
    """Adds the windows of the rules that count beside one word, round the places where it stands."""
    text, end = page.lower, len(page.lower)
    whole = [
        low
        for low, _ in found
        if not text[max(0, low - 1) : low].isalnum() and not text[low + size : low + size + 1].isalnum()
    ]
    every = [low for low, _ in found]
    for index, least, reach, width, as_word in rules:
        if least > digits:
            continue
        far = (reach if page.ascii else 4 * reach) + width
        spans = [(max(0, at - far), min(end, at + size + far)) for at in (whole if as_word else every)]
        if spans:
            windows[index] = spans if index not in windows else windows[index] + spans


def _reach(literal: Literal, begins: bool) -> tuple[int, int, Signed | None, int]:
    """How far a match reaches round a literal, and the signs that must stand near behind it."""
    if literal.text == FOREIGN:
        return _NEVER, _NEVER, None, 0
    signed = re.compile(b"[" + re.escape(literal.signs) + b"]").search if literal.signs else None
    before = _NEVER if literal.before is None else literal.before
    after = 1 if begins else _NEVER if literal.after is None else literal.after
    return before, after, signed, literal.reach


def _step(page: Page) -> int:
    """The table for a page, by the longest run of token characters on it."""
    return next((n for n, size in enumerate(_RUNS) if not page.has_run(size)), len(_RUNS))


def _stands(signs: tuple[bytes, ...], data: bytes) -> bool:
    """Whether one of a rule's keywords of one character is there."""
    return any(sign in data for sign in signs)


def _joined(spans: list[Window], gap: int) -> list[Window]:
    """In order, those made one that touch or have no more between them than a gap."""
    spans.sort()
    out = [spans[0]]
    for low, high in spans[1:]:
        if low <= out[-1][1] + gap:
            if high > out[-1][1]:
                out[-1] = (out[-1][0], high)
        else:
            out.append((low, high))
    return out
