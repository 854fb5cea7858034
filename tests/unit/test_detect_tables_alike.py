"""Columns of one kind, though nobody named them."""

from __future__ import annotations

import time

import pytest

from hushgate.detect.hit import Hit
from hushgate.detect.patterns import Patterns
from hushgate.detect.tables.alike import LEAST, RULE, alike
from hushgate.values import Level
from tests.detect_cases import FINGERPRINT, rule

BADGE = rule("badge", "EMPLOYEE_ID", "AB-[0-9]{6}")
ROWS = [f"{n},AB-{n:06d},town {n}" for n in range(8)]


def found(text: str) -> list[str]:
    (verdict,) = Patterns([BADGE], FINGERPRINT).scan([text])
    return [text[hit.start : hit.end] for hit in verdict.hits if hit.rule_id == RULE]


def table(*more: str, rows: list[str] = ROWS) -> str:
    return "\n".join(["Look:", "", "n,which,where", *rows[:4], *more, *rows[4:], "", "Thank you, then, Bob"])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (table("9,ab 77,town"), ["ab 77"]),
        (table("9,,town", "9,NULL,x"), []),
        (table("9,a,x", "9,b,x", "9,c,x"), []),
        (table("9,a,x", rows=ROWS[:4]), []),
        (table("9,ab 77,town").replace(",", "\t"), ["ab 77"]),
        (table("| 9 | ab 77 | town |", rows=[f"| {row.replace(',', ' | ')} |" for row in ROWS]), ["ab 77"]),
        ("\n".join(f"AB-{n:06d}" for n in range(9)) + "\nother", []),
        (", ".join(f"AB-{n:06d}" for n in range(9)) + ", other", []),
    ],
)
def test_the_rest_of_a_column(text: str, values: list[str]) -> None:
    assert found(text) == values


def test_what_a_hit_says() -> None:
    text = table("9,ab 77,town")
    (verdict,) = Patterns([BADGE], FINGERPRINT).scan([text])
    hit = next(hit for hit in verdict.hits if hit.rule_id == RULE)
    assert (hit.entity, hit.level, hit.fingerprint) == ("EMPLOYEE_ID", BADGE.level, FINGERPRINT("ab 77"))


def test_internal_values_make_no_column() -> None:
    text = table("9,ab 77,town")
    hits = [
        Hit(at, at + 9, "X", "pii", Level.INTERNAL, 0.9, "x", "", "")
        for n in range(8)
        if (at := text.index(f"AB-{n:06d}"))
    ]
    assert len(hits) > LEAST and alike(text, hits, FINGERPRINT) == []


@pytest.mark.parametrize("row", ["1,{badge}", "{badge} and more", "1,{badge},{badge}", '"{badge},', "{badge}|"])
def test_long_tables_take_no_longer_by_the_row(row: str) -> None:
    text = "\n".join(row.format(badge=f"AB-{n:06d}") for n in range(10_000))
    hits, at = [], -1
    while (at := text.find("AB-", at + 1)) >= 0:
        hits.append(Hit(at, at + 9, "EMPLOYEE_ID", "pii", Level.CONFIDENTIAL, 0.9, "badge", "", ""))
    began = time.monotonic()
    alike(text, hits, FINGERPRINT)
    assert time.monotonic() - began < 5
