"""What a new import changes: columns that come, go, and are told otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hushgate.detect.catalogs.columns import Column


@dataclass(frozen=True, slots=True)
class Change:
    """A column, before and after; `what` is added, removed, raised, lowered or changed."""

    what: str
    before: Column | None
    after: Column | None

    @property
    def column(self) -> Column:
        """The column as it is now, or was."""
        told = self.after or self.before
        assert told is not None  # noqa: S101  one of them is there
        return told


def changes(before: Iterable[Column], after: Iterable[Column]) -> list[Change]:
    """What is different, in order of source, asset and column."""
    old = {_place(column): column for column in before}
    new = {_place(column): column for column in after}
    return [change for place in sorted(old.keys() | new.keys()) for change in _change(old.get(place), new.get(place))]


def _place(column: Column) -> tuple[str, str, str]:
    return column.source, column.asset, column.name


def _change(before: Column | None, after: Column | None) -> Iterator[Change]:
    if before == after:
        return
    if before is None or after is None:
        yield Change("removed" if after is None else "added", before, after)
    elif before.level != after.level:
        yield Change("raised" if after.level > before.level else "lowered", before, after)
    else:
        yield Change("changed", before, after)
