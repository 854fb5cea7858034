"""Names right before values, many in a line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hushgate.detect.tables.group import Group
from hushgate.detect.tables.inline import groups, is_query, near
from hushgate.detect.tables.scan import form
from tests.table_cases import read

KNOWN = frozenset(map(form, ("full_name", "home_town", "annual_income", "pay")))


def found(text: str) -> Iterator[Group]:
    low = text.encode().lower()
    return groups(text, near(text, low, KNOWN), sql=is_query(low))


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("UPDATE c SET full_name = 'Bo Li', pay = 7 WHERE id = 1", ["full_name=Bo Li", "pay=7"]),
        (
            "select 1 from c where c.full_name like 'Bo%' and home_town in ('Rome', 'Bari') and x = 1",
            ["full_name=Bo%", "home_town=Rome", "home_town=Bari"],
        ),
        ("select 1 from c where annual_income between 10 and 20.5", ["annual_income=10", "annual_income=20.5"]),
        ("select 1 from c where pay >= 10 and full_name = :name and home_town = $1", ["pay=10"]),
        ("insert into c set full_name='Bo', home_town = \"Rome\"", ["full_name=Bo", "home_town=Rome"]),
        ('ts=1 full_name="Bo Li" home_town=Rome pay=x\n', ["full_name=Bo Li", "home_town=Rome", "pay=x"]),
        ("id=1&full_name=Bo+Li&home_town=Rome", ["full_name=Bo+Li", "home_town=Rome"]),
        ("GET /c?full_name=Bo%20Li&x=1", ["full_name=Bo%20Li"]),
        ("Customer(id=1, full_name='Bo Li', pay=Decimal('7'))", ["full_name=Bo Li", "pay=7"]),
        ("Customer(id=1, fullName=Bo Li, homeTown=Rome)", ["fullName=Bo Li", "homeTown=Rome"]),
        ("Customer(id=1, fullName=name, homeTown=self.town)", []),
        ("{fullName: 'Bo Li', homeTown: `Rome`}", ["fullName=Bo Li", "homeTown=Rome"]),
        ('{:id=>1, :full_name=>"Bo", "home_town" => "Rome"}', ["full_name=Bo", "home_town=Rome"]),
        ("['full_name' => 'Bo', 'home_town' => 'Rome']", ["full_name=Bo", "home_town=Rome"]),
        ('Customer { full_name: "Bo", home_town: Some("Rome") }', ["full_name=Bo", "home_town=Rome"]),
        ("{ID:1 FullName:Bo Li HomeTown:Rome}", ["FullName=Bo Li", "HomeTown=Rome"]),
        ('<row full_name="Bo" home_town="Rome"/>', ["full_name=Bo", "home_town=Rome"]),
        ("- {full_name: Bo Li, home_town: Rome}", ["full_name=Bo Li", "home_town=Rome"]),
        ("interface C { fullName: string; homeTown?: string | null }", []),
        ("print(f'{full_name=}', home_town)", []),
        ("- pay=7, x=1", []),
        ("Full name: Bo Li | Home town: Rome | x: 1", ["Full name=Bo Li", "Home town=Rome"]),
        ("select 1 from c where full_name not in ('Bo', 'Al')", ["full_name=Bo", "full_name=Al"]),
        ("- `full_name`: what is said of it, `home_town`: so", []),
        ('{"full_name": "JSON is read elsewhere"}', []),
    ],
)
def test_pairs(text: str, cells: list[str]) -> None:
    assert [cell for cell in read(text, found(text)) if "string" not in cell] == cells


def test_places_are_code_points() -> None:
    text = "Zoë, é: {fullName: 'Łu Żak'}"
    assert read(text, found(text)) == ["fullName=Łu Żak"]


def test_sql_says_the_table_and_a_program_asks_for_two_columns() -> None:
    text = "UPDATE shop.c SET pay = 7"
    (group,) = found(text)
    assert (group.table, group.loose, group.alone) == ("shop.c", False, True)
    text = "import os\ndef f():\n    return 1\nclass A:\n    full_name = 'x'\n"
    (group,) = found(text)
    assert (group.table, group.loose, group.alone) == ("", True, False)
