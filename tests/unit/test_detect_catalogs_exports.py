"""Exports, known by what they hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from hushgate.cli.commands import CATALOGS
from hushgate.detect.catalogs.exports import KINDS, files, read
from hushgate.detect.catalogs.mapping import Tagged
from hushgate.errors import ConfigError, HushgateError
from tests.unit.test_detect_catalogs_atlas import EMAIL, TABLE
from tests.unit.test_detect_catalogs_datahub import ENTITY, EVENT, PROPOSALS
from tests.unit.test_detect_catalogs_dbt import MANIFEST, PROPERTIES
from tests.unit.test_detect_catalogs_openmetadata import TABLE as OPEN_TABLE
from tests.unit.test_detect_catalogs_tabular import COLLIBRA, PURVIEW


def lines(documents: list[Any]) -> str:
    return "\n".join(map(json.dumps, documents))


@pytest.mark.parametrize(
    ("name", "text", "kind", "count"),
    [
        ("manifest.json", json.dumps(MANIFEST), "dbt", 3),
        ("schema.yml", yaml.safe_dump(PROPERTIES), "dbt", 3),
        ("table.json", json.dumps(OPEN_TABLE), "openmetadata", 3),
        ("tables.jsonl", lines([OPEN_TABLE, OPEN_TABLE]), "openmetadata", 6),
        ("mcps.json", json.dumps(PROPOSALS), "datahub", 2),
        ("mces.jsonl", lines([EVENT, ENTITY]), "datahub", 2),
        ("entities.json", json.dumps({"entities": [TABLE, EMAIL]}), "atlas", 1),
        ("purview.csv", "\ufeff" + PURVIEW, "purview", 2),
        ("collibra.csv", COLLIBRA, "collibra", 2),
        ("own.csv", "table,column,tags\nt,a,pii\n", "csv", 1),
        ("own.yaml", "crm.customers:\n  email: [pii]\n  id: []\n", "yaml", 2),
        ("own.json", '[{"table": "t", "column": "a", "tags": ["pii", "x"]}]', "yaml", 1),
    ],
)
def test_whose_export_it_is(tmp_path: Path, name: str, text: str, kind: str, count: int) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    known, columns = read(tmp_path / name)
    assert (known, len(columns)) == (kind, count)
    assert read(tmp_path / name, kind) == (known, columns)
    with pytest.raises(HushgateError):
        read(tmp_path / name, "atlas" if kind != "atlas" else "dbt")


def test_own_yaml(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("crm.customers: {email: [pii, x], id: , no: pci}\n")
    assert read(tmp_path / "own.yaml")[1] == [
        Tagged("crm.customers", "email", ("pii", "x")),
        Tagged("crm.customers", "id", ()),
        Tagged("crm.customers", "no", ("pci",)),
    ]


def test_yaml_with_anchors(tmp_path: Path) -> None:
    text = "models: [{name: t, columns: [{name: a, tags: &t [pii]}, {name: b, tags: *t, meta: {x: true}}]}]"
    (tmp_path / "schema.yml").write_text(text)
    assert [column.tags for column in read(tmp_path / "schema.yml")[1]] == [("pii",), ("pii", "x")]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.json", '{"a": 1}', "is no export of a catalog"),
        ("a.json", '{"a": ', "the JSON was cut off"),
        ("a.yaml", "a: [", "is no YAML"),
        ("a.csv", "text", "does not say which column"),
    ],
)
def test_what_is_none(tmp_path: Path, name: str, text: str, why: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(HushgateError, match=why):
        read(tmp_path / name)


def test_files_of_a_folder(tmp_path: Path) -> None:
    with pytest.raises(HushgateError, match="no file"):
        files(tmp_path)
    for name in ("b.csv", "a.JSON", "c.py"):
        (tmp_path / name).write_text("")
    assert [path.name for path in files(tmp_path)] == ["a.JSON", "b.csv"]
    assert files(tmp_path / "c.py") == [tmp_path / "c.py"]
    with pytest.raises(ConfigError):
        read(tmp_path / "missing")


def test_every_kind_can_be_asked_for() -> None:
    assert KINDS == CATALOGS


@pytest.mark.parametrize("sign", [",", "\t"])
def test_excels_unicode_text(tmp_path: Path, sign: str) -> None:
    (tmp_path / "a.txt").write_bytes(f"table{sign}column{sign}tags\nt{sign}größe{sign}pii\n".encode("utf-16"))
    assert read(tmp_path / "a.txt") == ("csv", [Tagged("t", "größe", ("pii",))])
    (tmp_path / "a.txt").write_bytes(b"\xff\xfea")
    with pytest.raises(HushgateError, match="no text in UTF-16"):
        read(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (json.dumps(OPEN_TABLE, indent=1)[:60], r"a\.json:\d+: the JSON was cut off"),
        ('{"a": 1,\n "b": x,\n "c": 2}', r"a\.json:2: this is no JSON"),
        (lines([OPEN_TABLE]) + '\n{"broken": \n', r"a\.json:2: the line is no JSON"),
        ("[" * 200_000, "nested too deeply"),
    ],
)
def test_where_the_fault_is(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(HushgateError, match=why):
        read(tmp_path / "a.json")


def test_a_search_index_of_openmetadata_and_its_csv_of_a_table(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"hits": {"hits": [{"_source": OPEN_TABLE}]}}))
    assert read(tmp_path / "a.json")[0] == "openmetadata"
    (tmp_path / "a.csv").write_text(
        "column.fullyQualifiedName,column.dataType,column.tags\ns.d.t.email,TEXT,PII.Sensitive\n"
    )
    assert read(tmp_path / "a.csv")[1] == [Tagged("s.d.t", "email", ("PII.Sensitive",))]


@pytest.mark.parametrize(
    "document",
    [
        {**OPEN_TABLE, "deleted": True},
        {"entities": [TABLE, {**EMAIL, "status": "DELETED"}]},
        [*PROPOSALS, {**PROPOSALS[0], "aspectName": "status", "aspect": {"json": {"removed": True}}}],
        [{**proposal, "changeType": "DELETE"} for proposal in PROPOSALS] + [{**PROPOSALS[4]}],
    ],
)
def test_what_is_deleted_is_left_out(tmp_path: Path, document: Any) -> None:
    (tmp_path / "a.json").write_text(json.dumps(document))
    assert read(tmp_path / "a.json")[1] == []
