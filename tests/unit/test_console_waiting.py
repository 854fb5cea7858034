"""The list of what waits: whole, to each who may see it, at each change, and nobody listens for nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hushgate.console.counter import Counter
from hushgate.console.live import Full
from hushgate.console.visitors import Role, Visitor
from hushgate.console.waiting import MOST_CARDS, Waiting
from tests.approving import BOB
from tests.console_cases import Case, case

ARI = Visitor("ari", frozenset({Role.DEVELOPER, Role.APPROVER}))
DANA = Visitor("dana", frozenset({Role.DEVELOPER}))


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Case]:
    made = case(tmp_path)
    yield made
    made.ledger.close()


@pytest.fixture
async def waiting(one: Case) -> AsyncIterator[Waiting]:
    made = Waiting(one.web.counter, watchers=2, pause=0.01)
    yield made
    made.close()
    await asyncio.sleep(0.05)
    assert not one.approvals._listeners


async def told(feed: AsyncIterator[str]) -> dict[str, Any]:
    async with asyncio.timeout(5):
        while not (said := await anext(feed)).startswith("event: pending\ndata: "):
            assert said.startswith(("retry:", ":"))
    found: dict[str, Any] = json.loads(said.partition("data: ")[2])
    return found


async def test_each_change_is_the_whole_list(one: Case, waiting: Waiting) -> None:
    feed = waiting.watch(ARI)
    assert await told(feed) == {"ids": [], "cards": []}
    id = await one.held()
    said = await told(feed)
    assert said["ids"] == [id] and said["cards"][0]["actor"] == "dana"
    await one.approvals.approve(BOB, id)
    assert (await told(feed))["ids"] == []


async def test_a_developer_sees_his_own_without_its_text(one: Case, waiting: Waiting) -> None:
    await one.held("a", actor="bob")
    mine = await one.held("b")
    (shown,) = (await told(waiting.watch(DANA)))["cards"]
    assert shown["id"] == mine and shown["excerpts"] == [] and shown["refused"]


async def test_many_are_counted_and_not_all_shown(one: Case, waiting: Waiting) -> None:
    for n in range(MOST_CARDS + 3):
        await one.held(f"c{n}", actor=f"u{n}")
    said = await told(waiting.watch(ARI))
    assert len(said["ids"]) == MOST_CARDS + 3 and len(said["cards"]) == MOST_CARDS


async def test_there_is_room_for_so_many_and_none_without_a_gate(one: Case, waiting: Waiting) -> None:
    feeds = [waiting.watch(ARI), waiting.watch(ARI)]
    with pytest.raises(Full):
        waiting.watch(ARI)
    for feed in feeds:
        await anext(feed)
        await feed.aclose()  # type: ignore[attr-defined]
    assert await told(waiting.watch(ARI))
    with pytest.raises(Full):
        Waiting(Counter(one.approvals, None)).watch(ARI)


async def test_who_is_out_hears_no_more(one: Case, waiting: Waiting) -> None:
    here: list[Visitor | None] = [ARI]
    feed = waiting.watch(ARI, lambda: here[0])
    await told(feed)
    await one.held("a", actor="bob")
    assert len((await told(feed))["ids"]) == 1
    here[0] = DANA
    await one.held("b", actor="eve")
    assert (await told(feed))["ids"] == [], "a role that was taken away"
    here[0] = None
    await one.held("c", actor="dana")
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(feed), 5)


async def test_closing_lets_everybody_go(one: Case, waiting: Waiting) -> None:
    feed = waiting.watch(ARI)
    await told(feed)
    waiting.close()
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(feed), 5)


async def test_the_route_asks_who_it_is(one: Case) -> None:
    async with one.client() as client:
        assert (await client.get("/live/approvals")).status_code == 401
