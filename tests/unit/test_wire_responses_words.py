"""Fixed words only: none that a person could have chosen."""

from __future__ import annotations

import pytest

from hushgate.wire import responses_items, responses_reply, responses_request, responses_tools
from hushgate.wire.responses_words import CONSTANTS, KEYS


@pytest.mark.parametrize("word", ["alien", "", "email", "user_name", "password", "to", "X-Key", "who"])
def test_other_keys_are_read(word: str) -> None:
    assert word not in KEYS


@pytest.mark.parametrize(
    "table", [responses_request.REQUEST, responses_reply.FRAME, responses_items._ITEM, responses_items._PART,
              responses_tools._TOOL, responses_tools.CONTAINER],
)  # fmt: skip
def test_every_key_the_readers_know_is_a_fixed_word(table: dict[str, object]) -> None:
    assert set(table) <= KEYS


def test_constants_are_short_words() -> None:
    assert all(0 < len(word) <= 32 and word.isascii() for word in CONSTANTS)
    assert {"output_text", "function_call_output", "message", "string"} <= CONSTANTS
