from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hushgate.detect.gliner_tagger import GlinerTagger, of_spans, of_words, without_overlaps, word_mask
from hushgate.detect.tagged import united
from hushgate.detect.taggers import Gliner, read
from tests import made_taggers


def tagger(folder: Path) -> GlinerTagger:
    found = read(folder)
    assert isinstance(found, Gliner)
    return GlinerTagger(found)


@pytest.mark.parametrize("spans", [True, False])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("then Zoltar Quimby of Acme flew to Quux City.", ["Zoltar Quimby", "Quux City"]),
        ("from Blenkin and then to Acme", ["Blenkin"]),  # an organisation is asked for, and not told of
        ("\U0001f600 \u00e9 Zoltar wrote", ["Zoltar"]),
        ("<<ENT>> Zoltar <<SEP>>", ["Zoltar"]),  # the marks are no marks in a text
        ("nothing here", []),
        ("", []),
    ],
)
def test_names(tmp_path: Path, spans: bool, text: str, found: list[str]) -> None:
    tagged = tagger(made_taggers.gliner(tmp_path, spans=spans))(text)
    assert [text[one.start : one.end] for one in sorted(tagged, key=lambda one: one.start)] == found


@pytest.mark.parametrize("spans", [True, False])
@pytest.mark.parametrize("told", [{}, {"encoder_config": {"max_position_embeddings": 17}}])
def test_long_texts_are_read_to_their_ends(tmp_path: Path, spans: bool, told: dict[str, Any]) -> None:
    read_by = tagger(made_taggers.gliner(tmp_path, spans=spans, told=told))
    for before in range(0, 30, 3):
        text = "word " * before + "Zoltar Quimby flew to Quux City" + " word" * 20 + " with Zoltar"
        found = united(text, read_by(text))
        assert [text[one.start : one.end] for one in found] == ["Zoltar Quimby", "Quux City", "Zoltar"]


def test_a_word_that_does_not_fit_is_an_error(tmp_path: Path) -> None:
    folder = made_taggers.gliner(tmp_path, told={"encoder_config": {"max_position_embeddings": 10}})
    with pytest.raises(ValueError, match="too few for one word"):
        list(tagger(folder)("Zoltar"))


def test_marks_that_the_tokenizer_does_not_know_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"mark \[ENT\]"):
        tagger(made_taggers.gliner(tmp_path, told={"ent_token": "[ENT]"}))


@pytest.mark.parametrize(
    ("pooling", "mask"),
    [("first", [0, 0, 0, 1, 0, 3, 0]), ("last", [0, 0, 0, 0, 1, 3, 0]), ("mean", [0, 0, 0, 1, 1, 3, 0])],
)
def test_which_token_stands_for_a_word(pooling: str, mask: Sequence[int]) -> None:
    """A word without a token (here the second) has none that stands for it."""
    assert word_mask([None, 0, 1, 2, 2, 4, None], 2, pooling) == mask


def test_spans_that_end_behind_the_text_do_not_count() -> None:
    shares = np.full((1, 2, 2, 1), 0.9, np.float32)
    assert [(low, high) for _, low, high, _ in of_spans(shares, 2, 2, 1)] == [(0, 0), (0, 1), (1, 1)]
    with pytest.raises(ValueError, match="shape"):
        list(of_spans(shares, 3, 2, 1))


@pytest.mark.parametrize("old", [False, True])
def test_a_span_of_words_is_inside_all_the_way(old: bool) -> None:
    shares = np.zeros((1, 5, 1, 3), np.float32)
    shares[0, :, 0, 0] = [0.9, 0, 0, 0.8, 0]
    shares[0, :, 0, 1] = [0, 0.7, 0, 0, 0.9]
    shares[0, :, 0, 2] = [0.9, 0.9, 0.1, 0.9, 0.6]
    given = np.moveaxis(shares, -1, 0) if old else shares
    found = [(round(sure, 2), low, high) for sure, low, high, _ in of_words(given, 5, 1)]
    assert found == [(0.7, 0, 1), (0.6, 3, 4)]
    with pytest.raises(ValueError, match="shape"):
        list(of_words(shares, 4, 1))


def test_the_surest_of_those_that_overlap_and_then_the_longest() -> None:
    found = [(0.8, 0, 1, 0), (0.9, 1, 2, 0), (0.7, 3, 3, 1), (0.7, 3, 5, 0)]
    assert without_overlaps(iter(found)) == [(0.9, 1, 2, 0), (0.7, 3, 5, 0)]
