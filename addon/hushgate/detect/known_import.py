"""Records become a file of fingerprints, in memory that does not grow with them (`spilling`)."""

from __future__ import annotations

import io
import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from hushgate.detect.catalog_file import Keying, hashing, write_file
from hushgate.detect.covering import ROWS, WHOLE, Cover, Under
from hushgate.detect.known_plan import Anchor, Spellings, common_words, refusal
from hushgate.detect.known_sieve import BITS, HASHED, Entries, Mix, filter_of
from hushgate.detect.spilling import Spill, Starts
from hushgate.values import Level

KIND: Final = "values"
MOST_RECORDS: Final = 100
"""Records that a value may stand in: one of more tells nobody from others."""
MOST_BESIDE: Final = 10_000
"""Records of a value that counts beside others of its record alone."""
_ROW: Final = struct.Struct("<QBI")
_FIELDS: Final = np.dtype([("hash", "<u8"), ("column", "u1"), ("record", "<u4")])
_REMEMBERED: Final = 1 << 16
_VARIANT: Final = 128
"""Added to a column's number, until all is in order, for further spellings of a value: they are not counted."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column whose values are known. `alone`: they count without others of their record."""

    name: str
    entity: str
    level: Level
    alone: bool


@dataclass(frozen=True, slots=True)
class Together:
    """Columns, by their numbers, whose values of one record have this level where all stand in one prompt."""

    columns: tuple[int, ...]
    level: Level


@dataclass(frozen=True, slots=True)
class Asked:
    """What to make of records, and what hits say of them."""

    asset: str
    columns: tuple[Column, ...]
    together: tuple[Together, ...] = ()
    category: str = "pii"
    owner: str = ""
    most: int = MOST_RECORDS

    @property
    def stored(self) -> tuple[Column, ...]:
        """The columns of the file: behind those that were asked for, each of a group that counts alone, once more.

        There stand its values that say too little alone, and count beside others.
        """
        grouped = sorted({index for group in self.together for index in group.columns})
        return (*self.columns, *(replace(self.columns[n], alone=False) for n in grouped if self.columns[n].alone))

    def said(self) -> dict[str, Any]:
        """For the head of the file."""
        return {
            "asset": self.asset,
            "owner": self.owner,
            "category": self.category,
            "columns": [[c.name, c.entity, c.level.word, c.alone] for c in self.stored],
            "together": [[list(t.columns), t.level.word] for t in self.together],
        }


@dataclass(slots=True)
class Told:
    """What came of it. `skipped`: by column and reason; `numbers`: by column and digits; `beside`: values of a column
    that count beside others of their record alone.
    """

    records: int = 0
    taken: int = 0
    fingerprints: int = 0
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    numbers: Counter[tuple[str, int]] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)

    def dense(self) -> list[tuple[str, int, float]]:
        """Columns of numbers of which any number of that length is one by chance too often: name, digits, share."""
        shares = [(name, size, count / 10**size) for (name, size), count in self.numbers.items()]
        return sorted((name, size, min(1.0, share)) for name, size, share in shares if share > 0.001)


def import_values(records: Iterable[Sequence[str | None]], asked: Asked, key: bytes, out: Path) -> Told:
    """Write the file. A record has a value a column, None where it has none. OSError where it cannot be written."""
    keying = Keying.fresh(key)
    with Spill(out.parent, _FIELDS) as rows, Spill(out.parent, HASHED) as anchors, Spill(out.parent, HASHED) as wholes:
        made = _Import(asked, keying, rows, anchors, wholes)
        for record in records:
            made.add(record)
        arrays = made.settled()
        layouts = [[kind, size, sorted(pairs)] for (kind, size), pairs in sorted(made.layouts.items())]
        write_file(out, keying, KIND, {**asked.said(), "layouts": layouts}, arrays)
        return made.told


