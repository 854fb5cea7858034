"""Reading the record, while a gate writes it or when none runs. Read-only connections."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

from hushgate.errors import LedgerError
from hushgate.ledger import transcripts

_WHERE: Final = """
    SELECT x.id AS exchange, x.session, x.actor, x.at, f.direction, x.endpoint AS destination, x.host, x.model,
        f.entity, f.level, f.verdict, x.approved_by, x.gate, x.outcome, count(*) AS times
    FROM findings f JOIN exchanges x ON x.id = f.exchange
    WHERE f.fingerprint IN (SELECT value FROM json_each(?))
    GROUP BY x.id, f.direction, f.entity, f.verdict
    ORDER BY x.at, x.id, f.direction = 'reply', f.entity
"""


OF_KIND: Final = """
    SELECT payload FROM events
    WHERE kind = ? AND kind <> 'opened' AND kind <> 'forwarded' AND kind <> 'closed' AND at >= ?
        AND payload IS NOT NULL
    ORDER BY id
"""
"""In the words of the index `events_by_kind`, so that SQLite uses it."""
_LISTS: Final = ("groups", "reasons", "findings", "terms", "yes", "quorums", "agreed")
"""Columns of an approval that hold JSON."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; LedgerError if there is no ledger to read."""
    if not path.exists():
        raise LedgerError(f"there is no ledger at {path}", hint="run the gate first, or name its folder with --state")
    try:
        conn = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=5, isolation_level=None)
    except sqlite3.Error as error:
        raise LedgerError(f"the ledger {path} cannot be opened: {_name(error)}") from None
    try:
        conn.row_factory = sqlite3.Row
        conn.execute("SELECT 1 FROM events LIMIT 1").fetchone()
    except sqlite3.Error as error:
        conn.close()
        raise LedgerError(f"the ledger {path} cannot be read: {_name(error)}") from None
    return conn


