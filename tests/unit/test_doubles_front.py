"""The front hands on what it gets, and keeps it."""

from __future__ import annotations

import ssl
import time
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect

from tests.doubles.chat import Reply
from tests.doubles.front import Front
from tests.doubles.provider import Provider

ASKED = {"model": "double:echo", "messages": [{"role": "user", "content": "héllo"}]}
PATH = "/v1/chat/completions"


@pytest_asyncio.fixture
async def behind() -> AsyncIterator[Provider]:
    async with Provider(tls=False) as provider:
        yield provider


@pytest_asyncio.fixture
async def front(behind: Provider) -> AsyncIterator[Front]:
    async with Front(behind.port, ("api.openai.com", "127.0.0.1")) as front:
        yield front


def context(front: Front) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=front.ca)


def client(front: Front) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"https://127.0.0.1:{front.port}", verify=context(front), timeout=10)


async def test_requests_arrive_as_they_were_sent(front: Front, behind: Provider) -> None:
    async with client(front) as http:
        first = await http.post(PATH, json=ASKED, headers={"x-note": "a note"})
        second = await http.get("/v1/models")
    assert first.json()["choices"][0]["message"]["content"] == "héllo"
    assert second.json()["object"] == "list"
    assert [r.raw for r in front.journal.requests] == [r.raw for r in behind.journal.requests]
    assert (front.journal.count, front.journal.connections) == (2, 1)
    assert front.journal.find("a note") == "plain"


async def test_a_stream_stays_one(front: Front, behind: Provider) -> None:
    behind.reply = Reply(delay=0.1, chunk=1)
    async with client(front) as http, http.stream("POST", PATH, json={**ASKED, "stream": True}) as reply:
        at = [time.monotonic() async for _ in reply.aiter_raw()]
    assert at[-1] - at[0] > 0.3


async def test_an_answer_that_breaks_off_is_no_end(front: Front, behind: Provider) -> None:
    behind.reply = Reply(cut=3)
    async with client(front) as http:
        with pytest.raises(httpx.TransportError):
            await http.post(PATH, json=ASKED)


async def test_a_websocket_is_handed_on_and_kept(front: Front, behind: Provider) -> None:
    url = f"wss://127.0.0.1:{front.port}/v1/realtime"
    async with connect(url, ssl=context(front), compression=None, proxy=None) as socket:
        for said in ("h\u00e9llo", "more", b"bytes"):
            await socket.send(said)
            assert await socket.recv() == said
    assert front.journal.messages == behind.journal.messages == ["h\u00e9llo", "more", b"bytes"]
    assert front.journal.find("h\u00e9llo") == "plain"
    assert (front.journal.last.path, front.journal.count) == ("/v1/realtime", 1)
