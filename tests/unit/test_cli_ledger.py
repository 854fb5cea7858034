from __future__ import annotations

import csv
import getpass
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hushgate.detect.fingerprint import Fingerprinter
from hushgate.keys import Keys
from hushgate.state import State
from tests.unit.cli_runner import Runner, record, run

__all__ = ["run"]

MAIL = "grace.hopper@navy-mail.com"


def opened(number: int, session: str, gate: str = "allow", fingerprint: str = "00" * 16) -> dict[str, object]:
    finding = {
        "entity": "EMAIL_ADDRESS", "category": "pii", "level": "confidential", "rule": "email-address",
        "where": "body:/messages/0/content", "verdict": "mask", "style": "placeholder", "score": 0.85, "layer": "",
        "fingerprint": fingerprint, "start": 5, "length": 26,
    }  # fmt: skip
    return {
        "exchange": f"x{number}", "session": session, "actor": "=alice", "groups": [], "at": 1000.0 + number,
        "endpoint": "openai", "provider": "openai", "host": "api.openai.com", "path": "/v1/chat/completions",
        "method": "POST", "format": "openai-chat", "model": "gpt", "self_hosted": False, "gate": gate,
        "level": "confidential", "reasons": [{"rule": "mask-confidential", "says": "is masked"}],
        "findings": [finding], "coverage": {"scanned": 2, "opaque": 1, "unread": []}, "revision": "r1",
        "enforced": True, "warnings": [], "faults": [], "bytes": 100,
    }  # fmt: skip


@pytest.fixture
def recorded(run: Runner) -> Runner:
    """Three exchanges in two sessions on record; the first two carried an e-mail address."""
    keys = Keys.load_or_create(State.open(run.state).path)
    carried = Fingerprinter(keys.derive("fingerprints"))(MAIL)
    record(run, "opened", opened(1, "one", fingerprint=carried), opened(2, "one", "block", carried), opened(3, "two"))
    return run


def events(run: Runner, kind: str) -> list[dict[str, object]]:
    with closing(sqlite3.connect(run.state / "ledger.db")) as conn:
        return [json.loads(row[0]) for row in conn.execute("SELECT payload FROM events WHERE kind = ?", (kind,))]


def tamper(run: Runner, statement: str) -> None:
    with closing(sqlite3.connect(run.state / "ledger.db")) as conn, conn:
        conn.execute(statement)


def test_sessions(recorded: Runner) -> None:
    found = json.loads(recorded("sessions", "--json").out)
    assert [(s["id"], s["exchanges"], s["stopped"]) for s in found] == [("two", 1, 0), ("one", 2, 1)]
    assert recorded("sessions", "--limit", "1").out.splitlines()[1].startswith("two\t=alice\t")
    bob = recorded("sessions", "--actor", "bob", "--json")
    assert json.loads(bob.out) == []
    assert bob.err == "no session is on record\nhint: hushgate run -- CMD records one\n"


@pytest.mark.parametrize(("words", "left"), [(("sessions",), "one"), (("show", "one"), "x1"), (("where", MAIL), "x1")])
def test_eighty_columns_are_enough_for_a_row_a_line(recorded: Runner, words: tuple[str, ...], left: str) -> None:
    recorded.on_terminal()
    lines = recorded(*words).out.splitlines()
    assert any(line.split()[:1] == [left] or left in line.split() for line in lines)
    assert all(len(line) <= 80 for line in lines)
    assert sum(bool(line.strip()) for line in lines) <= 5, "a heading, its rule, two rows, and what is left out"


def test_show_an_exchange(recorded: Runner) -> None:
    shown = json.loads(recorded("show", "x1", "--json").out)
    assert shown["id"] == "x1"
    assert shown["findings"][0]["verdict"] == "mask"
    plain = recorded("show", "x2").out
    assert "gate\tblock\n" in plain
    assert "because\tmask-confidential: is masked\n" in plain
    assert "read\ttexts: 2, structural strings: 1\n" in plain
    assert "request\tEMAIL_ADDRESS\tconfidential\tmask\temail-address\tbody:/messages/0/content\t" in plain


def test_show_a_session(recorded: Runner) -> None:
    assert [x["id"] for x in json.loads(recorded("show", "one", "--json").out)] == ["x1", "x2"]
    assert [line.split("\t")[0] for line in recorded("show", "one").out.splitlines()] == ["id", "x1", "x2"]


def test_show_what_is_not_there(recorded: Runner) -> None:
    done = recorded("show", "nobody")
    assert done.code == 3
    assert "hint: hushgate sessions" in done.err


@pytest.mark.parametrize("value", [MAIL, f" {MAIL.upper()} "])
def test_where_finds_a_value_however_it_is_spelled(recorded: Runner, value: str) -> None:
    found = json.loads(recorded("where", value, "--json").out)
    assert [f["exchange"] for f in found] == ["x1", "x2"]
    names = {"exchange", "session", "actor", "at", "direction", "destination", "model", "entity", "verdict"}
    assert set(found[0]) == names | {"approved_by"}


