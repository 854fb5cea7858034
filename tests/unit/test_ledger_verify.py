# ruff: noqa: S608 - statements that tamper, made of our own numbers
from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hushgate.errors import LedgerError
from hushgate.ledger.chain import CHAIN_SPAN, Checkpoint, Signer
from hushgate.ledger.sqlite import SqliteLedger
from hushgate.ledger.verify import Report, verify
from tests.ledger_cases import SEED, closed, opened, rows, start

PUBLIC = Signer(SEED).public_key


def fill(folder: Path, *, chains: int = 2, exchanges: int = 3) -> None:
    for chain in range(chains):
        ledger = start(folder)
        for n in range(exchanges):
            ledger.append_now("opened", opened(f"x{chain}-{n}"))
            ledger.append_now("closed", closed(f"x{chain}-{n}"))
        ledger.close()


def judge(folder: Path, **more: object) -> Report:
    return verify(folder / "ledger.db", PUBLIC, **more)  # type: ignore[arg-type]


def says(report: Report) -> str:
    return "; ".join(flaw.says for flaw in report.flaws)


def test_an_untouched_ledger_is_intact(tmp_path: Path) -> None:
    fill(tmp_path)
    report = judge(tmp_path)
    assert report.flaws == []
    assert (report.chains, report.events, report.erased, report.checkpoints) == (2, 16, 0, 4)
    assert report.unclosed == []
    assert report.last is not None
    assert json.loads(json.dumps(report.to_json()))["intact"] is True


def test_a_running_gate_is_unclosed_not_flawed(tmp_path: Path) -> None:
    ledger = start(tmp_path)
    ledger.append_now("opened", opened("x1"))
    report = judge(tmp_path)
    assert (report.flaws, report.unclosed) == ([], [ledger.chain_id])
    ledger.close()


def crash(folder: Path) -> None:
    """Writes an exchange and dies without closing."""
    root = Path(__file__).parents[2]
    code = (
        "import os, sys; from pathlib import Path; from tests.ledger_cases import *\n"
        "ledger = start(Path(sys.argv[1]))\n"
        "for n in range(3): ledger.append_now('opened', opened(f'c{n}'))\n"
        "os._exit(9)"
    )
    env = {**os.environ, "PYTHONPATH": f"{root / 'addon'}{os.pathsep}{root}"}
    assert subprocess.run([sys.executable, "-c", code, str(folder)], env=env, check=False).returncode == 9


def test_a_crash_is_unclosed_not_tampering(tmp_path: Path) -> None:
    crash(tmp_path)
    start(tmp_path).close()
    report = judge(tmp_path)
    assert report.flaws == []
    assert len(report.unclosed) == 1


def test_the_tail_of_a_crashed_chain_is_held_by_the_next_one(tmp_path: Path) -> None:
    crash(tmp_path)
    start(tmp_path).close()
    rows(tmp_path, "DELETE FROM events WHERE id = ?", CHAIN_SPAN + 4)
    assert "missing, though chain" in says(judge(tmp_path, projections=False))


def test_two_writers_at_once(tmp_path: Path) -> None:
    gate = start(tmp_path)
    gate.append_now("opened", opened("x1"))
    command = start(tmp_path, writer="command")
    gate.append_now("closed", closed("x1"))
    command.append_now("looked-up", {"actor": "alice", "values": 1})
    command.close()
    gate.append_now("opened", opened("x2"))
    assert judge(tmp_path).flaws == []
    gate.close()
    start(tmp_path).close()
    report = judge(tmp_path)
    assert (report.flaws, report.chains, report.unclosed) == ([], 3, [])


SECOND = CHAIN_SPAN + 2


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (f"UPDATE events SET payload = replace(payload, 'alice', 'mallo') WHERE id = {SECOND}", "payload was edited"),
        (f"UPDATE events SET salt = zeroblob(16) WHERE id = {SECOND}", "payload was edited"),
        (f"UPDATE events SET payload = NULL WHERE id = {SECOND}", "nobody pruned it"),
        (f"UPDATE events SET salt = NULL, payload = NULL WHERE id = {SECOND}", "nobody pruned it"),
        (f"UPDATE events SET payload = CAST(payload AS BLOB) WHERE id = {SECOND}", "payload was edited"),
        (f"UPDATE events SET at = at + 1 WHERE id = {SECOND}", "was edited"),
        (f"UPDATE events SET kind = 'tunnel' WHERE id = {SECOND}", "was edited"),
        (f"UPDATE events SET hash = commitment WHERE id = {SECOND}", "was edited"),
        (f"UPDATE events SET prev_hash = commitment WHERE id = {SECOND}", "does not follow"),
        (f"UPDATE events SET seq = 9 WHERE id = {SECOND}", "not its own"),
        (f"UPDATE events SET chain_id = 'other' WHERE id = {SECOND}", "not its own"),
        (f"DELETE FROM events WHERE id = {SECOND}", "events are missing"),
        (f"DELETE FROM events WHERE id >= {CHAIN_SPAN + 4} AND id < {2 * CHAIN_SPAN}", "missing, though"),
        (f"DELETE FROM events WHERE id = {CHAIN_SPAN + 1}", "does not begin with its first event"),
        (f"DELETE FROM events WHERE id < {2 * CHAIN_SPAN}", "chain number 1 is gone"),
        (f"DELETE FROM events WHERE id > {2 * CHAIN_SPAN}", "missing, though a signed checkpoint"),
        ("DELETE FROM events", "the ledger is empty"),
        (
            f"INSERT INTO events SELECT {CHAIN_SPAN} + 9, chain_id, 9, hash, at, 'opened', commitment, hash, salt,"
            f" payload FROM events WHERE id = {CHAIN_SPAN} + 8",
            "after the chain's end",
        ),
        ("UPDATE checkpoints SET signature = replace(signature, 'a', 'b')", "signature is not good"),
        ("UPDATE checkpoints SET seq = seq + 1 WHERE seq = 1", "signature is not good"),
        ("UPDATE exchanges SET gate = 'block' WHERE id = 'x0-0'", "the table exchanges is not what the chain says"),
        ("UPDATE exchanges SET actor = 'mallory'", "the table exchanges is not what the chain says"),
        ("DELETE FROM findings WHERE exchange = 'x0-1'", "the table findings is not what the chain says"),
        ("UPDATE findings SET fingerprint = '0'", "the table findings is not what the chain says"),
        ("UPDATE sessions SET exchanges = 1", "the table sessions is not what the chain says"),
        ("DELETE FROM chains", "the table chains is not what the chain says"),
        ("INSERT INTO grants (id, actor, at) VALUES ('g', 'mallory', 1)", "the table grants is not what"),
    ],
)
def test_tampering_shows(tmp_path: Path, change: str, expected: str) -> None:
    fill(tmp_path)
    rows(tmp_path, change)
    report = judge(tmp_path)
    assert not report.intact
    assert expected in says(report)


