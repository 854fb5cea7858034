"""Rows that are read leaf by leaf: an object in a JSON text, in a tool's arguments or its result.

A leaf by itself knows its own key alone. Beside the others of its object even a name such as `name` tells its column.
What a format itself has (`role`, `content`) is no row of anybody's: only what is inside a text, or an argument, counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hushgate.detect.catalogs.columns import Column
from hushgate.detect.catalogs.lookup import Work
from hushgate.detect.catalogs.source import Columns
from hushgate.detect.hit import Hit
from hushgate.detect.tables.group import Group
from hushgate.values import Embedded, Kind, Segment, Step


def row_hits(segments: Sequence[Segment], sources: Iterable[Columns]) -> Mapping[int, list[Hit]]:
    """The whole texts that are values of columns, by the segments' numbers."""
    rows: dict[tuple[object, tuple[Step, ...]], dict[str, list[int]]] = {}
    for n, segment in enumerate(segments):
        at = segment.location
        if segment.kind is Kind.OPAQUE or not (segment.kind is Kind.TOOL_ARGS or Embedded.JSON in at.path):
            continue
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
    return found
