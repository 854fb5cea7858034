"""Exact match: values of an organisation's own records, found in texts by their keyed fingerprints.

Most of a text costs one pass in C: words that were looked up in vain before are left out by the numbers Python has for
them, which mean nothing outside of this process; no text is kept. A word or a number that is the anchor of a known
value is looked at with what stands beside it (`known_plan`). Whether two fingerprints are of one record is known where
the file was asked to tell that.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Final

from hushgate.detect.catalog_file import CatalogFile, open_file
from hushgate.detect.hit import Hit
from hushgate.detect.known_forms import folded
from hushgate.detect.known_import import KIND, Column, Together
from hushgate.detect.known_plan import common_words
from hushgate.errors import ConfigError, ConfigFault
from hushgate.values import Level, Origin

RULE: Final = "catalog-values"
GAP: Final = 3
"""Signs between two tokens of one value, at most."""
_NO_LETTERS: Final = bytes(c if 97 <= c <= 122 or c >= 0x80 else 32 for c in range(256))
_SIGN: Final = re.compile(rb"(?<=[0-9a-z\x80-\xff])@(?=[0-9a-z\x80-\xff])")
_PAIR: Final = re.compile(rb"([A-Z][A-Za-z]+)(?=[^0-9A-Za-z\x80-\xff\n]{1,%d}([A-Z][A-Za-z]+))" % GAP)
_OF_PAIR: Final = b" "
"""Before an anchor that is a pair, to tell it from words."""
_DIGIT: Final = re.compile(rb"[0-9]+")
_LONGEST_WORD: Final = 40
_GROUPS: Final = 10
"""Groups of digits that a number may stand in."""
_NEXT: Final = re.compile(rb"[^0-9a-z\x80-\xff\n]{0,%d}([a-z\x80-\xff]+|[0-9]+)" % GAP)
_NEXT_OF_ADDRESS: Final = re.compile(rb"[^0-9a-z\x80-\xff\n@]{0,%d}([a-z\x80-\xff]+|[0-9]+)" % GAP)
_IN_VAIN: Final = 1 << 17
_REMEMBERED: Final = 1 << 12
_ROW: Final = 16

type Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Known:
    """Bytes of a folded text that are a known value, and its rows in the file."""

    start: int
    end: int
    rows: range


class _Layouts:
    """How many tokens stand before and behind the anchors of a file's values: every pair, and the most of either."""

    __slots__ = ("all", "before", "behind")

    def __init__(self, pairs: Iterable[Sequence[int]]) -> None:
        self.all = sorted((before, behind) for before, behind in pairs)
        self.before = max((before for before, _ in self.all), default=0)
        self.behind = max((behind for _, behind in self.all), default=0)


class _Page:
    """A folded text, read in both directions."""

    __slots__ = ("_backwards", "cased", "data")

    def __init__(self, cased: bytes) -> None:
        self.cased = cased
        self.data = cased.lower()
        self._backwards = self.data[::-1]

    def behind(self, at: int, most: int, token: re.Pattern[bytes]) -> Iterator[tuple[int, bytes]]:
        """The tokens behind a place, with their ends, as long as few signs part them and no line ends between."""
        for _ in range(most):
            found = token.match(self.data, at)
            if found is None:
                return
            at = found.end()
            yield at, found[1]

    def before(self, at: int, most: int, token: re.Pattern[bytes]) -> Iterator[tuple[int, bytes]]:
        """The tokens before a place, the nearest first, with where they begin."""
        size = len(self.data)
        at = size - at
        for _ in range(most):
            found = token.match(self._backwards, at)
            if found is None:
                return
            at = found.end()
            yield size - at, found[1][::-1]


class KnownValues:
    """All files of values of one catalog."""

    def __init__(self, files: Sequence[Path], key: bytes, fingerprint: Callable[[str], str]) -> None:
        faults: list[ConfigFault] = []
        self._files: list[_File] = []
        for file in files:
            try:
                self._files.append(_File(open_file(file, key, KIND), fingerprint))
            except ConfigError as error:
                faults += error.faults
        if faults:
            raise ConfigError(faults)
        self.revision = "values-1 " + " ".join(file.salt for file in self._files)

    def find(self, texts: Sequence[str], keys: Sequence[str | None] | None) -> list[list[Hit]]:
        """The hits of each text."""
        hits: list[list[Hit]] = [[] for _ in texts]
        folds = [folded(text) for text in texts]
        every = folds[0][0] if len(folds) == 1 else b"\n".join([data for data, _ in folds])
        small = every.lower()
        for file in self._files:
            anchors = file.anchors(every, small)
            if not anchors:
                continue
            for n, (data, way) in enumerate(folds):
                page = _Page(data)
                known = sorted(file.known(page, anchors), key=lambda one: (one.start, -one.end))
                if not known:
                    continue
                spans = _points(page.data, known)
                if way is not None:
                    spans = [way.source(start, end) for start, end in spans]
                hits[n] += file.hits(texts[n], known, spans)
        return hits


