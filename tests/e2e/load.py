"""Many clients at once, and workers that die under them: everything that arrives was masked and is on record.

    python -m tests.e2e.load --clients 200 --seconds 60

prints what happened as JSON and exits with 1 where something is wrong. The suite runs a few seconds of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.doubles.provider import Provider
from tests.e2e.gate import Gate, chat, children, start
from tests.e2e.wire import Answer, answer, http1, post

DOMAIN = "load-canary.example"
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEloadcanary" * 12 + "\n-----END RSA PRIVATE " + "KEY-----"
HONEST = {"gate_fault", "unreadable_reply"}
"""What a gate that lost its workers may say, with 503."""
FILLER = "some words about nothing much, " * 800


@dataclass
class Report:
    """What the clients saw, and what is wrong with it."""

    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    left: int = 0
    killed: int = 0
    memory: list[float] = field(default_factory=list)
    forwarded: int = 0
    recorded: int = 0

    def shown(self) -> dict[str, Any]:
        return {
            "answers": dict(self.answers), "left": self.left, "workers killed": self.killed,
            "forwarded": self.forwarded, "recorded": self.recorded, "MB": self.memory, "wrong": self.wrong[:20],
        }  # fmt: skip


def resident(pid: int) -> float:
    """A process's resident memory, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


async def rested(pid: int) -> float:
    """The same, once a gate that warms up behind its ready line grows no more."""
    last = 0.0
    for _ in range(20):
        now = resident(pid)
        if now < last + 1:
            break
        last = now
        await asyncio.sleep(2)
    return now


class Client:
    """One client: short and long prompts, whole and streamed, some that are blocked, some that it leaves."""

    def __init__(self, number: int, gate: Gate, report: Report) -> None:
        self.number, self.gate, self.report = number, gate, report
        self.chance = random.Random(number)

    async def talk(self, until: float) -> None:
        turn = 0
        while asyncio.get_running_loop().time() < until:
            with suppress(OSError):
                async with http1(self.gate) as (reader, writer):
                    while asyncio.get_running_loop().time() < until:
                        turn += 1
                        if not await self._turn(turn, reader, writer):
                            break

    async def _turn(self, turn: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One exchange; whether the connection can go on."""
        value, kind = f"c{self.number}t{turn}@{DOMAIN}", self.chance.random()
        text = PEM if kind < 0.05 else f"{turn} {FILLER if kind < 0.15 else ''} write to {value}"
        body = json.dumps(chat(text, stream=self.chance.random() < 0.5)).encode()
        writer.write(post(body))
        if kind > 0.98:
            await asyncio.sleep(self.chance.random() / 50)
            self.report.left += 1
            return False
        try:
            got = await answer(reader)
        except TimeoutError:
            self.report.left += 1
            return False
        if got is None:
            self.report.wrong.append(f"{value}: the connection was closed")
            return False
        self._judge(got, value, blocked=kind < 0.05)
        return got.headers.get("connection") != "close"

    def _judge(self, got: Answer, value: str, *, blocked: bool) -> None:
        report, code = self.report, got.code
        report.answers[f"{got.status} {code}".strip()] += 1
        report.decisions.append(got.headers.get("x-hushgate-decision", ""))
        if got.status == 503 and code in HONEST:
            return
        if got.status != (400 if blocked else 200):
            report.wrong.append(f"{value}: {got.status} {got.body[:300]!r}")
        elif not blocked and value not in said(got) and not any(honest in said(got) for honest in HONEST):
            report.wrong.append(f"{value}: did not come back")


def said(got: Answer) -> str:
    """A reply's text, whole or streamed, with what a stream was ended by."""
    text = got.body.decode()
    if not got.headers["content-type"].startswith("text/event-stream"):
        return text
    frames = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
    pieces = [c["delta"].get("content") or "" for f in frames for c in f.get("choices", ())]
    return "".join([*pieces, *(str(f["error"]) for f in frames if "error" in f)])


async def load(gate: Gate, provider: Provider, *, clients: int, seconds: float, kill_every: float) -> Report:
    """Let `clients` talk for `seconds`, killing all workers every so often; then hold journal and record together."""
    report = Report()
    await Client(clients, gate, report).talk(asyncio.get_running_loop().time() + 1)  # warm
    report.memory.append(await rested(gate.process.pid))
    until = asyncio.get_running_loop().time() + seconds

    async def kill() -> None:
        while asyncio.get_running_loop().time() < until - kill_every:
            await asyncio.sleep(kill_every)
            for pid in children(gate.process.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    report.killed += 1

    await asyncio.gather(kill(), *(Client(number, gate, report).talk(until) for number in range(clients)))
    await gate.settled(120)
    report.memory.append(resident(gate.process.pid))
    check(report, gate, provider)
    return report


def check(report: Report, gate: Gate, provider: Provider) -> None:
    """What arrived was masked; it was recorded before; whoever got an answer can look it up."""
    wrong, journal = report.wrong, provider.journal
    opened = gate.events("opened")
    ids = {event["exchange"] for event in [*opened, *gate.events("refused")]}
    report.forwarded, report.recorded = journal.count, sum(event["gate"] == "allow" for event in opened)
    for data in [*journal.streams, *(request.body for request in journal.requests)]:
        if DOMAIN.encode() in data or b"loadcanary" in data:
            wrong.append(f"arrived unmasked: {bytes(data)[:300]!r}")
    if not report.recorded - report.left <= report.forwarded <= report.recorded:
        wrong.append(f"{report.forwarded} arrived, {report.recorded} are on record as let go")
    if missing := [one for one in report.decisions if one not in ids]:
        wrong.append(f"{len(missing)} answers are not on record")
    if len(set(report.decisions)) != len(report.decisions):
        wrong.append("two answers carry one decision")
    if "hook" in gate.said or "Traceback" in gate.said:
        wrong.append(gate.said[-2000:])


async def _run(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="hushgate-load-") as folder:
        async with Provider() as provider:
            gate = await start(Path(folder), provider.port, provider.ca, detect={"ner": options.ner})
            try:
                report = await load(
                    gate, provider, clients=options.clients, seconds=options.seconds, kill_every=options.kill_every
                )
            finally:
                code = gate.stop(timeout=60)
    print(json.dumps(report.shown() | {"exit code": code}, indent=2))
    return 1 if report.wrong or code else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Load a gate on loopback with many clients while its workers die.")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--kill-every", type=float, default=5.0, help="seconds between kills of all workers")
    parser.add_argument("--ner", choices=("off", "builtin"), default="off")
    return asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
