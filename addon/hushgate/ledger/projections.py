"""From an event to the rows drawn from it. Pure: the same event gives the same statements.

The writer runs these in the event's own transaction, and a rebuild runs them
again over the whole chain, so both end in the same tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hushgate.errors import LedgerError
from hushgate.ledger.chain import compact

type Statement = tuple[str, Sequence[tuple[Any, ...]]]
"""SQL, and the rows to run it with."""

_CHAIN_OPENED: Final = (
    "INSERT INTO chains (chain_id, n, opened_at, writer, key_id, public_key) VALUES (?, ?, ?, ?, ?, ?)"
)
_CHAIN_NAMED: Final = "UPDATE chains SET named_seq = max(coalesce(named_seq, 0), ?) WHERE chain_id = ?"
_CHAIN_CLOSED: Final = "UPDATE chains SET closed_at = ? WHERE chain_id = ?"
_EXCHANGE: Final = (
    "INSERT INTO exchanges (id, session, actor, groups, at, endpoint, provider, host, path, method, format, model,"
    " self_hosted, gate, level, reasons, scanned, opaque, unread, revision, enforced, bytes, faults, warnings,"
    " transcript, stopped, closed_at, outcome, status, attachments, source, kinds, routed_from, approval, approved_by)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SESSION: Final = (
    "INSERT INTO sessions (id, actor, started_at, last_at, exchanges, findings, masked, stopped, level)"
    " VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?) ON CONFLICT (id, actor) DO UPDATE SET"
    " started_at = min(started_at, excluded.started_at), last_at = max(last_at, excluded.last_at),"
    " exchanges = exchanges + 1, findings = findings + excluded.findings, masked = masked + excluded.masked,"
    " stopped = stopped + excluded.stopped, level = CASE WHEN"
    " instr('public internal confidential regulated', excluded.level)"
    " > instr('public internal confidential regulated', level) THEN excluded.level ELSE level END"
)
_FINDING: Final = (
    'INSERT INTO findings (exchange, direction, n, entity, category, level, rule, "where", verdict, style, score,'
    " layer, fingerprint, start, length, reasons, origin, segment, own_level)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_FORWARDED: Final = "UPDATE exchanges SET forwarded_at = ? WHERE id = ?"
_CLOSED: Final = (
    "UPDATE exchanges SET closed_at = ?, outcome = ?, status = ?, reply_gate = ?, reply_level = ?, reply_scanned = ?,"
    " reply_opaque = ?, reply_unread = ?, reply_bytes = ?, seconds = ?, stream = ?, reply_transcript = ? WHERE id = ?"
)
_APPROVAL: Final = (
    "INSERT OR REPLACE INTO approvals (id, exchange, actor, at, state, expires_at, decided_at, decided_by, session,"
    " groups, destination, model, level, reasons, findings, unmaskable, revision, terms, why, wanted, yes, reason,"
    " quorums, agreed, signature)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_GRANT: Final = (
    "INSERT OR REPLACE INTO grants (id, approval, actor, at, destination, digest, expires_at, uses_left, revoked_at,"
    " used, granted_by, revoked_by, reason, terms, signature, agreed)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

RANK: Final = {
    sql: rank
    for rank, sql in enumerate(
        (
            _CHAIN_OPENED, _CHAIN_NAMED, _CHAIN_CLOSED, _EXCHANGE, _SESSION, _FINDING, _FORWARDED, _CLOSED,
            _APPROVAL, _GRANT,
        )
    )
}  # fmt: skip
"""In which order a batch's statements run: rows before the updates that expect them."""

_LEVELS: Final = ("public", "internal", "confidential", "regulated")


def statements(chain_id: str, at: float, kind: str, payload: Mapping[str, Any]) -> list[Statement]:
    """The rows an event gives rise to; LedgerError when the payload lacks what they need."""
    try:
        if kind == "opened" or (kind == "refused" and "session" in payload):
            return _opened(at, payload, refused=kind == "refused")
        if kind == "closed":
            return _closed(at, payload)
        if kind == "forwarded":
            return [(_FORWARDED, [(at, payload["exchange"])])]
        if kind == "refused":
            return _closed(at, {"outcome": "refused", **payload})
        if kind == "approval":
            return [(_APPROVAL, [_approval(payload["approval"])])]
        if kind == "grant":
            return [(_GRANT, [_grant(payload["grant"])])]
        if kind == "chain-opened":
            return _chain_opened(chain_id, at, payload)
        if kind == "chain-closed":
            return [(_CHAIN_CLOSED, [(at, chain_id)])]
    except KeyError as missing:
        raise LedgerError(f"an event of kind {kind} lacks its field {missing.args[0]}") from None
    except (TypeError, AttributeError, ValueError):
        raise LedgerError(f"an event of kind {kind} has a field of the wrong shape") from None
    return []


