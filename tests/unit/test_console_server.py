"""The console on a thread of its own, beside an application that is open."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from hushgate.app import App
from hushgate.console.server import Console
from hushgate.errors import StateError
from hushgate.settings import load_settings


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    flags = {"state": tmp_path / "state", "detect.ner": "off", "console": "127.0.0.1:0"}
    opened = App.open(load_settings(None, {}, flags), environ={})
    yield opened
    await opened.close()


async def test_it_serves_from_start_to_stop(app: App) -> None:
    console = Console(app)
    url = await asyncio.to_thread(console.start)
    try:
        async with httpx.AsyncClient(base_url=url) as client:
            assert (await client.get("/")).status_code == 200
            health = (await client.get("/api/health")).json()
            assert health["recording"] is True and health["policy"] == app.rules.policy.revision
            assert (await client.get("/", headers={"host": "evil.example"})).status_code == 421
            assert (await client.get("/api/approvals")).json() == [], "asked across, on this event loop"
            for place in ("/live", "/live/approvals"):
                async with client.stream("GET", place) as feed:
                    assert (await anext(feed.aiter_lines())).startswith("retry")
            async with client.stream("GET", "/live/approvals"):
                await asyncio.to_thread(console.stop)
    finally:
        await asyncio.to_thread(console.stop)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


async def test_a_port_that_is_taken_is_said(app: App) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        app.settings = replace(app.settings, console=other.getsockname())
        with pytest.raises(StateError, match="cannot listen") as caught:
            Console(app).start()
    assert "--console" in caught.value.hint


async def test_elsewhere_than_on_loopback_it_needs_users(app: App) -> None:
    app.settings = replace(app.settings, console=("0.0.0.0", 0))
    with pytest.raises(StateError, match="no users are configured") as caught:
        Console(app)
    assert caught.value.hint.startswith("hushgate users add")


async def test_without_an_address_there_is_none(app: App) -> None:
    app.settings = replace(app.settings, console=None)
    with pytest.raises(ValueError, match="no address"):
        Console(app)
