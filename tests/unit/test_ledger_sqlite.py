from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hushgate.errors import LedgerError
from hushgate.ledger import connection, pace, writer
from hushgate.ledger.sqlite import SqliteLedger
from hushgate.ledger.verify import verify
from tests.ledger_cases import closed, opened, rows, start


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    one = start(tmp_path)
    yield one
    one.close()


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def written(folder: Path) -> list[str]:
    return [kind for (kind,) in rows(folder, "SELECT kind FROM events ORDER BY id")]


async def test_an_awaited_event_can_be_read_by_others(tmp_path: Path, ledger: SqliteLedger) -> None:
    await ledger.append("opened", opened("x1"))
    assert rows(tmp_path, "SELECT id, actor, gate, level, forwarded_at FROM exchanges") == [
        ("x1", "alice", "allow", "confidential", None)
    ]
    assert rows(tmp_path, "SELECT entity, fingerprint, start, length FROM findings") == [
        ("EMAIL_ADDRESS", "f" * 32, 3, 12)
    ]
    assert written(tmp_path) == ["chain-opened", "opened"]


async def test_a_whole_exchange_in_one_batch(tmp_path: Path, ledger: SqliteLedger) -> None:
    ledger.append_soon("opened", opened("x1"))
    ledger.append_soon("forwarded", {"exchange": "x1"})
    ledger.append_soon("closed", closed("x1"))
    await ledger.append("opened", opened("x2"))
    assert rows(tmp_path, "SELECT outcome, status, stream, reply_bytes, forwarded_at > 0 FROM exchanges") == [
        ("answered", 200, 1, 80, 1),
        (None, None, None, None, None),
    ]
    assert rows(tmp_path, "SELECT exchanges, findings, masked, stopped, level FROM sessions") == [
        (2, 2, 2, 0, "confidential")
    ]


async def test_an_event_nobody_waits_for_is_written_shortly(tmp_path: Path, ledger: SqliteLedger) -> None:
    ledger.append_soon("opened", opened("x1"))
    await asyncio.sleep(0.3)
    assert "opened" in written(tmp_path)


async def test_not_durable_is_soon(tmp_path: Path, ledger: SqliteLedger) -> None:
    await ledger.append("opened", opened("x1"), durable=False)
    ledger.close()
    assert "opened" in written(tmp_path)


def test_without_a_loop_an_event_is_written_too(tmp_path: Path, ledger: SqliteLedger) -> None:
    ledger.append_soon("opened", opened("x1"))
    ledger.append_now("looked-up", {"actor": "alice"})
    assert written(tmp_path) == ["chain-opened", "opened", "looked-up"]


async def test_many_waiters_share_one_batch(tmp_path: Path, ledger: SqliteLedger) -> None:
    await asyncio.gather(*(ledger.append("opened", opened(f"x{n}")) for n in range(300)))
    assert rows(tmp_path, "SELECT count(*), max(seq) FROM events") == [(301, 301)]
    assert rows(tmp_path, "SELECT count(*) FROM exchanges") == [(300,)]


def test_files_are_private(tmp_path: Path, ledger: SqliteLedger) -> None:
    ledger.append_now("opened", opened("x1"))
    names = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert {"ledger.db", "ledger.db-wal", "ledger.db-shm", "checkpoints.json"} <= names.keys()
    assert set(names.values()) == {0o600}


async def test_an_exchange_id_used_twice_fails_alone(tmp_path: Path, ledger: SqliteLedger) -> None:
    results = await asyncio.gather(
        *(ledger.append("opened", opened(name)) for name in ("x1", "x2", "x1", "x3")), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), type(None), LedgerError, type(None)]
    assert rows(tmp_path, "SELECT id FROM exchanges ORDER BY id") == [("x1",), ("x2",), ("x3",)]
    assert ledger.healthy


@pytest.mark.parametrize(
    ("kind", "payload", "says"),
    [
        ("nonsense", {}, "not a kind"),
        ("opened", {"session": "s"}, "lacks its field exchange"),
        ("opened", {**opened("x"), "extra": {1, 2}}, "not plain JSON"),
        ("opened", {**opened("x"), "bytes": float("nan")}, "not plain JSON"),
        ("opened", {**opened("x"), "findings": 7}, "wrong shape"),
        ("opened", {**opened("x"), "model": {"a": "SECRET"}}, "refused an event of kind opened"),
        ("opened", {**opened("x"), "bytes": 1 << 70}, "refused an event of kind opened"),
        ("opened", {**opened("x"), "host": "\ud800"}, "refused an event of kind opened"),
    ],
)
async def test_what_is_no_event_is_an_error(
    ledger: SqliteLedger, kind: str, payload: dict[str, object], says: str
) -> None:
    with pytest.raises(LedgerError, match=says) as caught:
        await ledger.append(kind, payload)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None
    await ledger.append("opened", opened("x2"))  # the ledger goes on