class Reader:
    """Answers from one ledger. Rows come as JSON-ready dicts; LedgerError for what cannot be read."""

    def __init__(self, path: Path) -> None:
        self._conn = connect(path)

    def sessions(self, *, actor: str | None = None, since: float = 0.0, limit: int = -1) -> list[dict[str, Any]]:
        """Sessions with their counts, the latest first."""
        return self._rows(
            "SELECT * FROM sessions WHERE (? IS NULL OR actor = ?) AND last_at >= ? ORDER BY last_at DESC, id LIMIT ?",
            (actor, actor, since, limit),
        )

    def exchanges(self, session: str | None = None, *, limit: int = -1) -> list[dict[str, Any]]:
        """Exchanges in short, in the order they happened: those of one session, or the latest of all."""
        rows = self._rows(
            "SELECT id, session, actor, at, endpoint AS route, model, gate, level, outcome, status FROM exchanges"
            " WHERE (? IS NULL OR session = ?) ORDER BY at DESC, id DESC LIMIT ?",
            (session, session, limit),
        )
        return rows[::-1]

    def exchange(self, exchange: str) -> dict[str, Any] | None:
        """Everything on record of one exchange, in the shape of `hushgate show ID --json`."""
        rows = self._rows("SELECT * FROM exchanges WHERE id = ?", (exchange,))
        return self._shown(rows[0]) if rows else None

    def where(self, fingerprints: Sequence[str]) -> list[dict[str, Any]]:
        """Every exchange in which a value with one of these fingerprints travelled, oldest first."""
        return self._rows(_WHERE, (json.dumps(list(fingerprints)),))

    def approvals(self, limit: int = 1000) -> list[dict[str, Any]]:
        """All pending approvals and the latest others, oldest first, as their events tell them."""
        rows = self._rows(
            "SELECT id, exchange, session, actor, groups, destination, model, level, reasons, findings, unmaskable,"
            " revision, terms, why, at, expires_at, wanted, state, yes, decided_at, decided_by, reason, quorums,"
            " agreed, signature FROM approvals WHERE signature <> ''"
            " AND (state = 'pending' OR id IN (SELECT id FROM approvals ORDER BY at DESC LIMIT ?)) ORDER BY at, id",
            (limit,),
        )
        for row in rows:
            row |= {name: json.loads(row[name]) for name in _LISTS}
            row["unmaskable"] = bool(row["unmaskable"])
        return rows

    def grants(self, now: float = 0.0) -> list[dict[str, Any]]:
        """Grants that end after `now`, oldest first, as their events tell them."""
        rows = self._rows(
            'SELECT id, approval, actor AS asked_by, granted_by AS "by", agreed, at, reason, terms, signature, used,'
            " revoked_at, revoked_by FROM grants WHERE terms <> '{}' AND expires_at > ? ORDER BY at, id",
            (now,),
        )
        past = self._past_grants(min((row["at"] for row in rows), default=0.0)) if rows else {}
        for row in rows:
            row |= {name: json.loads(row[name]) for name in ("by", "terms", "agreed")}
            for told in past.get(row["id"], ()):
                row["used"] = max(row["used"], told["used"])
                if row["revoked_at"] is None:
                    row |= {name: told[name] for name in ("revoked_at", "revoked_by")}
        return rows

    def _past_grants(self, since: float) -> dict[str, list[dict[str, Any]]]:
        """Grants as each of their events tells them. What was used or taken back stays so, whatever became of the
        projection: no signature is over these, and the chain shows what is done to events.
        """
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self._rows(OF_KIND, ("grant", since)):
            told = json.loads(row["payload"])["grant"]
            found.setdefault(told["id"], []).append(told)
        return found

    def deputies(self) -> list[dict[str, Any]]:
        """Who was to decide in whose place, oldest first, as their events tell it."""
        return [json.loads(row["payload"])["deputy"] for row in self._rows(OF_KIND, ("deputy", 0.0))]

    def tunnels(self, *, since: float = 0.0) -> list[dict[str, Any]]:
        """What passed to hosts that are not governed: the recorded payloads, oldest first."""
        return self._payloads("tunnel", since)

    def notified(self, *, since: float = 0.0) -> list[dict[str, Any]]:
        """What approvers were told of, or could not be: the recorded payloads, oldest first."""
        return self._payloads("notified", since)

    def _payloads(self, kind: str, since: float) -> list[dict[str, Any]]:
        query = "SELECT at, payload FROM events WHERE kind = ? AND at >= ? AND payload IS NOT NULL ORDER BY id"
        return [{"at": row["at"], **json.loads(row["payload"])} for row in self._rows(query, (kind, since))]

    def export(self, *, since: float = 0.0, until: float | None = None) -> Iterator[dict[str, Any]]:
        """Exchanges as `exchange` gives them, oldest first, one at a time.

        Fingerprints come out under a key that is thrown away: equal values stay
        equal within one export, and nobody can compare them with anything else.
        """
        key = secrets.token_bytes(32)
        query = "SELECT * FROM exchanges WHERE at >= ? AND (? IS NULL OR at < ?) ORDER BY at, id"
        for row in self._stream(query, (since, until, until)):
            shown = self._shown(row)
            for finding in shown["findings"]:
                if finding["fingerprint"]:
                    finding["fingerprint"] = _rekeyed(key, finding["fingerprint"])
            yield shown

    def judged(
        self, *, since: float = 0.0, exchange: str | None = None
    ) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """What decisions were made of: every exchange's row and its findings', oldest first; or one exchange's."""
        values = {"id": exchange, "since": since}
        findings: dict[str, list[dict[str, Any]]] = {}
        query = "SELECT * FROM findings WHERE :id IS NULL OR exchange = :id ORDER BY exchange, direction = 'reply', n"
        for found in self._stream(query, values):
            findings.setdefault(found["exchange"], []).append(found)
        query = (
            "SELECT * FROM exchanges WHERE at >= :since AND revision IS NOT NULL AND (:id IS NULL OR id = :id)"
            " ORDER BY at, id"
        )
        for row in self._stream(query, values):
            yield row, findings.pop(row["id"], [])

    def events(self) -> Iterator[dict[str, Any]]:
        """The chain as it stands, salts (hex) included, so that others can verify it."""
        for row in self._stream("SELECT * FROM events ORDER BY id", ()):
            row["salt"] = row["salt"].hex() if row["salt"] is not None else None
            row["payload"] = json.loads(row["payload"]) if row["payload"] is not None else None
            yield row

    def transcripts(self, session: str, key: bytes, *, actor: str | None = None) -> Iterator[tuple[str, str, Any]]:
        """A session's transcripts in order: exchange, direction, and what the pipeline recorded.

        `key` is the transcripts key. LedgerError for one that was altered or whose session was erased.
        """
        query = (
            "SELECT t.exchange, t.direction, t.session, t.actor, t.mode, t.body, k.wrapped,"
            " CASE t.direction WHEN 'reply' THEN x.reply_transcript ELSE x.transcript END AS digest FROM transcripts t"
            " JOIN exchanges x ON x.id = t.exchange LEFT JOIN session_keys k USING (session, actor)"
            " WHERE t.session = ? AND (? IS NULL OR t.actor = ?) ORDER BY x.at, t.exchange, t.direction DESC"
        )
        for row in self._stream(query, (session, actor, actor)):
            exchange, direction = row["exchange"], row["direction"]
            body = _body(row, key)
            if row["digest"] != transcripts.digest(key, body.encode() if isinstance(body, str) else body):
                raise LedgerError(f"the transcript of {exchange} is not the recorded one")
            try:
                yield exchange, direction, json.loads(body)
            except ValueError:
                raise LedgerError(f"the transcript of {exchange} is damaged") from None

    def close(self) -> None:
        self._conn.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        findings = self._rows(
            'SELECT direction, entity, category, level, rule, "where", verdict, style, score, layer, fingerprint,'
            " start, length, reasons, origin, segment, own_level FROM findings"
            " WHERE exchange = ? ORDER BY direction = 'reply', n",
            (row["id"],),
        )
        for finding in findings:
            finding["reasons"] = json.loads(finding["reasons"])
        return {
            "id": row["id"],
            "session": row["session"],
            "actor": row["actor"],
            "groups": json.loads(row["groups"]),
            "at": row["at"],
            "route": row["endpoint"],
            "routed_from": row["routed_from"],
            "provider": row["provider"],
            "host": row["host"],
            "method": row["method"],
            "path": row["path"],
            "format": row["format"],
            "self_hosted": bool(row["self_hosted"]),
            "model": row["model"],
            "source": row["source"],
            "kinds": json.loads(row["kinds"]),
            "direction": "request",
            "gate": row["gate"],
            "level": row["level"],
            "reasons": json.loads(row["reasons"]),
            "findings": findings,
            "coverage": {
                "scanned": row["scanned"],
                "opaque": row["opaque"],
                "unread": json.loads(row["unread"]),
                "attachments": json.loads(row["attachments"]),
            },
            "faults": json.loads(row["faults"]),
            "warnings": json.loads(row["warnings"]),
            "enforced": bool(row["enforced"]),
            "bytes": row["bytes"],
            "forwarded_at": row["forwarded_at"],
            "outcome": row["outcome"],
            "status": row["status"],
            "reply": _reply(row),
            "approval": row["approval"],
            "approved_by": row["approved_by"],
            "revision": row["revision"],
        }

    def _rows(self, query: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        return list(self._stream(query, values))

    def _stream(self, query: str, values: Sequence[Any] | Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        try:
            with closing(self._conn.cursor()) as cursor:
                for row in cursor.execute(query, values):
                    yield dict(row)
        except sqlite3.Error as error:
            raise LedgerError(f"the ledger cannot be read: {_name(error)}") from None


def _reply(row: dict[str, Any]) -> dict[str, Any] | None:
    if row["reply_unread"] is None:
        return None
    return {
        "closed_at": row["closed_at"],
        "seconds": row["seconds"],
        "stream": bool(row["stream"]),
        "bytes": row["reply_bytes"],
        "gate": row["reply_gate"],
        "level": row["reply_level"],
        "coverage": {
            "scanned": row["reply_scanned"],
            "opaque": row["reply_opaque"],
            "unread": json.loads(row["reply_unread"]),
        },
    }


def _body(row: dict[str, Any], key: bytes) -> str | bytes:
    body: str | bytes = row["body"]
    if row["mode"] != "masked":
        return body
    if row["wrapped"] is None:
        raise LedgerError(f"the transcript of {row['exchange']} was erased with its session")
    session_key = transcripts.unwrap(key, row["wrapped"], row["session"], row["actor"])
    return transcripts.unseal(session_key, bytes(row["body"]), row["exchange"], row["direction"])


def _rekeyed(key: bytes, fingerprint: str) -> str:
    return blake2b(fingerprint.encode(), key=key, digest_size=16).hexdigest()


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", None) or type(error).__name__