def _chain_opened(chain_id: str, at: float, payload: Mapping[str, Any]) -> list[Statement]:
    row = (chain_id, payload["n"], at, payload["writer"], payload["key_id"], payload["public_key"])
    named = [(head["seq"], head["chain_id"]) for head in payload["previous"]]
    return [(_CHAIN_OPENED, [row]), (_CHAIN_NAMED, named)]


def _approval(said: Mapping[str, Any]) -> tuple[Any, ...]:
    """An approval as it stands after a step."""
    lists = [_list(said[name]) for name in ("reasons", "findings")]
    return (
        said["id"], said["exchange"], storable(said["actor"]), said["at"], said["state"], said["expires_at"],
        said["decided_at"], said["decided_by"], storable(said["session"]), _list(said["groups"]), said["destination"],
        storable(said["model"]), said["level"], *lists, said["unmaskable"], said["revision"], compact(said["terms"]),
        storable(said["why"]), said["wanted"], _list(said["yes"]), storable(said["reason"]),
        _list(said.get("quorums")), _list(said.get("agreed")), said.get("signature", ""),
    )  # fmt: skip


def _grant(said: Mapping[str, Any]) -> tuple[Any, ...]:
    """A grant as it stands after a step."""
    terms = said["terms"]
    left = None if terms["uses"] is None else terms["uses"] - said["used"]
    return (
        said["id"], said["approval"], storable(said["asked_by"]), said["at"], terms["destination"], terms["digest"],
        terms["until"], left, said["revoked_at"], said["used"], _list(said["by"]), said["revoked_by"],
        storable(said["reason"]), compact(terms), said["signature"], _list(said.get("agreed")),
    )  # fmt: skip


def _opened(at: float, payload: Mapping[str, Any], *, refused: bool) -> list[Statement]:
    """The beginning of an exchange, which is its end as well if the request went nowhere."""
    get = payload.get
    exchange, session, actor = payload["exchange"], storable(payload["session"]), storable(payload["actor"])
    gate, level, when = payload["gate"], payload["level"], get("at", at)
    coverage = get("coverage") or {}
    findings = _findings(exchange, payload)
    stopped = refused or (gate != "allow" and bool(get("enforced", True)))
    row = (
        exchange, session, actor, _list(get("groups")), when,
        get("endpoint"), get("provider"), get("host"), storable(get("path")), get("method"), get("format"),
        storable(get("model")),
        bool(get("self_hosted", False)), gate, level, _list(get("reasons")),
        coverage.get("scanned", 0), _count(coverage.get("opaque")), _list(coverage.get("unread")),
        get("revision"), bool(get("enforced", True)), get("bytes"), _list(get("faults")), _list(get("warnings")),
        get("transcript"), stopped, when if stopped else None,
        get("outcome", "refused") if stopped else None, get("status"), _list(coverage.get("attachments")),
        get("source"), _list(get("kinds")), get("routed_from"), get("approval"), get("approved_by"),
    )  # fmt: skip
    masked = 0 if stopped else sum(finding[8] == "mask" for finding in findings)
    rows: list[Statement] = [
        (_EXCHANGE, [row]),
        (_SESSION, [(session, actor, when, when, len(findings), masked, stopped, level)]),
    ]
    if findings:
        rows.append((_FINDING, findings))
    return rows


def _closed(at: float, payload: Mapping[str, Any]) -> list[Statement]:
    get = payload.get
    exchange, outcome = payload["exchange"], payload["outcome"]
    coverage = get("coverage") or {}
    findings = _findings(exchange, {"direction": "reply", **payload})
    level = get("level") or max((row[5] for row in findings), key=_LEVELS.index, default="public")
    row = (
        get("at", at), outcome, get("status"), get("gate"), level,
        coverage.get("scanned", 0), _count(coverage.get("opaque")), _list(coverage.get("unread")),
        get("bytes"), get("seconds"), bool(get("stream", False)), get("transcript"), exchange,
    )  # fmt: skip
    rows: list[Statement] = [(_CLOSED, [row])]
    if findings:
        rows.append((_FINDING, findings))
    return rows


def _findings(exchange: str, payload: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    direction = payload.get("direction", "request")
    rows: list[tuple[Any, ...]] = []
    for n, finding in enumerate(payload.get("findings") or ()):
        get = finding.get
        rows.append((
            exchange, get("direction", direction), n, finding["entity"], get("category"), finding["level"],
            get("rule"), get("where"), get("verdict"), get("style"), get("score"), get("layer"), get("fingerprint"),
            get("start"), get("length"), _list(get("reasons")), get("origin"), get("segment"),
            get("own_level"),
        ))  # fmt: skip
    return rows


def _list(value: object) -> str:
    # Keys sorted, as events have them: a rebuild reads those, and has to end in the same text.
    return compact(value) if value else "[]"


def storable(value: Any) -> Any:
    """Text as SQLite can hold it: a client may send half a surrogate pair, and that must not cost the record."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value


def _count(value: object) -> int:
    """A number, or the length of a list of what is counted."""
    if isinstance(value, list | tuple):
        return len(value)
    return value if isinstance(value, int) else 0
