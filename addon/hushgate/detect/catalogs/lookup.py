"""Which column of a catalog a name means.

Names are compared in one form, in the singular and the plural, with the table's name before them or not. Of several
columns of one name the highest level counts, and of those the one whose asset has most of the other names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hushgate.detect.catalogs.columns import Column
from hushgate.detect.tables.group import Group
from hushgate.detect.tables.scan import form
from hushgate.values import Level

_COMMON: Final = frozenset(
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
        " topic context detail details voice purpose quality style background format stop effort finish_reason"
        " modality reasoning verbosity tier service_tier".split(),
    )
)
GENERIC: Final = _COMMON | {each + b"s" for each in _COMMON}
"""Names that stand over anything: they count beside another column of the same asset, or in a table of its name."""
_MARK: Final = re.compile(r"[^\W_]_[^\W_]|[a-z][A-Z]")


@dataclass(slots=True)
class Work:
    """How many assets may still be compared for one text, before generic names count without."""

    left: int

    @classmethod
    def of(cls, size: int) -> Work:
        """For a text of so many code points: as much as a large catalog asks for its tables, and linear."""
        return cls(500_000 + 16 * size)


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

    def judged(self, group: Group, work: Work | None = None) -> dict[int, Column]:
        """The columns that the names of a group mean, by index."""
        forms = [form(name) for name in group.names]
        found = {n: self._known[each] for n, each in enumerate(forms) if each in self._known}
        if not found or (group.loose and not any(_MARK.search(group.names[n]) for n in found)):
            return {}
        named = self._tables.get(form(_last(group.table)), set()) if group.table else set()
        distinct = {id(known): known for known in found.values()}.values()
        together: Counter[str] = Counter()
        work = work or Work.of(0)
        work.left -= sum(len(known.columns) for known in distinct)
        if work.left > 0:
            for known in distinct:
                together.update(known.columns.keys())
        if not group.alone:
            found = {n: known for n, known in found.items() if any(together[asset] > 1 for asset in known.columns)}
        told: dict[int, Column] = {}
        for n, known in found.items():
            if forms[n] not in GENERIC or work.left <= 0:
                told[n] = known.columns[_nearest(known.top, together, named)]
                continue
            shared = [asset for asset in known.columns if together[asset] > 1 or asset in named]
            if shared:
                level = max(known.columns[asset].level for asset in shared)
                top = [asset for asset in shared if known.columns[asset].level is level]
                told[n] = known.columns[_nearest(top, together, named)]
        return told


def _nearest(assets: Iterable[str], together: Mapping[str, int], named: set[str]) -> str:
    """Of some assets the one that the table is named for, or that has most of the names; of several the first."""
    return min(assets, key=lambda asset: (asset not in named, -together.get(asset, 0), asset))


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
