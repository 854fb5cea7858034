from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hushgate.errors import LedgerError
from hushgate.ledger.query import Reader
from hushgate.ledger.sqlite import SqliteLedger
from tests.ledger_cases import TRANSCRIPT_KEY, closed, found, opened, rows, start


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    one = start(tmp_path)
    yield one
    one.close()


@pytest.fixture
def reader(tmp_path: Path, ledger: SqliteLedger) -> Iterator[Reader]:
    ledger.append_now("opened", opened("x1", at=10.0, findings=[found(), found(start=90), found("PHONE_NUMBER")]))
    reply = [found(verdict="keep"), found("CARD", fingerprint="c" * 32, level="regulated")]
    ledger.append_now("closed", closed("x1", findings=reply, level="regulated"))
    ledger.append_now("opened", opened("x2", at=20.0, session="s2", actor="bob", gate="block", level="regulated"))
    ledger.append_now("refused", {"exchange": "x2", "status": 400})
    ledger.append_now("opened", opened("x3", at=30.0, findings=[], level="public", model=None))
    with Reader(tmp_path / "ledger.db") as one:
        yield one


def test_sessions(reader: Reader) -> None:
    assert reader.sessions() == [
        {
            "id": "s1", "actor": "alice", "started_at": 10.0, "last_at": 30.0, "exchanges": 2, "findings": 3,
            "masked": 3, "stopped": 0, "level": "confidential",
        },
        {
            "id": "s2", "actor": "bob", "started_at": 20.0, "last_at": 20.0, "exchanges": 1, "findings": 1,
            "masked": 0, "stopped": 1, "level": "regulated",
        },
    ]  # fmt: skip
    assert [s["id"] for s in reader.sessions(actor="bob")] == ["s2"]
    assert [s["id"] for s in reader.sessions(since=25.0)] == ["s1"]
    assert [s["id"] for s in reader.sessions(limit=1)] == ["s1"]


def test_exchanges(reader: Reader) -> None:
    assert [x["id"] for x in reader.exchanges()] == ["x1", "x2", "x3"]
    assert [x["id"] for x in reader.exchanges("s1")] == ["x1", "x3"]
    assert [x["id"] for x in reader.exchanges(limit=2)] == ["x2", "x3"]
    assert reader.exchanges("s2")[0] == {
        "id": "x2", "session": "s2", "actor": "bob", "at": 20.0, "route": "openai", "model": "gpt-x", "gate": "block",
        "level": "regulated", "outcome": "refused", "status": 400,
    }  # fmt: skip


def test_one_exchange_in_the_shape_that_show_promises(reader: Reader) -> None:
    shown = reader.exchange("x1")
    assert shown is not None
    promised = "id session actor at route model direction gate level reasons findings coverage outcome revision".split()
    assert set(promised) <= shown.keys()
    assert [shown[name] for name in ("id", "session", "actor", "at", "route", "model", "direction", "gate")] == [
        "x1", "s1", "alice", 10.0, "openai", "gpt-x", "request", "allow",
    ]  # fmt: skip
    assert shown["coverage"] == {"scanned": 3, "opaque": 1, "unread": [], "attachments": []}
    assert shown["reasons"] == [{"rule": "mask-confidential", "says": "masked"}]
    assert [(f["direction"], f["entity"], f["verdict"]) for f in shown["findings"]] == [
        ("request", "EMAIL_ADDRESS", "mask"), ("request", "EMAIL_ADDRESS", "mask"),
        ("request", "PHONE_NUMBER", "mask"), ("reply", "EMAIL_ADDRESS", "keep"), ("reply", "CARD", "mask"),
    ]  # fmt: skip
    assert {"entity", "level", "rule", "where", "verdict", "fingerprint"} <= shown["findings"][0].keys()
    assert (shown["outcome"], shown["status"], shown["reply"]["level"]) == ("answered", 200, "regulated")
    json.dumps(shown)


def test_an_exchange_that_is_still_open(reader: Reader) -> None:
    shown = reader.exchange("x3")
    assert shown is not None
    assert (shown["outcome"], shown["reply"], shown["findings"]) == (None, None, [])


def test_no_such_exchange(reader: Reader) -> None:
    assert reader.exchange("x9") is None


def test_where_a_value_travelled(reader: Reader) -> None:
    rows = reader.where(["f" * 32])
    promised = {
        "exchange", "session", "actor", "at", "direction", "destination", "model", "entity", "verdict", "approved_by",
    }  # fmt: skip
    assert all(promised <= row.keys() for row in rows)
    assert [(r["exchange"], r["direction"], r["entity"], r["verdict"], r["times"]) for r in rows] == [
        ("x1", "request", "EMAIL_ADDRESS", "mask", 2),
        ("x1", "request", "PHONE_NUMBER", "mask", 1),
        ("x1", "reply", "EMAIL_ADDRESS", "keep", 1),
        ("x2", "request", "EMAIL_ADDRESS", "mask", 1),
    ]
    assert rows[0]["destination"] == "openai"
    assert reader.where(["c" * 32, "0" * 32])[0]["entity"] == "CARD"
    assert reader.where([]) == []
    assert reader.where(["%"]) == []


