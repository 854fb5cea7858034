"""Erasing records: payloads with their salts go, the chain and a `pruned` event stay.

In slices, so that a running gate waits for none of them long. SQLite
overwrites what is deleted (`secure_delete`), and closing the ledger empties
the write-ahead log. What a gate still goes by stays: approvals that can be
decided on, grants that can be used, deputies of today.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
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
    WHERE payload IS NOT NULL AND :session IS NULL AND (:before IS NULL OR at < :before) AND (
        kind IN ('tunnel', 'exchanged', 'logged-in', 'logged-out', 'login-failed') AND (:actor IS NULL
            OR coalesce(json_extract(payload, '$.actor'), json_extract(payload, '$.by')) = :actor)
        OR kind IN ('looked-up', 'exported', 'notified') AND :actor IS NULL)
    ORDER BY id
"""
"""Who read the record goes by age alone: it is not the actor's to have erased."""
_AGREED: Final = """
    SELECT coalesce(json_extract(payload, '$.approval.id'), json_extract(payload, '$.grant.approval')) AS approval, id
    FROM events WHERE kind IN ('approval', 'grant') AND payload IS NOT NULL AND approval IN (
        SELECT a.id FROM approvals a
        WHERE a.state <> 'pending' AND a.expires_at <= :now AND (:before IS NULL OR a.at < :before)
            AND (:session IS NULL OR a.session = :session) AND (:actor IS NULL OR a.actor = :actor)
            AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.approval = a.id AND g.revoked_at IS NULL
                AND g.expires_at > :now AND (g.uses_left IS NULL OR g.uses_left > 0)))
    ORDER BY approval, id
"""
_DEPUTIES: Final = """
    SELECT e.id FROM events e WHERE e.kind = 'deputy' AND e.payload IS NOT NULL AND :session IS NULL
        AND (:before IS NULL OR e.at < :before)
        AND (:actor IS NULL OR json_extract(e.payload, '$.deputy.user') = :actor)
        AND :now >= (SELECT json_extract(l.payload, '$.deputy.until') FROM events l
            WHERE l.kind = 'deputy' AND l.payload IS NOT NULL
                AND json_extract(l.payload, '$.deputy.user') = json_extract(e.payload, '$.deputy.user')
            ORDER BY l.id DESC LIMIT 1)
    ORDER BY e.id
"""
"""Those of users whose last word on it is over: an older one never comes into force again."""
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
    approvals: int = 0


def prune(
    path: Path,
    ledger: SqliteLedger | None,
    *,
    before: float | None = None,
    session: str | None = None,
    actor: str | None = None,
    by: str = "",
    now: float | None = None,
) -> Pruned:
    """Erase what fits all the given conditions (at least one); LedgerError if it cannot be done.

    `ledger` is an open ledger on the same file, which writes the `pruned` events; None only counts.
    `by` is who asked for it.
    """
    if before is None and session is None and actor is None:
        raise LedgerError("nothing says what to prune", hint="give an age, a session or an actor")
    exchanges = events = approvals = 0
    conditions = {"before": before, "session": session, "actor": actor, "now": time.time() if now is None else now}
    conn = connect(path)
    conn.row_factory = None
    try:
        for found in batched(_grouped(conn.execute(_EVENTS_OF, conditions)), SLICE):
            ids = [place for _, places in found for place in places]
            _within(ledger, _erasing(by, [exchange for exchange, _ in found], ids, before))
            exchanges, events = exchanges + len(found), events + len(ids)
        for found in batched(_grouped(conn.execute(_AGREED, conditions)), SLICE):
            ids = [place for _, places in found for place in places]
            _within(ledger, _erasing(by, [], ids, before, [approval for approval, _ in found]))
            approvals, events = approvals + len(found), events + len(ids)
        others = [place for (place,) in conn.execute(_OTHERS, conditions)]
        others += [place for (place,) in conn.execute(_DEPUTIES, conditions)]
        for some in batched(others, 4 * SLICE):
            _within(ledger, _erasing(by, [], list(some), before))
            events += len(some)
    except sqlite3.Error as error:
        raise LedgerError(f"the ledger cannot be read: {type(error).__name__}") from None
    finally:
        conn.close()
    return Pruned(exchanges, events, approvals)


def _within(ledger: SqliteLedger | None, work: _erasing) -> None:
    if ledger is not None:
        ledger.within(work)


def _grouped(rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, list[int]]]:
    """The places of events, by what they are of."""
    for name, some in groupby(rows, key=lambda row: row[0]):
        yield str(name), [place for _, place in some]


class _erasing:  # noqa: N801 - reads as what it does
    """Work for `SqliteLedger.within`."""

    def __init__(
        self, by: str, exchanges: list[str], events: list[int], before: float | None, approvals: Sequence[str] = ()
    ) -> None:
        self._by = by
        self._exchanges, self._events, self._before = exchanges, sorted(events), before
        self._approvals = [(one,) for one in approvals]

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
        conn.executemany("DELETE FROM approvals WHERE id = ?", self._approvals)
        conn.executemany("DELETE FROM grants WHERE approval = ?", self._approvals)
        for session, actor in touched:
            who = {"session": session, "actor": actor}
            conn.execute("DELETE FROM sessions WHERE id = :session AND actor = :actor", who)
            conn.execute(_SESSIONS_AGAIN, who)
            conn.execute(
                "DELETE FROM session_keys WHERE session = :session AND actor = :actor AND NOT EXISTS"
                " (SELECT 1 FROM transcripts t WHERE t.session = :session AND t.actor = :actor)",
                who,
            )
        return "pruned", {"by": self._by, "exchanges": len(ids), "before": self._before, "events": ranges(self._events)}


def ranges(places: list[int]) -> list[list[int]]:
    """Sorted numbers as inclusive ranges: [1, 2, 3, 7] gives [[1, 3], [7, 7]]."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return runs