def _points(data: bytes, known: Sequence[_Known]) -> list[Span]:
    """Where known values stand by code points."""
    if data.isascii():
        return [(one.start, one.end) for one in known]
    out, at, points = [], 0, 0
    for one in known:
        points += len(data[at : one.start].decode())
        at = one.start
        out.append((points, points + len(data[one.start : one.end].decode())))
    return out


class _File:
    """One file of values."""

    def __init__(self, file: CatalogFile, fingerprint: Callable[[str], str]) -> None:
        head = file.head
        self.salt = str(head["salt"])
        self._hashed = file.hashed
        self._values, self._anchors = file.prints("values"), file.prints("anchors")
        self._column_of, self._record_of = file.arrays["columns"], file.arrays["records"]
        self._columns = [
            Column(name, entity, Level.parse(level), alone) for name, entity, level, alone in head["columns"]
        ]
        self._together = [Together(tuple(columns), Level.parse(level)) for columns, level in head["together"]]
        self._words, self._numbers, self._signs, self._pairs = map(_Layouts, head["layouts"])
        self._amid, self._whole = map(frozenset, head["digits"])
        self._digits = self._amid | self._whole
        self._runs = re.compile(rb"[0-9][^a-z\x80-\xff\n]{%d,}" % (min(self._digits, default=1) - 1))
        self._parts: dict[tuple[int, ...], list[Span]] = {}
        self._category = head["category"]
        self._origins = [Origin("values", head["asset"], column.name, head["owner"]) for column in self._columns]
        self._fingerprint = fingerprint
        self._in_vain: set[int] = set()

    def anchors(self, cased: bytes, data: bytes) -> frozenset[bytes]:
        """The words, numbers and pairs of a text that are values, or the anchors of some, and the sign of an address.

        `data` is the text in small letters.
        """
        found: list[bytes] = []
        if self._words.all:
            in_vain = self._in_vain
            fresh = [word for word in {*data.translate(_NO_LETTERS).split()} if hash(word) not in in_vain]
            found = self._known_words(word for word in fresh if 1 < len(word) <= _LONGEST_WORD)
            if len(in_vain) + len(fresh) > _IN_VAIN:
                in_vain.clear()
            in_vain.update(map(hash, {*fresh}.difference(found)))
        if self._numbers.all:
            found += self._known_numbers({number for number, _, _ in self._joined(data)})
        if self._pairs.all:
            found += [
                pair for pair in {pair for pair, _, _ in _pairs(cased)} if self._hashed(pair[1:]) in self._anchors
            ]
        if self._signs.all and b"@" in data:
            found.append(b"@")
        return frozenset(found)

    def _known_words(self, words: Iterable[bytes]) -> list[bytes]:
        hashed, anchors, values = self._hashed, self._anchors, self._values
        return [word for word in words if (print_ := hashed(word)) in anchors or print_ in values]

    def _known_numbers(self, numbers: Iterable[bytes]) -> list[bytes]:
        """A length tells in most files which of the two a number may be, so that one is looked up."""
        found = []
        for number in numbers:
            print_, size = self._hashed(number), len(number)
            if (size in self._whole and print_ in self._values) or (size in self._amid and print_ in self._anchors):
                found.append(number)
        return found

    def _joined(self, data: bytes) -> Iterator[tuple[bytes, Span, Span]]:
        """Groups of digits that stand together, one or several joined, of every length that numbers have.

        And the run that they stand in, and which of its groups they are.
        """
        for run in self._runs.finditer(data):
            groups = _DIGIT.findall(run.group())
            sizes = tuple(map(len, groups))
            parts = self._parts.get(sizes)
            for first, last in self._fitting(sizes) if parts is None else parts:
                yield b"".join(groups[first:last]), run.span(), (first, last)

    def _fitting(self, sizes: tuple[int, ...]) -> list[Span]:
        """Of groups of so many digits those that have, one or several together, a length that numbers have.

        Rows of few groups look alike, so what came of them is kept.
        """
        ends = [0, *accumulate(sizes)]
        parts = [
            (first, last)
            for first in range(len(sizes))
            for last in range(first + 1, min(first + _GROUPS, len(sizes)) + 1)
            if ends[last] - ends[first] in self._digits
        ]
        if len(sizes) <= _ROW:
            if len(self._parts) >= _REMEMBERED:
                self._parts.clear()
            self._parts[sizes] = parts
        return parts

    def known(self, page: _Page, anchors: Set[bytes]) -> Iterator[_Known]:
        """Known values in a folded text."""
        data = page.data
        kinds = {anchor[0] for anchor in anchors}
        for word in anchors:
            if not _is_letter(word, 0):
                continue
            at = data.find(word)
            while at >= 0:
                end = at + len(word)
                if not _is_letter(data, at - 1) and not _is_letter(data, end):
                    yield from self._around(page, at, end, word, self._words)
                at = data.find(word, end)
        if _OF_PAIR[0] in kinds:
            for pair, start, end in _pairs(page.cased):
                if pair in anchors:
                    yield from self._around(page, start, end, pair[1:], self._pairs)
        if kinds.intersection(b"0123456789"):
            for number, run, (first, last) in self._joined(data):
                if number in anchors:
                    spans = [match.span() for match in _DIGIT.finditer(data, *run)][first:last]
                    if all(low - high <= GAP for (_, high), (low, _) in pairwise(spans)):
                        yield from self._around(page, spans[0][0], spans[-1][1], number, self._numbers)
        if b"@"[0] in kinds:
            for sign in _SIGN.finditer(data):
                yield from self._around(page, sign.start(), sign.end(), b"", self._signs)

    def _around(self, page: _Page, start: int, end: int, anchor: bytes, layouts: _Layouts) -> Iterator[_Known]:
        """Known values whose anchor stands at a place."""
        lows, highs = [(start, anchor)], [(end, b"")]
        form = _NEXT if anchor else _NEXT_OF_ADDRESS
        for low, token in page.before(start, layouts.before, form):
            lows.append((low, token + lows[-1][1]))
        for high, token in page.behind(end, layouts.behind, form):
            highs.append((high, highs[-1][1] + token))
        for before, behind in layouts.all:
            if before < len(lows) and behind < len(highs):
                (low, left), (high, right) = lows[before], highs[behind]
                rows = self._values.at(self._hashed(left + right))
                if rows and not _amid(page.data, low) and not _amid(page.data, high):
                    yield _Known(low, high, rows)

    def hits(self, text: str, known: Sequence[_Known], spans: Sequence[Span]) -> Iterator[Hit]:
        """What known values of one text are hits of: each by itself, and those that stand there with their record."""
        raised = self._raised(known)
        for (start, end), one in zip(spans, known, strict=True):
            for index in dict.fromkeys(self._column_of[row] for row in one.rows):
                column = self._columns[index]
                level = max(
                    [column.level] * column.alone
                    + [raised[row] for row in one.rows if row in raised and self._column_of[row] == index],
                    default=None,
                )
                if level is not None:
                    value = self._fingerprint(text[start:end])
                    origin = self._origins[index]
                    yield Hit(start, end, column.entity, self._category, level, 1.0, RULE, "", value, origin)

    def _raised(self, known: Sequence[_Known]) -> dict[int, Level]:
        """The levels of rows whose record stands there with all columns that count together."""
        levels: dict[int, Level] = {}
        if not self._together:
            return levels
        of_record: defaultdict[int, set[int]] = defaultdict(set)
        for one in known:
            for row in one.rows:
                of_record[self._record_of[row]].add(row)
        for rows in of_record.values():
            here = {self._column_of[row] for row in rows}
            for group in self._together:
                if here.issuperset(group.columns):
                    for row in rows:
                        if self._column_of[row] in group.columns:
                            levels[row] = max(group.level, levels.get(row, group.level))
        return levels


def _pairs(cased: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Everyday words that stand together and begin with capitals, joined, and where."""
    words = common_words()
    for found in _PAIR.finditer(cased):
        first, second = found[1].lower(), found[2].lower()
        if first in words and second in words and not _amid(cased, found.start()) and not _amid(cased, found.end(2)):
            yield _OF_PAIR + first + second, found.start(), found.end(2)


def _is_letter(data: bytes, at: int) -> bool:
    return 0 <= at < len(data) and (data[at : at + 1].isalpha() or data[at] >= 0x80)


def _amid(data: bytes, at: int) -> bool:
    """Whether a place is inside of a run of letters and digits."""
    return at > 0 and all(_is_letter(data, n) or data[n : n + 1].isdigit() for n in (at - 1, at))
