from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from hushgate.approvals.wishes import Wish
from hushgate.consent import Person
from hushgate.console.cards import agreed, card, covers, pieces, votes, wish
from hushgate.control import told
from tests.approving import BOB, CAROL, asked, desk, verdict
from tests.console_cases import TOKEN, case


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("", []),
        ("plain", [("plain", False)]),
        (f"a {TOKEN} b", [("a ", False), (TOKEN, True), (" b", False)]),
        (TOKEN + TOKEN, [(TOKEN, True), (TOKEN, True)]),
        ("<EMAIL_ADDRESS_short>", [("<EMAIL_ADDRESS_short>", False)]),
        ("a\x00\u202eb\n", [("a\ufffd\ufffdb\n", False)]),
    ],
)
def test_placeholders_are_told_apart(text: str, cut: list[tuple[str, bool]]) -> None:
    assert pieces(text) == cut


async def test_a_card_says_what_its_reader_may_know(tmp_path: Path) -> None:
    one = case(tmp_path)
    one.ledger.close()
    id = await one.held()
    (waits,) = one.web.counter.now()
    shown = card(waits, Person("ari", (), ("approver",)), ())
    assert (shown["id"], shown["actor"], shown["refused"], shown["waiting"]) == (id, "dana", "", 0)
    assert shown["excerpts"][0]["pieces"][1] == (TOKEN, True)
    assert shown["ends"].endswith("Z")
    assert "himself" in card(waits, Person("dana", (), ("approver",)), ())["refused"]
    assert card(waits, Person("eve", (), ("auditor",)), (Person("ari", (), ("approver",)),))["refused"] == ""
    assert "no approver" in card(waits, Person("eve", (), ("auditor",)), ())["refused"]
    assert json.dumps(shown)


@pytest.mark.parametrize(
    ("yes", "tally", "says"),
    [
        ((), ["0 of 1"], ""),
        ((), ["0 of 2"], "0 of 2 have said yes"),
        (("bob",), ["1 of 2", "0 of 1 of security"], "1 of 2 and 0 of 1 of security have said yes (bob)"),
    ],
)
def test_votes(yes: tuple[str, ...], tally: list[str], says: str) -> None:
    assert votes(yes, tally) == says


@pytest.mark.parametrize(
    ("form", "wished"),
    [
        ({}, {"any_content": False, "group": None}),
        ({"raw-2": "on", "raw-0": "on"}, {"any_content": False, "group": None, "raw": [0, 2]}),
        ({"raw": "all", "any": "on"}, {"any_content": True, "group": None, "raw": []}),
        ({"uses": "", "group": "ops"}, {"any_content": False, "group": "ops", "uses": None}),
        ({"uses": "3", "seconds": "60"}, {"any_content": False, "group": None, "uses": 3, "seconds": 60}),
    ],
)
def test_a_form_is_a_wish(form: dict[str, str], wished: dict[str, Any]) -> None:
    assert wish(form) == wished


@pytest.mark.parametrize(
    "form", [{"uses": "0"}, {"uses": "-1"}, {"uses": "x"}, {"uses": "9" * 40}, {"raw-x": "on"}, {"seconds": "²"}]
)
def test_a_number_that_is_none_is_no_wish(form: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        wish(form)


@pytest.mark.parametrize(
    "first",
    [Wish(), Wish(raw=()), Wish(raw=(1,)), Wish(any_content=True, raw=(), group="dev", uses=None), Wish(uses=7)],
)
def test_who_agrees_sends_the_same_terms(first: Wish) -> None:
    """The second of two approvers presses one button, and it fits what the first one said."""

    async def decided() -> None:
        one = desk(minimum=2)
        await one.ask(asked("x", verdict(), verdict("PERSON", 1)), None)
        said = told(await one.approve(BOB, "a1", first))
        wished = wish(agreed(said))
        raw = wished.pop("raw", None)
        done = await one.approve(CAROL, "a1", Wish(raw=None if raw is None else tuple(raw), **wished))
        assert done.state == "approved" and covers(told(done)["terms"]) == covers(said["terms"])

    asyncio.run(decided())


def test_terms_are_told_in_words() -> None:
    terms = {
        "actor": "dana", "group": None, "destination": "openai", "digest": "d", "entities": [], "rules": [],
        "raw": False, "uses": 1,
    }  # fmt: skip
    assert covers(terms) == ["dana to openai", "this content", "once", "values masked"]
    wide = {**terms, "group": "dev", "digest": None, "entities": ["A", "B"], "rules": ["r"], "raw": True, "uses": None}
    assert covers(wide) == [
        "group dev to openai", "any content held for A, B by r", "any number of times", "values go as they are"
    ]  # fmt: skip