def test_an_export_has_other_fingerprints_that_still_match_each_other(reader: Reader) -> None:
    first, again = list(reader.export()), list(reader.export())
    assert [x["id"] for x in first] == ["x1", "x2", "x3"]
    prints = [f["fingerprint"] for x in first for f in x["findings"]]
    assert "f" * 32 not in prints
    assert len(set(prints)) == 2
    assert not set(prints) & {f["fingerprint"] for x in again for f in x["findings"]}
    assert [x["id"] for x in reader.export(since=20.0, until=30.0)] == ["x2"]


def test_events_come_out_whole(reader: Reader) -> None:
    events = list(reader.events())
    assert [e["kind"] for e in events] == ["chain-opened", "opened", "closed", "opened", "refused", "opened"]
    assert len(bytes.fromhex(events[1]["salt"])) == 16
    json.dumps(events)


def test_tunnels(reader: Reader, ledger: SqliteLedger) -> None:
    ledger.append_now("tunnel", {"host": "example.org", "actor": "alice", "bytes": 5})
    assert [(t["host"], t["bytes"]) for t in reader.tunnels()] == [("example.org", 5)]


def test_a_closed_ledger_can_be_read(tmp_path: Path) -> None:
    start(tmp_path).close()
    with Reader(tmp_path / "ledger.db") as reader:
        assert reader.sessions() == []


def test_a_reader_cannot_write(reader: Reader) -> None:
    with pytest.raises(LedgerError, match="SQLITE_READONLY"):
        reader._rows("DELETE FROM events", ())


def test_no_ledger_and_none_made(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger") as caught:
        Reader(tmp_path / "ledger.db")
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_odd_folder_names(tmp_path: Path) -> None:
    odd = tmp_path / "a?mode=rwc #%20"
    odd.mkdir()
    start(odd).close()
    with Reader(odd / "ledger.db") as reader:
        assert reader.exchanges() == []


SKELETON = b'{"shape":[1,2]}'


def told(folder: Path, key: bytes = TRANSCRIPT_KEY, **more: Any) -> list[tuple[str, str, Any]]:
    with Reader(folder / "ledger.db") as reader:
        return list(reader.transcripts("s1", key, **more))


def talk(folder: Path, mode: str, body: bytes = SKELETON) -> None:
    import asyncio

    async def run() -> None:
        await ledger.append("opened", opened("x1"), body)
        await ledger.append("closed", closed("x1"), b'{"reply":1}')

    ledger = start(folder, transcripts=mode)
    asyncio.run(run())
    ledger.close()


@pytest.mark.parametrize("mode", ["structure", "masked"])
def test_transcripts_come_back(tmp_path: Path, mode: str) -> None:
    talk(tmp_path, mode)
    assert told(tmp_path) == [("x1", "request", {"shape": [1, 2]}), ("x1", "reply", {"reply": 1})]
    assert told(tmp_path, actor="bob") == []
    stored = rows(tmp_path, "SELECT typeof(body), mode FROM transcripts")
    assert set(stored) == {("text" if mode == "structure" else "blob", mode)}


def test_none_keeps_none(tmp_path: Path) -> None:
    talk(tmp_path, "none")
    assert told(tmp_path) == []
    assert rows(tmp_path, "SELECT count(*) FROM transcripts") == [(0,)]


def test_a_masked_transcript_is_not_readable_on_disk(tmp_path: Path) -> None:
    talk(tmp_path, "masked", '{"text":"grüße-canary"}'.encode())
    assert told(tmp_path)[0] == ("x1", "request", {"text": "grüße-canary"})
    assert b"canary" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize("mode", ["structure", "masked"])
def test_a_transcript_is_text(tmp_path: Path, mode: str) -> None:
    with pytest.raises(LedgerError, match="UTF-8"):
        talk(tmp_path, mode, b'{"text":"\xff"}')


def test_under_another_key(tmp_path: Path) -> None:
    talk(tmp_path, "masked")
    with pytest.raises(LedgerError, match="cannot be decrypted"):
        told(tmp_path, bytes(32))


@pytest.mark.parametrize(
    ("mode", "change", "says"),
    [
        ("structure", "UPDATE transcripts SET body = '{}' WHERE direction = 'request'", "not the recorded one"),
        ("masked", "UPDATE transcripts SET body = zeroblob(60)", "cannot be decrypted"),
        ("masked", "DELETE FROM session_keys", "was erased"),
    ],
)
def test_an_altered_transcript_shows(tmp_path: Path, mode: str, change: str, says: str) -> None:
    talk(tmp_path, mode)
    rows(tmp_path, change)
    with pytest.raises(LedgerError, match=says):
        told(tmp_path)
