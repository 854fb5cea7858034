"""The record summed up for people to look at: what is latest, and counts of a stretch of time.

Every answer is bounded, in rows by what is asked for and in seconds by the reader's patience: a page about a large
ledger may fail, and holds nothing up.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Final

from hushgate.ledger.query import Reader

PATIENCE: Final = 3.0
"""Seconds that one reader may compute."""

_STEPS: Final = 20_000
"""Instructions of SQLite's machine between two looks at the clock."""

TAIL: Final = 3000
"""How many of the latest events are looked through for the latest exchanges."""

_SHORT: Final = """
    SELECT x.id, x.session, x.actor, x.at, x.endpoint AS route, x.host, x.model, x.gate, x.level, x.enforced, x.stopped,
        x.outcome, x.status, x.unread <> '[]' OR coalesce(x.reply_unread, '[]') <> '[]' AS unread,
        (SELECT count(*) FROM findings f WHERE f.exchange = x.id) AS findings,
        (SELECT count(*) FROM findings f WHERE f.exchange = x.id AND f.verdict = 'mask') AS masked
    FROM exchanges x
"""
_MINE: Final = "x.at >= :since AND (:actor IS NULL OR x.actor = :actor)"
_OF_THESE: Final = "x.id IN (SELECT value FROM json_each(?)) AND (? IS NULL OR x.actor = ?)"
_TAIL: Final = """
    SELECT id, json_extract(payload, '$.exchange') AS exchange FROM events
    WHERE id > ? AND kind IN ('opened', 'refused', 'closed') AND payload IS NOT NULL ORDER BY id DESC LIMIT ?
"""
_DONE: Final = """
    CASE WHEN x.stopped THEN 'stopped' WHEN x.gate <> 'allow' THEN 'observed'
    WHEN x.enforced AND EXISTS (SELECT 1 FROM findings f WHERE f.exchange = x.id AND f.verdict = 'mask') THEN 'masked'
    ELSE 'passed' END
"""
_UNREAD: Final = """
    SELECT x.at, x.id, coalesce(x.endpoint, x.host, '') AS destination, 'request' AS direction,
        u.value ->> 'reason' AS reason, u.value ->> 'size' AS size
    FROM exchanges x, json_each(x.unread) u WHERE x.at >= :since AND x.unread <> '[]'
    UNION ALL
    SELECT x.at, x.id, coalesce(x.endpoint, x.host, ''), 'reply', u.value ->> 'reason', u.value ->> 'size'
    FROM exchanges x, json_each(x.reply_unread) u WHERE x.at >= :since AND x.reply_unread IS NOT NULL
"""
_WHY: Final = """
    SELECT x.id AS exchange, x.at, r.value ->> 'rule' AS rule FROM exchanges x, json_each(x.reasons) r
    WHERE x.at >= :since
    UNION
    SELECT x.id, x.at, r.value FROM exchanges x JOIN findings f ON f.exchange = x.id, json_each(f.reasons) r
    WHERE x.at >= :since
"""


