from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from hushgate.errors import LedgerError
from hushgate.ledger import prune as module
from hushgate.ledger.chain import Signer
from hushgate.ledger.prune import Pruned, prune, ranges
from hushgate.ledger.query import Reader
from hushgate.ledger.sqlite import SqliteLedger
from hushgate.ledger.verify import verify
from tests.ledger_cases import SEED, TRANSCRIPT_KEY, closed, found, opened, rows, start


async def fill(ledger: SqliteLedger) -> None:
    for n in range(6):
        who = {"session": f"s{n % 3}", "actor": "canaryactor" if n % 3 == 0 else "bob", "at": 10.0 * n}
        level = "regulated" if n < 3 else "internal"
        await ledger.append("opened", opened(f"x{n}", level=level, **who), json.dumps({"n": n}).encode())
        ledger.append_soon("forwarded", {"exchange": f"x{n}"})
        await ledger.append("closed", closed(f"x{n}", findings=[found(verdict="keep")]), b"{}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ledger = start(tmp_path, transcripts="masked")
    asyncio.run(fill(ledger))
    ledger.close()
    return tmp_path


def run(folder: Path, **conditions: object) -> Pruned:
    ledger = start(folder, writer="command")
    try:
        return prune(folder / "ledger.db", ledger, **conditions)  # type: ignore[arg-type]
    finally:
        ledger.close()


@pytest.mark.parametrize("size", [1, 200])
def test_what_is_old_goes_and_the_chain_still_verifies(
    folder: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(module, "SLICE", size)
    assert run(folder, before=25.0) == Pruned(exchanges=3, events=9)
    assert rows(folder, "SELECT id FROM exchanges ORDER BY id") == [("x3",), ("x4",), ("x5",)]
    assert rows(folder, "SELECT DISTINCT exchange FROM findings ORDER BY 1") == [("x3",), ("x4",), ("x5",)]
    assert rows(folder, "SELECT count(*) FROM transcripts") == [(6,)]
    assert rows(folder, "SELECT id, exchanges, findings, masked, level FROM sessions ORDER BY id") == [
        ("s0", 1, 1, 1, "internal"), ("s1", 1, 1, 1, "internal"), ("s2", 1, 1, 1, "internal"),
    ]  # fmt: skip
    report = verify(folder / "ledger.db", Signer(SEED).public_key)
    assert (report.flaws, report.erased) == ([], 9)


def test_an_actor_goes_without_a_trace(folder: Path) -> None:
    assert b"canaryactor" in (folder / "ledger.db").read_bytes()
    assert run(folder, actor="canaryactor") == Pruned(exchanges=2, events=6)
    assert b"canaryactor" not in b"".join(path.read_bytes() for path in folder.iterdir())
    assert rows(folder, "SELECT session FROM session_keys ORDER BY 1") == [("s1",), ("s2",)]
    assert verify(folder / "ledger.db", Signer(SEED).public_key).flaws == []


def test_a_session(folder: Path) -> None:
    assert run(folder, session="s1", before=30.0).exchanges == 1
    assert run(folder, session="s1").exchanges == 1
    assert rows(folder, "SELECT id FROM sessions ORDER BY id") == [("s0",), ("s2",)]
    with Reader(folder / "ledger.db") as reader:
        assert list(reader.transcripts("s1", TRANSCRIPT_KEY)) == []
        assert len(list(reader.transcripts("s2", TRANSCRIPT_KEY))) == 4


def test_other_old_events_go_too(folder: Path) -> None:
    clock = iter([1.0, 2.0, 3.0, *[1e9] * 50])
    ledger = start(folder, clock=lambda: next(clock))
    ledger.append_now("looked-up", {"actor": "canarylooker"})
    ledger.append_now("tunnel", {"host": "h"})
    ledger.close()
    run(folder, before=5.0)
    assert rows(folder, "SELECT kind FROM events WHERE payload IS NULL AND kind <> 'opened' ORDER BY id") == [
        ("forwarded",), ("closed",), ("looked-up",), ("tunnel",),
    ]  # fmt: skip
    assert verify(folder / "ledger.db", Signer(SEED).public_key).flaws == []


def test_while_a_gate_runs(folder: Path) -> None:
    gate = start(folder)
    gate.append_now("opened", opened("y1", at=5.0))
    run(folder, before=25.0)
    gate.append_now("closed", closed("y1"))  # its exchange is gone: it stays an event
    gate.append_now("opened", opened("y2"))
    gate.close()
    assert verify(folder / "ledger.db", Signer(SEED).public_key).flaws == []


def test_nothing_to_do(folder: Path) -> None:
    assert run(folder, before=0.0) == Pruned(0, 0)
    with pytest.raises(LedgerError, match="nothing says what"):
        run(folder)


@pytest.mark.parametrize(
    ("places", "expected"), [([], []), ([4], [[4, 4]]), ([1, 2, 3, 7, 9, 10], [[1, 3], [7, 7], [9, 10]])]
)
def test_ranges(places: list[int], expected: list[list[int]]) -> None:
    assert ranges(places) == expected
