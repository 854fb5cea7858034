from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from hushgate.errors import LedgerError
from hushgate.ledger import migrations
from hushgate.ledger.migrations import MIGRATIONS, PROJECTIONS, migrate
from hushgate.ledger.store import KINDS

DOCS = Path(__file__).parents[2] / "docs" / "ledger.md"


@pytest.fixture
def conn() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:")
    migrate(conn)
    return conn


def schema(conn: sqlite3.Connection) -> dict[str, list[str]]:
    names = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
    return {
        name: [row[1] for row in conn.execute(f"PRAGMA table_info({name})")]
        for (name,) in names.fetchall()
        if not name.startswith("sqlite_")
    }


def test_every_column_is_documented(conn: sqlite3.Connection) -> None:
    documented: dict[str, list[str]] = {}
    for section in DOCS.read_text().split("\n### ")[1:]:
        name, _, body = section.partition("\n")
        documented[name] = re.findall(r"^\| `(\w+)` \| \S", body, re.MULTILINE)
    assert documented == schema(conn)
    conn.close()


def test_every_kind_of_event_is_documented() -> None:
    (line,) = [line for line in DOCS.read_text().splitlines() if line.startswith("| `kind`")]
    assert set(re.findall(r"`([a-z-]+)`", line)) - {"kind"} == KINDS


def test_the_tables_of_the_contract(conn: sqlite3.Connection) -> None:
    promised = {"events", "sessions", "exchanges", "findings", "approvals", "grants", "transcripts", "checkpoints"}
    assert promised <= schema(conn).keys()
    assert set(PROJECTIONS) <= schema(conn).keys()
    conn.close()


def test_migrating_twice_changes_nothing(conn: sqlite3.Connection) -> None:
    before = conn.execute("SELECT sql FROM sqlite_master ORDER BY 1").fetchall()
    migrate(conn)
    assert conn.execute("SELECT sql FROM sqlite_master ORDER BY 1").fetchall() == before
    conn.close()


def test_a_newer_ledger_is_refused(conn: sqlite3.Connection) -> None:
    conn.execute("UPDATE _sqlite_migrations SET name = '9999-later' WHERE name = '0001-first-tables'")
    with pytest.raises(LedgerError, match="newer release") as caught:
        migrate(conn)
    assert "upgrade" in caught.value.hint
    conn.close()


def test_a_migration_is_applied_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch, conn: sqlite3.Connection) -> None:
    before = conn.execute("SELECT sql FROM sqlite_master ORDER BY 1").fetchall()
    broken = {**MIGRATIONS, "9998-broken": ("CREATE TABLE half (a)", "CREATE TABLE events (a)")}
    monkeypatch.setattr(migrations, "MIGRATIONS", broken)
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(conn)
    assert not conn.in_transaction
    assert conn.execute("SELECT sql FROM sqlite_master ORDER BY 1").fetchall() == before
    assert [name for (name,) in conn.execute("SELECT name FROM _sqlite_migrations")] == list(MIGRATIONS)
    monkeypatch.setattr(migrations, "MIGRATIONS", {**MIGRATIONS, "9998-mended": ("CREATE TABLE half (a)",)})
    migrate(conn)
    assert "half" in schema(conn)
    conn.close()


def test_names_are_numbered_in_order() -> None:
    names = list(MIGRATIONS)
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
