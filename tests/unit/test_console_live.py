"""The feed: each change to everybody who watches and may see it, and never more watchers or words than fit."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hushgate.console import live
from hushgate.console.live import Feed, Full
from hushgate.console.visitors import Role, Visitor
from tests.console_cases import Case, case
from tests.ledger_cases import closed, opened

AUDITOR = Visitor("audrey", frozenset({Role.AUDITOR}))
DANA = Visitor("dana", frozenset({Role.DEVELOPER}))


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[Case]:
    one = case(tmp_path)
    yield one
    one.ledger.close()


@pytest.fixture
async def feed(pages: Case) -> AsyncIterator[Feed]:
    one = Feed(pages.web._pages._desk, look_seconds=0.01, watchers=2)
    yield one
    one.close()


async def following(feed: Feed, visitor: Visitor) -> AsyncIterator[str]:
    told = feed.watch(visitor)
    assert (await anext(told)).startswith("retry:")
    await asyncio.sleep(0.1)  # the first look says where the record ends now
    return told


async def row(told: AsyncIterator[str]) -> dict[str, Any]:
    said = await asyncio.wait_for(anext(told), 5)
    assert said.startswith("event: exchange\ndata: ")
    shown: dict[str, Any] = json.loads(said.partition("data: ")[2])
    return shown


async def test_what_begins_and_ends_is_told(pages: Case, feed: Feed) -> None:
    told = await following(feed, AUDITOR)
    pages.ledger.append_now("opened", opened("n1"))
    first = await row(told)
    assert (first["id"], first["outcome"], first["done"]) == ("n1", "open", "masked")
    pages.ledger.append_now("closed", closed("n1"))
    assert (await row(told))["outcome"] == "answered"
    assert set(first) == {
        "id", "session", "actor", "at", "route", "model", "done", "level", "findings", "outcome"
    }  # fmt: skip


async def test_a_developer_hears_of_their_own_alone(pages: Case, feed: Feed) -> None:
    told = await following(feed, DANA)
    pages.ledger.append_now("opened", opened("n1", actor="bob"))
    pages.ledger.append_now("opened", opened("n2", actor="dana"))
    assert (await row(told))["id"] == "n2"


async def test_who_is_out_hears_no_more(pages: Case, feed: Feed) -> None:
    here: list[Visitor | None] = [AUDITOR]
    told = feed.watch(AUDITOR, lambda: here[0])
    assert (await anext(told)).startswith("retry:")
    await asyncio.sleep(0.1)
    pages.ledger.append_now("opened", opened("n1", actor="bob"))
    assert (await row(told))["id"] == "n1"
    here[0] = DANA
    pages.ledger.append_now("opened", opened("n2", actor="bob"))
    pages.ledger.append_now("opened", opened("n3", actor="dana"))
    assert (await row(told))["id"] == "n3", "a role that was taken away"
    here[0] = None
    pages.ledger.append_now("opened", opened("n4", actor="dana"))
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(told), 5)


async def test_there_is_room_for_so_many(feed: Feed) -> None:
    first, second = feed.watch(AUDITOR), feed.watch(AUDITOR)
    with pytest.raises(Full):
        feed.watch(AUDITOR)
    await anext(second)
    await second.aclose()  # type: ignore[attr-defined]
    third = feed.watch(AUDITOR)
    await anext(first)
    await anext(third)


async def test_who_does_not_keep_up_is_let_go(pages: Case, feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "WAITING", 1)
    told = await following(feed, AUDITOR)
    for n in range(4):
        pages.ledger.append_now("opened", opened(f"n{n}"))
        await asyncio.sleep(0.05)
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(told), 5)


async def test_closing_lets_everybody_go_and_takes_nobody(feed: Feed) -> None:
    told = await following(feed, AUDITOR)
    feed.close()
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(told), 5)
    with pytest.raises(Full):
        feed.watch(AUDITOR)


async def test_nobody_watching_means_nobody_looking(feed: Feed) -> None:
    told = await following(feed, AUDITOR)
    looking = feed._looking
    await told.aclose()  # type: ignore[attr-defined]
    assert looking is not None
    await asyncio.wait_for(looking, 5)


async def test_the_route_asks_who_it_is(pages: Case) -> None:
    async with pages.client() as client:
        assert (await client.get("/live")).status_code == 401
