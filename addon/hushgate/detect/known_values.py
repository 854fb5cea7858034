"""Exact match: values of an organisation's own records, found in texts by their keyed fingerprints.

Most of a text costs a few passes over arrays (`known_tokens`): a filter tells which words and numbers may be anchors
of known values (`known_plan`), another one which of what stands round those may be a value (`known_sieve`). What is
left has its fingerprint looked up: a filter finds nothing by itself. Whether two fingerprints are of one record is
known where the file was asked to tell that.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

from hushgate.detect.catalog_file import CatalogFile, open_file
from hushgate.detect.hit import Hit
from hushgate.detect.known_forms import folded
from hushgate.detect.known_import import KIND, Column, Together
from hushgate.detect.known_layouts import Layouts
from hushgate.detect.known_plan import LONGEST, MOST_TOKENS, Anchor, marked
from hushgate.detect.known_sieve import Sieve
from hushgate.detect.known_tokens import GAP, LINE, Tokens
from hushgate.errors import ConfigError, ConfigFault
from hushgate.values import Level, Origin

RULE: Final = "catalog-values"
_BLOCK: Final = 1 << 17
"""Bytes of a text whose tokens are looked at together."""
_AROUND: Final = LONGEST + GAP * MOST_TOKENS + 1
"""Bytes beside a block: a value that begins in it ends there, and both of its edges can be seen."""

type Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Known:
    """Bytes of a folded text that are a known value, and its rows in the file."""

    start: int
    end: int
    rows: range


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
        self.revision = "values-2 " + " ".join(file.salt for file in self._files)

    def find(self, texts: Sequence[str], keys: Sequence[str | None] | None) -> list[list[Hit]]:
        """The hits of each text."""
        hits: list[list[Hit]] = [[] for _ in texts]
        folds = [folded(text) for text in texts]
        lines = [data.replace(b"\n", LINE) for data, _ in folds]
        every = LINE.join(lines)
        begins = [0, *accumulate(len(data) + len(LINE) for data in lines)]
        found: list[defaultdict[int, list[_Known]]] = [defaultdict(list) for _ in self._files]
        for at in range(0, len(every), _BLOCK):
            low = max(0, at - _AROUND)
            tokens = Tokens(every[low : at + _BLOCK + _AROUND])
            for file, known in zip(self._files, found, strict=True):
                for start, end, rows in file.known(tokens):
                    if at <= low + start < at + _BLOCK:
                        n = bisect_right(begins, low + start) - 1
                        shift = low - begins[n]
                        shift -= lines[n].count(b"\n", 0, start + shift) // len(LINE) * (len(LINE) - 1)
                        known[n].append(_Known(start + shift, end + shift, rows))
        for file, known in zip(self._files, found, strict=True):
            for n, there in known.items():
                there.sort(key=lambda one: (one.start, -one.end))
                data, way = folds[n]
                spans = _points(data, there)
                if way is not None:
                    spans = [way.source(start, end) for start, end in spans]
                hits[n] += file.hits(texts[n], there, spans)
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
        self._values = file.prints("values")
        self._column_of, self._record_of = file.covered("columns"), file.covered("records")
        self._columns = [
            Column(name, entity, Level.parse(level), alone) for name, entity, level, alone in head["columns"]
        ]
        self._together = [Together(tuple(columns), Level.parse(level)) for columns, level in head["together"]]
        self._layouts = Layouts(head["layouts"])
        self._sieve = Sieve(file)
        self._category = head["category"]
        self._origins = [Origin("values", head["asset"], column.name, head["owner"]) for column in self._columns]
        self._fingerprint = fingerprint

    def known(self, tokens: Tokens) -> Iterator[tuple[int, int, range]]:
        """Known values in a block: where each stands, and its rows."""
        places = self._layouts.around(tokens, self._sieve)
        if places is None:
            return
        low, high, rows = places
        upto, sizes = tokens.stretches(low, high)
        may = self._sieve.wholes(tokens, upto, sizes)
        seen: set[Span] = set()
        for first, last, end, size, row in zip(
            *(each.take(may).tolist() for each in (low, high, upto, sizes, rows)), strict=True
        ):
            kind = self._layouts.kinds[row]
            known = self._values.at(self._hashed(marked(tokens.joined[end - size : end], kind)))
            if not known or (first, last) in seen or tokens.amid(first, last):
                continue
            start, end = int(tokens.starts[first]), int(tokens.ends[last])
            if kind != Anchor.SIGN or tokens.data.count(b"@", start, end) == 1:
                seen.add((first, last))
                yield start, end, known

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
