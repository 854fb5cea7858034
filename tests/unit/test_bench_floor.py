"""The floor bench measures what it says: real contestants, their CPU, fresh text, honest verdicts."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench import contestants, figures
from bench.contestants import BenchError, Contestant
from bench.floor import KB, Bench, Plan, run
from bench.prose import Prose, _card

linux = pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="CPU of a process tree is read from /proc")


@pytest.mark.parametrize("size", [KB, 32 * KB, 256 * KB])
def test_bodies_have_their_size_and_are_fresh(size: int) -> None:
    prose = Prose(1)
    bodies = [prose.body(size) for _ in range(3)]
    assert all(abs(len(body) - size) < size * 0.05 + 64 for body in bodies)
    assert len(set(bodies)) == 3
    assert {message["role"] for message in json.loads(bodies[0])["messages"]} >= {"system", "user"}
    assert Prose(1).body(size) == bodies[0]


def test_a_conversation_grows_by_its_new_turns_alone() -> None:
    bodies = [json.loads(body) for body in Prose(2).conversation(64 * KB, 10)]
    for before, after in zip(bodies, bodies[1:], strict=False):
        assert after["messages"][: len(before["messages"])] == before["messages"]
        assert len(after["messages"]) == len(before["messages"]) + 2
    assert abs(len(json.dumps(bodies[-1])) - 64 * KB) < 4 * KB


def test_cards_pass_luhn() -> None:
    prose = Prose(3)
    for _ in range(50):
        digits = [int(d) for d in _card(prose._random)]
        assert sum(sum(divmod(2 * d, 10)) if n % 2 == 0 else d for n, d in enumerate(digits)) % 10 == 0


@linux
def test_cpu_counts_children_alive_and_gone() -> None:
    burn = "import time\nwhile time.process_time() < 0.2: pass\n"
    tree = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {burn!r}])\nprint(1, flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-c", tree], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert 0.2 <= Contestant("x", process.pid, None, "", 0).cpu() < 2
        process.kill()
    with pytest.raises(BenchError):
        Contestant("x", process.pid, None, "", 0).cpu()


@linux
def test_a_small_run_against_a_bare_proxy(tmp_path: Path) -> None:
    plan = Plan(
        rounds=2, bodies={KB: 3, 4 * KB: 3}, turns=3, conversation=8 * KB, conversations=1, streams=1,
        stream_chars=80, first_tokens=2,
    )  # fmt: skip
    with ExitStack() as stack:
        bench = Bench(stack, tmp_path, ["pruned"], seed=1)
        run(bench, plan, lambda _: None)
    cells = {task: {name: cell.figures() for name, cell in row.items()} for task, row in bench.cells.items()}
    assert set(cells) == {"body 1 KB", "body 4 KB", "first frame", "first text", "chunks", "last turn"}
    assert cells["body 1 KB"]["pruned"]["count"] == 6
    assert cells["chunks"]["pruned"]["count"] == 2 * 80 / 8
    assert 0.1 < cells["body 1 KB"]["pruned"]["cpu_ms"] < 100
    assert cells["first frame"]["direct"]["p50_ms"] < cells["first text"]["pruned"]["p50_ms"]
    result = figures.Result(cells, figures.floors(cells), {"pruned": 1}, figures.machine())
    assert figures.markdown(result).count("| pruned |") == 6


def test_a_contestant_that_does_not_start_is_an_error_with_its_words(tmp_path: Path) -> None:
    broken = [sys.executable, "-c", "raise SystemExit('broken on purpose')"]
    with (
        pytest.raises(BenchError, match="(?s)did not start.*broken on purpose"),
        contestants.program(broken, tmp_path, "x") as process,
    ):
        contestants._wait_for(contestants.free_port(), process, tmp_path)


@pytest.mark.parametrize(("mine", "held"), [(2.0, [True, True, True, True]), (6.1, [False, False, False, False])])
def test_floors(mine: float, held: list[bool]) -> None:
    cell = {"cpu_ms": mine, "p50_ms": mine}
    four = {"cpu_ms": 4.0, "p50_ms": 4.0}
    names = ("body 1 KB", "first frame", "first text", "last turn")
    cells: figures.Cells = {
        name: {"hushgate": cell, "stock": four, "stock stream": four, "pruned": four} for name in names
    }
    assert [floor.held for floor in figures.floors(cells)] == held
    del cells["last turn"]["hushgate"]
    assert len(figures.floors(cells)) == 3
