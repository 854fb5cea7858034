from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.errors import LedgerError
from hushgate.ledger.migrations import PROJECTIONS
from hushgate.ledger.query import connect
from hushgate.ledger.rebuild import _COMPARED, differing, rebuild
from tests.ledger_cases import closed, found, opened, rows, start


def fill(folder: Path) -> None:
    for n in range(2):
        ledger = start(folder)
        unread = {"where": "body:/", "reason": "image", "size": 3}
        whole = {"coverage": {"scanned": 1, "opaque": 0, "unread": [unread]}}
        faults = [{"where": "detection", "reason": "deadline"}]
        ledger.append_now("opened", opened(f"a{n}", level="internal", faults=faults, **whole))
        ledger.append_now("opened", opened(f"b{n}", gate="block", level="regulated", at=5.0))
        ledger.append_now("closed", closed(f"a{n}", findings=[found(verdict="keep")], **whole))
        ledger.append_now("refused", {"exchange": f"b{n}", "status": 400})
        ledger.close()


def everything(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    return {name: rows(folder, f"SELECT * FROM {name} ORDER BY 1, 2") for name in PROJECTIONS}  # noqa: S608


def test_a_rebuild_gives_the_same_tables(tmp_path: Path) -> None:
    fill(tmp_path)
    before = everything(tmp_path)
    assert all(before[name] for name in ("chains", "sessions", "exchanges", "findings"))
    for name in PROJECTIONS:
        rows(tmp_path, f"DELETE FROM {name}")  # noqa: S608
    assert everything(tmp_path) != before
    rebuild(tmp_path / "ledger.db")
    assert everything(tmp_path) == before


def test_differences_are_named(tmp_path: Path) -> None:
    fill(tmp_path)
    rows(tmp_path, "UPDATE sessions SET level = 'public'")
    rows(tmp_path, "DELETE FROM findings WHERE exchange = 'a1'")
    conn = connect(tmp_path / "ledger.db")
    conn.row_factory = None
    assert list(differing(conn)) == ["sessions", "findings"]
    conn.close()
    rebuild(tmp_path / "ledger.db")
    conn = connect(tmp_path / "ledger.db")
    conn.row_factory = None
    assert list(differing(conn)) == []
    conn.close()


def test_every_projection_is_compared() -> None:
    assert set(_COMPARED) == set(PROJECTIONS)


def test_a_damaged_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"x" * 4096)
    with pytest.raises(LedgerError):
        rebuild(tmp_path / "ledger.db")
