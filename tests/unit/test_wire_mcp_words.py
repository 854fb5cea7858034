"""Fixed words only: none that a person could have chosen."""

from __future__ import annotations

import pytest

from hushgate.wire.mcp_messages import ENVELOPE, FIELDS
from hushgate.wire.mcp_words import CONSTANTS, KEYS


@pytest.mark.parametrize("word", ["alien", "", "city", "email", "user_name", "password", "to"])
def test_other_keys_are_read(word: str) -> None:
    assert word not in KEYS


@pytest.mark.parametrize("table", [ENVELOPE, FIELDS])
def test_every_key_the_readers_know_is_a_fixed_word(table: dict[str, object]) -> None:
    assert set(table) <= KEYS


def test_constants_are_short_words() -> None:
    assert all(0 < len(word) <= 40 and word.isascii() for word in CONSTANTS)
    assert {"2.0", "tools/call", "resource_link", "2025-06-18", "string"} <= CONSTANTS
