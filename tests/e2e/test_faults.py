"""Whatever breaks, the provider gets nothing unscanned and the client gets an answer."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import httpx
import pytest

from tests.doubles.chat import Reply
from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import chat

EMAIL = "canary.person" + "@example.com"
URL = "https://api.openai.com/v1/chat/completions"
BEFORE = ("http_connect", "server_connect", "requestheaders", "request", "next_layer", "decide", "mask")
EXCEPTIONS = ("ValueError", "AddonHalt", "OptionsError", "CancelledError", "RecursionError", "MemoryError")


async def test_a_hook_that_breaks_forwards_nothing(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    fault = tmp_path / "fault"
    fault.write_text("")
    gate = await start_gate(
        program=[sys.executable, str(Path(__file__).parent / "faulty.py")], env={"FAULT": str(fault)}
    )
    wrong: list[str] = []
    for hook in BEFORE:
        for what in (*EXCEPTIONS, *(("silent",) if hook in {"requestheaders", "request"} else ())):
            fault.write_text(f"{hook} {what}")
            before = provider.journal.count
            try:
                async with gate.client(timeout=15) as client:
                    answer = await client.post(URL, json=chat(f"write to {EMAIL}"))
                said = f"{answer.status_code}"
                if answer.status_code < 400:
                    wrong.append(f"{hook} {what}: answered {said}")
            except httpx.TimeoutException:
                wrong.append(f"{hook} {what}: the client hangs")
            except httpx.HTTPError:
                pass  # The connection was closed, or CONNECT was refused.
            if provider.journal.count != before:
                wrong.append(f"{hook} {what}: the provider got a request")
    assert not wrong, "\n".join(wrong)
    assert provider.journal.find(EMAIL) is None

    fault.write_text("")
    async with gate.client() as client:
        answer = await client.post(URL, json=chat(f"write to {EMAIL}"))
    assert answer.status_code == 200, "the gate works again once nothing breaks"
    assert "canary-in-exception" not in gate.said
    assert EMAIL not in gate.said


@pytest.mark.parametrize("stream", [False, True])
async def test_a_reply_that_breaks_is_not_passed_on(
    start_gate: Start, provider: Provider, tmp_path: Path, stream: bool
) -> None:
    fault = tmp_path / "fault"
    fault.write_text("")
    gate = await start_gate(
        program=[sys.executable, str(Path(__file__).parent / "faulty.py")], env={"FAULT": str(fault)}
    )
    provider.reply = Reply(text="the reply tells of another.canary" + "@example.org today")
    wrong: list[str] = []
    for hook in ("responseheaders", "response", "feed"):
        for what in EXCEPTIONS:
            if (hook == "feed") != stream and hook == "feed":
                continue
            if hook == "response" and stream:
                continue  # It has left by then.
            fault.write_text(f"{hook} {what}")
            try:
                async with gate.client(timeout=15) as client:
                    answer = await client.post(URL, json=chat("hello", model="gpt-4o", stream=stream))
                if "another.canary" in answer.text:
                    wrong.append(f"{hook} {what}: the reply came through")
                if answer.status_code < 400 and not stream:
                    wrong.append(f"{hook} {what}: answered {answer.status_code}")
            except httpx.TimeoutException:
                wrong.append(f"{hook} {what}: the client hangs")
            except httpx.HTTPError:
                pass
    assert not wrong, "\n".join(wrong)


async def test_killed_gate_leaves_nothing_unrecorded(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate()

    async def talk(number: int) -> None:
        async with gate.client(timeout=5) as client:
            for turn in range(50):
                await client.post(URL, json=chat(f"turn {number}-{turn} of {EMAIL}"))

    talks = [asyncio.create_task(talk(n)) for n in range(4)]
    while provider.journal.count < 20:
        await asyncio.sleep(0.01)
    gate.process.kill()
    await asyncio.gather(*talks, return_exceptions=True)
    gate.process.wait()

    assert provider.journal.find(EMAIL) is None
    recorded = exported(gate.run("export").stdout)
    assert len(recorded) >= provider.journal.count, "every forwarded prompt is on record"
    assert gate.run("verify").returncode == 0


def exported(lines: str) -> set[str]:
    """The exchanges in an export."""
    return {row["id"] for row in map(json.loads, lines.splitlines()) if "id" in row}


async def test_a_broken_or_lost_rule_file_does_not_replace_the_rules(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    rules = tmp_path / "own.yaml"
    good = (
        "version: 1\nrules:\n  - id: acme-badge\n    entity: EMPLOYEE_ID\n    level: confidential\n    category: pii\n"
        "    says: Badge number of an Acme employee\n    pattern: 'AB-[0-9]{6}'\n    boundary: word\n"
        "    match: [badge AB-123456]\n    no_match: [badge AB-12345]\n"
    )
    rules.write_text(good)
    gate = await start_gate(rules=["builtin", str(tmp_path / "own*.yaml")])
    for written in (None, "version: 1\nrules: [", good.replace("confidential", "nonsense"), "", "gone"):
        if written == "gone":
            rules.unlink()
        elif written is not None:
            rules.write_text(written)
        if written is not None:
            await asyncio.sleep(2.5)
        async with gate.client() as client:
            answer = await client.post(URL, json=chat("my badge AB-654321"))
        assert answer.status_code == 200
        assert provider.journal.find("AB-654321") is None
    assert "refused" in gate.said
    assert "is gone" in gate.said

    gate.process.send_signal(signal.SIGHUP)  # Somebody wants it so.
    async with asyncio.timeout(20):
        while "the changed rules are in force" not in gate.said:
            await asyncio.sleep(0.1)