async def test_half_a_character_from_a_client_costs_no_record(tmp_path: Path, ledger: SqliteLedger) -> None:
    odd = "a\ud800é"
    await ledger.append("opened", opened("x1", model=odd, session=odd, actor=odd, path=odd))
    assert rows(tmp_path, "SELECT model, path, session FROM exchanges") == [("a\\ud800é",) * 3]
    assert verify(tmp_path / "ledger.db", ledger.public_key).flaws == []


async def test_what_is_no_event_and_nobody_waits_for_is_counted(tmp_path: Path, ledger: SqliteLedger) -> None:
    ledger.append_soon("nonsense", {})
    ledger.append_soon("closed", {})
    assert not ledger.healthy
    await ledger.append("opened", opened("x1"))
    assert rows(tmp_path, "SELECT payload FROM events WHERE kind = 'dropped'") == [('{"events":2}',)]
    assert ledger.healthy


async def test_a_full_disk_fails_the_wait_and_heals(tmp_path: Path, ledger: SqliteLedger) -> None:
    await ledger.append("opened", opened("x0"))
    with full_disk(4096):
        with pytest.raises(LedgerError, match="cannot be written"):
            await ledger.append("opened", opened("x1"))
        assert not ledger.healthy
        with pytest.raises(LedgerError):
            await ledger.append("opened", opened("x2"))
    await ledger.append("opened", opened("x3"))
    assert ledger.healthy
    kept = {name for (name,) in rows(tmp_path, "SELECT id FROM exchanges")}
    assert {"x0", "x3"} <= kept


async def test_events_nobody_waits_for_survive_a_full_disk(tmp_path: Path, ledger: SqliteLedger) -> None:
    await ledger.append("opened", opened("x0"))
    with full_disk(4096):
        ledger.append_soon("closed", closed("x0"))
        with pytest.raises(LedgerError):
            await ledger.append("opened", opened("x1"))
    await ledger.append("opened", opened("x2"))
    assert rows(tmp_path, "SELECT outcome FROM exchanges WHERE id = 'x0'") == [("answered",)]
    assert ledger.healthy


async def test_more_than_the_queue_holds_is_refused_or_counted(tmp_path: Path) -> None:
    ledger = start(tmp_path, limit=4)
    outside = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    outside.execute("BEGIN IMMEDIATE")  # the writer waits for this lock
    first = asyncio.ensure_future(ledger.append("opened", opened("x0")))
    await asyncio.sleep(0.1)
    for n in range(6):
        ledger.append_soon("opened", opened(f"y{n}"))
    with pytest.raises(LedgerError, match="keep up"):
        await ledger.append("opened", opened("x1"))
    assert not ledger.healthy
    outside.execute("ROLLBACK")
    outside.close()
    await first
    async with asyncio.timeout(20):  # the queue is full until the writer comes back to it
        while rows(tmp_path, "SELECT count(*) FROM exchanges") != [(5,)]:
            await asyncio.sleep(0.01)
    await ledger.append("opened", opened("x2"))
    ledger.close()
    assert rows(tmp_path, "SELECT count(*) FROM exchanges") == [(6,)]
    assert rows(tmp_path, "SELECT payload FROM events WHERE kind = 'dropped'") == [('{"events":2}',)]


async def test_a_locked_ledger_is_an_error_not_a_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.1)
    ledger = start(tmp_path)
    outside = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    outside.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="SQLITE_BUSY") as caught:
        await ledger.append("opened", opened("x1"))
    assert "another program" in caught.value.hint
    outside.execute("ROLLBACK")
    outside.close()
    await ledger.append("opened", opened("x1"))
    ledger.close()


