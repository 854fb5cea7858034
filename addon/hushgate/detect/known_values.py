"""Exact match: values of an organisation's own records, found in texts by their keyed fingerprints.

Most of a text costs a few passes over arrays (`known_tokens`): a filter tells which words and numbers may be anchors
of known values (`known_plan`), another one which of what stands round those may be a value (`known_sieve`). What is
left has its fingerprint looked up: a filter finds nothing by itself. Whether two fingerprints are of one record is
known where the file was asked to tell that (`known_records`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Final

from hushgate.detect.catalog_file import CatalogFile, open_file
from hushgate.detect.hit import Hit
from hushgate.detect.known_forms import folded
from hushgate.detect.known_import import KIND, Column, Together
from hushgate.detect.known_layouts import Layouts
from hushgate.detect.known_plan import LONG, LONGEST, MOST_TOKENS, Anchor, marked
from hushgate.detect.known_records import Gathered, RecordRows
from hushgate.detect.known_sieve import Sieve
from hushgate.detect.known_tokens import APART, LINE, Tokens
from hushgate.detect.sighting import Rows, Seen, Sighting
from hushgate.errors import ConfigError, ConfigFault, Unscannable
from hushgate.values import Level, Origin

RULE: Final = "catalog-values"
TOGETHER: Final = "catalog-together"
_BLOCK: Final = 1 << 17
"""Bytes of a text whose tokens are looked at together."""
_AROUND: Final = LONGEST + len(APART) * MOST_TOKENS + 1
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
        self.revision = "values-3 " + " ".join(file.salt for file in self._files)

    @property
    def intact(self) -> bool:
        """Whether nothing was written over its files."""
        return all(file.unwritten for file in self._files)

    def company(self) -> Company:
        """Nothing was seen yet of any file's records."""
        return Company({file.salt: file for file in self._files})

    def find(self, texts: Sequence[str], keys: Sequence[str | None] | None) -> list[tuple[Hit, ...]]:
        """The hits of each text, of values that count alone."""
        return [seen.hits for seen in self.look(texts)]

    def look(self, texts: Sequence[str]) -> list[Seen]:
        """What each text holds: values that count alone, and those that may count together.

        Unscannable where a file was written over.
        """
        for file in self._files:
            file.unwritten.check()
        hits: list[list[Hit]] = [[] for _ in texts]
        sightings: list[list[Sighting]] = [[] for _ in texts]
        folds = [folded(text) for text in texts]
        lines = [data.replace(b"\n", LINE) for data, _ in folds]
        every = APART.join(lines)
        begins = [0, *accumulate(len(data) + len(APART) for data in lines)]
        found: list[defaultdict[int, list[_Known]]] = [defaultdict(list) for _ in self._files]
        for at in range(0, len(every), _BLOCK):
            low = max(0, at - _AROUND)
            tokens = Tokens(every[low : at + _BLOCK + _AROUND])
            for file, known in zip(self._files, found, strict=True):
                for start, end, rows in file.known(tokens):
                    if at <= low + start < at + _BLOCK:
                        n = bisect_right(begins, low + start) - 1
                        shift = low - begins[n]
                        known[n].append(_Known(start + shift, end + shift, rows))
        for file, known in zip(self._files, found, strict=True):
            for n, there in known.items():
                there.sort(key=lambda one: (one.start, -one.end))
                data, way = folds[n]
                there = list(_in_source(lines[n], there))
                spans = _points(data, there)
                if way is not None:
                    spans = [way.source(start, end) for start, end in spans]
                file.told(texts[n], there, spans, hits[n], sightings[n])
            file.unwritten.check()
        return [Seen(tuple(each), tuple(more)) for each, more in zip(hits, sightings, strict=True)]


