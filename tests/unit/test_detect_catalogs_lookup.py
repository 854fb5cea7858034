"""Which column a name means."""

from __future__ import annotations

import time

import pytest

from hushgate.detect.catalogs.columns import Column
from hushgate.detect.catalogs.lookup import Lookup, Work
from hushgate.detect.tables.group import Group
from hushgate.values import Level


def column(asset: str, name: str, level: Level = Level.CONFIDENTIAL, *aliases: str) -> Column:
    return Column(asset, name, level, "pii", "PERSONAL_DATA", "dbt", "crm", aliases)


LOOKUP = Lookup(
    [
        column("crm.customers", "segment_code"),
        column("crm.customers", "name"),
        column("crm.customers", "email", Level.CONFIDENTIAL, "mail address"),
        column("hr.staff", "email"),
        column("hr.staff", "salary", Level.REGULATED),
        column("hr.staff", "name", Level.REGULATED),
        column("hr.applicants", "salary", Level.REGULATED),
        column("shop.orders", "colour", Level.PUBLIC),
    ]
)


def judged(*names: str, table: str = "", loose: bool = False) -> list[str]:
    told = LOOKUP.judged(Group(names, lambda _: iter(()), 0, table, loose))
    return [f"{names[n]}: {one.asset}.{one.name}" for n, one in sorted(told.items())]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["segmentCode"], ["segmentCode: crm.customers.segment_code"]),
        (["SEGMENT CODES", "x"], ["SEGMENT CODES: crm.customers.segment_code"]),
        (["Mail-Address"], ["Mail-Address: crm.customers.email"]),
        (["customers.email"], ["customers.email: crm.customers.email"]),
        (["email", "salary"], ["email: hr.staff.email", "salary: hr.staff.salary"]),
        (["email", "segment_code"], ["email: crm.customers.email", "segment_code: crm.customers.segment_code"]),
        (["name"], []),
        (["name", "town"], []),
        (["name", "segment_code"], ["name: crm.customers.name", "segment_code: crm.customers.segment_code"]),
        (["name", "email"], ["name: hr.staff.name", "email: crm.customers.email"]),
        (["colour"], []),
        ([], []),
    ],
)
def test_names_of_a_group(names: list[str], told: list[str]) -> None:
    assert judged(*names) == told


def test_a_table_that_is_named() -> None:
    assert judged("name", table="public.customers") == ["name: crm.customers.name"]
    assert judged("email", table="STAFF") == ["email: hr.staff.email"]
    assert judged("name", table="other") == []


def test_one_pair_in_prose_needs_a_name_of_two_words() -> None:
    assert judged("email", loose=True) == []
    assert judged("segment_code", loose=True) == ["segment_code: crm.customers.segment_code"]


def test_a_name_by_itself() -> None:
    alone = LOOKUP.alone("salaries"), LOOKUP.alone("salary"), LOOKUP.alone("name"), LOOKUP.alone("x")
    assert [one and one.asset for one in alone] == [None, "hr.applicants", None, None]


def test_a_generic_name_is_one_in_the_plural() -> None:
    lookup = Lookup([column("t", "type"), column("t", "voices")])
    assert [lookup.alone(name) for name in ("type", "types", "voice", "voices")] == [None] * 4


def test_without_time_to_compare_a_generic_name_counts() -> None:
    group = Group(["name", "town"], lambda _: iter(()), 0)
    assert LOOKUP.judged(group) == {}
    assert [one.asset for one in LOOKUP.judged(group, Work(0)).values()] == ["hr.staff"]


def test_a_large_catalog_is_asked_fast() -> None:
    names = [f"column_{n}" for n in range(98)] + ["name", "status"]
    lookup = Lookup(column(f"t{n}", name) for n in range(300) for name in names)
    began = time.monotonic()
    for _ in range(20):
        assert len(lookup.judged(Group(names, lambda _: iter(()), 0), Work(10**9))) == 100
    assert time.monotonic() - began < 10
