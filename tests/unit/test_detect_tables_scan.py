"""All groups of a text: tables amid prose, of every kind."""

from __future__ import annotations

import pytest

from hushgate.detect.tables.scan import form, groups
from tests.table_cases import read

KNOWN = frozenset(map(form, ("code", "full name")))


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Look:\n\nid,code\n1,x\n\nWhat of code, then?\n", ["id=1", "code=x"]),
        ("Look:\nid  code  age\n1   x     7\n", ["id=1", "code=x", "age=7"]),
        ("   code\n0     x\n1    yy\n", ["code=x", "code=yy"]),
        ("id code\n-- ----\n 1 x\n", ["id=1", "code=x"]),
        ("> Full name: Bob\n> Town: Rome\n", ["Full name=Bob", "Town=Rome"]),
        ('say {"fullName": "Bob"} again', ["fullName=Bob"]),
        ("insert into t (code) values ('x')", ["code=x"]),
        ("<table><tr><td>code</td></tr><tr><td>x</td></tr></table>", ["code=x"]),
        ("│ code │\n├──────┤\n│ x    │\n", ["code=x"]),
        ("the code, of which\nwe spoke, is x\n", []),
        ("from a import (\n    Code,\n    Name,\n)\n", []),
        ("return code\n", []),
    ],
)
def test_groups(text: str, cells: list[str]) -> None:
    assert read(text, groups(text, KNOWN)) == cells


@pytest.mark.parametrize("between", ["", " ", "\n \t", "\x1f", "\xa0"])
def test_keys_are_seen_with_any_white_space_before_their_colon(between: str) -> None:
    text = f'say {{"fullName"{between}: "Bob"}} again'
    assert read(text, groups(text, KNOWN)) == ["fullName=Bob"]


@pytest.mark.parametrize("words", [0, 40, 4000])
@pytest.mark.parametrize("lead", ["", "  so it  is\n", "x\n" * 9])
def test_a_table_kept_apart_by_blanks_is_seen_in_much_text_and_in_little(words: int, lead: str) -> None:
    text = "of which we spoke\n" * words + lead + "id  code  age\n1   x     7\n\n" + "and so on\n" * words
    assert read(text, groups(text, KNOWN)) == ["id=1", "code=x", "age=7"]


def test_one_form() -> None:
    assert form("Customer_E-Mail") == form("customerEmail") == form('"customer email"') == b"customeremail"
    assert form("\ud800x")
