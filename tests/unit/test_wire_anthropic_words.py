"""Fixed words only: none that a person could have chosen."""

from __future__ import annotations

import pytest

from hushgate.wire import anthropic_blocks, anthropic_reply, anthropic_request
from hushgate.wire.anthropic_words import CONSTANTS, KEYS


@pytest.mark.parametrize("word", ["alien", "", "city", "email", "user_name", "password", "to"])
def test_other_keys_are_read(word: str) -> None:
    assert word not in KEYS


@pytest.mark.parametrize(
    "table", [anthropic_request.REQUEST, anthropic_blocks.BLOCK, anthropic_blocks.TOOL, anthropic_reply.REPLY]
)
def test_every_key_the_readers_know_is_a_fixed_word(table: dict[str, object]) -> None:
    assert set(table) <= KEYS


def test_constants_are_short_words() -> None:
    assert all(0 < len(word) <= 40 and word.isascii() for word in CONSTANTS)
    assert {"user", "tool_use", "text_delta", "end_turn", "base64", "string"} <= CONSTANTS
