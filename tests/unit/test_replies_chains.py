"""Placeholders of what a provider keeps: found by the same actor alone, bounded, and forgotten."""

from __future__ import annotations

from hushgate.replies.chains import IDLE, LONGEST_NAME, MOST_EACH, MOST_NAMES, Chains, joined
from hushgate.values import Placeholder

ALICE, BOB = ("alice", "openai", "r1"), ("bob", "openai", "r1")
ONE, TWO = Placeholder("<A_1>", "one"), Placeholder("<A_2>", "two")


def test_what_is_kept_is_found_under_its_name_in_its_scope() -> None:
    chains = Chains()
    chains.keep(ALICE, ["resp_1", "conv_1"], (ONE,), 0)
    chains.keep(ALICE, ["conv_1"], (TWO,), 1)
    assert chains.found(ALICE, ["resp_1"], 2) == (ONE,)
    assert chains.found(ALICE, ["conv_1"], 2) == (ONE, TWO)
    assert chains.found(ALICE, ["resp_1", "conv_1", "resp_9"], 2) == (ONE, TWO)
    assert chains.found(ALICE, [], 2) == chains.found(ALICE, ["resp_9"], 2) == ()
    for other in (BOB, ("alice", "azure", "r1"), ("alice", "openai", "r2")):
        assert chains.found(other, ["resp_1"], 2) == ()


def test_a_name_that_is_not_used_is_forgotten() -> None:
    chains = Chains()
    chains.keep(ALICE, ["resp_1"], (ONE,), 0)
    chains.keep(ALICE, ["resp_2"], (TWO,), 1)
    assert chains.found(ALICE, ["resp_1"], IDLE - 1) == (ONE,)
    assert chains.found(ALICE, ["resp_2"], IDLE + 1) == ()
    assert chains.found(ALICE, ["resp_1"], 2 * IDLE - 2) == (ONE,)
    chains.keep(BOB, ["resp_3"], (TWO,), 4 * IDLE)
    assert len(chains) == 1


def test_bounds() -> None:
    chains = Chains()
    chains.keep(ALICE, ["empty"], (), 0)
    chains.keep(ALICE, ["", "x" * (LONGEST_NAME + 1)], (ONE,), 0)
    assert len(chains) == 0
    for number in range(MOST_NAMES + 3):
        chains.keep(ALICE, [f"resp_{number}"], (ONE,), 0)
    assert len(chains) == MOST_NAMES
    assert chains.found(ALICE, ["resp_2"], 0) == ()
    assert chains.found(ALICE, ["resp_3"], 0) == (ONE,)
    many = tuple(Placeholder(f"<A_{number}>", "x") for number in range(MOST_EACH))
    chains.keep(BOB, ["conv"], many, 0)
    chains.keep(BOB, ["conv"], (Placeholder("<B_1>", "y"),), 0)
    assert chains.found(BOB, ["conv"], 0) == ()


def test_a_token_goes_into_the_tools_that_every_exchange_allows() -> None:
    anywhere, mail = Placeholder("<A_1>", "one"), Placeholder("<A_1>", "one", (("mail",),))
    [both] = joined((anywhere,), (mail,))
    assert (both.original, both.tools) == ("one", (("mail",),))
    assert joined() == ()


def test_nothing_is_told_of_what_is_kept() -> None:
    chains = Chains()
    chains.keep(ALICE, ["resp_1"], (Placeholder("<A_1>", "a secret"),), 0)
    assert "secret" not in repr(chains)
