"""Sensitivity labels of an organisation's own, by name and by GUID."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.detect.patterns import Patterns
from hushgate.detect.rules import load_rules
from hushgate.errors import ConfigError
from hushgate.values import Level

FOLDER = Path(__file__).parents[2] / "rules" / "detect"
GUID = "87ba5c36-b7cf-4793-bbc2-bd5b3a9f95ca"
OWN = f"""version: 1
labels:
  Board Only: regulated
  Confidential: internal
  {GUID}: public
"""


@pytest.fixture(scope="module")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> Patterns:
    own = tmp_path_factory.mktemp("rules") / "own.yaml"
    own.write_text(OWN, "utf-8")
    return Patterns(load_rules([*sorted(FOLDER.glob("labels*.yaml")), own]), lambda text: text)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("*** BOARD ONLY ***\nThe plan", Level.REGULATED),
        ("Classification: Board only", Level.REGULATED),
        ("Sensitivity label: Board Only", Level.REGULATED),
        (f"MSIP_Label_{GUID[:-1]}b_Name: Board Only", Level.REGULATED),
        (
            f"msip_labels: MSIP_Label_{GUID[:-1]}b_Enabled=true;MSIP_Label_{GUID[:-1]}b_Name=Board Only;",
            Level.REGULATED,
        ),
        (f"MSIP_Label_{GUID}_Name: Blue Moon", Level.PUBLIC),
        (f"MSIP_Label_{GUID}_Name: {GUID}", Level.PUBLIC),
        (f"MSIP_Label_{GUID[:-1]}b_Name: Blue Moon", Level.CONFIDENTIAL),
        ("Confidential\nThe plan", Level.INTERNAL),
        ("Classification: Confidential", Level.INTERNAL),
        ("STRICTLY CONFIDENTIAL", Level.REGULATED),
        ("the board only meets in May", None),
        ("Board Only meets in May", None),
    ],
)
def test_a_label_has_the_level_that_its_file_says(patterns: Patterns, text: str, level: Level | None) -> None:
    hits = patterns.scan([text])[0].hits
    assert {hit.level for hit in hits} == ({level} if level is not None else set())
    assert all(rule == "label" for rule in {hit.category for hit in hits})


def test_a_level_that_there_is_not_is_a_fault(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("version: 1\nlabels:\n  Board: purple\n", "utf-8")
    with pytest.raises(ConfigError, match="labels"):
        load_rules([own])


def test_two_files_may_not_name_the_same_label(tmp_path: Path) -> None:
    files = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for file in files:
        file.write_text("version: 1\nlabels: {Board: regulated}\n", "utf-8")
    with pytest.raises(ConfigError, match="own-label-board"):
        load_rules(files)
