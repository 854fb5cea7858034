"""Rows that are read leaf by leaf: an object in a JSON text, in a tool's arguments or its result.

A leaf by itself knows its own key alone. Beside the others of its object even a name such as `name` tells its column.
Lists below a list of names, or of objects that have names (`{"columns": ["a", "b"], "data": [[1, 2]]}`), are rows, too.
What a format itself has (`role`, `content`) is no row of anybody's: only what is inside a text, or an argument, counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hushgate.detect.catalogs.columns import Column
from hushgate.detect.catalogs.lookup import Work
from hushgate.detect.catalogs.source import Columns
from hushgate.detect.hit import Hit
from hushgate.detect.tables.group import Group, name
from hushgate.values import Embedded, Kind, Segment, Step

_NAMES: Final = frozenset({"name", "column", "columnname", "column_name", "field", "label"})


@dataclass(slots=True)
class _List:
    """The leaves of a list's elements, and the name that each has, by the elements' places."""

    cells: dict[Step, list[int]]
    names: dict[Step, int]


def row_hits(segments: Sequence[Segment], sources: Iterable[Columns]) -> Mapping[int, list[Hit]]:
    """The whole texts that are values of columns, by the segments' numbers."""
    rows: dict[tuple[object, tuple[Step, ...]], dict[str, list[int]]] = {}
    lists: dict[tuple[object, tuple[Step, ...]], _List] = {}
    for n, segment in enumerate(segments):
        at = segment.location
        if segment.kind is Kind.OPAQUE or not (segment.kind is Kind.TOOL_ARGS or Embedded.JSON in at.path):
            continue
        _listed(lists, segment, n)
        depth = len(at.path) - 1
        while depth > 0 and isinstance(at.path[depth], int):  # an element of a list is a value of the list's key
            depth -= 1
        key = at.path[depth] if at.path else None
        if isinstance(key, str):
            named = rows.setdefault((at.part, at.path[:depth]), {}).setdefault(key, [])
            if not at.is_key:
                named.append(n)
    found: dict[int, list[Hit]] = {}
    known: dict[tuple[str, ...], Mapping[int, Column]] = {}
    for source in sources:
        known.clear()
        work = Work.of(16 * len(segments))
        for row in rows.values():
            names = tuple(row)
            if names not in known:
                known[names] = source.judged(Group(names, lambda _: iter(()), 0), work)
            for i in known[names]:
                for n in row[names[i]]:
                    if hit := source.whole(segments[n].text, known[names][i]):
                        found.setdefault(n, []).append(hit)
        for head, below in _tables(segments, lists.values(), source.knows):
            for i, column in source.judged(Group(head, lambda _: iter(()), 0), work).items():
                for n in (values[i] for values in below):
                    if hit := source.whole(segments[n].text, column):
                        found.setdefault(n, []).append(hit)
    return found


def _listed(lists: dict[tuple[object, tuple[Step, ...]], _List], segment: Segment, n: int) -> None:
    """Puts a leaf into the list that it is an element of, or the one leaf of an element of, or the name of one."""
    at = segment.location
    for depth in (len(at.path) - 1, len(at.path) - 2):
        if depth >= 0 and isinstance(at.path[depth], int):
            key = at.path[-1] if depth < len(at.path) - 1 else ""
            if not at.is_key and isinstance(key, str):
                one = lists.setdefault((at.part, at.path[:depth]), _List({}, {}))
                one.cells.setdefault(at.path[depth], []).append(n)
                if key.lower() in _NAMES:
                    one.names.setdefault(at.path[depth], n)
            return


def _tables(
    segments: Sequence[Segment], lists: Iterable[_List], known: Callable[[str], bool]
) -> Iterator[tuple[list[str], list[list[int]]]]:
    """Lists of names of which one is known, and behind each the rows that have as many values."""
    names: list[str] = []
    below: list[list[int]] = []
    for one in lists:
        row = [cells[0] for cells in one.cells.values() if len(cells) == 1]
        said = list(one.names.values()) if len(one.names) == len(one.cells) else row
        head = [segments[n].text for n in said]
        if 1 < len(head) == len(one.cells) and any(map(known, head)) and all(map(name, head)):
            if below:
                yield names, below
            names, below = head, []
        elif len(row) == len(one.cells) == len(names):
            below.append(row)
    if below:
        yield names, below
