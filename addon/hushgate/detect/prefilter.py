"""One cheap pass that says which rules can match at all, and where.

The pass looks for literals with Aho-Corasick automata (Aho and Corasick
1975): the keywords that rules name, and literals that a rule's pattern cannot
match without. They have no states to build while they run, so their cost does
not depend on the text, unlike that of one automaton for all patterns: 0.05
MB/s on lock files, against 250 MB/s. Each kind of rule has its own, which
reads no more of a page than what is round the runs that the kind needs
(kinds.py). A rule with literals of its own is looked for in windows round
them, one that needs a word beside its value round that word, any other round
its runs, or in the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from hushgate.detect.areas import Window, areas, digit_marks, widened
from hushgate.detect.compiled import Ready
from hushgate.detect.kinds import RUNS, Kind, Near, Placed, beside, placed
from hushgate.detect.literals import DIGIT, FOREIGN, Literal
from hushgate.detect.page import RUN_SIGN, Page
from hushgate.detect.stretch import exceeded
from hushgate.detect.together import Together, Whole

_DIGITS: Final = b"0123456789"
_TRY: Final = 500
"""Bytes that are read in the time that one try at a place takes."""
_SMALL: Final = 2048
"""Bytes of a page that is read from the first place on."""
_GAP: Final = 256
"""Bytes between windows that are read sooner than the next one is begun."""
_CROWD: Final = 64
"""Places of a literal, dense ones, above which its rules are looked for everywhere."""
_BLOCK: Final = 16 * 1024
"""Bytes of a page in which words are looked for at a time: each place costs 100 bytes until it is noted."""
_NEVER: Final = 1 << 62
_SMALL_STATES: Final = Implementation.ContiguousNFA
"""Half as fast again on text in a loop, but a twentieth of the memory, and sooner done with a text that comes alone."""

type Signed = Callable[[bytes, int, int], object]
"""Whether one of some signs stands between two bytes."""


@dataclass(frozen=True, slots=True)
class _Need:
    """What a page must hold for a rule: so many digits, so long a run, and one of its keywords, if it has any.

    `signs` are keywords of one character. `stretches`: what the page has to fit, to look in windows.
    """

    index: int
    digits: int
    run: int
    words: tuple[bytes, ...]
    signs: tuple[bytes, ...]
    stretches: int


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A need and a literal of its rule.

    How far a match reaches round the literal, and what must stand near behind it. The need asks for no keyword where
    the literal itself holds one.
    """

    need: _Need
    before: int
    after: int
    signed: Signed | None
    signs: bytes
    reach: int


class _Facts:
    """What is asked of one page, at most once each."""

    __slots__ = ("areas", "digits", "exceeded", "longest", "page", "said")

    def __init__(self, page: Page) -> None:
        size = len(page.data)
        self.page = page
        self.digits = size - len(page.data.translate(None, _DIGITS))
        self.longest = next((size - 1 for size in RUNS if not page.has_run(size)), _NEVER)
        self.said: AbstractSet[bytes] = frozenset()
        self.exceeded = exceeded(page.data)
        self.areas: dict[Kind, list[Window]] = {Kind.ANYWHERE: [(0, size)]}
        if self.digits:
            self.areas[Kind.DIGIT] = areas(digit_marks(page.data), b"0")
        if self.longest >= RUNS[0]:
            self.areas[Kind.RUN] = areas(page.runs(), RUN_SIGN * RUNS[0])

    def met(self, need: _Need) -> bool:
        """Does the page hold what the rule needs?"""
        if need.digits > self.digits or need.run > self.longest:
            return False
        if not need.words and not need.signs:
            return True
        return not self.said.isdisjoint(need.words) or any(map(self._stands, need.signs))

    def _stands(self, sign: bytes) -> bool:
        return sign in self.page.data


