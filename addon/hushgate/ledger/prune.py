"""Erasing records: payloads with their salts go, the chain and a `pruned` event stay.

In slices, so that a running gate waits for none of them long. SQLite
overwrites what is deleted (`secure_delete`), and closing the ledger empties
the write-ahead log.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched, groupby
from pathlib import Path
from typing import Any, Final

from hushgate.errors import LedgerError
from hushgate.ledger.query import connect
from hushgate.ledger.sqlite import SqliteLedger

SLICE: Final = 200
"""Exchanges erased in one transaction."""

_EVENTS_OF: Final = """
    SELECT json_extract(payload, '$.exchange') AS exchange, id FROM events
    WHERE kind IN ('opened', 'forwarded', 'refused', 'closed') AND payload IS NOT NULL
        AND json_extract(payload, '$.exchange') IN (
            SELECT id FROM exchanges WHERE (:before IS NULL OR at < :before)
                AND (:session IS NULL OR session = :session)
                AND (:actor IS NULL OR actor = :actor))
    ORDER BY exchange, id
"""
_OTHERS: Final = """
    SELECT id FROM events
    WHERE kind IN ('tunnel', 'logged-in', 'logged-out', 'login-failed', 'looked-up', 'exported', 'notified')
        AND payload IS NOT NULL AND at < :before AND :session IS NULL AND :actor IS NULL ORDER BY id
"""
_SESSIONS_AGAIN: Final = """
    INSERT INTO sessions (id, actor, started_at, last_at, exchanges, findings, masked, stopped, level)
    SELECT x.session, x.actor, min(x.at), max(x.at), count(*), sum(f.found), sum(f.masked),
        sum(x.stopped),
        CASE max(instr('public internal confidential regulated', x.level))
            WHEN 1 THEN 'public' WHEN 8 THEN 'internal' WHEN 17 THEN 'confidential' ELSE 'regulated' END
    FROM exchanges x JOIN (
        SELECT e.id, count(g.exchange) AS found, coalesce(sum(g.verdict = 'mask'), 0) AS masked
        FROM exchanges e LEFT JOIN findings g ON g.exchange = e.id AND g.direction = 'request'
        WHERE e.session = :session AND e.actor = :actor GROUP BY e.id
    ) f ON f.id = x.id
    GROUP BY x.session, x.actor
"""


@dataclass(frozen=True, slots=True)
class Pruned:
    """How much was erased."""

    exchanges: int
    events: int


def prune(
    path: Path,
    ledger: SqliteLedger,
    *,
    before: float | None = None,
    session: str | None = None,
    actor: str | None = None,
) -> Pruned:
    """Erase what fits all the given conditions (at least one); LedgerError if it cannot be done.

    `ledger` is an open ledger on the same file, which writes the `pruned` events.
    """
    if before is None and session is None and actor is None:
        raise LedgerError("nothing says what to prune", hint="give an age, a session or an actor")
    exchanges = events = 0
    conditions = {"before": before, "session": session, "actor": actor}
    conn = connect(path)
    conn.row_factory = None
    try:
        for found in batched(_by_exchange(conn, conditions), SLICE):
            ids = [place for _, places in found for place in places]
            ledger.within(_erasing([exchange for exchange, _ in found], ids, before))
            exchanges, events = exchanges + len(found), events + len(ids)
        others = [place for (place,) in conn.execute(_OTHERS, conditions)] if before is not None else []
        for some in batched(others, 4 * SLICE):
            ledger.within(_erasing([], list(some), before))
            events += len(some)
    except sqlite3.Error as error:
        raise LedgerError(f"the ledger cannot be read: {type(error).__name__}") from None
    finally:
        conn.close()
    return Pruned(exchanges, events)


def _by_exchange(conn: sqlite3.Connection, conditions: dict[str, Any]) -> Iterator[tuple[str, list[int]]]:
    for exchange, rows in groupby(conn.execute(_EVENTS_OF, conditions), key=lambda row: row[0]):
        yield str(exchange), [row[1] for row in rows]


class _erasing:  # noqa: N801 - reads as what it does
    """Work for `SqliteLedger.within`."""

    def __init__(self, exchanges: list[str], events: list[int], before: float | None) -> None:
        self._exchanges, self._events, self._before = exchanges, sorted(events), before

    def __call__(self, conn: sqlite3.Connection) -> tuple[str, dict[str, Any]]:
        conn.executemany("UPDATE events SET payload = NULL, salt = NULL WHERE id = ?", [(n,) for n in self._events])
        touched = {
            row
            for one in self._exchanges
            for row in conn.execute("SELECT session, actor FROM exchanges WHERE id = ?", (one,))
        }
        ids = [(one,) for one in self._exchanges]
        for table in ("findings", "transcripts"):
            conn.executemany(f"DELETE FROM {table} WHERE exchange = ?", ids)  # noqa: S608 - our own names
        conn.executemany("DELETE FROM exchanges WHERE id = ?", ids)
        for session, actor in touched:
            who = {"session": session, "actor": actor}
            conn.execute("DELETE FROM sessions WHERE id = :session AND actor = :actor", who)
            conn.execute(_SESSIONS_AGAIN, who)
            conn.execute(
                "DELETE FROM session_keys WHERE session = :session AND actor = :actor AND NOT EXISTS"
                " (SELECT 1 FROM transcripts t WHERE t.session = :session AND t.actor = :actor)",
                who,
            )
        return "pruned", {"exchanges": len(ids), "before": self._before, "events": ranges(self._events)}


def ranges(places: list[int]) -> list[list[int]]:
    """Sorted numbers as inclusive ranges: [1, 2, 3, 7] gives [[1, 3], [7, 7]]."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return runs
