"""The projections again, from the chain alone: what they must be, whatever they are."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from hushgate.errors import LedgerError
from hushgate.ledger.connection import connect
from hushgate.ledger.migrations import PROJECTIONS, migrate
from hushgate.ledger.projections import statements

_COMPARED: Final = {
    "chains": "chain_id",
    "sessions": "id, actor",
    "exchanges": "id",
    "findings": "exchange, direction, n",
    "approvals": "id",
    "grants": "id",
}
"""Each projection and the order to read it in."""


def rebuild(path: Path) -> None:
    """Make the projections of a ledger anew in one transaction; no gate may write to it meanwhile."""
    try:
        conn = connect(path)
        try:
            conn.execute("BEGIN IMMEDIATE")
            for table in PROJECTIONS:
                conn.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            replay(conn, conn)
            conn.execute("COMMIT")
        finally:
            conn.close()
    except sqlite3.Error as error:
        raise LedgerError(f"the projections cannot be rebuilt: {type(error).__name__}") from None


def replay(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Run every event's statements against the (empty) projections of `target`."""
    events = source.execute("SELECT chain_id, at, kind, payload FROM events WHERE payload IS NOT NULL ORDER BY id")
    for chain_id, at, kind, payload in events:
        for sql, rows in statements(chain_id, at, kind, json.loads(payload)):
            target.executemany(sql, rows)


def differing(source: sqlite3.Connection) -> Iterator[str]:
    """The names of projections that are not what the chain says they should be."""
    # A nameless database: SQLite keeps it in memory, beyond that in an unlinked file.
    target = sqlite3.connect("")
    try:
        migrate(target)
        replay(source, target)
        for table, order in _COMPARED.items():
            query = f"SELECT * FROM {table} ORDER BY {order}"  # noqa: S608 - our own names
            if not _same(source.execute(query), target.execute(query)):
                yield table
    finally:
        target.close()


def _same(left: Iterator[tuple[Any, ...]], right: Iterator[tuple[Any, ...]]) -> bool:
    end = object()
    while True:
        mine, theirs = next(left, end), next(right, end)
        if mine != theirs:
            return False
        if mine is end:
            return True
