from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from hushgate.errors import LedgerError, StateError
from hushgate.ledger.connection import be_patient, connect, is_busy, prepare_file, remedy, why
from tests.ledger_cases import start


def test_another_programs_lock_is_told_from_other_failures(tmp_path: Path) -> None:
    one, other = connect(tmp_path / "x.db"), connect(tmp_path / "x.db")
    one.execute("BEGIN IMMEDIATE")
    be_patient(other, 0.0)
    began = time.monotonic()
    with pytest.raises(sqlite3.OperationalError) as caught:
        other.execute("BEGIN IMMEDIATE")
    assert time.monotonic() - began < 1
    assert is_busy(caught.value) and why(caught.value) == "SQLITE_BUSY" and "another program" in remedy(caught.value)
    with pytest.raises(sqlite3.OperationalError) as caught:
        other.execute("SELECT no_such_column")
    one.close()
    other.close()
    assert not is_busy(caught.value) and not is_busy(OSError(28, "No space left on device"))
    assert why(OSError(28, "No space left on device")) == "No space left on device"


def test_durability_is_asked_for(tmp_path: Path) -> None:
    conn = connect(tmp_path / "x.db")
    asked = [conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "secure_delete")]
    conn.close()
    assert asked == ["wal", 2, 1]


def test_a_ledger_open_to_others_is_refused(tmp_path: Path) -> None:
    start(tmp_path).close()
    (tmp_path / "ledger.db").chmod(0o644)
    with pytest.raises(StateError, match="not a private file"):
        start(tmp_path)
    (tmp_path / "ledger.db").chmod(0o600)
    start(tmp_path).close()


def test_a_linked_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").touch(0o600)
    (tmp_path / "ledger.db").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StateError):
        prepare_file(tmp_path / "ledger.db")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be made"):
        start(tmp_path / "gone")


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch(0o600)
    path.write_bytes(b"not a database" * 300)
    with pytest.raises(LedgerError, match="NOTADB"):
        start(tmp_path)
    assert path.read_bytes() == b"not a database" * 300
