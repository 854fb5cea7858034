"""Names before values, a line each."""

from __future__ import annotations

import pytest

from hushgate.detect.tables.lines import line_groups
from hushgate.detect.tables.scan import form
from tests.table_cases import ends, read

KNOWN = frozenset(map(form, ("name", "code", "full_name", "home_town")))


def known(said: str) -> bool:
    return form(said) in KNOWN


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Name: Bob Lee\nCode: x9\n\nand: so\n", ["Name=Bob Lee", "Code=x9"]),
        ("- **Name:** Bob\n- **Code**: `x9`,\n", ["Name=Bob", "Code=x9"]),
        (
            "-[ RECORD 1 ]-+---\nname          | Bob\ntown          | Rome\n-[ RECORD 2 ]-+---\nname          | Eve\n",
            ["name=Bob", "town=Rome", "name=Eve"],
        ),
        ("*** 1. row ***\n  name: Bob\n  code: 9\n", ["name=Bob", "code=9"]),
        ("Row 1:\n──────\nname: Bob\ncode: 9\n", ["name=Bob", "code=9"]),
        ("NAME=Bob\nexport CODE='x 9'\n", ["NAME=Bob", "CODE=x 9"]),
        ("email = request.form['email']\ncode = (1)\nkey = word\n", ["key=word"]),
        ("full_name = Bo Li; home_town = Rome; tier = gold\n", ["full_name=Bo Li"]),
        ("Full name:\nBo Li\n\nHome town:\nRome\n", ["Full name=Bo Li", "Home town=Rome"]),
        ("### Full name\nBo Li\n### Home town\nRome\n", ["Full name=Bo Li", "Home town=Rome"]),
        ("full_name: |\n  Bo Li\nhome_town: >-\n  Rome\n", ["full_name=Bo Li", "home_town=Rome"]),
        ("    [full_name] => Bo Li\n    [home_town] => Rome\n", ["full_name=Bo Li", "home_town=Rome"]),
        ("Full name  Bo Li\nAge        41\nHome town  Rome\n", ["Full name=Bo Li", "Age=41", "Home town=Rome"]),
        ("Full name\tBo Li\nHome town\tRome\n", ["Full name=Bo Li", "Home town=Rome"]),
        ("Full name ..... Bo Li\nHome town ..... Rome\n", ["Full name=Bo Li", "Home town=Rome"]),
        (
            "| Field | Value |\n|---|---|\n| Full name | Bo Li |\n| Age | 41 |\n",
            ["Field=Value", "Full name=Bo Li", "Age=41"],
        ),
        ("│ full_name │ Bo Li │\n│ home_town │ Rome  │\n", ["full_name=Bo Li", "home_town=Rome"]),
        (" $ full_name <str> 'Bo', 'Li'\n $ home_town <str> 'Rome'\n", ["full_name=Bo', 'Li", "home_town=Rome"]),
        ("| column | description |\n|---|---|\n| full_name | as said |\n| home_town | of birth |\n", []),
        (" full_name | varchar(60) | not null |\n home_town | text |  |\n", []),
        ("| full_name | tier |\n|---|---|\n| Bo Li | gold |\n", []),
        ("Home town: where a customer has grown up. We show it on cards.\n", []),
        ("import a\ndef f(x):\n    return 1\ntry:\n    name:\n    go\n", []),
        ("a == b\n", []),
    ],
)
def test_lines(text: str, cells: list[str]) -> None:
    lines = ends(text)
    near = [n for n, (low, high) in enumerate(lines) if low < high]
    wanted = [n for n in near if any(form(name) in form(text[slice(*lines[n])]) for name in KNOWN)] or near
    assert read(text, line_groups(text, lines, wanted, known, set())) == cells


def test_one_pair_alone_is_loose() -> None:
    (group,) = line_groups("Name: Bob", [(0, 9)], [0], known, set())
    assert group.loose


def test_lines_that_begin_with_names_are_no_heads() -> None:
    text = "| full_name | Bo Li |\n| home_town | Rome |\n"
    read_: set[int] = set()
    assert len(list(line_groups(text, ends(text), [0, 1], known, read_))) == 1
    assert read_ == {0, 1}


def test_in_a_program_two_columns_have_to_stand_together() -> None:
    text = "def f():\n    return 1\nclass A:\n    full_name = 'Bo'\n    x = 1\n"
    (group,) = line_groups(text, ends(text), [3], known, set())
    assert not group.alone
