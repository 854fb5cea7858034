"""Fixed words only, in both spellings: none that a person could have chosen."""

from __future__ import annotations

import pytest

from hushgate.wire import google_reply, google_request
from hushgate.wire.google_words import CONSTANTS, KEYS, both, snake


@pytest.mark.parametrize("word", ["alien", "", "city", "email", "user_name", "password", "to"])
def test_other_keys_are_read(word: str) -> None:
    assert word not in KEYS


@pytest.mark.parametrize(
    ("camel", "other"),
    [
        ("systemInstruction", "system_instruction"),
        ("topP", "top_p"),
        ("text", "text"),
        ("parametersJsonSchema", "parameters_json_schema"),
    ],
)
def test_two_spellings(camel: str, other: str) -> None:
    assert snake(camel) == other
    assert both({camel: 1}) == {camel: 1, other: 1}


@pytest.mark.parametrize("table", ["REQUEST", "CONTENT", "PART", "CALLED"])
def test_every_key_of_a_request_is_a_fixed_word(table: str) -> None:
    assert set(getattr(google_request, table)) <= KEYS


@pytest.mark.parametrize("table", ["REPLY", "CANDIDATE"])
def test_every_key_of_a_reply_is_a_fixed_word(table: str) -> None:
    assert set(getattr(google_reply, table)) <= KEYS


def test_constants_are_short_words() -> None:
    assert all(0 < len(word) <= 40 and word.isascii() for word in CONSTANTS)
    assert {"user", "model", "STOP", "STRING", "string"} <= CONSTANTS
