"""What a request costs grows with its texts and with nothing else: bytes and calls for each, not seconds."""

from __future__ import annotations

import cProfile
import pstats
import tracemalloc
from typing import Any

import pytest

from tests.gate_cases import inbound, pipeline


def texts(count: int) -> dict[str, Any]:
    parts = [{"type": "text", "text": f"green house {n}"} for n in range(count)]
    return {"model": "m", "messages": [{"role": "user", "content": parts}]}


async def test_a_short_text_costs_a_few_calls() -> None:
    gate, asked, watch = pipeline(), inbound(texts(900)), cProfile.Profile()
    await gate.screen_request(inbound(texts(9)))
    watch.enable()
    done = await gate.screen_request(asked)
    watch.disable()
    assert done.refusal is None
    assert pstats.Stats(watch).total_calls < 130 * 900  # type: ignore[attr-defined]  # typeshed has it not


async def test_a_short_text_costs_a_few_bytes() -> None:
    gate, asked = pipeline(), inbound(texts(4000))
    await gate.screen_request(inbound(texts(9)))
    assert await _peak(gate, asked) < 2000 * 4000


@pytest.mark.parametrize("escape", ['\\"', "&#65;", "%41", "\\u0041 "])
async def test_a_text_of_nothing_but_escapes_costs_a_few_bytes_for_each_character(escape: str) -> None:
    gate = pipeline()
    await gate.screen_request(inbound(texts(9)))
    text = escape * (200_000 // len(escape))
    asked = inbound({"model": "m", "messages": [{"role": "user", "content": text}]})
    assert await _peak(gate, asked) < 56 * len(text)


async def _peak(gate: Any, asked: Any) -> int:
    """Bytes that a request takes besides its own."""
    tracemalloc.start()
    try:
        await gate.screen_request(asked)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
