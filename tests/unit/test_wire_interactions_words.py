"""Fixed words only: none that a person could have chosen."""

from __future__ import annotations

import pytest

from hushgate.wire import interactions_reply, interactions_request
from hushgate.wire.interactions_words import CONSTANTS, KEYS


@pytest.mark.parametrize("word", ["alien", "", "city", "email", "user_name", "password", "to"])
def test_other_keys_are_read(word: str) -> None:
    assert word not in KEYS


def test_every_key_the_readers_know_is_a_fixed_word() -> None:
    assert set(interactions_request.REQUEST) | set(interactions_request.ITEM) | set(interactions_reply.REPLY) <= KEYS


def test_constants_are_short_words() -> None:
    assert all(0 < len(word) <= 32 and word.isascii() for word in CONSTANTS)
    assert {"model_output", "step.delta", "user", "string"} <= CONSTANTS
