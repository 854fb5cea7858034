"""Links: this gate's alone, for one decision, as long as the approval lives."""

from __future__ import annotations

import json

import pytest

from hushgate.approvals.notify.links import Links, mark
from hushgate.errors import Absent, Refused, TooLate, Unfit
from tests.approving import ALICE, BOB, CAROL, Clock, Journal, asked, desk
from tests.notices import AT, approval

LINKS = Links(bytes(range(32)))


def test_a_link_leads_to_its_approval() -> None:
    one = approval()
    assert LINKS.check(LINKS.token(one), one, AT) is one
    assert "000102" not in repr(LINKS)


def test_each_character_is_under_the_seal() -> None:
    token = LINKS.token(approval())
    for n, c in enumerate(token):
        with pytest.raises(Absent):
            LINKS.read(token[:n] + ("b" if c != "b" else "c") + token[n + 1 :])


@pytest.mark.parametrize(
    "token", ["", "a1", "a1.0.1.x", "x" * 10_000, "a1.0.1." + "A" * 22, "a1.0.1.\u00e9" + "A" * 21]
)
def test_what_is_no_link(token: str) -> None:
    with pytest.raises(Absent, match="not one that this gate sent"):
        LINKS.read(token)


def test_another_gate_s_link() -> None:
    with pytest.raises(Absent):
        LINKS.read(Links(bytes(32)).token(approval()))


@pytest.mark.parametrize(
    ("now_is", "at", "says"),
    [
        (approval(state="approved", decided_by="bob"), AT, "was approved by bob already"),
        (approval(state="rejected", decided_by="bob"), AT, "was rejected by bob already"),
        (approval(yes=("bob",), wanted=2), AT, "bob agreed already"),
        (approval(state="expired"), AT, "has expired"),
        (approval(), AT + 1800, "has expired"),
        (None, AT, "has expired"),
    ],
)  # fmt: skip
def test_a_link_that_is_used_up_says_so(now_is: object, at: float, says: str) -> None:
    with pytest.raises(TooLate, match=says):
        LINKS.check(LINKS.token(approval()), now_is, at)  # type: ignore[arg-type]


async def test_a_decision_uses_a_link_up_and_has_it_on_record() -> None:
    journal = Journal()
    one = desk(journal, minimum=2)
    one.book.links = LINKS
    id = (await one.ask(asked(), None)).approval or ""
    first = LINKS.token(one.book.approvals[id])
    await one.approve(BOB, id, link=first)
    assert journal.events[-1][1]["link"] == mark(first) and first not in str(journal.events)
    with pytest.raises(TooLate, match="bob agreed already"):
        await one.approve(CAROL, id, link=first)
    second = LINKS.token(one.book.approvals[id])
    await one.approve(CAROL, id, link=second)
    assert one.book.approvals[id].state == "approved"
    for link in (first, second):
        with pytest.raises(TooLate, match="approved by bob, carol"):
            one.book.follow(link, 1000.0)


async def test_a_link_gives_no_rights() -> None:
    one = desk()
    one.book.links = LINKS
    id = (await one.ask(asked(), None)).approval or ""
    link = LINKS.token(one.book.approvals[id])
    with pytest.raises(Refused, match="asked for himself"):
        await one.approve(ALICE, id, link=link)
    assert one.book.follow(link, 1000.0).id == id, "a refusal uses nothing up"


async def test_a_link_decides_on_nothing_else() -> None:
    one = desk()
    one.book.links = LINKS
    mine = (await one.ask(asked("a"), None)).approval or ""
    other = (await one.ask(asked("b"), None)).approval or ""
    with pytest.raises(Unfit, match="another approval"):
        await one.reject(BOB, other, "no", link=LINKS.token(one.book.approvals[mine]))
    assert one.book.approvals[other].state == "pending"


async def test_a_link_that_outlived_its_approval() -> None:
    clock = Clock()
    one = desk(clock=clock)
    one.book.links = LINKS
    id = (await one.ask(asked(), None)).approval or ""
    link = LINKS.token(one.book.approvals[id])
    clock.now += 1801
    with pytest.raises(TooLate, match="has expired"):
        one.book.follow(link, clock.now)
    with pytest.raises(TooLate):
        await one.approve(BOB, id, link=link)


def test_a_gate_without_links_follows_none() -> None:
    with pytest.raises(Absent, match="sends no links"):
        desk().book.follow(LINKS.token(approval()), AT)


async def test_a_restart_keeps_links_and_what_was_used_up() -> None:
    """The seal is over how many have agreed, so that nothing but the approval itself has to be kept."""
    journal = Journal()
    one = desk(journal, minimum=2)
    id = (await one.ask(asked(), None)).approval or ""
    used = LINKS.token(one.book.approvals[id])
    await one.approve(BOB, id)
    fresh = LINKS.token(one.book.approvals[id])
    again = desk(minimum=2)
    again.book.links = Links(bytes(range(32)))
    again.book.restore(json.loads(json.dumps(journal.last("approval"))), [], [])
    assert again.book.follow(fresh, 1000.0).id == id
    with pytest.raises(TooLate, match="bob agreed already"):
        again.book.follow(used, 1000.0)
