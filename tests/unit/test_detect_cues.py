from __future__ import annotations

import pytest

from hushgate.detect.cues import named_by, passages, worth_reading


@pytest.mark.parametrize("key", ["first_name", "customerName", "surname", "PATIENT", "full-name", "nachname"])
def test_keys_that_promise_a_name(key: str) -> None:
    assert named_by(key)
    assert worth_reading("ada lovelace", key)


@pytest.mark.parametrize("key", [None, "", "name", "filename", "content", "namespace", "type"])
def test_keys_that_do_not(key: str | None) -> None:
    assert not named_by(key)


@pytest.mark.parametrize(
    "text",
    ["Dear Bob,", "My name is Ada", "Grüße, Hans", "signed Mr. Miller", "my pesel 44051401359", "je m'appelle Zoé"],
)
def test_texts_worth_reading(text: str) -> None:
    assert worth_reading(text, None)


@pytest.mark.parametrize(
    "text", ["", "ok", "The quick brown fox", "my name is all lower", "x = from_(y)", "pesel without"]
)
def test_texts_that_are_not(text: str) -> None:
    assert not worth_reading(text, None)


def test_of_a_long_text_only_what_is_around_cues_is_read() -> None:
    filler = "lorem ipsum dolor sit amet é " * 200
    text = f"{filler}My name is Erika Mustermann.{filler}"
    ((start, end),) = [p for p in passages(text) if "Erika" in text[p[0] : p[1]]]
    assert "My name is Erika Mustermann." in text[start:end]
    assert end - start < 600
    assert passages(filler) == []
    assert passages("short") == [(0, 5)]
