"""Approvals are asked and decided on the gate's own event loop, from whatever thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hushgate.console import counter
from hushgate.console.counter import Counter
from hushgate.console.visitors import Role, Visitor
from hushgate.errors import Absent, Refused, StateError, TooLate
from tests.console_cases import VALUE, Case, case

ARI = Visitor("ari", frozenset({Role.DEVELOPER, Role.APPROVER}))
RAE = Visitor("rae", frozenset({Role.DEVELOPER, Role.APPROVER, Role.REVEALER}))
DANA = Visitor("dana", frozenset({Role.DEVELOPER}))


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Case]:
    made = case(tmp_path)
    yield made
    made.ledger.close()


async def test_a_thread_decides(one: Case) -> None:
    id = await one.held()
    done = await asyncio.to_thread(one.web.counter.do, ARI, "approve", id=id)
    assert done["state"] == "approved" and one.approvals.book.approvals[id].decided_by == "ari"
    with pytest.raises(TooLate, match="approved by ari already"):
        await asyncio.to_thread(one.web.counter.do, RAE, "reject", id=id, reason="")
    with pytest.raises(Absent):
        await asyncio.to_thread(one.web.counter.do, ARI, "show", id="a99")


async def test_a_log_in_decides_with_its_own_roles_alone(one: Case) -> None:
    """Who came in with the proxy's token is no approver, whatever else he is."""
    id = await one.held(actor="bob")
    with pytest.raises(Refused, match="no approver"):
        await asyncio.to_thread(one.web.counter.do, Visitor("ari", frozenset({Role.DEVELOPER})), "approve", id=id)


async def test_what_waits_is_told_to_those_who_may_know(one: Case) -> None:
    await one.held("a")
    await one.held("b", actor="bob")
    assert [one.approval.actor for one in await asyncio.to_thread(one.web.counter.pending, ARI)] == ["dana", "bob"]
    (own,) = await asyncio.to_thread(one.web.counter.pending, DANA)
    assert own.approval.actor == "dana" and own.excerpts == ()


async def test_a_value_is_shown_while_its_client_waits(one: Case) -> None:
    async with one.waiting() as id:
        assert await asyncio.to_thread(one.web.counter.do, RAE, "reveal", id=id, finding=0) == VALUE
        assert VALUE not in repr(one.web.counter.now())
        with pytest.raises(TooLate, match="shown once"):
            await asyncio.to_thread(one.web.counter.do, RAE, "reveal", id=id, finding=0)
    with pytest.raises(TooLate, match="does not wait"):
        await asyncio.to_thread(one.web.counter.do, RAE, "reveal", id=id, finding=0)


async def test_without_a_gate_nobody_answers(one: Case) -> None:
    with pytest.raises(StateError, match="stopping"):
        Counter(one.approvals, None).do(ARI, "list")
    ended = asyncio.new_event_loop()
    ended.close()
    with pytest.raises(StateError, match="stopping"):
        Counter(one.approvals, ended).pending(ARI)


async def test_what_takes_too_long_goes_on(one: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter, "SECONDS", 0.05)
    id = await one.held()
    async with one.approvals._lock:
        with pytest.raises(StateError, match="not answered in time"):
            await asyncio.to_thread(one.web.counter.do, ARI, "approve", id=id)
    async with asyncio.timeout(5):
        while one.approvals.book.approvals[id].state == "pending":
            await asyncio.sleep(0.01)
