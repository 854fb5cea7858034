"""Ledgers and payloads that several tests share."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from hushgate.ledger.sqlite import SqliteLedger

SEED, TRANSCRIPT_KEY = bytes(32), bytes(range(32))


def start(folder: Path, **changes: Any) -> SqliteLedger:
    given: dict[str, Any] = {"signing_seed": SEED, "transcript_key": TRANSCRIPT_KEY, "key_id": "k1"}
    return SqliteLedger.open(folder / "ledger.db", **{**given, **changes})


def found(entity: str = "EMAIL_ADDRESS", **changes: Any) -> dict[str, Any]:
    return {
        "entity": entity, "category": "pii", "level": "confidential", "rule": "email",
        "where": "body:/messages/0/content", "verdict": "mask", "style": "placeholder", "score": 0.9,
        "layer": "", "fingerprint": "f" * 32, "start": 3, "length": 12, **changes,
    }  # fmt: skip


def opened(exchange: str, **changes: Any) -> dict[str, Any]:
    return {
        "exchange": exchange, "session": "s1", "actor": "alice", "groups": ["dev"], "at": 1000.5,
        "endpoint": "openai", "provider": "openai", "host": "api.openai.com", "path": "/v1/chat/completions",
        "method": "POST", "format": "openai-chat", "model": "gpt-x", "self_hosted": False, "direction": "request",
        "gate": "allow", "level": "confidential", "reasons": [{"rule": "mask-confidential", "says": "masked"}],
        "findings": [found()], "coverage": {"scanned": 3, "opaque": 1, "unread": []}, "revision": "r1",
        "enforced": True, "bytes": 120, "faults": [], "warnings": [], **changes,
    }  # fmt: skip


def closed(exchange: str, **changes: Any) -> dict[str, Any]:
    return {
        "exchange": exchange, "status": 200, "outcome": "answered", "findings": [], "stream": True,
        "coverage": {"scanned": 1, "opaque": 0, "unread": []}, "bytes": 80, "seconds": 0.25, **changes,
    }  # fmt: skip


def rows(folder: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a query gives, over a connection of its own; changes are kept."""
    conn = sqlite3.connect(folder / "ledger.db")
    try:
        with conn:
            return conn.execute(sql, values).fetchall()
    finally:
        conn.close()
