"""The console on a thread of its own, beside an application that is open."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from hushgate.app import App
from hushgate.console.server import Console
from hushgate.errors import StateError
from hushgate.settings import load_settings


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    import asyncio

    flags = {"state": tmp_path / "state", "detect.ner": "off", "console": "127.0.0.1:0"}
    opened = App.open(load_settings(None, {}, flags), environ={})
    yield opened
    asyncio.run(opened.close())


def test_it_serves_from_start_to_stop(app: App) -> None:
    console = Console(app)
    url = console.start()
    try:
        assert httpx.get(url).status_code == 200
        health = httpx.get(f"{url}api/health").json()
        assert health["recording"] is True and health["policy"] == app.rules.policy.revision
        assert httpx.get(url, headers={"host": "evil.example"}).status_code == 421
        with httpx.stream("GET", f"{url}live") as feed:
            assert next(feed.iter_lines()).startswith("retry")
            console.stop()
    finally:
        console.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_port_that_is_taken_is_said(app: App) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        app.settings = replace(app.settings, console=other.getsockname())
        with pytest.raises(StateError, match="cannot listen") as caught:
            Console(app).start()
    assert "--console" in caught.value.hint


def test_elsewhere_than_on_loopback_it_needs_users(app: App) -> None:
    app.settings = replace(app.settings, console=("0.0.0.0", 0))
    with pytest.raises(StateError, match="no users are configured") as caught:
        Console(app)
    assert caught.value.hint.startswith("hushgate users add")


def test_without_an_address_there_is_none(app: App) -> None:
    app.settings = replace(app.settings, console=None)
    with pytest.raises(ValueError, match="no address"):
        Console(app)
