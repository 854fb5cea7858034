"""What changed rules cost: from the write of a file until they are in force, CPU, what others wait meanwhile, memory.

The gate is a process of its own; a client sends small requests all the time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import ssl
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

import httpx

from bench import contestants
from bench.contestants import Contestant

URL: Final = "https://api.openai.com/v1/chat/completions"
PAUSE: Final = 0.01  # seconds between two requests
SECONDS: Final = 60.0
IN_FORCE: Final = "changed rules are in force"
WARM: Final = 10.0
"""Seconds in which the gate makes what comes behind its ready line."""
RULE: Final = """version: 1
rules:
  - {{id: badge-{n}, entity: EMPLOYEE_ID, level: confidential, category: pii, says: Badge, pattern: 'AB{n}-[0-9]{{6}}',
     match: ["AB{n}-123456"], no_match: [nothing]}}
"""
POLICY: Final = """version: 1
rules:
  - {{id: hide-{n}, when: {{level: ">=confidential"}}, then: mask}}
"""
COLUMNS: Final = """version: 1
kind: columns
classes: {{c: {{level: confidential, category: pii}}}}
assets:
  - {{asset: crm.customers, source: dbt, owner: crm, columns: {{segment_{n}: c}}}}
"""
CHANGED: Final = {"policy": ("policy.yaml", POLICY), "catalog": ("columns.yaml", COLUMNS), "rule": ("own.yaml", RULE)}


@dataclass(slots=True)
class Seen:
    """Medians of all changes of a kind, but `worst_wait`; seconds and MB of the gate's own process, at the end."""

    changed: str
    rounds: int
    in_force: float
    cpu: float
    wait: float
    worst_wait: float
    memory: int


def _cpu(pid: int) -> float:
    """Seconds of the process alone: a worker that starts beside it keeps nobody waiting."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000


async def _probe(gate: Contestant, ca: str, waits: list[float]) -> None:
    context = ssl.create_default_context(cafile=ca)
    proxy = f"http://127.0.0.1:{gate.proxy}"
    async with httpx.AsyncClient(proxy=proxy, verify=context, timeout=SECONDS) as client:
        while True:
            began = time.perf_counter()
            message = {"role": "user", "content": f"number {began}"}
            (await client.post(URL, json={"model": "double:text:ok", "messages": [message]})).raise_for_status()
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(PAUSE)


async def _change(log: Path, file: Path, text: str) -> float:
    """Write a file; the seconds until it counts."""
    since = len(log.read_text())
    file.with_suffix(".new").write_text(text)
    began = time.perf_counter()
    file.with_suffix(".new").replace(file)
    while IN_FORCE not in (said := log.read_text()[since:]):
        if time.perf_counter() - began > SECONDS:
            raise SystemExit(f"not in force:\n{said}")
        await asyncio.sleep(0.01)
    return time.perf_counter() - began


async def _kind(gate: Contestant, ca: str, folder: Path, kind: str, rounds: int) -> Seen:
    name, text = CHANGED[kind]
    took, cpu, worst, waits = list[float](), list[float](), list[float](), list[float]()
    probing = asyncio.ensure_future(_probe(gate, ca, waits))
    try:
        for number in range(1, rounds + 1):
            await asyncio.sleep(0.3)
            waits.clear()
            used = _cpu(gate.pid)
            took.append(await _change(folder / "gate" / f"{gate.name}.log", folder / name, text.format(n=number)))
            cpu.append(_cpu(gate.pid) - used)
            await asyncio.sleep(0.1)
            worst.append(max(waits, default=0.0))
    finally:
        probing.cancel()
    return Seen(kind, rounds, median(took), median(cpu), median(worst), max(worst), _memory(gate.pid))


async def _run(rounds: int, ner: str, as_json: bool) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hushgate-reload-")))
        for name, text in CHANGED.values():
            (folder / name).write_text(text.format(n=0))
        settings = {
            "rules": ["builtin", str(folder / "own.yaml")],
            "policy": str(folder / "policy.yaml"),
            "catalog": [str(folder / "columns.yaml")],
        }
        up = stack.enter_context(contestants.upstream(folder))
        gate = stack.enter_context(contestants.gate(folder / "gate", up, ner=ner, settings=settings))
        ca = json.loads((folder / "gate" / "state" / "ready.json").read_text())["ca"]
        await asyncio.sleep(WARM)
        for kind in CHANGED:
            seen = await _kind(gate, ca, folder, kind, rounds)
            if as_json:
                print(json.dumps(asdict(seen)), flush=True)
            else:
                print(
                    f"{kind:8} {rounds:3} times  in force after {seen.in_force:5.2f} s  CPU {seen.cpu:5.2f} s"
                    f"  others wait {1000 * seen.wait:4.0f} ms, at most {1000 * seen.worst_wait:4.0f} ms"
                    f"  memory {seen.memory} MB",
                    flush=True,
                )


def main() -> None:
    """`scripts/bench reload`."""
    parser = argparse.ArgumentParser(prog="scripts/bench reload", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="changes of each kind")
    parser.add_argument("--ner", choices=("builtin", "off"), default="off", help="names in the workers")
    parser.add_argument("--json", action="store_true", help="JSON lines on stdout")
    given = parser.parse_args()
    asyncio.run(_run(given.rounds, given.ner, given.json))


if __name__ == "__main__":
    main()
