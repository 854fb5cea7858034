"""Fixed words only: none that a person could have chosen."""

from __future__ import annotations

import pytest

from hushgate.wire import ollama_reply, ollama_request
from hushgate.wire.ollama_words import CONSTANTS, KEYS


@pytest.mark.parametrize("word", ["alien", "", "city", "email", "user_name", "password", "to"])
def test_other_keys_are_read(word: str) -> None:
    assert word not in KEYS


def test_every_key_the_readers_know_is_a_fixed_word() -> None:
    assert set(ollama_request.REQUEST) | set(ollama_request.MESSAGE) | set(ollama_reply.REPLY) <= KEYS


def test_constants_are_short_words() -> None:
    assert all(0 < len(word) <= 24 and word.isascii() for word in CONSTANTS)
    assert {"user", "assistant", "json", "stop", "string"} <= CONSTANTS
