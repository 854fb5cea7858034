"""Rule files become one set of rules, or a list of faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.errors import ConfigError
from hushgate.rulebook import Rules, builtin_rules, sources
from hushgate.settings import load_settings

BADGE = (
    "version: 1\nrules:\n  - id: acme-badge\n    entity: EMPLOYEE_ID\n    level: confidential\n    category: pii\n"
    "    says: Badge number of an Acme employee\n    pattern: 'AB-[0-9]{6}'\n    boundary: word\n"
    "    match: [badge AB-123456]\n    no_match: [badge AB-12345]\n"
)


def test_builtin_names_the_rules_that_ship() -> None:
    assert {p.name for p in sources(["builtin"], "endpoints")} == {"builtin.yaml"}
    assert (builtin_rules() / "policy" / "default.yaml").is_file()


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        sources([str(tmp_path / "none.yaml")], "detect")
    assert sources([str(tmp_path / "*.yaml")], "detect") == []


def test_a_catalog_whose_files_are_all_gone_is_a_fault(tmp_path: Path) -> None:
    config = tmp_path / "hushgate.yaml"
    config.write_text("version: 1\ncatalog: ['./catalog/*.values', './catalog/*.yaml', './catalog/a*.yaml']\n")
    with pytest.raises(ConfigError, match="none of its files is there"):
        Rules.load(load_settings(config, {}, {}))
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "a.yaml").touch()
    files = Rules.load(load_settings(config, {}, {})).catalog.files
    assert [file.name for file in files] == ["a.yaml"], "once, though two patterns have it"


def test_faults_of_all_rule_files_come_at_once(tmp_path: Path) -> None:
    for name in ("detect", "endpoints", "policy"):
        (tmp_path / f"{name}.yaml").write_text("version: 2\n")
    config = tmp_path / "hushgate.yaml"
    config.write_text("version: 1\nrules: [./detect.yaml]\nendpoints: [./endpoints.yaml]\npolicy: ./policy.yaml\n")
    with pytest.raises(ConfigError) as caught:
        Rules.load(load_settings(config, {}, {}))
    assert {Path(f.file).name for f in caught.value.faults} == {"detect.yaml", "endpoints.yaml", "policy.yaml"}


def test_a_users_rule_whose_example_fails_does_not_load(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(BADGE.replace("[badge AB-123456]", "[badge XY-123456]"))
    config = tmp_path / "hushgate.yaml"
    config.write_text("version: 1\nrules: [builtin, ./own.yaml]\n")
    with pytest.raises(ConfigError, match="acme-badge"):
        Rules.load(load_settings(config, {}, {}))