def _in_source(lines: bytes, known: Sequence[_Known]) -> Iterator[_Known]:
    """Where known values, in order, stand in a text before its lines' ends were made longer."""
    more = len(LINE) - 1
    at = shift = 0
    for one in known:
        shift += lines.count(b"\n", at, one.start) // len(LINE) * more
        at = one.start
        inside = lines.count(b"\n", at, one.end) // len(LINE) * more
        yield _Known(one.start - shift, one.end - shift - inside, one.rows)


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
        self.unwritten = file.unwritten
        self._hashed = file.hashed
        self._values = file.prints("values")
        self._column_of = file.covered("columns")
        self._columns = [
            Column(name, entity, Level.parse(level), alone) for name, entity, level, alone in head["columns"]
        ]
        groups = [Together(tuple(columns), Level.parse(level)) for columns, level in head["together"]]
        self.records = RecordRows(file, groups)
        self._layouts = Layouts(head["layouts"])
        self._sieve = Sieve(file)
        self._category = head["category"]
        self._origins = [Origin("values", head["asset"], column.name, head["owner"]) for column in self._columns]
        self._fingerprint = fingerprint

    def known(self, tokens: Tokens) -> Iterator[tuple[int, int, range]]:
        """Known values in a block: where each stands, and its rows."""
        around = self._layouts.around(tokens, self._sieve)
        if around is None:
            return
        low, high, rows, parted = around
        upto, sizes = tokens.stretches(low, high)
        may = self._sieve.wholes(tokens, upto, sizes)
        seen: set[Span] = set()
        places = (each.take(may).tolist() for each in (low, high, upto, sizes, rows))
        for first, last, end, size, row in dict.fromkeys(zip(*places, strict=True)):
            kind = self._layouts.kinds[row]
            joined = tokens.joined[end - size : end]
            known = self._values.at(self._hashed(marked(joined, kind)))
            if not known or (first, last) in seen or not tokens.whole(first, last):
                continue
            if (glued := tokens.glued(first, last)) and (glued > 1 or size < LONG or not joined.isdigit()):
                continue
            start, end = int(tokens.starts[first]), int(tokens.ends[last])
            if kind != Anchor.SIGN or tokens.data.count(b"@", start, end) == 1:
                seen.add((first, last))
                yield start, end, known
        for first in dict.fromkeys(parted.tolist()):
            name, initial, surname = (tokens.text(n) for n in range(first, first + 3))
            if len(initial.decode("utf-8", "replace")) > 1 or any(map(bytes.isdigit, (name, initial, surname))):
                continue
            known = self._values.at(self._hashed(name + surname))
            if known and tokens.whole(first, first + 2) and not tokens.glued(first, first + 2):
                yield int(tokens.starts[first]), int(tokens.ends[first + 2]), known

    def told(
        self, text: str, known: Sequence[_Known], spans: Sequence[Span], hits: list[Hit], sightings: list[Sighting]
    ) -> None:
        """Add what known values of one text, in order, the longer first, are by themselves, and may be together."""
        longer: _Known | None = None
        of_rows: dict[range, set[int]] = {}
        for (start, end), one in zip(spans, known, strict=True):
            columns = of_rows.get(one.rows)
            if columns is None:
                columns = of_rows[one.rows] = set(self._column_of[one.rows.start : one.rows.stop])
            alone = {index for index in columns if self._columns[index].alone}
            company = self.records.count(columns)
            value = self._fingerprint(text[start:end]) if alone or company else ""
            for index in sorted(alone):
                column = self._columns[index]
                hits.append(self._hit(start, end, index, column.level, RULE, "", value, self._origins[index]))
            if company:
                inside = longer.rows if longer is not None and one.end <= longer.end else None
                rows = _ends(one.rows), None if inside is None else _ends(inside)
                sightings.append(Sighting(start, end, "", value, self.salt, *rows))
            if longer is None or one.end > longer.end:
                longer = one

    def raised(self, sighting: Sighting, gathered: Gathered) -> Iterator[Hit]:
        """What a value is beside others of its record."""
        for index, level, others in gathered.raised(sighting.rows):
            origin = replace(self._origins[index], beside=" and ".join(self._columns[other].name for other in others))
            place = sighting.start, sighting.end
            yield self._hit(*place, index, level, TOGETHER, sighting.layer, sighting.fingerprint, origin)

    def _hit(
        self, start: int, end: int, index: int, level: Level, rule: str, layer: str, value: str, origin: Origin
    ) -> Hit:
        entity = self._columns[index].entity
        return Hit(start, end, entity, self._category, level, 1.0, rule, layer, value, origin)


def _ends(rows: range) -> Rows:
    return rows.start, rows.stop


class Company:
    """What was seen of the records of some files, by the files' salts."""

    def __init__(self, files: Mapping[str, _File]) -> None:
        self._files = files
        self._gathered = {salt: Gathered(file.records) for salt, file in files.items()}

    def add(self, sightings: Iterable[Sighting]) -> None:
        """Values were seen. Unscannable where they are of a file that is not in force, or too many."""
        for one in sightings:
            if one.file not in self._gathered:  # A worker has opened another file than this process.
                raise Unscannable("a file of the catalog has changed meanwhile")
            self._files[one.file].unwritten.check()
            self._gathered[one.file].add(one.rows, one.inside)

    def raised(self, sightings: Iterable[Sighting]) -> list[Hit]:
        """What values are beside all that was added."""
        hits = [hit for one in sightings for hit in self._files[one.file].raised(one, self._gathered[one.file])]
        for file in self._files.values():
            file.unwritten.check()
        return hits
