from __future__ import annotations

from datetime import date

import pytest

from hushgate.detect.dates import birthday


@pytest.mark.parametrize(
    "text",
    [
        "1985-03-14", "14/03/1985", "3/14/1985", "14.3.85", "14 03 1985", "14 March 1985", "Mar 14, 1985",
        "14. März 1985", "14 février 1985", "14 de marzo de 1985", "14 marzo 1985", "14 maart 1985",
        "14 marca 1985", "1985 March 14", "19850314", "03141985",
    ],
)  # fmt: skip
def test_a_day_in_any_order(text: str) -> None:
    assert birthday(text)


@pytest.mark.parametrize("text", ["", "1985", "31.02.1985", "14 Foo 1985", "1.2.3.4", "1899-12-31", "20991231"])
def test_not_a_birthday(text: str) -> None:
    assert not birthday(text)


def test_two_digit_years_lie_in_the_past() -> None:
    ahead = (date.today().year + 1) % 100
    assert birthday(f"01/01/{ahead:02}")