def test_where_from_stdin_goes_on_record_without_the_value(recorded: Runner) -> None:
    done = recorded("where", "-", stdin=f"{MAIL}\n".encode())
    assert len(done.out.splitlines()) == 3
    said = events(recorded, "looked-up")
    assert len(said) == 1
    assert said[0]["found"] == 2
    assert said[0]["by"] == getpass.getuser()
    assert not any(MAIL.encode() in f.read_bytes() for f in recorded.state.rglob("*") if f.is_file())


def test_where_finds_nothing(recorded: Runner) -> None:
    done = recorded("where", "somebody@else.example")
    assert done.code == 0
    assert len(done.out.splitlines()) == 1
    assert "not on record" in done.err
    assert recorded("where", " ").code == 2


def test_a_look_up_that_cannot_be_recorded_is_not_answered(recorded: Runner) -> None:
    tamper(recorded, "CREATE TRIGGER no BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no'); END")
    done = recorded("where", MAIL)
    assert done.code == 3
    assert done.out == ""


def test_verify(recorded: Runner) -> None:
    done = recorded("verify")
    assert done.code == 0
    assert "record\tintact" in done.out
    assert json.loads(recorded("verify", "--json").out)["intact"] is True
    tamper(recorded, "UPDATE events SET payload = replace(payload, 'block', 'allow') WHERE kind = 'opened'")
    done = recorded("verify")
    assert done.code == 1
    assert "record\tNOT INTACT" in done.out
    assert "flaw\t" in done.out


def test_verify_against_a_checkpoint_kept_elsewhere(recorded: Runner, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text(recorded("verify", "--json").out, "utf-8")
    last = json.loads(kept.read_text("utf-8"))["last"]
    done = recorded("verify", "--kept", str(kept))
    assert done.code == 0
    assert f"last checkpoint\t{last['chain_id']}:{last['seq']} {last['hash'][:16]}\n" in done.out
    with closing(sqlite3.connect(recorded.state / "ledger.db")) as conn, conn:
        for (table,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            if table in ("events", "chains", "checkpoints", "sessions", "exchanges", "findings"):
                conn.execute(f"DELETE FROM {table}")  # noqa: S608
    (recorded.state / "checkpoints.json").unlink()
    recorded("where", MAIL)
    assert recorded("verify").code == 0
    done = recorded("verify", "--kept", str(kept))
    assert done.code == 1
    assert "missing, though a signed checkpoint names it" in done.out


def test_verify_with_another_key_says_so(recorded: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "hint" not in recorded("verify").err
    monkeypatch.setenv("HUSHGATE_KEYS", "env:ANOTHER")
    monkeypatch.setenv("ANOTHER", "ab" * 32)
    done = recorded("verify")
    assert done.code == 1
    assert "hint: no signature is good" in done.err


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"last": null}', '{"last": {"seq": 1}}'])
def test_a_file_without_a_checkpoint_is_told(recorded: Runner, tmp_path: Path, text: str) -> None:
    (tmp_path / "kept.json").write_text(text, "utf-8")
    done = recorded("verify", "--kept", str(tmp_path / "kept.json"))
    assert done.code == 3
    assert "holds no checkpoint\nhint: " in done.err


def test_export_lines(recorded: Runner) -> None:
    rows = [json.loads(line) for line in recorded("export").out.splitlines()]
    assert [row["id"] for row in rows] == ["x1", "x2", "x3"]
    own = json.loads(recorded("show", "x1", "--json").out)["findings"][0]["fingerprint"]
    prints = [row["findings"][0]["fingerprint"] for row in rows]
    assert prints[0] == prints[1] != prints[2]
    assert own not in prints
    assert events(recorded, "exported")[0]["format"] == "jsonl"
    assert recorded("export", "--since", "1").out == ""
    assert len(recorded("export", "--json").out.splitlines()) == 3
    assert recorded("export", "--json", "--format", "csv").code == 2


def test_export_csv_is_no_formula(recorded: Runner) -> None:
    rows = list(csv.DictReader(io.StringIO(recorded("export", "--format", "csv").out)))
    assert [row["id"] for row in rows] == ["x1", "x2", "x3"]
    assert rows[0]["actor"] == "'=alice"
    assert rows[0]["entities"] == "EMAIL_ADDRESS"
    assert rows[0]["masked"] == "1"


@pytest.mark.parametrize("words", [("sessions",), ("show", "x"), ("where", "x"), ("verify",), ("export",)])
def test_without_a_ledger(run: Runner, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.code == 3
    assert "error: there is no state folder" in done.err
    assert "hint: run the gate first" in done.err
    assert not Path(run.state / "ledger.db").exists()


def test_export_csv_gives_a_terminal_no_commands() -> None:
    from hushgate.cli.ledger import _cell

    assert _cell("\x1b]0;x\x07=1") == "\ufffd]0;x\ufffd=1"
    assert [_cell(v) for v in (None, 3, "", "\t=1")] == [None, 3, "", "'\ufffd=1"]
