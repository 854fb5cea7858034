from __future__ import annotations

import re

import pytest

from hushgate.transform.placeholders import Placeholders
from hushgate.transform.styles import STYLES, render

MAKE = Placeholders(b"k" * 32)


def shown(style: str, value: str, *, plain: bool = True) -> str:
    return render(style, "CREDIT_CARD", value, placeholders=MAKE, scope="alice", plain=plain)


def test_each_style() -> None:
    card = "4111 1111 1111 1234"
    assert shown("placeholder", card) == MAKE.token("alice", "CREDIT_CARD", card)
    assert shown("redact", card) == "[CREDIT_CARD]"
    assert shown("last4", card) == "[CREDIT_CARD *1234]"
    assert re.fullmatch(r"\[CREDIT_CARD#[a-z2-7]{10}\]", shown("hash", card))
    assert re.fullmatch(r"4\d{3} \d{4} \d{4} \d{4}", shown("surrogate", card))
    assert shown("shift", card) == "[CREDIT_CARD]"
    assert {"placeholder", "redact", "last4", "hash", "surrogate", "shift"} == STYLES


@pytest.mark.parametrize(("value", "plain"), [("12345678901", True), ("NDExMTExMTExMTExMTIzNA", False)])
def test_last4_redacts_what_is_short_or_encoded(value: str, plain: bool) -> None:
    assert shown("last4", value, plain=plain) == "[CREDIT_CARD]"


def test_an_unknown_style_is_an_error_without_the_value() -> None:
    with pytest.raises(ValueError, match="not a masking style") as caught:
        shown("sparkle", "4111111111111234")
    assert "4111" not in str(caught.value)