class _Import:
    def __init__(self, asked: Asked, keying: Keying, rows: Spill, anchors: Spill, wholes: Spill) -> None:
        mix = Mix(keying.sieve)
        self._asked = asked
        self._columns = asked.stored
        names = [column.name for column in self._columns]
        self._moves = np.array([len(names) - 1 - names[::-1].index(name) for name in names], np.uint8)
        most = asked.most, max(asked.most, MOST_BESIDE)
        self._most = np.array([most[not column.alone] for column in self._columns])
        self._keying = keying
        self._hashed = hashing(keying.hashes)
        self._rows = rows
        self._spills = {"anchors": anchors, "wholes": wholes}
        self._wholes = Entries(mix.wholes, wholes)
        self._anchors = {
            Anchor.WORD: Entries(mix.words, anchors),
            Anchor.PAIR: Entries(mix.pairs, anchors),
            Anchor.CODE: Entries(mix.pairs, anchors),
            Anchor.NUMBER: Entries(mix.numbers, wholes),
        }
        self._words = common_words()
        self._spellings = Spellings(self._words)
        self._recent: set[tuple[Anchor, bytes]] = set()
        self.layouts: defaultdict[tuple[Anchor, int], set[tuple[int, int]]] = defaultdict(set)
        self.told = Told()

    def add(self, record: Sequence[str | None]) -> None:
        number = self.told.records
        self.told.records += 1
        for index, (column, value) in enumerate(zip(self._asked.columns, record, strict=True)):
            if value is None or not value.strip():
                continue
            alone = column.alone
            if why := refusal(value, self._words, alone=alone):
                if self._moves[index] == index or refusal(value, self._words, alone=False):
                    self.told.skipped[column.name, why] += 1
                    continue
                index, alone = int(self._moves[index]), False
                self._in_company(column.name, 1)
            self.told.taken += 1
            for n, spelling in enumerate(self._spellings(value)):
                hashed = self._hashed(spelling.marked)
                self._rows.add(hashed, _ROW.pack(hashed, index + _VARIANT if n else index, number))
                self._wholes.add(spelling.joined)
                if spelling.kind is not Anchor.SIGN:
                    self._anchor(spelling.kind, spelling.anchor)
                size = len(spelling.anchor) if spelling.kind is Anchor.NUMBER else 0
                self.layouts[spelling.kind, size].add((spelling.before, spelling.after))
                if size and spelling.bare and alone and not n:
                    self.told.numbers[column.name, size] += 1

    def _anchor(self, kind: Anchor, anchor: bytes) -> None:
        if (kind, anchor) in self._recent:
            return
        if len(self._recent) >= _REMEMBERED:
            self._recent.clear()
        self._recent.add((kind, anchor))
        self._anchors[kind].add(anchor)

    def settled(self) -> list[tuple[str, str, IO[bytes]]]:
        """All in order: the arrays of the file."""
        values, columns, records = (self._rows.column() for _ in range(3))
        hidden = {name: self._hidden(name, out) for name, out in (("columns", columns), ("records", records))}
        starts = Starts()
        for part in self._rows.parts():
            rows = self._settled(part)
            values.write(rows["hash"].tobytes())
            hidden["columns"].write(rows["column"].tobytes())
            if self._asked.together:
                hidden["records"].write(rows["record"].tobytes())
            starts.add(rows["hash"] >> np.uint64(48))
            self.told.fingerprints += len(rows)
        for out in hidden.values():
            out.flush()
        for entries in (self._wholes, *self._anchors.values()):
            entries.settle()
        filters = {
            name: Cover(self._keying.sieve, name, WHOLE).over(filter_of(spill, BITS[name]))
            for name, spill in self._spills.items()
        }
        return [
            ("values", "Q", values),
            ("values_starts", "I", io.BytesIO(starts.written())),
            ("columns", "B", columns),
            ("records", "I", records),
            *((name, "Q", io.BytesIO(words)) for name, words in filters.items()),
        ]

    def _hidden(self, name: str, out: IO[bytes]) -> io.BufferedWriter:
        return io.BufferedWriter(Under(out, Cover(self._keying.sieve, name, ROWS)), 512 * ROWS)

    def _settled(self, rows: Any) -> Any:
        """In order, each once, without those that stand in too many records."""
        if not len(rows):
            return rows
        rows = rows[np.lexsort((rows["record"], rows["column"] % _VARIANT, rows["hash"]))]
        first_spelling = rows["column"] < _VARIANT
        rows["column"] %= _VARIANT
        new = np.ones(len(rows), bool)
        new[1:] = (rows["hash"][1:] != rows["hash"][:-1]) | (rows["column"][1:] != rows["column"][:-1])
        if self._asked.together:
            rows_new = new.copy()
            rows_new[1:] |= rows["record"][1:] != rows["record"][:-1]
        else:
            rows_new = new
        first = np.flatnonzero(new)
        counts = np.diff(np.append(first, len(rows)))
        times, columns = np.repeat(counts, counts), rows["column"].copy()
        common = times > self._most[columns]
        moved = common & (self._moves[columns] != columns) & (times <= self._most[self._moves[columns]])
        out = common & ~moved
        for which, tell in ((out, self._too_many), (moved, self._in_company)):
            times = np.bincount(columns[which & first_spelling], minlength=len(self._columns))
            for column, count in zip(self._columns, times.tolist(), strict=True):
                if count:
                    tell(column.name, count)
        rows["column"][moved] = self._moves[columns[moved]]
        return rows[rows_new & ~out]

    def _too_many(self, column: str, values: int) -> None:
        self.told.skipped[column, "in too many records"] += values
        self.told.taken -= values

    def _in_company(self, column: str, values: int) -> None:
        self.told.beside[column] += values
