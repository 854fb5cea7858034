"""What the gate costs, beside what it cannot cost less than: one run, interleaved rounds, the same bodies for all.

CPU is that of the whole process tree of each contestant; client and provider are processes of their own.
Contestants: mitmproxy pruned to a bare proxy, stock mitmdump, hushgate without NER, hushgate with it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench import contestants, figures
from bench.contestants import ROOT, BenchError, Contestant

SETTLE = 0.05  # seconds for what a contestant does after it has answered
KB = 1024


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure. Requests per round and size; conversations and streams per run."""

    rounds: int = 6
    bodies: dict[int, int] = field(default_factory=lambda: {KB: 150, 32 * KB: 80, 256 * KB: 30, 1024 * KB: 10})
    turns: int = 50
    conversation: int = 256 * KB
    conversations: int = 20
    streams: int = 12
    stream_chars: int = 4000
    first_tokens: int = 15
    seed: int = 0


QUICK = Plan(
    rounds=2, bodies={KB: 60, 32 * KB: 30, 256 * KB: 10, 1024 * KB: 4}, conversations=6, streams=2,
    stream_chars=1600, first_tokens=8,
)  # fmt: skip


@dataclass(slots=True)
class Cell:
    """What was seen of one contestant at one task: CPU of one request, for each time it was measured. Seconds."""

    count: int = 0
    refused: int = 0
    cpu: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float | int]:
        """Milliseconds. Medians, since a moment in which the machine was busy with something else says nothing."""
        found: dict[str, float | int] = {"count": self.count, "refused": self.refused}
        if self.cpu:
            found["cpu_ms"] = 1000 * median(self.cpu)
        if len(self.latencies) > 1:
            found["p50_ms"] = 1000 * median(self.latencies)
            found["p90_ms"] = 1000 * quantiles(self.latencies, n=10)[-1]
        return found


class Bench:
    """The client and the contestants, running."""

    def __init__(self, stack: ExitStack, folder: Path, only: list[str] | None, seed: int) -> None:
        up = stack.enter_context(contestants.upstream(folder / "provider"))
        wanted = {
            "pruned": lambda: contestants.pruned(folder / "pruned", up),
            "stock": lambda: contestants.stock(folder / "stock", up),
            "stock stream": lambda: contestants.stock(folder / "stock-stream", up, stream=True),
            "hushgate": lambda: contestants.gate(folder / "gate", up, ner="off"),
            "hushgate ner": lambda: contestants.gate(folder / "gate-ner", up, ner="builtin"),
        }
        self.names = [name for name in wanted if not only or name in only]
        self.all = {name: stack.enter_context(wanted[name]()) for name in self.names}
        self.all["direct"] = contestants.direct(up)
        program = [sys.executable, "-m", "bench.load"]
        self._client = stack.enter_context(
            subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        stack.callback(self._client.terminate)
        self.ask(do="connect", contestants=[asdict(one) for one in self.all.values()], seed=seed)
        self.cells: dict[str, dict[str, Cell]] = {}

    def ask(self, **command: object) -> Any:
        assert self._client.stdin is not None
        assert self._client.stdout is not None
        self._client.stdin.write(json.dumps(command) + "\n")
        self._client.stdin.flush()
        answer = json.loads(self._client.stdout.readline() or '{"error": "the client died"}')
        if "error" in answer:
            raise BenchError(answer["error"])
        return answer["ok"]

    def measure(self, task: str, name: str, **command: object) -> None:
        """Has the client do `command` to a contestant, and books time and CPU under `task`."""
        contestant: Contestant = self.all[name]
        before = contestant.cpu()
        seen = self.ask(to=name, **command)
        time.sleep(SETTLE)
        cpu = contestant.cpu() - before
        if command["do"] == "send":
            self._book(task, name, len(seen), cpu, seen)
        elif task == "first":
            for mark in ("frame", "text"):
                self._book(f"first {mark}", name, len(seen), None, [one[mark] for one in seen])
        else:
            self._book(task, name, sum(one["deltas"] for one in seen), cpu, [])

    def _book(self, task: str, name: str, count: int, cpu: float | None, latencies: list[float | None]) -> None:
        cell = self.cells.setdefault(task, {}).setdefault(name, Cell())
        cell.count += count
        cell.cpu += [cpu / max(1, count)] if cpu is not None else []
        cell.latencies += [seconds for seconds in latencies if seconds is not None]
        cell.refused += latencies.count(None)


def run(bench: Bench, plan: Plan, say: figures.Say) -> None:
    """All tasks, each contestant in turn, the order shifted every round."""
    for name in bench.names:  # code paths warm, connections open
        bench.ask(do="prepare", kind="body", size=32 * KB, count=20)
        bench.ask(do="send", to=name, first=0, last=20)
    for number in range(plan.rounds):
        say(f"round {number + 1} of {plan.rounds}")
        order = bench.names[number % len(bench.names) :] + bench.names[: number % len(bench.names)]
        whole = [name for name in order if name != "stock stream"]
        streaming = [name for name in order if name != "stock"]  # it buffers the reply
        for size, count in plan.bodies.items():
            bench.ask(do="prepare", kind="body", size=size, count=count)
            for name in [*whole, "direct"]:
                bench.measure(f"body {size // KB} KB", name, do="send", first=0, last=count)
        for _ in range(plan.first_tokens):  # one at a time: a busy moment hits all alike
            bench.ask(do="prepare", kind="stream", size=120, count=1)
            for name in [*streaming, "direct"]:
                bench.measure("first", name, do="stream", chunk=12, delay=0.004)
        bench.ask(do="prepare", kind="stream", size=plan.stream_chars, count=max(1, plan.streams // plan.rounds))
        for name in streaming:
            bench.measure("chunks", name, do="stream", chunk=8, delay=0.002)
    for number in range(plan.conversations):
        say(f"conversation {number + 1} of {plan.conversations}")
        bench.ask(do="prepare", kind="conversation", size=plan.conversation, count=plan.turns)
        for name in [name for name in bench.names if name != "stock stream"]:
            bench.ask(do="send", to=name, first=0, last=plan.turns - 1)
            time.sleep(SETTLE)
            bench.measure("last turn", name, do="send", first=plan.turns - 1, last=plan.turns)


def main() -> None:
    """`scripts/bench floor`."""
    parser = argparse.ArgumentParser(prog="scripts/bench floor", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a rough answer in about a minute")
    parser.add_argument("--only", action="append", metavar="NAME", help="a contestant; may be repeated")
    parser.add_argument("--seed", type=int, default=0, help="of the made-up text")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="figures as JSON on stdout")
    shape.add_argument("--markdown", action="store_true", help="figures as Markdown on stdout")
    given = parser.parse_args()
    plan, say = QUICK if given.quick else Plan(), figures.Say()
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hushgate-bench-")))
            bench = Bench(stack, folder, given.only, given.seed)
            try:
                run(bench, plan, say)
            except BenchError as error:
                raise BenchError(f"{error}\n{contestants.words(folder)}") from None
            memory = {name: bench.all[name].rss() for name in bench.names}
    except BenchError as error:
        sys.exit(f"error: {error}")
    cells = {task: {name: cell.figures() for name, cell in row.items()} for task, row in bench.cells.items()}
    result = figures.Result(cells, figures.floors(cells), memory, figures.machine())
    if given.json:
        print(json.dumps(asdict(result), indent=2))
    elif given.markdown:
        print(figures.markdown(result))
    else:
        figures.show(result)


if __name__ == "__main__":
    main()
