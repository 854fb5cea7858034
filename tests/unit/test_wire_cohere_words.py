"""Fixed words only: none that a person could have chosen."""

from __future__ import annotations

import pytest

from hushgate.wire import cohere_reply, cohere_request
from hushgate.wire.cohere_words import CONSTANTS, KEYS


@pytest.mark.parametrize("word", ["alien", "", "city", "email", "user_name", "password", "to"])
def test_other_keys_are_read(word: str) -> None:
    assert word not in KEYS


@pytest.mark.parametrize("table", ["REQUEST", "MESSAGE", "PART", "CALLED", "CITATION"])
def test_every_key_of_a_request_is_a_fixed_word(table: str) -> None:
    assert set(getattr(cohere_request, table)) <= KEYS


def test_every_key_of_a_reply_is_a_fixed_word() -> None:
    assert set(cohere_reply.REPLY) <= KEYS


def test_constants_are_short_words() -> None:
    assert all(0 < len(word) <= 32 and word.isascii() for word in CONSTANTS)
    assert {"user", "CHATBOT", "content-delta", "stream-end", "string"} <= CONSTANTS
