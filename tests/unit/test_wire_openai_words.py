"""Fixed words only: none that a person could have chosen."""

from __future__ import annotations

import pytest

from hushgate.wire import openai_request
from hushgate.wire.openai_words import CONSTANTS, KEYS


@pytest.mark.parametrize("word", ["alien", "", "city", "email", "user_name", "password", "to"])
def test_other_keys_are_read(word: str) -> None:
    assert word not in KEYS


@pytest.mark.parametrize("table", ["REQUEST", "MESSAGE", "PART", "CALL", "CALLED", "AUDIO"])
def test_every_key_the_readers_know_is_a_fixed_word(table: str) -> None:
    assert set(getattr(openai_request, table)) <= KEYS


def test_constants_are_short_words() -> None:
    assert all(0 < len(word) <= 24 and word.isascii() for word in CONSTANTS)
    assert {"user", "chat.completion.chunk", "json_schema", "string"} <= CONSTANTS
