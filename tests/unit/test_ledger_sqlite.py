from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hushgate.errors import LedgerError, StateError
from hushgate.ledger.sqlite import SqliteLedger

SEED, TRANSCRIPTS = bytes(32), bytes(range(32))


def start(folder: Path, **changes: Any) -> SqliteLedger:
    given: dict[str, Any] = {"signing_seed": SEED, "transcript_key": TRANSCRIPTS, "key_id": "k1"}
    return SqliteLedger.open(folder / "ledger.db", **{**given, **changes})


def opened(exchange: str, **changes: Any) -> dict[str, Any]:
    finding = {
        "entity": "EMAIL_ADDRESS", "category": "pii", "level": "confidential", "rule": "email",
        "where": "body:/messages/0/content", "verdict": "mask", "style": "placeholder", "score": 0.9,
        "layer": "", "fingerprint": "f" * 32, "start": 3, "length": 12,
    }  # fmt: skip
    return {
        "exchange": exchange, "session": "s1", "actor": "alice", "groups": ["dev"], "at": 1000.5,
        "endpoint": "openai", "provider": "openai", "host": "api.openai.com", "path": "/v1/chat/completions",
        "method": "POST", "format": "openai-chat", "model": "gpt-x", "self_hosted": False, "direction": "request",
        "gate": "allow", "level": "confidential", "reasons": [{"rule": "mask-confidential", "says": "masked"}],
        "findings": [finding], "coverage": {"scanned": 3, "opaque": 1, "unread": []}, "revision": "r1",
        "enforced": True, "bytes": 120, "faults": [], "warnings": [], **changes,
    }  # fmt: skip


def closed(exchange: str, **changes: Any) -> dict[str, Any]:
    return {
        "exchange": exchange, "status": 200, "outcome": "answered", "findings": [], "stream": True,
        "coverage": {"scanned": 1, "opaque": 0, "unread": []}, "bytes": 80, "seconds": 0.25, **changes,
    }  # fmt: skip


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    conn = sqlite3.connect(folder / "ledger.db")
    try:
        return conn.execute(sql).fetchall()
    finally:
        conn.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    one = start(tmp_path)
    yield one
    one.close()


def test_an_awaited_event_can_be_read_by_others(tmp_path: Path, ledger: SqliteLedger) -> None:
    asyncio.run(ledger.append("opened", opened("x1")))
    assert rows(tmp_path, "SELECT id, actor, gate, level, forwarded_at FROM exchanges") == [
        ("x1", "alice", "allow", "confidential", None)
    ]
    assert rows(tmp_path, "SELECT entity, fingerprint, start, length FROM findings") == [
        ("EMAIL_ADDRESS", "f" * 32, 3, 12)
    ]
    assert rows(tmp_path, "SELECT kind FROM events ORDER BY id") == [("chain-opened",), ("opened",)]


def test_a_whole_exchange_in_one_batch(tmp_path: Path, ledger: SqliteLedger) -> None:
    async def run() -> None:
        ledger.append_soon("opened", opened("x1"))
        ledger.append_soon("forwarded", {"exchange": "x1"})
        ledger.append_soon("closed", closed("x1"))
        await ledger.append("opened", opened("x2"))

    asyncio.run(run())
    assert rows(tmp_path, "SELECT outcome, status, stream, reply_bytes, forwarded_at > 0 FROM exchanges") == [
        ("answered", 200, 1, 80, 1),
        (None, None, None, None, None),
    ]
    assert rows(tmp_path, "SELECT exchanges, findings, masked, stopped, level FROM sessions") == [
        (2, 2, 2, 0, "confidential")
    ]
