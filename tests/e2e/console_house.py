"""A gate with people and a console, and a browser that somebody is logged in with. For several tests."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.browser import Browser
from tests.doubles.provider import Provider
from tests.e2e.gate import Gate, chat, hushgate, start, write_config

ROOT = Path(__file__).parents[2]
URL = "https://api.openai.com/v1/chat/completions"
PICTURES = os.environ.get("CONSOLE_PICTURES")
"""Where screenshots are kept, for the documentation."""


@dataclass
class House:
    """A gate with its console, and each person's tokens: the proxy's first, the one for deciding last."""

    gate: Gate
    console: str
    tokens: dict[str, list[str]]

    def proxy(self, name: str, session: str = "") -> str:
        return self.gate.proxy.replace("://", f"://{name}{session and f';session={session}'}:{self.tokens[name][0]}@")

    async def ask(self, text: str, name: str = "alice", session: str = "") -> httpx.Response:
        """What somebody's client says to the model."""
        async with self.gate.client(proxy=self.proxy(name, session), timeout=60) as client:
            return await client.post(URL, json=chat(text))

    async def does(self, name: str, method: str, place: str, body: Any = None) -> httpx.Response:
        """A call of the console's API, by program."""
        async with httpx.AsyncClient(base_url=self.console, auth=(name, self.tokens[name][-1])) as client:
            return await client.request(method, place, json=body)

    async def waiting(self) -> list[str]:
        """The ids of what waits, oldest first."""
        return [one["id"] for one in (await self.does("carol", "GET", "/api/approvals?state=pending")).json()]

    async def pending(self, *but: str) -> str:
        """The id of what waits, once there is another one."""
        async with asyncio.timeout(20):
            while not (found := [id for id in await self.waiting() if id not in but]):
                await asyncio.sleep(0.05)
        return found[-1]

    async def held(self, text: str, name: str = "alice", session: str = "") -> tuple[asyncio.Task[httpx.Response], str]:
        """A request that waits, and its approval."""
        before = await self.waiting()
        asking = asyncio.create_task(self.ask(text, name, session))
        return asking, await self.pending(*before)

    async def agent(self, task: str, name: str = "alice") -> dict[str, Any]:
        """What scripts/demo_agent.py, on AutoGen, has to say in the end."""
        command = ("run", "--proxy", self.proxy(name), "--state", str(self.gate.state), "--ca", self.gate.ca)
        done = await asyncio.to_thread(
            hushgate, *command, "--config", str(self.gate.config), "--", sys.executable,
            str(ROOT / "scripts/demo_agent.py"), stdin=task, timeout=90,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    async def log_in(self, window: Browser, name: str) -> Browser:
        """The window, with somebody logged in and nobody else."""
        await window.look()
        await window.call("Network.clearBrowserCookies")
        await window.open(f"{self.console}login")
        await window.type("#name", name)
        await window.type("#token", self.tokens[name][-1])
        await window.key("Enter")
        await window.until("location.pathname === '/' && document.readyState === 'complete'")
        window.said.clear()
        return window


@asynccontextmanager
async def opened(
    folder: Path, provider: Provider, policy: str, people: Mapping[str, tuple[str, ...]], **settings: Any
) -> AsyncIterator[House]:
    """A house from its first user to a record that verifies."""
    (folder / "policy.yaml").write_text(policy)
    config, state = write_config(folder, provider.port, provider.ca), folder / "state"
    places = ("--config", str(config), "--state", str(state))
    tokens = {}
    for name, words in people.items():
        added = hushgate("users", "add", name, *words, *places)
        assert added.returncode == 0, added.stderr
        tokens[name] = added.stdout.split()
    gate = await start(
        folder, provider.port, provider.ca, console="127.0.0.1:0", policy="./policy.yaml", **settings
    )  # fmt: skip
    yield House(gate, json.loads((state / "ready.json").read_text())["console"], tokens)
    assert gate.stop() == 0, gate.said
    assert "Traceback" not in gate.said
    assert gate.run("verify").returncode == 0


async def shoot(window: Browser, name: str) -> None:
    """Keep a screenshot, where any are wanted."""
    if PICTURES:
        await window.picture(Path(PICTURES) / f"{name}.png")
