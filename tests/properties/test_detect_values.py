"""Validators and filters judge any text: they return, and never raise."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from hushgate.detect.filters import FILTERS
from hushgate.detect.randomness import is_random, surprise
from hushgate.detect.validate import VALIDATORS

ANY = st.text(st.characters(codec=None)) | st.text(string.ascii_letters + string.digits + "-._:/+= ", max_size=80)


@given(ANY)
def test_validators_judge_anything(value: str) -> None:
    assert {check(value) for check in VALIDATORS.values()} <= {True, False, None}


@given(ANY)
def test_filters_judge_anything(value: str) -> None:
    assert {drop(value) for drop in FILTERS.values()} <= {True, False}


@given(ANY)
def test_randomness_is_a_number(value: str) -> None:
    assert 0 <= surprise(value) < 18
    assert is_random(value) in (True, False)


@given(st.integers(10**14, 10**15 - 1))
def test_one_check_digit_in_ten_passes_luhn(number: int) -> None:
    assert sum(bool(VALIDATORS["luhn"](f"{number}{digit}")) for digit in range(10)) == 1
