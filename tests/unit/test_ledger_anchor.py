from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hushgate.errors import LedgerError
from hushgate.ledger.anchor import KEPT, place, recall, remember
from hushgate.ledger.chain import Signer

SIGNER = Signer(bytes(32))


def test_the_newest_of_each_chain(tmp_path: Path) -> None:
    path = place(tmp_path / "ledger.db")
    assert recall(path) == []
    for seq in (1, 2):
        for chain in ("a", "b"):
            assert remember(path, SIGNER.sign(chain, seq, "f" * 64, float(seq)))
    assert [(point.chain_id, point.seq) for point in recall(path)] == [("a", 2), ("b", 2)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["checkpoints.json"]


def test_only_the_last_chains_are_kept(tmp_path: Path) -> None:
    path = place(tmp_path / "ledger.db")
    for n in range(KEPT + 3):
        remember(path, SIGNER.sign(f"c{n}", 1, "f" * 64, float(n)))
    assert [point.chain_id for point in recall(path)] == [f"c{n}" for n in range(3, KEPT + 3)]


@pytest.mark.parametrize("damage", ["", "{}x", "[1]", '[{"seq": 1}]', "7"])
def test_a_damaged_file_is_told_and_never_written_over(tmp_path: Path, damage: str) -> None:
    path = place(tmp_path / "ledger.db")
    path.write_text(damage)
    with pytest.raises(LedgerError, match="damaged"):
        recall(path)
    assert not remember(path, SIGNER.sign("a", 1, "f" * 64, 1.0))
    assert path.read_text() == damage


def test_a_folder_that_is_gone_costs_nothing(tmp_path: Path) -> None:
    assert not remember(tmp_path / "gone" / "checkpoints.json", SIGNER.sign("a", 1, "f" * 64, 1.0))
