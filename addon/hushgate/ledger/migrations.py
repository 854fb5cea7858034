"""The tables, made by named migrations that only go forward.

A released migration is never edited; a change is a new one below it.
docs/ledger.md says what each column holds, and a test compares the two.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from hushgate.errors import LedgerError

if TYPE_CHECKING:
    from sqlite_utils import Database

PROJECTIONS: Final = ("chains", "sessions", "exchanges", "findings", "approvals", "grants")
"""Tables that can be rebuilt from `events` at any time."""

# Every index is another page or two that each durable write puts on disk: there
# are only those that a question about one value, one session or one stretch of time needs.
_FIRST: Final = (
    """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        chain_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        prev_hash TEXT NOT NULL,
        at REAL NOT NULL,
        kind TEXT NOT NULL,
        commitment TEXT NOT NULL,
        hash TEXT NOT NULL,
        salt BLOB,
        payload TEXT
    )""",
    """CREATE INDEX events_by_kind ON events (kind, id)
        WHERE kind <> 'opened' AND kind <> 'forwarded' AND kind <> 'closed'""",
    """
    CREATE TABLE chains (
        chain_id TEXT PRIMARY KEY,
        n INTEGER NOT NULL UNIQUE,
        opened_at REAL NOT NULL,
        closed_at REAL,
        writer TEXT NOT NULL,
        key_id TEXT NOT NULL,
        public_key TEXT NOT NULL,
        named_seq INTEGER
    ) WITHOUT ROWID""",
    """
    CREATE TABLE sessions (
        id TEXT NOT NULL,
        actor TEXT NOT NULL,
        started_at REAL NOT NULL,
        last_at REAL NOT NULL,
        exchanges INTEGER NOT NULL,
        findings INTEGER NOT NULL,
        masked INTEGER NOT NULL,
        stopped INTEGER NOT NULL,
        level TEXT NOT NULL,
        PRIMARY KEY (id, actor)
    ) WITHOUT ROWID""",
    """
    CREATE TABLE exchanges (
        id TEXT PRIMARY KEY,
        session TEXT NOT NULL,
        actor TEXT NOT NULL,
        groups TEXT NOT NULL,
        at REAL NOT NULL,
        endpoint TEXT,
        provider TEXT,
        host TEXT,
        path TEXT,
        method TEXT,
        format TEXT,
        model TEXT,
        self_hosted INTEGER NOT NULL,
        gate TEXT NOT NULL,
        level TEXT NOT NULL,
        reasons TEXT NOT NULL,
        scanned INTEGER NOT NULL,
        opaque INTEGER NOT NULL,
        unread TEXT NOT NULL,
        revision TEXT,
        enforced INTEGER NOT NULL,
        bytes INTEGER,
        faults TEXT NOT NULL,
        warnings TEXT NOT NULL,
        transcript TEXT,
        stopped INTEGER NOT NULL,
        forwarded_at REAL,
        closed_at REAL,
        outcome TEXT,
        status INTEGER,
        reply_gate TEXT,
        reply_level TEXT,
        reply_scanned INTEGER,
        reply_opaque INTEGER,
        reply_unread TEXT,
        reply_bytes INTEGER,
        seconds REAL,
        stream INTEGER,
        reply_transcript TEXT,
        approved_by TEXT
    ) WITHOUT ROWID""",
    "CREATE INDEX exchanges_by_session ON exchanges (session, at)",
    """
    CREATE TABLE findings (
        exchange TEXT NOT NULL,
        direction TEXT NOT NULL,
        n INTEGER NOT NULL,
        entity TEXT NOT NULL,
        category TEXT,
        level TEXT NOT NULL,
        rule TEXT,
        "where" TEXT,
        verdict TEXT,
        style TEXT,
        score REAL,
        layer TEXT,
        fingerprint TEXT,
        start INTEGER,
        length INTEGER,
        reasons TEXT NOT NULL,
        PRIMARY KEY (exchange, direction, n)
    ) WITHOUT ROWID""",
    "CREATE INDEX findings_by_fingerprint ON findings (fingerprint)",
    """
    CREATE TABLE approvals (
        id TEXT PRIMARY KEY,
        exchange TEXT,
        actor TEXT NOT NULL,
        at REAL NOT NULL,
        state TEXT NOT NULL,
        expires_at REAL,
        decided_at REAL,
        decided_by TEXT
    ) WITHOUT ROWID""",
    """
    CREATE TABLE grants (
        id TEXT PRIMARY KEY,
        approval TEXT,
        actor TEXT NOT NULL,
        at REAL NOT NULL,
        destination TEXT,
        digest TEXT,
        expires_at REAL,
        uses_left INTEGER,
        revoked_at REAL
    ) WITHOUT ROWID""",
    """
    CREATE TABLE transcripts (
        exchange TEXT NOT NULL,
        direction TEXT NOT NULL,
        session TEXT NOT NULL,
        actor TEXT NOT NULL,
        at REAL NOT NULL,
        mode TEXT NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (exchange, direction)
    )""",
    "CREATE INDEX transcripts_by_session ON transcripts (session, actor, at)",
    """
    CREATE TABLE session_keys (
        session TEXT NOT NULL,
        actor TEXT NOT NULL,
        wrapped BLOB NOT NULL,
        PRIMARY KEY (session, actor)
    ) WITHOUT ROWID""",
    """
    CREATE TABLE checkpoints (
        chain_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        hash TEXT NOT NULL,
        at REAL NOT NULL,
        public_key TEXT NOT NULL,
        signature TEXT NOT NULL,
        PRIMARY KEY (chain_id, seq)
    ) WITHOUT ROWID""",
)


MIGRATIONS: Final[Mapping[str, Sequence[str]]] = {
    "0001-first-tables": _FIRST,
    "0002-attachments": ("ALTER TABLE exchanges ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]'",),
    "0003-origins": ("ALTER TABLE findings ADD COLUMN origin TEXT",),
    "0004-who-spoke": (
        "ALTER TABLE exchanges ADD COLUMN source TEXT",
        "ALTER TABLE exchanges ADD COLUMN kinds TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE findings ADD COLUMN segment TEXT",
    ),
    "0005-sent-elsewhere": ("ALTER TABLE exchanges ADD COLUMN routed_from TEXT",),
    "0006-approvals": (
        "ALTER TABLE exchanges ADD COLUMN approval TEXT",
        *(
            f"ALTER TABLE approvals ADD COLUMN {column}"
            for column in (
                "session TEXT",
                "groups TEXT NOT NULL DEFAULT '[]'",
                "destination TEXT",
                "model TEXT",
                "level TEXT",
                "reasons TEXT NOT NULL DEFAULT '[]'",
                "findings TEXT NOT NULL DEFAULT '[]'",
                "unmaskable INTEGER NOT NULL DEFAULT 0",
                "revision TEXT",
                "terms TEXT NOT NULL DEFAULT '{}'",
                "why TEXT NOT NULL DEFAULT ''",
                "wanted INTEGER NOT NULL DEFAULT 1",
                "yes TEXT NOT NULL DEFAULT '[]'",
                "reason TEXT NOT NULL DEFAULT ''",
            )
        ),
        *(
            f"ALTER TABLE grants ADD COLUMN {column}"
            for column in (
                "used INTEGER NOT NULL DEFAULT 0",
                "granted_by TEXT NOT NULL DEFAULT '[]'",
                "revoked_by TEXT",
                "reason TEXT NOT NULL DEFAULT ''",
                "terms TEXT NOT NULL DEFAULT '{}'",
                "signature TEXT NOT NULL DEFAULT ''",
            )
        ),
    ),
    "0007-quorums": (
        "ALTER TABLE approvals ADD COLUMN quorums TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE approvals ADD COLUMN agreed TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE approvals ADD COLUMN signature TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE grants ADD COLUMN agreed TEXT NOT NULL DEFAULT '[]'",
    ),
    "0008-by-time": ("CREATE INDEX exchanges_by_time ON exchanges (at)",),
    "0009-own-levels": ("ALTER TABLE findings ADD COLUMN own_level TEXT",),
}
"""Statements by the migration's name, in order."""

