"""How a reply is stopped."""

from __future__ import annotations

from hushgate.replies.kit import Cut
from tests.gate_cases import passage, pipeline


async def test_a_cut_carries_the_decision_and_says_nothing_of_it() -> None:
    decision = (await passage("hi", pipeline())).decision
    assert decision is not None
    cut = Cut(decision)
    assert cut.decision is decision
    assert str(cut) == "cut"