def resealed(folder: Path, remake: Callable[[dict[str, object]], None]) -> None:
    """Edit an event as someone would who knows the format but not the signing key: all hashes made good again."""
    from hushgate.ledger.chain import GENESIS, canonical, commitment, event_hash

    head = GENESIS
    for place, chain_id, seq, at, kind, salt, payload in rows(
        folder, f"SELECT id, chain_id, seq, at, kind, salt, payload FROM events WHERE id < {2 * CHAIN_SPAN} ORDER BY id"
    ):
        said = json.loads(payload)
        remake(said)
        text = canonical(said)
        committed = commitment(salt, text)
        after = event_hash(chain_id, seq, head, at, kind, committed)
        rows(
            folder,
            "UPDATE events SET prev_hash = ?, commitment = ?, hash = ?, payload = ? WHERE id = ?",
            head, committed, after, text, place,
        )  # fmt: skip
        head = after


def test_a_chain_made_anew_does_not_meet_its_checkpoints(tmp_path: Path) -> None:
    fill(tmp_path)
    resealed(tmp_path, lambda said: said.update(actor="mallory") if "gate" in said else None)
    assert "is not the event that a signed checkpoint names" in says(judge(tmp_path))


def test_nor_the_file_beside_the_ledger_when_the_table_is_emptied(tmp_path: Path) -> None:
    fill(tmp_path, chains=1)
    resealed(tmp_path, lambda said: said.update(actor="mallory") if "gate" in said else None)
    rows(tmp_path, "DELETE FROM checkpoints")
    assert "is not the event that a signed checkpoint names" in says(judge(tmp_path))


def test_an_emptied_table_of_checkpoints_shows_by_the_file_beside_it(tmp_path: Path) -> None:
    fill(tmp_path)
    rows(tmp_path, "DELETE FROM checkpoints")
    assert "its checkpoint is gone from the table" in says(judge(tmp_path))


def test_nor_a_checkpoint_kept_elsewhere_when_both_are_gone(tmp_path: Path) -> None:
    fill(tmp_path, chains=1)
    kept = judge(tmp_path).last
    assert kept is not None
    rows(tmp_path, f"DELETE FROM events WHERE id > {CHAIN_SPAN + 3}")
    rows(tmp_path, "DELETE FROM checkpoints WHERE seq > 1")
    (tmp_path / "checkpoints.json").unlink()
    assert judge(tmp_path, projections=False).flaws == []  # what the module says cannot show
    assert "missing, though a signed checkpoint" in says(judge(tmp_path, kept=[kept], projections=False))


def test_a_chain_whose_end_is_not_signed(tmp_path: Path) -> None:
    fill(tmp_path, chains=1)
    rows(tmp_path, "DELETE FROM checkpoints WHERE seq > 1")
    (tmp_path / "checkpoints.json").unlink()
    assert "the chain's end is not signed" in says(judge(tmp_path))


def test_checkpoints_of_another_key(tmp_path: Path) -> None:
    fill(tmp_path, chains=1)
    report = verify(tmp_path / "ledger.db", Signer(b"\1" * 32).public_key)
    assert "signature is not good" in says(report)


def test_a_forged_checkpoint(tmp_path: Path) -> None:
    fill(tmp_path, chains=1)
    forged = Signer(b"\2" * 32).sign("a" * 16, 3, "0" * 64, 5.0)
    forged = Checkpoint(forged.chain_id, 3, forged.hash, 5.0, PUBLIC, forged.signature)
    assert "signature is not good" in says(judge(tmp_path, kept=[forged]))


def test_dropped_events_are_counted(tmp_path: Path) -> None:
    ledger: SqliteLedger = start(tmp_path)
    ledger.append_now("dropped", {"events": 3})
    ledger.close()
    assert judge(tmp_path).dropped == 3


def test_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        judge(tmp_path)


def test_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"not a database" * 100)
    with pytest.raises(LedgerError, match="cannot be read"):
        judge(tmp_path)
