"""What the floor bench found, as tables, ratios and the floors it is held to."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from rich.console import Console
from rich.table import Table

type Figures = dict[str, float | int]
type Cells = dict[str, dict[str, Figures]]

FIRST_TOKEN_MS = 2.0
LAST_TURN_RATIO = 1.5


@dataclass(frozen=True, slots=True)
class Floor:
    """One promise: `figure` is at most `limit`."""

    says: str
    figure: float
    limit: float

    @property
    def held(self) -> bool:
        return self.figure <= self.limit


@dataclass(frozen=True, slots=True)
class Result:
    """All of a run. `cells` are milliseconds by task and contestant; `memory` bytes at the end."""

    cells: Cells
    floors: list[Floor]
    memory: dict[str, int]
    machine: dict[str, str]


class Say:
    """Progress, on stderr."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)

    def __call__(self, text: str) -> None:
        self._console.print(text, style="dim", highlight=False)


def machine() -> dict[str, str]:
    return {
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "mitmproxy": version("mitmproxy"),
    }


def floors(cells: Cells) -> list[Floor]:
    """The floors that this run can judge."""

    def pair(task: str, mine: str, other: str, what: str) -> tuple[float, float] | None:
        row = cells.get(task, {})
        if mine not in row or other not in row or row[mine].get("refused"):
            return None  # who refuses is not measured
        return row[mine][what], row[other][what]

    found = []
    if two := pair("body 1 KB", "hushgate", "stock", "cpu_ms"):
        found.append(Floor("CPU of a 1 KB request, times stock mitmdump", two[0] / two[1], 1.0))
    for mark in ("frame", "text"):
        if two := pair(f"first {mark}", "hushgate", "stock stream", "p50_ms"):
            says = f"time to the first {mark}, ms more than stock with stream=True (p50)"
            found.append(Floor(says, two[0] - two[1], FIRST_TOKEN_MS))
    if two := pair("last turn", "hushgate", "pruned", "cpu_ms"):
        says = "CPU of the last turn of a long conversation, times pruned"
        found.append(Floor(says, two[0] / two[1], LAST_TURN_RATIO))
    return found


def rows(cells: Cells) -> Iterator[tuple[str, str, Figures, float | None]]:
    """task, contestant, figures, CPU relative to pruned."""
    for task, row in cells.items():
        base = row.get("pruned", {}).get("cpu_ms")
        for name, found in row.items():
            mine = found.get("cpu_ms") if name != "direct" else None
            yield task, name, found, (mine / base if mine is not None and base else None)


def _columns(result: Result) -> Iterator[tuple[str, ...]]:
    for task, name, found, ratio in rows(result.cells):
        cpu = found.get("cpu_ms") if name != "direct" else None  # the double's own CPU is nobody's
        yield (
            "each streamed chunk" if task == "chunks" else task,
            name,
            f"{cpu:.2f}" if cpu is not None else "",
            f"{ratio:.2f}" if ratio is not None else "",
            *(f"{found[mark]:.2f}" if mark in found else "" for mark in ("p50_ms", "p90_ms")),
            f"{found['refused']} of {found['count']}" if found.get("refused") else "",
        )


HEAD = ("task", "who", "CPU ms", "x pruned", "p50 ms", "p90 ms", "refused")


def show(result: Result) -> None:
    """Tables on stdout."""
    console = Console(width=None if sys.stdout.isatty() else 110)
    table = Table(*HEAD, title="per request, or per chunk where it says so")
    for column in table.columns[2:]:
        column.justify = "right"
    last = ""
    for task, *rest in _columns(result):
        if task != last and last:
            table.add_section()
        table.add_row(task if task != last else "", *rest)
        last = task
    console.print(table)
    for floor in result.floors:
        mark = "[green]held[/]" if floor.held else "[red]missed[/]"
        console.print(f"{mark}  {floor.figure:.2f} (at most {floor.limit:g})  {floor.says}", highlight=False)
    held = ", ".join(f"{name} {size / 2**20:.0f} MB" for name, size in result.memory.items())
    console.print(f"memory at the end: {held}", highlight=False)
    console.print(", ".join(f"{k} {v}" for k, v in result.machine.items()), style="dim", highlight=False)
    sys.stdout.flush()


def markdown(result: Result) -> str:
    """The same for a document."""
    lines = [f"| {' | '.join(HEAD)} |", "| --- | --- | ---: | ---: | ---: | ---: | ---: |"]
    lines += [f"| {' | '.join(row)} |" for row in _columns(result)]
    lines += ["", "| floor | figure | at most | |", "| --- | ---: | ---: | --- |"]
    lines += [f"| {f.says} | {f.figure:.2f} | {f.limit:g} | {'held' if f.held else 'missed'} |" for f in result.floors]
    lines += ["", ", ".join(f"{name} {value}" for name, value in result.machine.items()) + "."]
    return "\n".join(lines)
