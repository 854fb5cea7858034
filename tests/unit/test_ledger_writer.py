from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from hushgate.errors import LedgerError, StateError
from hushgate.ledger import writer as module
from hushgate.ledger.anchor import place, recall
from hushgate.ledger.chain import CHAIN_SPAN, Signer
from hushgate.ledger.writer import Entry, Opening, Writer
from tests.ledger_cases import SEED, TRANSCRIPT_KEY, rows, start


def opening(folder: Path) -> Opening:
    about = {"release": "1.0"}
    return Opening(folder / "ledger.db", "gate", "k1", Signer(SEED), TRANSCRIPT_KEY, "structure", about, lambda: 1.5)


def entry(n: int = 0) -> Entry:
    return Entry("tunnel", 2.0, f'{{"n":{n}}}', [])


def test_a_chain_begins_with_what_it_needs_to_be_judged(tmp_path: Path) -> None:
    start(tmp_path, about={"release": "1.0"}).close()
    second = start(tmp_path, writer="command")
    ((payload,), (other,)) = rows(
        tmp_path, "SELECT json_extract(payload, '$.previous') FROM events WHERE kind = 'chain-opened' ORDER BY id"
    )
    assert payload == "[]"
    ((head,),) = rows(tmp_path, "SELECT hash FROM events WHERE kind = 'chain-closed'")
    assert head in other
    assert rows(tmp_path, "SELECT n, writer, key_id, public_key, closed_at IS NULL FROM chains ORDER BY n") == [
        (1, "gate", "k1", second.public_key, 0),
        (2, "command", "k1", second.public_key, 1),
    ]
    second.close()


def test_numbers_never_come_back(tmp_path: Path) -> None:
    start(tmp_path).close()
    rows(tmp_path, "DELETE FROM chains")
    start(tmp_path).close()
    rows(tmp_path, f"DELETE FROM events WHERE id > {2 * CHAIN_SPAN}")  # noqa: S608
    start(tmp_path).close()
    assert rows(tmp_path, "SELECT n FROM chains ORDER BY n") == [(2,), (3,)]


def test_another_master_key_is_refused(tmp_path: Path) -> None:
    start(tmp_path).close()
    with pytest.raises(StateError, match="another master key") as caught:
        start(tmp_path, key_id="k2")
    assert caught.value.hint
    start(tmp_path).close()


def test_a_checkpoint_every_so_many_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHECKPOINT_EVENTS", 10)
    writer = Writer(opening(tmp_path))
    for n in range(25):
        writer.commit([entry(n)])
    writer.close()
    assert [seq for (seq,) in rows(tmp_path, "SELECT seq FROM checkpoints ORDER BY seq")] == [1, 11, 21, 27]
    assert [point.seq for point in recall(place(tmp_path / "ledger.db"))] == [27]


def test_a_checkpoint_every_so_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHECKPOINT_SECONDS", 0.0)
    writer = Writer(opening(tmp_path))
    writer.commit([entry()])
    writer.close()
    assert rows(tmp_path, "SELECT count(*) FROM checkpoints") == [(3,)]


def test_a_batch_is_whole_or_not_there(tmp_path: Path) -> None:
    writer = Writer(opening(tmp_path))
    bad = Entry("tunnel", 2.0, "{}", [("UPDATE exchanges SET forwarded_at = ? WHERE id = ?", [(1, {})])])
    with pytest.raises(sqlite3.ProgrammingError):
        writer.commit([entry(), bad])
    writer.commit([entry(7)])
    writer.close()
    assert rows(tmp_path, "SELECT seq, payload FROM events WHERE kind = 'tunnel'") == [(2, '{"n":7}')]


def test_a_commit_that_reached_the_disk_after_all_is_continued(tmp_path: Path) -> None:
    writer = Writer(opening(tmp_path))
    seq, head = writer.seq, writer._head
    writer.commit([entry()])
    writer.seq, writer._head = seq, head  # as if the answer had been an error
    writer._drop_connection()
    writer.commit([entry()])
    writer.close()
    assert rows(tmp_path, "SELECT seq FROM events ORDER BY id") == [(1,), (2,), (3,), (4,)]


def test_a_ledger_that_forgot_is_not_continued(tmp_path: Path) -> None:
    writer = Writer(opening(tmp_path))
    writer.commit([entry()])
    rows(tmp_path, "DELETE FROM events WHERE seq = 2")
    writer._drop_connection()
    for _ in range(2):
        with pytest.raises(LedgerError, match="acknowledged are gone"):
            writer.commit([entry()])
    writer.close()


def test_keys_do_not_show(tmp_path: Path) -> None:
    shown = repr(opening(tmp_path))
    assert repr(TRANSCRIPT_KEY) not in shown
    assert "tunnel" in repr(entry())
    assert '"n"' not in repr(entry())
