from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.attrs import SHAPE
from spacy.lang.lex_attrs import word_shape

from hushgate.detect.nlp import Names
from hushgate.detect.tagger import BuiltIn, other, tokenizing
from tests.detect_cases import FINGERPRINT


def test_each_text_has_its_own_names_in_the_order_of_the_texts() -> None:
    texts = ["Please call Ingrid Bergström today.", "nothing here", "", "We met Haruki Tanaka and Leila Haddad."]
    found = [
        [text[one.start : one.end] for one in tagged if one.label == "PERSON"]
        for text, tagged in zip(texts, BuiltIn(tokenizing())(texts), strict=True)
    ]
    assert found == [["Ingrid Bergström"], [], [], ["Haruki Tanaka", "Leila Haddad"]]


def test_of_the_words_read_only_everyday_ones_are_kept() -> None:
    nlp = tokenizing()
    tagger = BuiltIn(nlp)
    with nlp.memory_zone():
        list(tagger(["Please call Ingrid Bergström of Zzyzx Holdings today."]))
    assert "Please" in nlp.vocab
    assert "Zzyzx" not in nlp.vocab
    assert "Zzyzx" not in nlp.vocab.strings


def test_another_pipeline_takes_the_taggers_place(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    patterns = [("PER", "Zoltar"), ("GPE", "Quux"), ("ORG", "Acme")]
    nlp.add_pipe("entity_ruler").add_patterns([{"label": label, "pattern": word} for label, word in patterns])
    nlp.to_disk(tmp_path / "pipeline")
    other = Names(FINGERPRINT, str(tmp_path / "pipeline"))
    text = "then Zoltar of Acme flew to Quux with Ingrid Bergström, Dear Bob,"
    (hits,) = other.find([text], [None])
    found = [(text[hit.start : hit.end], hit.entity, hit.score) for hit in hits]
    assert found == [("Zoltar", "PERSON", 0.85), ("Quux", "LOCATION", 0.85), ("Bob", "PERSON", 0.8)]


@pytest.mark.parametrize(("ner", "says"), [("/nowhere/at/all", "no tagger"), ("hushgate_no_such_package", "find")])
def test_a_tagger_that_is_not_there(ner: str, says: str) -> None:
    with pytest.raises((OSError, ValueError), match=says):
        other(ner)


@pytest.mark.parametrize(
    "word", ["Anna", "O'Neill", "ABCDEFabcdef", "1234567-89", "-----", "x\ny", "Zoë", "a" * 100, ""]
)
def test_shapes_of_words_are_spacys(word: str) -> None:
    getters: Any = tokenizing().vocab.lex_attr_getters
    assert getters[SHAPE](word) == word_shape(word)