async def test_a_deleted_log_fails_one_write_and_loses_nothing(tmp_path: Path, ledger: SqliteLedger) -> None:
    await ledger.append("opened", opened("x1"))
    (tmp_path / "ledger.db-wal").unlink()
    with pytest.raises(LedgerError, match="moved or deleted"):
        await ledger.append("opened", opened("x2"))
    await ledger.append("opened", opened("x3"))
    kept = {name for (name,) in rows(tmp_path, "SELECT id FROM exchanges")}
    assert {"x1", "x3"} <= kept
    assert verify(tmp_path / "ledger.db", ledger.public_key).flaws == []


async def test_a_deleted_ledger_is_noticed(tmp_path: Path, ledger: SqliteLedger) -> None:
    await ledger.append("opened", opened("x1"))
    (tmp_path / "ledger.db").unlink()
    for again in ("x2", "x3"):
        with pytest.raises(LedgerError):
            await ledger.append("opened", opened(again))
    assert not ledger.healthy


async def test_a_replaced_ledger_is_noticed(tmp_path: Path, ledger: SqliteLedger) -> None:
    await ledger.append("opened", opened("x1"))
    other = tmp_path / "other"
    other.mkdir()
    start(other).close()
    (other / "ledger.db").replace(tmp_path / "ledger.db")
    with pytest.raises(LedgerError, match="moved or deleted"):
        await ledger.append("opened", opened("x2"))


async def steady(ledger: SqliteLedger, name: str = "w") -> None:
    """Let the ledger see a disk that is fast."""
    await ledger.append("opened", opened(name))
    for _ in range(pace.STEADY):
        ledger._pace.took(0.0)


async def test_on_a_fast_disk_the_caller_writes_itself_behind_what_waits(tmp_path: Path, ledger: SqliteLedger) -> None:
    for n in range(20):
        await steady(ledger, f"w{n}")
        ledger.append_soon("closed", closed(f"w{n}"))
        writing = ledger.append("opened", opened(f"x{n}"), b'{"mode":"structure"}')
        try:
            writing.send(None)
        except StopIteration:  # It waits for nobody,
            break
        writing.close()  # The thread was at work already: once more.
    else:
        pytest.fail("the caller never wrote itself")
    kept = dict(rows(tmp_path, "SELECT id, outcome FROM exchanges"))
    assert (kept[f"w{n}"], kept[f"x{n}"]) == ("answered", None)
    assert (f"x{n}", "alice") in rows(tmp_path, "SELECT exchange, actor FROM transcripts")  # and all of it is on disk.
    await asyncio.sleep(0.1)
    assert written(tmp_path)[-3:] == ["opened", "closed", "opened"]
    assert verify(tmp_path / "ledger.db", ledger.public_key).flaws == []


async def test_what_fails_for_the_caller_fails_as_in_the_thread(tmp_path: Path, ledger: SqliteLedger) -> None:
    await steady(ledger)
    ledger.append_soon("closed", closed("w"))
    with full_disk(4096):
        with pytest.raises(LedgerError, match="cannot be written"):
            await ledger.append("opened", opened("x1"))
        assert not ledger.healthy and not ledger._pace.steady
    await steady(ledger, "x2")
    with pytest.raises(LedgerError, match="refused"):
        await ledger.append("opened", opened("x2"))
    await steady(ledger, "x3")
    (tmp_path / "ledger.db-wal").unlink()
    with pytest.raises(LedgerError, match="moved or deleted"):
        await ledger.append("opened", opened("x4"))
    await ledger.append("opened", opened("x5"))
    assert ledger.healthy
    kept = dict(rows(tmp_path, "SELECT id, outcome FROM exchanges"))
    assert {"w", "x2", "x3", "x5"} <= kept.keys() and kept["w"] == "answered"
    assert verify(tmp_path / "ledger.db", ledger.public_key).flaws == []


async def test_the_loop_does_not_wait_for_another_program(tmp_path: Path, ledger: SqliteLedger) -> None:
    await steady(ledger)
    outside = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    outside.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    writing = asyncio.ensure_future(ledger.append("opened", opened("x1")))
    await asyncio.sleep(0)
    assert time.monotonic() - began < connection.BUSY_SECONDS / 2
    outside.execute("ROLLBACK")
    outside.close()
    await writing
    assert rows(tmp_path, "SELECT count(*) FROM exchanges") == [(2,)]


