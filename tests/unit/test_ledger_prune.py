from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from hushgate.approvals.wishes import Wish
from hushgate.errors import LedgerError
from hushgate.ledger import prune as module
from hushgate.ledger.chain import Signer
from hushgate.ledger.prune import Pruned, prune, ranges
from hushgate.ledger.query import Reader
from hushgate.ledger.sqlite import SqliteLedger
from hushgate.ledger.verify import verify
from tests.approving import BOB, CAROL, Clock, Journal, asked, desk
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


async def agree(journal: Journal) -> None:
    """Four approvals of alice's from 1000.0 on: given and used up; given for long; rejected; pending. And a deputy."""
    clock = Clock()
    made = desk(journal, clock=clock, expire_seconds=60.0)
    for content in ("used", "open", "rejected", "pending"):
        await made.ask(asked(content), None)
    used, opened, rejected, _ = made.book.approvals
    await made.approve(BOB, used)
    await made.ask(asked("used"), None)
    await made.approve(BOB, opened, Wish(seconds=1e6))
    await made.reject(BOB, rejected, "canaryreason")
    await made.name_deputy(CAROL, "dave", 100)
    clock.now += 1
    await made.name_deputy(CAROL, None, 0)
    await made.name_deputy(BOB, "dave", 1000)


@pytest.fixture
def agreed(tmp_path: Path) -> Path:
    journal = Journal()
    asyncio.run(agree(journal))
    ledger = start(tmp_path)
    for kind, payload in journal.events:
        ledger.append_now(kind, payload)
    ledger.close()
    return tmp_path


def test_what_is_agreed_goes_once_nobody_goes_by_it(agreed: Path) -> None:
    assert run(agreed, actor="alice", now=1059.0).approvals == 0
    pruned = run(agreed, actor="alice", now=1060.0)
    assert (pruned.approvals, pruned.events) == (2, 4 + 2)
    assert rows(agreed, "SELECT state FROM approvals ORDER BY state") == [("approved",), ("pending",)]
    assert rows(agreed, "SELECT uses_left FROM grants") == [(1,)]
    assert b"canaryreason" not in b"".join(path.read_bytes() for path in agreed.iterdir())
    report = verify(agreed / "ledger.db", Signer(SEED).public_key)
    assert (report.flaws, report.erased) == ([], 6)
    with Reader(agreed / "ledger.db") as reader:
        book = desk().book
        assert book.restore(reader.approvals(), reader.grants(1060.0), reader.deputies()) == 0
    assert run(agreed, actor="alice", now=1e9).approvals == 1, "its time is over; nobody has ended what is pending"
    assert verify(agreed / "ledger.db", Signer(SEED).public_key).flaws == []


@pytest.mark.parametrize(("actor", "left"), [("carol", ["bob"]), ("bob", ["carol", "carol", "bob"])])
def test_deputies_of_today_stay_and_none_comes_back(agreed: Path, actor: str, left: list[str]) -> None:
    run(agreed, actor=actor, now=1060.0)
    with Reader(agreed / "ledger.db") as reader:
        assert [one["user"] for one in reader.deputies()] == left
    assert verify(agreed / "ledger.db", Signer(SEED).public_key).flaws == []


ALL = ["exchanged", "logged-in", "looked-up", "notified", "tunnel"]


@pytest.mark.parametrize(
    ("conditions", "left"),
    [
        ({"actor": "canaryalice"}, ["looked-up", "notified", "tunnel"]),
        ({"actor": "canaryalice", "before": 0.0}, ALL),
        ({"actor": "canaryalice", "session": "s1"}, ALL),
        ({"before": 1e12}, []),
    ],
)  # fmt: skip
def test_what_else_is_an_actors(tmp_path: Path, conditions: dict[str, object], left: list[str]) -> None:
    ledger = start(tmp_path)
    for kind, payload in (
        ("tunnel", {"actor": "canaryalice"}), ("tunnel", {"actor": "bob"}), ("exchanged", {"actor": "canaryalice"}),
        ("logged-in", {"by": "canaryalice"}), ("looked-up", {"by": "bob"}), ("notified", {}),
    ):  # fmt: skip
        ledger.append_now(kind, payload)
    ledger.close()
    run(tmp_path, **conditions)
    kinds = {kind for (kind,) in rows(tmp_path, "SELECT kind FROM events WHERE payload IS NOT NULL")}
    assert sorted(kinds & {*ALL}) == left
    assert verify(tmp_path / "ledger.db", Signer(SEED).public_key).flaws == []
