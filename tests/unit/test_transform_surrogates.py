"""Stand-ins look like what they stand for, and hide it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushgate.transform.placeholders import Placeholders
from hushgate.transform.styles import render
from hushgate.transform.surrogates import shifted, surrogate

KEYED = Placeholders(b"k" * 32)


def drawn(value: str = "v") -> Iterator[int]:
    return KEYED.drawn("alice", value)


@pytest.mark.parametrize(
    ("entity", "value", "form"),
    [
        ("PERSON", "Mara Lindqvist", r"[A-Z][a-z]{3} [A-Z][a-z]{8}"),
        ("EMAIL_ADDRESS", "mara.lindqvist@northwind-mail.com", r"[a-z]{4}\.[a-z]{9}@example\.(com|net|org)"),
        ("IP_ADDRESS", "10.20.30.40", r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}"),
        ("IP_ADDRESS", "fe80::1", r"2001:db8::[0-9a-f]{1,4}"),
        ("CREDIT_CARD", "4539 1488 0343 6467", r"4\d{3} \d{4} \d{4} \d{4}"),
        ("IBAN_CODE", "DE89 3704 0044 0532 0130 00", r"DE\d\d( \d{4}){4} \d\d"),
        ("PHONE_NUMBER", "+49 (30) 901820", r"\+\d\d \(\d\d\) \d{6}"),
        ("PHONE_NUMBER", "+1 (415) 826-4973", r"\+1 \([2-9]\d\d\) 555-01\d\d"),
        ("PHONE_NUMBER", "415.826.4973", r"[2-9]\d\d\.555\.01\d\d"),
        ("PHONE_NUMBER", "1-415-826-4973", r"\d-[2-9]\d\d-555-01\d\d"),
        ("US_SSN", "536-22-8431", r"666-\d\d-\d{4}"),
        ("MAC_ADDRESS", "3C:22:FB:4A:9D:01", r"00:00:5E:00:53:[0-9A-F]{2}"),
        ("MAC_ADDRESS", "3c22.fb4a.9d01", r"0000\.5e00\.53[0-9a-f]{2}"),
        (
            "URL",
            "https://wiki.acme.internal/hr/ada?id=7",
            r"https://[a-z]{4}\.example\.(com|net|org)/[a-z]{2}/[a-z]{3}\?[a-z]{2}=\d",
        ),
        ("URL", "acme.internal", r"[a-z]{4}\.example\.(com|net|org)"),
        ("DATE_OF_BIRTH", "1984-05-10", r"19[78]\d-[01]\d-[0-3]\d"),
        ("DATE_OF_BIRTH", "in spring", r"[a-z]{2} [a-z]{6}"),
        ("EMPLOYEE_ID", "AB-123456", r"[A-Z]{2}-\d{6}"),
        ("PERSON", "Ольга 张伟", r"[A-Z][a-z]{4} [a-z]{2}"),
    ],
)
def test_the_shape_stays(entity: str, value: str, form: str) -> None:
    made = surrogate(entity, value, drawn(value))
    assert made is not None
    assert re.fullmatch(form, made), made
    assert made == surrogate(entity, value, drawn(value)), "and it is the same each time"


def test_no_stand_in_is_a_number_that_somebody_has() -> None:
    for n in range(300):
        card = (surrogate("CREDIT_CARD", "4539148803436467", drawn(f"{n}")) or "")[::-1]
        assert sum(sum(divmod(int(d) * (1 + n % 2), 10)) for n, d in enumerate(card)) % 10
        iban = surrogate("IBAN_CODE", "DE89370400440532013000", drawn(f"{n}")) or ""
        assert int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 != 1


@pytest.mark.parametrize(("value", "stream"), [("--", [1]), ("7", [7]), ("", [1])])
def test_what_would_hide_nothing_is_none(value: str, stream: list[int]) -> None:
    assert surrogate("X", value, cycle(stream)) is None


@given(st.text(min_size=1, max_size=40))
def test_a_stand_in_is_another_text(value: str) -> None:
    for entity in ("PERSON", "EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS"):
        made = surrogate(entity, value, drawn(value))
        assert made is None or made.casefold() != value.casefold()


@pytest.mark.parametrize(
    ("value", "days", "told"),
    [
        ("1984-12-30", 3, "1985-01-02"),
        ("1984-3-1", -1, "1984-2-29"),
        ("30.12.1984", 3, "02.01.1985"),
        ("12/30/1984", 3, "01/02/1985"),
        ("30/12/1984", 3, "02/01/1985"),
        ("December 30, 1984", 3, "January 2, 1985"),
        ("DEC 30 1984", 3, "JAN 2 1985"),
        ("30 december 1984", 3, "2 january 1985"),
        ("May 1st, 1977", 1, "May 2nd, 1977"),
        ("29th Oct. 1977", 3, "1st Nov. 1977"),
        ("3rd of May", 3, None),
        ("1984-02-30", 3, None),
        ("9999-12-31", 300, None),
        ("1984-12-30 and more", 3, None),
        ("30 Brumaire 1984", 3, None),
    ],
)
def test_dates_move(value: str, days: int, told: str | None) -> None:
    assert shifted(value, days) == told


def test_styles_use_them() -> None:
    def rendered(style: str, entity: str, value: str, *, scope: str = "alice", plain: bool = True) -> str:
        return render(style, entity, value, placeholders=KEYED, scope=scope, plain=plain)

    assert rendered("surrogate", "PERSON", "Mara") != "Mara"
    assert rendered("surrogate", "PERSON", "Mara", scope="bob") != rendered("surrogate", "PERSON", "Mara")
    assert rendered("surrogate", "PERSON", "TWFyYQ==", plain=False) == "[PERSON]"
    one, other = (rendered("shift", "DATE_OF_BIRTH", day) for day in ("1984-05-10", "1984-05-12"))
    assert one[:2] in ("19", "20") and one != "1984-05-10"
    assert int(other[-2:]) - int(one[-2:]) in (2, 2 - 31, 2 - 30, 2 - 28, 2 - 29), "what lies between stays"
    assert rendered("shift", "DATE_OF_BIRTH", "in spring") == "[DATE_OF_BIRTH]"
