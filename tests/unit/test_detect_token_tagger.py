from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hushgate.detect.tagged import united
from hushgate.detect.taggers import Classifier, read
from hushgate.detect.token_tagger import TokenTagger, names
from tests import made_taggers


def tagger(folder: Path) -> TokenTagger:
    found = read(folder)
    assert isinstance(found, Classifier)
    return TokenTagger(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("then Zoltar Quimby of Acme flew to Quux City.", ["Zoltar Quimby", "Quux City"]),
        ("Zoltar Zoltar", ["Zoltar", "Zoltar"]),  # the second one begins anew
        ("from Blenkin to O'Zarkov", ["Blenkin", "O'Zarkov"]),  # a word is what its first token says
        ("Zoltar\nQuimby", ["Zoltar", "Quimby"]),
        ("Zoltar, Quimby", ["Zoltar", "Quimby"]),
        ("\U0001f600 Zoltar\u0301 wrote", []),  # one token that the tagger does not know
        ("\U0001f600 \u00e9 Zoltar wrote", ["Zoltar"]),
        ("nothing here", []),
        ("", []),
    ],
)
def test_names(tmp_path: Path, text: str, found: list[str]) -> None:
    tagged = list(tagger(made_taggers.classifier(tmp_path))(text))
    assert [text[one.start : one.end] for one in tagged] == found


def test_long_texts_are_read_to_their_ends(tmp_path: Path) -> None:
    read_by = tagger(made_taggers.classifier(tmp_path, positions=14))
    for before in range(0, 40, 3):
        text = "word " * before + "Zoltar Quimby flew to Quux City" + " word" * 30 + " with Zoltar"
        found = united(text, read_by(text))
        assert [text[one.start : one.end] for one in found] == ["Zoltar Quimby", "Quux City", "Zoltar"]


def test_a_word_longer_than_a_part_is_read_in_pieces(tmp_path: Path) -> None:
    read_by = tagger(made_taggers.classifier(tmp_path, positions=10))
    text = "Zoltar " + "'" * 50 + " Zoltar"
    assert {text[one.start : one.end] for one in read_by(text)} >= {"Zoltar"}
    assert max(one.end for one in read_by(text)) == len(text)


def test_parts_of_a_label_add_up() -> None:
    shares = np.array([[0.4, 0.3, 0.3], [0.6, 0.2, 0.2]], np.float32)
    (one,) = names("Zoltar word", [(0, 6), (7, 11)], shares, ("O", "B-PER", "I-PER"))
    assert (one.start, one.end, round(one.score, 2)) == (0, 6, 0.6)


def test_a_blank_that_is_a_token_is_the_first_one_of_its_word() -> None:
    shares = np.array([[1, 0], [0, 1], [1, 0], [1, 0], [1, 0]], np.float32)
    offsets = [(0, 4), (4, 5), (5, 8), (8, 11), (11, 16)]  # then, a blank, Zol, tar, and a blank with wrote
    (one,) = names("then Zoltar wrote", offsets, shares, ("O", "B-PER"))
    assert (one.start, one.end) == (5, 11)


def test_first_and_last_names_are_one_name() -> None:
    shares = np.array([[0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], np.float32)
    labels = ("O", "B-LASTNAME", "B-FIRSTNAME", "B-CITY")
    found = names("Ada Lovelace London", [(0, 3), (4, 12), (13, 19)], shares, labels)
    assert [(one.start, one.end, one.label) for one in found] == [(0, 12, "PERSON"), (13, 19, "LOCATION")]


def test_a_shape_that_does_not_fit_the_labels_is_an_error(tmp_path: Path) -> None:
    folder = made_taggers.classifier(tmp_path)
    (folder / "config.json").write_text(json.dumps({"id2label": {"0": "O", "1": "PER"}}), "utf-8")
    with pytest.raises(ValueError, match="shape"):
        list(tagger(folder)("Zoltar"))
    with pytest.raises(ValueError, match="too few to read with"):
        tagger(made_taggers.classifier(tmp_path, positions=7))
