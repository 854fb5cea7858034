"""Our checks of identifiers and Presidio's say the same of numbers drawn by chance, and confirm some of them."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

import pytest

from hushgate.detect import presidio_classes
from hushgate.detect.validate import VALIDATORS

DRAW = random.Random(20260)
NIF = "TRWAGMYFPDXBNJZSQVHLCKE"


def digits(count: int) -> str:
    return "".join(DRAW.choice(string.digits) for _ in range(count))


def day(form: str) -> str:
    return form.format(y=DRAW.randrange(100), m=DRAW.randrange(1, 13), d=DRAW.randrange(1, 29))


@pytest.mark.parametrize(
    ("theirs", "ours", "make"),
    [
        ("AuTfn", "au_tfn", lambda: digits(9)),
        ("AuAbn", "au_abn", lambda: DRAW.choice("12345") + digits(10)),
        ("AuAcn", "au_acn", lambda: digits(9)),
        ("AuMedicare", "au_medicare", lambda: DRAW.choice("23456") + digits(9)),
        ("EsNie", "es_nif", lambda: DRAW.choice("XYZ") + digits(7) + DRAW.choice(NIF)),
        ("EsNif", "es_nif", lambda: digits(8) + DRAW.choice(NIF)),
        ("FiPersonalIdentityCode", "fi_hetu", lambda: day("{d:02}{m:02}{y:02}") + f"-{digits(3)}{DRAW.choice('0123')}"),
        ("InAadhaar", "in_aadhaar", lambda: DRAW.choice("23456789") + digits(11)),
        ("ItFiscalCode", "it_fiscal_code", lambda: f"RSSMRA{digits(2)}T{digits(2)}A{digits(3)}{DRAW.choice('ABCDE')}"),
        ("ItVatCode", "it_vat", lambda: digits(11)),
        ("Nhs", "nhs", lambda: digits(10)),
        ("PlPesel", "pl_pesel", lambda: day("{y:02}{m:02}{d:02}") + digits(5)),
        ("UsNpi", "npi", lambda: DRAW.choice("12") + digits(9)),
    ],
)
def test_the_same_numbers_are_confirmed(theirs: str, ours: str, make: Callable[[], str]) -> None:
    check = presidio_classes.validator(f"presidio:{theirs}Recognizer")
    values = [make() for _ in range(1500)]
    confirmed = [value for value in values if VALIDATORS[ours](value) is True]
    assert confirmed == [value for value in values if check(value) is True]
    assert confirmed, "none of so many is right: the draw is wrong"
