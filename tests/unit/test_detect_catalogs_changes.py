"""What a new import changes."""

from __future__ import annotations

from dataclasses import replace

from hushgate.detect.catalogs.changes import changes
from hushgate.detect.catalogs.columns import Column
from hushgate.values import Level

ONE = Column("t", "a", Level.CONFIDENTIAL, "pii", "PERSON", "dbt")


def test_each_kind_of_change() -> None:
    before = [ONE, replace(ONE, name="b"), replace(ONE, name="c"), replace(ONE, name="d"), replace(ONE, name="same")]
    after = [
        replace(ONE, name="same"),
        replace(ONE, level=Level.REGULATED),
        replace(ONE, name="b", level=Level.INTERNAL),
        replace(ONE, name="c", owner="crm"),
        replace(ONE, name="e"),
    ]
    told = [(change.what, change.column.name) for change in changes(before, after)]
    assert told == [("raised", "a"), ("lowered", "b"), ("changed", "c"), ("removed", "d"), ("added", "e")]
    assert changes(after, after) == []
