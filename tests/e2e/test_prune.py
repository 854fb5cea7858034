"""`hushgate prune` beside a running gate: what goes is gone from the disk at once, and traffic goes on."""

from __future__ import annotations

import asyncio
import json

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import chat

URL = "https://api.openai.com/v1/chat/completions"


async def test_an_actor_is_erased_while_the_gate_runs(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate()
    tokens = {name: gate.run("users", "add", name).stdout.split()[0] for name in ("canaryactor", "bob")}

    async def ask(name: str) -> int:
        proxy = gate.proxy.replace("://", f"://{name}:{tokens[name]}@")
        async with gate.client(proxy=proxy) as client:
            answer = await client.post(URL, json=chat(f"write to {name}@example.com"))
        return answer.status_code

    assert [await ask(name) for name in ("canaryactor", "bob", "canaryactor")] == [200] * 3
    told = await asyncio.to_thread(gate.run, "prune", "--actor", "canaryactor", "--yes", "--json")
    assert json.loads(told.stdout)["exchanges"] == 2, told.stderr
    kept = b"".join(file.read_bytes() for file in gate.state.glob("ledger.db*"))
    assert b"bob" in kept
    assert b"canaryactor" not in kept
    assert [await ask(name) for name in ("bob", "canaryactor")] == [200] * 2
    assert len(provider.journal.requests) == 5
    assert [row["actor"] for row in json.loads(gate.run("sessions", "--json").stdout)] == ["canaryactor", "bob"]
    verified = await asyncio.to_thread(gate.run, "verify")
    assert verified.returncode == 0, verified.stdout
