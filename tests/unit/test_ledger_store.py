from __future__ import annotations

import re
from pathlib import Path

from hushgate.ledger.sqlite import SqliteLedger
from hushgate.ledger.store import KINDS, Ledger
from tests.ledger_cases import start


def test_the_sqlite_ledger_is_one(tmp_path: Path) -> None:
    ledger: Ledger = start(tmp_path)
    assert ledger.healthy
    assert isinstance(ledger, SqliteLedger)
    ledger.close()
    assert not ledger.healthy


def test_kinds_are_plain_words() -> None:
    """They stand unescaped in the text that is hashed."""
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", kind) for kind in KINDS)