@dataclass(slots=True)
class _Table:
    """The rules of one kind: by literal, by a word beside the value, and by nothing but the kind's runs.

    `reach`: bytes round a run in which literals and words of the kind are. `spoken`: words that are asked for besides.
    """

    kind: Kind
    reach: int = 0
    longest: int = 0
    anchors: dict[bytes, list[_Anchor]] = field(default_factory=dict)
    near: dict[bytes, list[Near]] = field(default_factory=dict)
    spoken: set[bytes] = field(default_factory=set)
    by_area: dict[int, _Need] = field(default_factory=dict)
    together: Together | None = None
    stretched: list[_Need] = field(default_factory=list)
    always: list[_Need] = field(default_factory=list)
    words: tuple[bytes, ...] = ()
    automaton: BytesAhoCorasick | None = None

    def finish(self, rules: Sequence[Ready]) -> None:
        """Build the automaton and the sets."""
        self.together = Together(rules, self.by_area)
        self.words = tuple(sorted({*self.anchors, *self.near, *self.spoken} - {DIGIT, FOREIGN}))
        for anchors in self.anchors.values():
            anchors.sort(key=lambda anchor: anchor.need.digits)
        if self.words:
            self.longest = max(map(len, self.words))
            self.automaton = BytesAhoCorasick(self.words, implementation=_SMALL_STATES)

    def places(self, page: Page, spans: Sequence[Window]) -> dict[bytes, list[int]]:
        """Words of the kind with the bytes where they stand, in order."""
        places: dict[bytes, list[int]] = {}
        if self.automaton is None:
            return places
        words, find, size = self.words, self.automaton.find_matches_as_indexes, len(page.lower)
        reach = self.reach if page.ascii else 4 * self.reach
        for low, high in widened(spans, reach, reach + self.longest, size):
            for at in range(low, high, _BLOCK):
                end = min(high, at + _BLOCK + self.longest - 1)
                text = page.lower if end - at == size else page.lower[at:end]
                for number, start, _ in find(text, overlapping=True):
                    word = words[number]
                    if start >= _BLOCK:  # The next block has it.
                        continue
                    if word in places:
                        places[word].append(at + start)
                    else:
                        places[word] = [at + start]
        return places


class Prefilter:
    """Built once from the compiled rules."""

    __slots__ = ("_apart", "_tables", "_whole")

    def __init__(self, rules: Sequence[Ready]) -> None:
        tables = {kind: _Table(kind) for kind in Kind}
        self._apart: set[int] = set()
        whole: list[int] = []
        for index, each in enumerate(rules):
            near = beside(index, each)
            where = placed(each, [one for _, one in near])
            if near or where.by_area:
                self._apart.add(index)
            if each.width is None or each.stretches or (where.by_area and where.kind is Kind.ANYWHERE):
                whole.append(index)
            tables[Kind.ANYWHERE].spoken.update(_enter(tables[where.kind], where, index, each, near))
        self._whole = Whole(rules, whole)
        for table in tables.values():
            table.finish(rules)
        self._tables = tuple(
            table for table in tables.values() if table.words or table.anchors or table.by_area or table.always
        )

    def __call__(self, page: Page) -> dict[int, list[Window]]:
        """Rules by index, with the windows to look in, in order."""
        facts = _Facts(page)
        windows: dict[int, list[Window]] = {}
        for table in self._tables:
            spans = facts.areas.get(table.kind)
            if spans:
                _look(table, facts, spans, windows)
        apart = self._apart
        joined = {
            index: _joined(spans, 0 if index in apart else _GAP) if len(spans) > 1 else spans
            for index, spans in windows.items()
        }
        self._whole.narrow(page.data, joined)
        return joined


def _enter(table: _Table, where: Placed, index: int, each: Ready, near: Collection[tuple[bytes, Near]]) -> set[bytes]:
    """Put a rule into the table of its kind. The words that it asks for besides."""
    words = tuple(word for word in each.keywords if len(word) > 1)
    signs = tuple(word for word in each.keywords if len(word) == 1)
    need = _Need(index, each.digits, each.run if each.run >= RUNS[0] else 0, words, signs, each.stretches)
    asked: set[bytes] = set()
    if each.stretches and not near:
        table.stretched.append(need)
        asked.update(words)
    if near:
        table.reach = max(table.reach, where.reach)
        for word, one in near:
            table.near.setdefault(word, []).append(one)
    elif where.by_area:
        table.by_area[index] = need
        asked.update(words)
    elif each.literals:
        table.reach = max(table.reach, where.reach)
        for literal in each.literals:
            if any(word in literal.text for word in each.keywords):
                anchor = _anchor(_Need(index, need.digits, need.run, (), (), need.stretches), literal)
            else:
                anchor = _anchor(need, literal)
                asked.update(words)
            table.anchors.setdefault(literal.text, []).append(anchor)
    else:
        table.always.append(need)
        asked.update(words)
    return asked