_APPLIED: Final = "SELECT name FROM _sqlite_migrations WHERE migration_set = 'hushgate'"
_KEPT: Final = "SELECT count(*) FROM sqlite_master WHERE name = '_sqlite_migrations'"


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to date; LedgerError for a ledger that a newer release wrote.

    Each migration is a transaction, so the connection must not be in one. sqlite-utils
    is loaded where there is one to apply: it takes longer to load than a gate to start.
    """
    kept = connection.execute(_KEPT).fetchone()[0]
    applied = {name for (name,) in connection.execute(_APPLIED)} if kept else set()
    if newer := sorted(applied - MIGRATIONS.keys()):
        raise LedgerError(
            f"a newer release of hushgate wrote this ledger (migration {newer[-1]})", hint="upgrade hushgate"
        )
    if applied != MIGRATIONS.keys():
        _apply(connection)


def _apply(connection: sqlite3.Connection) -> None:
    from sqlite_utils import Database, Migrations

    waiting = Migrations("hushgate")
    for name, statements in MIGRATIONS.items():
        waiting(name=name)(_step(statements))
    waiting.apply(Database(connection, execute_plugins=False, recursive_triggers=False))


def _step(statements: Sequence[str]) -> Callable[[Database], None]:
    def run(db: Database) -> None:
        for statement in statements:
            db.conn.execute(statement)

    return run
