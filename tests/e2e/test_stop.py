"""How a gate starts, reloads and stops."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import chat, children, hushgate

URL = "https://api.openai.com/v1/chat/completions"
EMAIL = "erika.mustermann" + "@example.com"
ALLOW_ALL = """
version: 1
rules:
  - id: all-may-pass
    when: {level: ">=public"}
    then: allow
unread: block
faults: block
"""


async def test_sigterm_finishes_what_is_open(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate()
    second = hushgate("up", "--config", str(gate.config), "--state", str(gate.state))
    assert second.returncode == 3
    assert f"pid {gate.process.pid}" in second.stderr
    assert "hint:" in second.stderr
    assert (gate.state / "ready.json").exists()

    text = f"one two three four five six seven eight {EMAIL}"
    async with gate.client(headers={"x-double-delay": "0.15", "x-double-chunk": "6"}) as client:
        said = []
        async with client.stream("POST", URL, json=chat(text, stream=True)) as answer:
            async for line in answer.aiter_lines():
                if not said:
                    gate.process.send_signal(signal.SIGTERM)
                if line.startswith("data: {"):
                    said += [c["delta"].get("content") or "" for c in json.loads(line[6:])["choices"]]
    assert "".join(said) == text
    async with asyncio.timeout(10):
        while gate.process.poll() is None:
            await asyncio.sleep(0.02)
    assert gate.process.returncode == 0
    assert not (gate.state / "ready.json").exists()
    assert gate.run("verify").returncode == 0
    shown = gate.json("show", answer.headers["x-hushgate-decision"])
    assert shown["outcome"] == "answered"


async def test_a_changed_policy_takes_effect_and_is_on_record(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(ALLOW_ALL.replace("allow\nunread", "block\nunread"))
    gate = await start_gate(policy=str(policy))
    async with gate.client() as client:
        assert (await client.post(URL, json=chat(f"to {EMAIL}"))).status_code == 400
        policy.write_text(ALLOW_ALL)
        gate.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(10):
            while (answer := await client.post(URL, json=chat(f"to {EMAIL}"))).status_code != 200:
                await asyncio.sleep(0.05)
        assert provider.journal.find(EMAIL), "it is allowed now"
        allowed = gate.json("show", answer.headers["x-hushgate-decision"])["revision"]

        count = provider.journal.count
        policy.write_text(ALLOW_ALL.replace("then: allow", "then: block"))  # noticed without a signal
        async with asyncio.timeout(10):
            while (await client.post(URL, json=chat(f"to {EMAIL}"))).status_code != 400:
                await asyncio.sleep(0.05)
        count = provider.journal.count
        policy.write_text("version: 1\nrules: [{id: x, then: nonsense}]")
        gate.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(10):
            while "refused" not in gate.said:
                await asyncio.sleep(0.05)
        assert (await client.post(URL, json=chat(f"to {EMAIL}"))).status_code == 400
        assert provider.journal.count == count
    assert "policy.yaml:" in gate.said
    assert gate.stop() == 0
    changed = gate.events("config-changed")
    assert len(changed) == 2
    assert changed[0]["policy"] == allowed


async def test_a_reload_of_the_same_rules_replaces_nothing(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate()
    workers = children(gate.process.pid)
    for _ in range(20):
        gate.process.send_signal(signal.SIGHUP)
        await asyncio.sleep(0.01)
    async with asyncio.timeout(10):
        while "say what they said before" not in gate.said:
            await asyncio.sleep(0.05)
    async with gate.client() as client:
        assert (await client.post(URL, json=chat(f"to {EMAIL}"))).status_code == 200
    assert children(gate.process.pid) == workers
    assert gate.stop() == 0
    assert gate.said.count("say what they said") < 10, "asked for while one load was under way: one more, not twenty"
    assert gate.events("config-changed") == []


async def test_a_second_sigterm_does_not_wait(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate()

    async def slow() -> None:
        async with gate.client() as client:
            await client.post(URL, json=chat("slow"), headers={"x-double-wait": "60"})

    asking = asyncio.create_task(slow())
    while provider.journal.count < 1:
        await asyncio.sleep(0.02)
    gate.process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.5)
    assert gate.process.poll() is None
    assert gate.stop(timeout=10) == 0
    await asyncio.gather(asking, return_exceptions=True)
    assert gate.run("verify").returncode == 0
    assert [event["outcome"] for event in gate.events("closed")] == ["cut"], "its end is on record"