class Overview(Reader):
    """A reader that gives up after `patience` seconds of its own. `actor` None means everybody's."""

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        super().__init__(path)
        deadline = time.monotonic() + patience
        self._conn.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)

    def latest(self, limit: int, *, actor: str | None = None) -> list[dict[str, Any]]:
        """The latest exchanges in short, the last one first."""
        return self._short([row["exchange"] for row in self._rows(_TAIL, (0, TAIL))], actor, limit)

    def changed(self, after: int, limit: int) -> tuple[int, list[dict[str, Any]]]:
        """The number of the last event, and exchanges that began or ended behind event `after`, the last one first."""
        rows = self._rows(_TAIL, (after, limit))
        return (rows[0]["id"] if rows else after), self._short([row["exchange"] for row in rows], None, limit)

    def newest(self) -> int:
        """The number of the last event."""
        return int(self._rows("SELECT coalesce(max(id), 0) AS id FROM events", ())[0]["id"])

    def of_session(self, session: str, limit: int, *, actor: str | None = None) -> list[dict[str, Any]]:
        """A session's exchanges in short, the first one first."""
        query = _SHORT + " WHERE x.session = ? AND (? IS NULL OR x.actor = ?) ORDER BY x.at, x.id LIMIT ?"
        return self._rows(query, (session, actor, actor, limit))

    def totals(self, since: float, *, actor: str | None = None) -> dict[str, int]:
        """Counts: exchanges, stopped, exchanges with unread parts, sessions. Of values `entities` knows."""
        query = f"""
            SELECT count(*) AS exchanges, coalesce(sum(x.stopped), 0) AS stopped,
                coalesce(sum(x.unread <> '[]' OR coalesce(x.reply_unread, '[]') <> '[]'), 0) AS unread,
                count(DISTINCT x.session) AS sessions
            FROM exchanges x WHERE {_MINE}
        """  # noqa: S608 - constants
        return dict(self._named(query, {"since": since, "actor": actor})[0])

    def entities(self, since: float, width: float, *, actor: str | None = None) -> list[dict[str, Any]]:
        """How often each entity was found, and masked, in each stretch of `width` seconds: slot (0 begins at `since`),
        entity, n, masked.
        """
        query = f"""
            SELECT CAST((x.at - :since) / :width AS INTEGER) AS slot, f.entity, count(*) AS n,
                coalesce(sum(f.verdict = 'mask'), 0) AS masked
            FROM exchanges x JOIN findings f ON f.exchange = x.id WHERE {_MINE} GROUP BY 1, 2
        """  # noqa: S608 - constants
        return self._named(query, {"since": since, "width": width, "actor": actor})

    def actions(self, since: float, *, actor: str | None = None) -> list[dict[str, Any]]:
        """What was done by destination: destination, done (passed, masked, stopped, observed), n."""
        query = f"""
            SELECT coalesce(x.endpoint, x.host, 'unknown') AS destination, {_DONE} AS done, count(*) AS n
            FROM exchanges x WHERE {_MINE} GROUP BY 1, 2
        """  # noqa: S608 - constants
        return self._named(query, {"since": since, "actor": actor})

    def coverage(self, since: float) -> list[dict[str, Any]]:
        """How much was read by destination: destination, exchanges, scanned, opaque, attachments."""
        query = """
            SELECT coalesce(endpoint, host, 'unknown') AS destination, count(*) AS exchanges,
                sum(scanned + coalesce(reply_scanned, 0)) AS scanned, sum(opaque + coalesce(reply_opaque, 0)) AS opaque,
                sum(json_array_length(attachments)) AS attachments
            FROM exchanges WHERE at >= :since GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 200
        """
        return self._named(query, {"since": since})

    def unread(self, since: float) -> list[dict[str, Any]]:
        """What could not be read: destination, direction, reason, times, bytes, and the last exchange with it."""
        query = f"""
            SELECT destination, direction, reason, count(*) AS times, sum(size) AS bytes, max(at) AS at, id AS exchange
            FROM ({_UNREAD}) GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 3 LIMIT 200
        """  # noqa: S608 - constants
        return self._named(query, {"since": since})

    def passed_by(self, since: float, limit: int = 100) -> list[dict[str, Any]]:
        """Hosts that are not governed and were reached: host, times, bytes, at, likely_llm."""
        query = """
            SELECT payload ->> 'host' AS host, count(*) AS times, max(at) AS at,
                sum((payload ->> 'sent') + (payload ->> 'received')) AS bytes,
                coalesce(max(payload ->> 'likely_llm'), 0) AS likely_llm
            FROM events WHERE kind = 'tunnel' AND at >= :since AND payload ->> 'outcome' = 'passed'
            GROUP BY 1 ORDER BY 5 DESC, 2 DESC, 1 LIMIT :limit
        """
        return self._named(query, {"since": since, "limit": limit})

    def spoke(self, since: float) -> dict[str, dict[str, Any]]:
        """Which rules decided something, by id: in how many exchanges, and when last."""
        query = f"SELECT rule, count(*) AS times, max(at) AS at FROM ({_WHY}) GROUP BY 1"  # noqa: S608 - constants
        return {row["rule"]: row for row in self._named(query, {"since": since}) if row["rule"]}

    def warned(self, since: float) -> list[dict[str, Any]]:
        """Warnings by their words: says, times, at, and the last exchange with it."""
        query = """
            SELECT w.value AS says, count(*) AS times, max(x.at) AS at, x.id AS exchange
            FROM exchanges x, json_each(x.warnings) w WHERE x.at >= :since AND x.warnings <> '[]'
            GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 500
        """
        return self._named(query, {"since": since})

    def asked(self, since: float) -> dict[str, int]:
        """How many approvals were asked for, by what became of them."""
        query = "SELECT state, count(*) AS n FROM approvals WHERE at >= :since GROUP BY 1 ORDER BY 1"
        return {row["state"]: row["n"] for row in self._named(query, {"since": since})}

    def revisions(self, since: float) -> list[dict[str, Any]]:
        """Which rules were in force: revision, exchanges, enforced (how many of those), first, last."""
        query = """
            SELECT coalesce(revision, 'unknown') AS revision, count(*) AS exchanges, sum(enforced) AS enforced,
                min(at) AS first, max(at) AS last
            FROM exchanges WHERE at >= :since GROUP BY 1 ORDER BY 4
        """
        return self._named(query, {"since": since})

    def _short(self, ids: list[str], actor: str | None, limit: int) -> list[dict[str, Any]]:
        query = f"{_SHORT} WHERE {_OF_THESE} ORDER BY x.at DESC, x.id DESC LIMIT ?"
        return self._rows(query, (json.dumps(list(dict.fromkeys(ids))), actor, actor, limit))

    def _named(self, query: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self._stream(query, given))
