"""Detection workers die in the middle of traffic: what needs them waits, or is refused; nothing passes unread."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess

import httpx

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import chat, children

URL = "https://api.openai.com/v1/chat/completions"
EMAIL = "canary.person" + "@example.com"


def long_text(number: int) -> str:
    """A text that is new to the cache, and so long that a worker reads it."""
    return f"{number} " + "some words about nothing much, " * 800 + f"and {number} writes to {EMAIL}"


async def test_killed_workers_let_nothing_pass(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate()
    answers: list[str] = []
    numbers = iter(range(10_000))
    stop = asyncio.Event()

    async def talk() -> None:
        async with gate.client() as client:
            while not stop.is_set():
                answer = await client.post(URL, json=chat(long_text(next(numbers))))
                answers.append("answered" if answer.status_code == 200 else answer.json()["error"]["code"])

    talking = [asyncio.create_task(talk()) for _ in range(3)]
    killed: set[int] = set()
    while len(killed) < 6:
        await asyncio.sleep(0.1)
        for pid in set(children(gate.process.pid)) - killed:
            if answers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                killed.add(pid)
    stop.set()
    async with asyncio.timeout(30):
        await asyncio.gather(*talking)
    assert set(answers) <= {"answered", "gate_fault", "unreadable_reply"}
    assert "answered" in answers
    assert provider.journal.find(EMAIL) is None
    assert provider.journal.count == len(answers) - answers.count("gate_fault")

    async with gate.client() as client:
        answer = await client.post(URL, json=chat(long_text(next(numbers))))
    assert answer.status_code == 200, "the pool is back"
    assert answer.json()["choices"][0]["message"]["content"].endswith(EMAIL)


async def test_workers_end_with_a_killed_gate(start_gate: Start) -> None:
    gate = await start_gate()
    async with gate.client() as client:
        with contextlib.suppress(httpx.HTTPError):
            await client.post(URL, json=chat(long_text(1)))
    workers = children(gate.process.pid)
    assert workers
    gate.process.kill()
    gate.process.wait()
    for _ in range(100):
        if not any(alive(pid) for pid in workers):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("workers outlive their gate")


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")