def _anchor(need: _Need, literal: Literal) -> _Anchor:
    """How far a match reaches round a literal, and the signs that must stand near behind it."""
    if literal.text == FOREIGN:
        return _Anchor(need, _NEVER, _NEVER, None, b"", 0)
    signed = re.compile(b"[" + re.escape(literal.signs) + b"]").search if literal.signs else None
    before = _NEVER if literal.before is None else literal.before
    after = _NEVER if literal.after is None else literal.after
    return _Anchor(need, before, after, signed, literal.signs, literal.reach)


def _look(table: _Table, facts: _Facts, spans: Sequence[Window], windows: dict[int, list[Window]]) -> None:
    """Adds the windows of the rules of one kind, whose runs stand in `spans`."""
    page, digits = facts.page, facts.digits
    places = table.places(page, spans)
    if table.kind is Kind.ANYWHERE:
        facts.said = places.keys()
    for need in table.always:
        if facts.met(need):
            windows[need.index] = [(0, len(page.data))]
    wanted = {index for index, need in table.by_area.items() if facts.met(need)}
    if wanted and table.together is not None:
        windows.update(table.together.look(page.data, spans, wanted))
    for need in table.stretched:
        if need.stretches & facts.exceeded and facts.met(need):
            windows[need.index] = [(0, len(page.data))]
    for word in table.near.keys() & places.keys():
        _beside_word(page, table.near[word], len(word), places[word], digits, windows)
    for word in table.anchors.keys() & places.keys():
        found = places[word]
        _round(facts, table.anchors[word], [(at, at) for at in found], windows)
    if DIGIT in table.anchors and digits:
        _round(facts, table.anchors[DIGIT], facts.areas[Kind.DIGIT], windows)
    if FOREIGN in table.anchors and not page.ascii:
        _round(facts, table.anchors[FOREIGN], [(0, 0)], windows)


def _round(
    facts: _Facts, anchors: Sequence[_Anchor], found: Sequence[Window], windows: dict[int, list[Window]]
) -> None:
    """Adds windows round the places of one literal."""
    data, digits = facts.page.data, facts.digits
    size = len(data)
    small = size < _SMALL
    dense = small or len(found) * _TRY > size
    crowded = dense and len(found) > _CROWD
    signed: dict[tuple[bytes, int], Sequence[Window]] = {}
    for anchor in anchors:
        need, before, after = anchor.need, anchor.before, anchor.after
        if need.digits > digits:
            break  # They stand by digits.
        if not facts.met(need):
            continue
        there = found
        if anchor.signed is not None:
            key = (anchor.signs, anchor.reach)
            if key in signed:
                there = signed[key]
            else:
                reach, stand = anchor.reach, anchor.signed
                there = signed[key] = [span for span in found if stand(data, span[0], span[1] + reach)]
        if not there:
            continue
        if small or after == _NEVER:  # The first says all.
            low = there[0][0]
            windows.setdefault(need.index, []).append((low - before if low > before else 0, size))
        elif crowded:
            windows[need.index] = [(0, size)]
        else:
            windows.setdefault(need.index, []).extend(
                (low - before if low > before else 0, high + after if high + after < size else size)
                for low, high in there
            )


def _beside_word(
    page: Page,
    rules: Sequence[Near],
    size: int,
    found: Sequence[int],
    digits: int,
    windows: dict[int, list[Window]],
) -> None:
    """Adds the windows of the rules that count beside one word, round the places where it stands."""
    text, end = page.lower, len(page.lower)
    whole = [
        at for at in found if not text[max(0, at - 1) : at].isalnum() and not text[at + size : at + size + 1].isalnum()
    ]
    for rule in rules:
        if rule.digits > digits:
            continue
        far = (rule.between if page.ascii else 4 * rule.between) + rule.width
        spans = [(max(0, at - far), min(end, at + size + far)) for at in (whole if rule.whole else found)]
        if spans:
            windows.setdefault(rule.index, []).extend(spans)


def _joined(spans: Iterable[Window], gap: int) -> list[Window]:
    """In order, those made one that touch or have no more between them than a gap."""
    first, *rest = sorted(spans)
    out = [first]
    for low, high in rest:
        if low <= out[-1][1] + gap:
            if high > out[-1][1]:
                out[-1] = (out[-1][0], high)
        else:
            out.append((low, high))
    return out
