"""What a provider keeps on its side: a reply may hold placeholders of the exchanges that it goes on from.

A request that names an earlier response, a conversation or a thread does not
carry what was said there, but the reply may repeat it. So under each such name
the placeholders of its exchanges are kept: in memory, for one actor, one
endpoint and one policy revision, so many and so long as the bounds below say.
Nothing else is kept, and what is forgotten stays a placeholder.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from hushgate.tools import common
from hushgate.values import Placeholder

IDLE: Final = 8 * 60 * 60.0
"""Seconds after which a name that was not used is forgotten."""
MOST_NAMES: Final = 4096
MOST_EACH: Final = 1000
"""Placeholders kept under one name."""
LONGEST_NAME: Final = 200

type Scope = tuple[str, ...]
type Table = tuple[Placeholder, ...]


class Chains:
    """Placeholders by the names under which a provider keeps what holds them. Times are seconds."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Scope, str], tuple[float, Table]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def found(self, scope: Scope, names: Iterable[str], at: float) -> Table:
        """Everything that is kept under these names."""
        self._forget(at)
        tables = []
        for name in names:
            if (held := self._kept.get((scope, name))) is not None:
                self._kept[scope, name] = (at + IDLE, held[1])
                self._kept.move_to_end((scope, name))
                tables.append(held[1])
        return joined(*tables)

    def keep(self, scope: Scope, names: Iterable[str], table: Table, at: float) -> None:
        """Keep these under each name, with what it holds already. More than the bound are not kept at all."""
        self._forget(at)
        for name in names if table else ():
            held = self._kept.pop((scope, name), (0.0, ()))[1]
            both = joined(held, table)
            if len(both) <= MOST_EACH and 0 < len(name) <= LONGEST_NAME:
                self._kept[scope, name] = (at + IDLE, both)
        while len(self._kept) > MOST_NAMES:
            self._kept.popitem(last=False)

    def _forget(self, at: float) -> None:
        while self._kept and next(iter(self._kept.values()))[0] <= at:
            self._kept.popitem(last=False)


def joined(*tables: Table) -> Table:
    """All of them, each token once: into the tools that every one of them allows."""
    found: dict[str, Placeholder] = {}
    for one in (one for table in tables for one in table):
        known = found.get(one.token)
        found[one.token] = one if known is None else replace(known, tools=common(known.tools, one.tools))
    return tuple(found.values())
