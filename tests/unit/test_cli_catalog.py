"""`hushgate catalog import`."""

from __future__ import annotations

from pathlib import Path

from hushgate.detect.catalogs.columns import read_columns
from tests.unit.cli_runner import Runner, run

__all__ = ["run"]

EXPORT = "table,column,tags,owner\ncrm.customers,email,PII,crm team\ncrm.customers,no,PHI;Legacy,\n"


def test_an_export_becomes_a_file(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(EXPORT)
    done = run("catalog", "import", "export.csv", "--out", "catalog.yaml")
    assert (done.code, done.out) == (0, "")
    assert "2 of 2 columns carry a level" in done.err
    assert "tags that mean nothing here: Legacy (1)" in done.err
    assert [column.name for column in read_columns(tmp_path / "catalog.yaml")] == ["email", "no"]


def test_a_mapping_of_ones_own(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(EXPORT)
    (tmp_path / "own.yaml").write_text(
        "version: 1\ntags: [{match: [legacy], level: internal, category: business}]\nignore: [phi]\n"
    )
    done = run("catalog", "import", "export.csv", "--mapping", "own.yaml")
    assert done.code == 0
    assert "no: internal-business" in done.out
    assert "nothing here" not in done.err


def test_what_is_no_export_is_refused(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("just text\n")
    done = run("catalog", "import", "export.csv")
    assert done.code == 3
    assert "hint:" in done.err
    assert run("catalog", "import", "missing.csv").code == 2