async def test_callers_and_the_thread_write_one_chain(tmp_path: Path, ledger: SqliteLedger) -> None:
    async def exchange(name: str) -> None:
        for n in range(20):
            ledger._pace.took(0.0)
            await ledger.append("opened", opened(f"{name}{n}"))
            ledger.append_soon("closed", closed(f"{name}{n}"))
            if not n % 5:
                await asyncio.sleep(0.01)

    await steady(ledger)
    await asyncio.gather(*map(exchange, "abc"), asyncio.to_thread(asyncio.run, exchange("d")))
    await ledger.append("opened", opened("last"))
    assert rows(tmp_path, "SELECT count(*), count(outcome) FROM exchanges") == [(82, 80)]
    assert verify(tmp_path / "ledger.db", ledger.public_key).flaws == []


@pytest.mark.parametrize(("rows_between", "grows"), [(16, False), (10**9, True)])
async def test_the_write_ahead_log_is_copied_before_it_grows(
    tmp_path: Path, ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch, rows_between: int, grows: bool
) -> None:
    monkeypatch.setattr(writer, "COPY_ROWS", rows_between)
    for n in range(200):
        ledger._pace.took(0.0)
        await ledger.append("opened", opened(f"x{n}"))
    pages = (tmp_path / "ledger.db-wal").stat().st_size // 4096
    assert (pages > 800) is grows, "1937 without any copying, 82 where nothing is in its way"
    assert grows or (tmp_path / "ledger.db").stat().st_size > 32 * 4096


async def test_a_waiter_that_leaves_harms_nobody(tmp_path: Path, ledger: SqliteLedger) -> None:
    leaving = asyncio.ensure_future(ledger.append("opened", opened("x1")))
    await asyncio.sleep(0)
    leaving.cancel()
    await ledger.append("opened", opened("x2"))
    assert rows(tmp_path, "SELECT count(*) FROM exchanges") == [(2,)]


async def test_after_closing_nothing_is_taken(tmp_path: Path, ledger: SqliteLedger) -> None:
    await ledger.aclose()
    ledger.close()
    with pytest.raises(LedgerError, match="closed"):
        await ledger.append("opened", opened("x1"))
    ledger.append_soon("opened", opened("x1"))
    assert not ledger.healthy
    assert written(tmp_path) == ["chain-opened", "chain-closed"]


def test_closing_writes_what_waits(tmp_path: Path, ledger: SqliteLedger) -> None:
    for n in range(5):
        ledger.append_soon("opened", opened(f"x{n}"))
    ledger.close()
    assert len(written(tmp_path)) == 7


async def test_work_runs_inside_the_transaction(tmp_path: Path, ledger: SqliteLedger) -> None:
    await ledger.append("opened", opened("x1"))

    def work(conn: sqlite3.Connection) -> tuple[str, dict[str, object]]:
        conn.execute("DELETE FROM exchanges")
        return "pruned", {"events": [], "exchanges": 1}

    def broken(conn: sqlite3.Connection) -> tuple[str, dict[str, object]]:
        conn.execute("DELETE FROM findings")
        raise KeyError("SECRET")

    ledger.within(work)
    with pytest.raises(LedgerError, match="KeyError") as caught:
        ledger.within(broken)
    assert "SECRET" not in str(caught.value)
    assert rows(tmp_path, "SELECT (SELECT count(*) FROM exchanges), (SELECT count(*) FROM findings)") == [(0, 1)]


def test_nothing_secret_in_a_repr(ledger: SqliteLedger) -> None:
    assert repr(ledger) == f"SqliteLedger(chain_id={ledger.chain_id!r}, healthy=True)"


KILLED = """
import asyncio, sys
from pathlib import Path
from tests.ledger_cases import opened, closed, start

async def one(ledger, k):
    n = 0
    while True:
        name = f"x{k}-{n}"
        await ledger.append("opened", opened(name))
        sys.stdout.write(name + "\\n")
        sys.stdout.flush()
        ledger.append_soon("closed", closed(name))
        n += 1

async def main():
    ledger = start(Path(sys.argv[1]))
    await asyncio.gather(*(one(ledger, k) for k in range(8)))

asyncio.run(main())
"""


def test_kill_nine_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": f"{root / 'addon'}{os.pathsep}{root}"}
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, env=env, text=True
    ) as child:
        assert child.stdout is not None
        acknowledged = [child.stdout.readline().strip()]
        time.sleep(0.5)
        child.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in child.stdout.read().splitlines() if line.strip()]
    kept = {name for (name,) in rows(tmp_path, "SELECT id FROM exchanges")}
    assert len(acknowledged) > 20
    # The last line may be cut off by the kill; every whole one must be there.
    assert [name for name in acknowledged[:-1] if name not in kept] == []
