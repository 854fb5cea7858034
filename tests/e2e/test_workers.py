"""Detection workers die in the middle of traffic: what needs them waits, or is refused; nothing passes unread."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat, children
from tests.e2e.wire import Http2, http1, post

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


async def test_all_workers_killed_at_once_come_back(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate()
    async with gate.client() as client:
        for number in range(3):
            answer = await client.post(URL, json=chat(long_text(number)))
            assert answer.status_code == 200, answer.text
            for pid in children(gate.process.pid):
                os.kill(pid, signal.SIGKILL)
    assert provider.journal.count == 3
    assert provider.journal.find(EMAIL) is None


async def test_workers_that_cannot_be_set_up_are_told_of_and_nothing_waits(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    (tmp_path / "thinc.py").write_text("raise ImportError('no thinc here')\n")
    gate = await start_gate(detect={"ner": "builtin", "deadline_ms": 60_000}, env={"PYTHONPATH": str(tmp_path)})
    async with gate.client() as client:
        answer = await client.post(URL, json=chat("Hello, my name is Erika " + "Mustermann."))
        assert answer.status_code == 503
        error = answer.json()["error"]
        assert "no worker can be set up" in error["message"]
        assert "hushgate doctor" in error["message"]
        began = time.monotonic()
        for _ in range(3):
            assert (await client.post(URL, json=chat(long_text(1)))).status_code == 503
        assert time.monotonic() - began < 5, "at once, not after a minute's deadline"
        assert provider.journal.count == 0
        assert (await client.post(URL, json=chat("what is the square root of two?"))).status_code == 200, (
            "needs no worker"
        )
    assert "no detection worker can be set up: ImportError: no thinc here" in gate.said
    assert gate.said.count("no detection worker") == 1
    assert "hint:" in gate.said


async def scanned(gate: Gate, workers: list[int]) -> dict[str, Any]:
    """Let the stopped workers go on; the record of the second request once its end is on it."""
    assert len(gate.events("opened")) == 1
    for pid in workers:
        os.kill(pid, signal.SIGCONT)
    return await gate.closed((await gate.more_events("opened", 1))[-1]["exchange"])


@pytest.mark.parametrize("http2", [False, True])
async def test_a_client_that_leaves_during_the_scan_sends_nothing(
    start_gate: Start, provider: Provider, http2: bool
) -> None:
    gate = await start_gate(detect={"deadline_ms": 30_000})
    async with gate.client() as client:
        assert (await client.post(URL, json=chat(long_text(1)))).status_code == 200
    workers = children(gate.process.pid)
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    body = json.dumps(chat(long_text(2))).encode()
    if http2:
        async with await Http2.open(gate) as h2:
            stream = h2.ask(body)
            await asyncio.sleep(0.3)
            h2.http.reset_stream(stream, 8)
            h2.flush()
            await asyncio.sleep(0.3)
            shown = await scanned(gate, workers)
    else:
        async with http1(gate) as (_, writer):
            writer.write(post(body))
            await asyncio.sleep(0.3)
        await asyncio.sleep(0.3)
        shown = await scanned(gate, workers)
    assert shown["outcome"] == "client_left"
    assert provider.journal.count == 1, "nothing was forwarded for a client that is gone"


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
