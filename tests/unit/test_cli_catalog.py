"""`hushgate catalog import` and `list`."""

from __future__ import annotations

import json
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
    assert "no: {class: internal-business" in done.out
    assert "nothing here" not in done.err


def test_what_is_no_export_is_refused(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("just text\n")
    done = run("catalog", "import", "export.csv")
    assert done.code == 3
    assert "hint:" in done.err
    assert run("catalog", "import", "missing.csv").code == 2


def test_a_second_import_tells_what_changes(run: Runner, tmp_path: Path) -> None:
    export, out = tmp_path / "export.csv", tmp_path / "catalog.yaml"
    export.write_text(EXPORT)
    importing = ("catalog", "import", "export.csv", "--out", "catalog.yaml")
    assert run(*importing, "--check").code == 1 and not out.exists()
    assert run(*importing).code == 0
    same = run(*importing, "--check")
    assert (same.code, same.out) == (0, "") and "nothing changes" in same.err

    export.write_text("table,column,tags\ncrm.customers,email,PHI\ncrm.customers,name,PII\n")
    before = out.read_text()
    done = run(*importing, "--check")
    assert done.code == 1 and out.read_text() == before
    rows = [line.split("\t")[:2] for line in done.out.splitlines()[1:]]
    assert rows == [["raised", "crm.customers.email"], ["added", "crm.customers.name"], ["removed", "crm.customers.no"]]
    told = json.loads(run(*importing, "--json").out)
    assert [change["change"] for change in told["changes"]] == ["raised", "added", "removed"]
    assert told["changes"][0]["after"]["level"] == "regulated" and told["columns"] == told["read"] == 2
    assert out.read_text() != before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_check_needs_a_file(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(EXPORT)
    done = run("catalog", "import", "export.csv", "--check")
    assert done.code == 2 and "hint:" in done.err


def test_a_folder_of_several(run: Runner, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "a.csv").write_text(EXPORT)
    (folder / "b.yaml").write_text("hr.staff: {pay: [confidential]}\n")
    (folder / "c.json").write_text("{}")
    done = run("catalog", "import", "exports")
    assert "source: csv" in done.out and "source: yaml" in done.out
    assert "left out: c.json" in done.err and done.code == 0
    assert run("catalog", "import", "exports", "--kind", "atlas").code == 3


def test_what_is_in_force(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(EXPORT)
    run("catalog", "import", "export.csv", "--out", "catalog.yaml")
    run.config.write_text("version: 1\ncatalog: [./*talog.yaml]\n")
    listed = run("catalog", "list")
    assert listed.out.splitlines()[1].split("\t")[:2] == ["crm.customers.email", "confidential"]
    assert "2 columns in 1 files" in listed.err
    told = json.loads(run("catalog", "list", "--json").out)
    assert told[0]["owner"] == "crm team" and told[0]["file"].endswith("catalog.yaml")
