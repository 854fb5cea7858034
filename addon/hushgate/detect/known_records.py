"""Which values of one record stand together, in however many texts: they have another level than each has alone.

What is known of a value are its rows in the file, and of a row its column and its record. A group of columns is
complete for a record once values of all of them were seen. One value is no company for itself: where a record has the
same one in all columns of a group, and where a shorter one is a part of a longer one of its group (a name, in a mail
address), it counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from typing import Final

from hushgate.detect.catalog_file import CatalogFile
from hushgate.detect.known_import import Together
from hushgate.detect.sighting import Rows
from hushgate.errors import Unscannable
from hushgate.values import Level

MOST_ROWS: Final = 1 << 21
"""Rows of all values that one prompt is asked for; a value has as many as `catalog values --most` lets it have."""

type Raised = tuple[int, Level, tuple[int, ...]]
"""A column, the level of its value, and the columns beside it that it has that level for."""


class RecordRows:
    """The rows of one file by column and record, and the columns that count together."""

    __slots__ = ("_columns", "_counts", "_names", "_records", "groups")

    def __init__(self, file: CatalogFile, groups: Sequence[Together]) -> None:
        # The highest level comes first: it says why.
        self.groups = tuple(sorted(groups, key=lambda group: -group.level))
        names = [name for name, *_ in file.head["columns"]]
        self._names = [names.index(name) for name in names]  # a column may stand there twice (`Asked.stored`)
        self._counts = frozenset(column for group in groups for column in group.columns)
        self._columns, self._records = file.covered("columns"), file.covered("records")

    def count(self, columns: Set[int]) -> bool:
        """Whether a value of these columns may count together with others."""
        return any(self._names[column] in self._counts for column in columns)

    def by_column(self, rows: Rows) -> dict[int, set[int]]:
        """The records that have a value, by column."""
        columns, records = self._columns[slice(*rows)], self._records[slice(*rows)]
        out: defaultdict[int, set[int]] = defaultdict(set)
        for column, record in zip(columns, records, strict=True):
            out[self._names[column]].add(record)
        return out


class Gathered:
    """What was seen of one file's records."""

    __slots__ = ("_known", "_left", "_of", "_raised", "_seen")

    def __init__(self, of: RecordRows) -> None:
        self._of = of
        self._known: set[tuple[Rows, Rows | None]] = set()
        self._seen: list[dict[int, set[int]]] = [{c: set() for c in group.columns} for group in of.groups]
        self._left = MOST_ROWS
        self._raised: dict[Rows, tuple[Raised, ...]] = {}

    def add(self, rows: Rows, inside: Rows | None) -> None:
        """A value was seen; `inside` of a longer one. Unscannable where too many were."""
        if (rows, inside) in self._known:
            return
        self._known.add((rows, inside))
        self._raised.clear()
        self._left -= rows[1] - rows[0]
        if self._left < 0:
            raise Unscannable("more values of records than can be told apart")
        here = self._of.by_column(rows)
        longer = {} if inside is None else self._of.by_column(inside)
        for group, seen in zip(self._of.groups, self._seen, strict=True):
            columns = [column for column in group.columns if column in here]
            if not columns:
                continue
            apart: set[int] = set().union(*(longer[column] for column in group.columns if column in longer))
            if len(columns) == len(group.columns):
                apart |= set.intersection(*(here[column] for column in columns))
            for column in columns:
                seen[column] |= here[column] - apart

    def raised(self, rows: Rows) -> tuple[Raised, ...]:
        """The columns of a value that has company, each once."""
        told = self._raised.get(rows)
        if told is None:
            told = self._raised[rows] = tuple(self._found(rows))
        return told

    def _found(self, rows: Rows) -> Iterator[Raised]:
        groups = [each for each in zip(self._of.groups, self._seen, strict=True) if all(each[1].values())]
        here = self._of.by_column(rows) if groups else {}
        for column, records in here.items():
            for group, seen in groups:
                if column in seen and records.intersection(*seen.values()):
                    yield column, group.level, tuple(other for other in group.columns if other != column)
                    break
