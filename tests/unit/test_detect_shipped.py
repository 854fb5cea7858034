from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from hushgate.detect import shipped

PAGE = Path(__file__).parents[2] / "docs" / "detection.md"
MOST_BYTES = 6 * 1024 * 1024


def test_the_files_are_those_of_the_card_and_small() -> None:
    read = shipped.read()
    assert read.card["sha256"].keys() == {shipped.NETWORK, shipped.WORDS}
    assert sum(path.stat().st_size for path in shipped.FOLDER.iterdir()) < MOST_BYTES
    assert {path.name for path in shipped.FOLDER.iterdir()} == {shipped.NETWORK, shipped.WORDS, shipped.CARD}


def test_organisations_are_not_told_of() -> None:
    read = shipped.read()
    assert read.thresholds.keys() == read.weights.keys() == {"PERSON", "LOCATION"}


@pytest.mark.parametrize("name", [shipped.NETWORK, shipped.WORDS])
def test_another_file_is_refused(tmp_path: Path, name: str) -> None:
    shutil.copytree(shipped.FOLDER, tmp_path / "model")
    with (tmp_path / "model" / name).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ValueError, match=name):
        shipped.read(tmp_path / "model")


def test_written_anew_it_is_the_same(tmp_path: Path) -> None:
    read = shipped.read()
    shipped.write(tmp_path, read.network, read.words, read.card)
    for path in shipped.FOLDER.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_page_tells_the_figures_of_the_card() -> None:
    card = json.loads((shipped.FOLDER / shipped.CARD).read_text("utf-8"))
    told = re.findall(r"^\| (PERSON|LOCATION) \| (held_out|ewt_dev_documents) \|(.*)\|$", PAGE.read_text("utf-8"), re.M)
    assert len(told) == 4
    for label, name, figures in told:
        scores = card["scores"][name][label]
        shown = [card["thresholds"][label], scores["precision"], scores["recall"], scores["f1"]]
        assert [float(cell) for cell in figures.split("|")] == shown
