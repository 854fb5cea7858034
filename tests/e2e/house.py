"""A real gate with users, where e-mail addresses wait for a person."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.gate import Gate, chat, hushgate

type Start = Callable[..., Awaitable[Gate]]

URL = "https://api.openai.com/v1/chat/completions"
POLICY = """
version: 1
rules:
  - {id: ask-first, when: {entity: [EMAIL_ADDRESS], direction: request}, then: hold}
  - {id: hide, when: {level: ">=confidential"}, then: mask}
"""
PEOPLE = {
    "alice": ("--role", "developer", "--role", "approver"),
    "bob": ("--role", "approver", "--role", "revealer"),
    "carol": ("--role", "approver", "--group", "security"),
    "dave": ("--role", "auditor"),
    "mallory": (),
}


@dataclass
class House:
    """A gate with users."""

    gate: Gate
    tokens: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str) -> None:
        """Add one of PEOPLE."""
        added = self.gate.run("users", "add", name, *PEOPLE[name])
        assert added.returncode == 0, added.stderr
        self.tokens[name] = added.stdout.split()

    def proxy(self, name: str = "alice") -> str:
        return self.gate.proxy.replace("://", f"://{name}:{self.tokens[name][0]}@")

    def client(self, name: str = "alice", **options: Any) -> httpx.AsyncClient:
        return self.gate.client(proxy=self.proxy(name), timeout=60, **options)

    async def ask(self, text: str, name: str = "alice", **options: Any) -> httpx.Response:
        async with self.client(name, **options) as client:
            return await client.post(URL, json=chat(text))

    def says(self, name: str, *words: str, token: str | None = None) -> subprocess.CompletedProcess[str]:
        places = ("--config", str(self.gate.config), "--state", str(self.gate.state), "--as", name)
        env = {**os.environ, "HUSHGATE_TOKEN": token or self.tokens[name][-1]}
        return hushgate(*words[:2], *places, *words[2:], env=env)

    async def does(self, name: str, *words: str) -> Any:
        done = await asyncio.to_thread(self.says, name, *words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    async def asks(self, name: str, do: str, **said: Any) -> Any:
        """What the gate answers on its control socket: at less cost than a command, to ask often."""
        place = json.loads((self.gate.state / "ready.json").read_text())["control"]
        reader, writer = await asyncio.open_unix_connection(place, limit=1 << 24)
        writer.write(json.dumps({"do": do, "name": name, "token": self.tokens[name][-1], **said}).encode() + b"\n")
        answer = json.loads(await reader.readline())
        writer.close()
        assert "error" not in answer, answer
        return answer["done"]

    async def pending(self) -> dict[str, Any]:
        """The one approval that waits, once there is one."""
        async with asyncio.timeout(20):
            while not (found := await self.asks("carol", "list", state="pending")):
                await asyncio.sleep(0.05)
        (one,) = found
        return dict(one)

    async def held(self, text: str, **options: Any) -> tuple[asyncio.Task[httpx.Response], str]:
        """A request that waits, and its approval."""
        asking = asyncio.create_task(self.ask(text, **options))
        return asking, (await self.pending())["id"]

    def steps(self, kind: str = "approval") -> list[str]:
        return [event["step"] for event in self.gate.events(kind)]


async def opened(start_gate: Start, folder: Path, **approvals: Any) -> House:
    folder.mkdir(exist_ok=True)
    (folder / "policy.yaml").write_text(POLICY)
    settings = {"hold_seconds": 40, **approvals}
    gate = await start_gate(policy=str(folder / "policy.yaml"), detect={"ner": "off"}, approvals=settings)
    house = House(gate)
    for name in PEOPLE:
        house.add(name)
    return house


def code(refused: httpx.Response) -> str:
    """What a refusal is called."""
    assert refused.status_code == 400, refused.text
    return str(refused.json()["error"]["code"])
