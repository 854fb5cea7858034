"""Real clients whose requests wait 40 s for a person: each is answered then, and none has asked a second time.

They wait at the same time, so that the 40 s are paid once.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from hushgate.launch import proxy_url
from tests.clients.catalogue import CLIENTS, MODEL_HOSTS
from tests.clients.conftest import EMAIL, run
from tests.doubles.front import Front
from tests.doubles.journal import Received
from tests.e2e.gate import start
from tests.e2e.house import House, opened

HELD_SECONDS = 40.0
AGENT = ("AutoGen", "agent_with_tool")
"""Calls a tool with the address, and asks again with what came of it: approved for two requests with any content."""
WAITING = (
    AGENT,
    ("openai (Python)", "chat"),
    ("openai (Python)", "chat_streamed"),
    ("anthropic (Python)", "messages"),
    ("anthropic (Python)", "messages_streamed"),
    ("boto3, API key", "converse"),
    ("boto3, API key", "converse_streamed"),
    ("AutoGen", "streamed"),
    ("openai (Node)", "chat"),
    ("openai (Node)", "chat_streamed"),
    ("@anthropic-ai/sdk", "messages_streamed"),
    ("curl", "chat"),
    ("curl", "chat_streamed"),
)
"""curl speaks HTTP/2 to the gate, the others HTTP/1.1."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(front: Front, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("held")
    resolve = dict.fromkeys(MODEL_HOSTS, f"127.0.0.1:{front.port}")

    async def begin(**settings: Any) -> Any:
        return await start(folder, front.port, front.ca, egress={"resolve": resolve}, **settings)

    made = await opened(begin, folder, hold_seconds=55)
    yield made
    assert made.gate.stop() == 0, made.gate.said


async def test_clients_wait_forty_seconds_and_ask_once(front: Front, house: House) -> None:
    front.journal.clear()
    clients = {client.name: client for client in CLIENTS}
    texts = [f"held number {n:02}: write to {EMAIL}" for n in range(len(WAITING))]
    running = [
        asyncio.create_task(
            run(clients[name], {"text": text, "only": case}, proxy_url(house.proxy(), f"held-{n:02}"), house.gate.ca)
        )
        for n, ((name, case), text) in enumerate(zip(WAITING, texts, strict=True))
    ]
    approved = list[int]()
    async with asyncio.timeout(150):
        while len(approved) < len(WAITING):
            waiting = await house.asks("carol", "list", state="pending")
            assert len({here(request) for request in front.journal.requests} - set(approved)) == 0
            for one in waiting:
                n = int(one["session"].removeprefix("held-"))
                if time.time() - one["at"] >= HELD_SECONDS:
                    wider = ("--any-content", "--uses", "2") if WAITING[n] == AGENT else ()
                    approved.append(n)
                    await house.does("bob", "approvals", "approve", one["id"], *wider)
            await asyncio.sleep(0.5)
        told = await asyncio.gather(*running)
    says = {n: told[n][case] for n, (_, case) in enumerate(WAITING)}
    heard = {n: f"The tool said: kept {texts[n]}" if WAITING[n] == AGENT else texts[n] for n in says}
    assert {n: said["text"] for n, said in says.items()} == heard, says
    got = [here(request) for request in front.journal.requests]
    assert sorted(got) == sorted([*says, WAITING.index(AGENT)]), "one request each, and the agent's second"
    assert front.journal.find(EMAIL) is None
    held = house.gate.events("opened")
    assert len(held) == len(got) and {one["gate"] for one in held} == {"allow"}, "nobody tried again"


def here(request: Received) -> int:
    """Which of the clients a request is from."""
    found = re.search(rb"held number (\d\d)", request.body)
    assert found, request.body
    return int(found[1])
