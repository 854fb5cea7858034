from __future__ import annotations

import pytest

from hushgate.detect.cues import FIELD, named_by, passages, worth_reading


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
    "text", ["", "ok", "Ok", "the quick brown fox", "x = from_(y)", "pesel without", "2026-01-02 INFO GET /a 200"]
)
def test_texts_that_are_not(text: str) -> None:
    assert not worth_reading(text, None)


def test_of_a_long_text_only_parts_that_may_hold_names_are_read() -> None:
    filler = "lorem ipsum dolor sit amet é " * 200
    text = f"{filler}\nMy name is Erika Mustermann.\n{filler}"
    ((start, end),) = passages(text)
    assert "My name is Erika Mustermann." in text[start:end]
    assert end - start < 2100
    assert passages(filler) == []
    assert passages("short") == [(0, 5)]


@pytest.mark.parametrize("piece", ["Anna went home.\n", "Anna ", "A" * 99 + "a", "Ää\n\n"])
def test_parts_beside_one_another_are_one(piece: str) -> None:
    text = piece * 1000
    assert passages(text) == [(0, len(text))]


@pytest.mark.parametrize(
    ("text", "value"),
    [('{"first_name": "Anna"}', "Anna"), ("{'lastName' : 'de la Cruz'}", "de la Cruz"), ('{"a": 1}', None)],
)
def test_quoted_keys_and_values(text: str, value: str | None) -> None:
    found = FIELD.search(text)
    assert (found["value"] if found else None) == value
