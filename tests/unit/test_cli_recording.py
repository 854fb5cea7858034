from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from hushgate.cli.recording import record, somebody, writing
from hushgate.keys import Keys
from hushgate.ledger.verify import verify
from hushgate.state import State
from tests.ledger_cases import rows


def test_it_is_a_chain_of_its_own(tmp_path: Path) -> None:
    state = State.open(tmp_path)
    keys = Keys.load_or_create(state.path)
    with writing(state, keys) as beside:
        record(state, keys, "looked-up", {"found": 0})
        beside.append_now("exported", {"format": "csv"})
        key = beside.public_key
    assert rows(tmp_path, "SELECT DISTINCT writer FROM chains") == [("cli",)]
    assert len(rows(tmp_path, "SELECT 1 FROM chains")) == 2
    assert verify(state.ledger, key).flaws == []


def test_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert somebody() == getpass.getuser()

    def nobody() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert somebody() == "unknown"
