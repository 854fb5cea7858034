"""Which column of a catalog a name means.

Names are compared in one form, in the singular and the plural, with the table's name before them or not. Of several
columns of one name the highest level counts, and of those the one whose asset has most of the other names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from hushgate.detect.catalogs.columns import Column
from hushgate.detect.tables.group import Group
from hushgate.detect.tables.scan import form
from hushgate.values import Level

GENERIC: Final = frozenset(
    map(
        form,
        "id uid uuid key value values name names title label type kind class category code status state flag level"
        " description desc text content contents message messages comment comments note notes remark subject body"
        " data date time datetime timestamp created updated created_at updated_at modified start end url uri link path"
        " file filename index number no num nr count total amount sum price quantity size unit version source target"
        " user users role roles group groups owner account input output prompt query question answer response request"
        " result results item items entry field fields property properties parameter parameters arguments args function"
        " tool tools model system instructions metadata tags tag language lang format reason order orders object node"
        " rank score rating active enabled default required enum error code_name column table row event action session"
        " host port method test product document documents image color colour summary"
        " topic context detail details".split(),
    )
)
"""Names that stand over anything: they count beside another column of the same asset, or in a table of its name."""
_MARK: Final = re.compile(r"[^\W_]_[^\W_]|[a-z][A-Z]")
_WORK: Final = 4_000_000
"""Assets that are compared for one text, before generic names count without."""


@dataclass(slots=True)
class _Known:
    """All columns of one form, by asset; the highest level among them, and the assets that have it."""

    columns: dict[str, Column]
    level: Level
    top: frozenset[str] = frozenset()


class Lookup:
    """Names to columns. `forms` are all names that mean one, in their one form."""

    def __init__(self, columns: Iterable[Column]) -> None:
        known: dict[bytes, _Known] = {}
        for column in columns:
            if column.level is Level.PUBLIC:
                continue
            for each in _forms(column):
                here = known.setdefault(each, _Known({}, Level.PUBLIC))
                before = here.columns.get(column.asset)
                if before is None or column.level > before.level:
                    here.columns[column.asset] = column
                    here.level = max(here.level, column.level)
        for here in known.values():
            here.top = frozenset(asset for asset, one in here.columns.items() if one.level is here.level)
        self._known = known
        self._tables: dict[bytes, set[str]] = {}
        for asset in {asset for here in known.values() for asset in here.columns}:
            self._tables.setdefault(form(_last(asset)), set()).add(asset)
        self.forms = known.keys()

    def alone(self, name: str) -> Column | None:
        """The column that a name means by itself; None for one that is no column's, and for a generic one."""
        each = form(name)
        known = self._known.get(each)
        if known is None or each in GENERIC:
            return None
        return known.columns[min(known.top)]

    def judged(self, group: Group) -> dict[int, Column]:
        """The columns that the names of a group mean, by index."""
        found = {n: self._known[each] for n, name in enumerate(group.names) if (each := form(name)) in self._known}
        if not found:
            return {}
        if group.loose and not any(_MARK.search(group.names[n]) for n in found):
            return {}
        named = self._tables.get(form(_last(group.table)), set()) if group.table else set()
        work = _WORK
        told: dict[int, Column] = {}
        distinct = {id(known): known for known in found.values()}
        for n, known in found.items():
            if form(group.names[n]) not in GENERIC:
                assets, spent = _nearest(known.top, known, distinct.values(), named)
                told[n] = known.columns[min(assets)]
            else:
                shared, spent = _shared(known, distinct.values(), named)
                if work < 0:
                    shared = set(known.top)
                if shared:
                    told[n] = max((known.columns[asset] for asset in shared), key=lambda column: column.level)
            work -= spent
        return told


def _nearest(
    assets: Iterable[str], known: _Known, all_known: Iterable[_Known], named: set[str]
) -> tuple[set[str], int]:
    """Of some assets those that have most other names, and how many were compared."""
    left = set(assets)
    spent = 0
    if named & left:
        left &= named
    for other in all_known:
        if other is not known and len(left) > 1:
            spent += min(len(left), len(other.columns))
            left = (left & other.columns.keys()) or left
    return left, spent


def _shared(known: _Known, all_known: Iterable[_Known], named: set[str]) -> tuple[set[str], int]:
    """The assets that have this column and another one of the names, or that the table is named for."""
    spent = 0
    shared = named & known.columns.keys()
    for other in all_known:
        if other is not known:
            spent += min(len(known.columns), len(other.columns))
            shared |= known.columns.keys() & other.columns.keys()
    return shared, spent


def _last(asset: str) -> str:
    return re.split(r"[./\\]", asset)[-1]


def _forms(column: Column) -> Iterator[bytes]:
    """Each name of a column, in the singular and the plural, and behind its table's name."""
    for name in (column.name, *column.aliases):
        for spelled in dict.fromkeys((name, name.lower(), name.upper())):
            each = form(spelled)
            if len(each) < 2:
                continue
            yield each
            yield each[:-1] if each.endswith(b"s") and len(each) > 3 else each + b"s"
            yield form(_last(column.asset)) + b"." + each
