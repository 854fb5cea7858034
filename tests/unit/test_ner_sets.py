"""What the tagger of names is trained on: `scripts/ner`, without the name lists that it installs."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hushgate.detect.wordclasses import WordClasses
from scripts.ner import sets
from scripts.ner.lists import OWN, Lists, classes
from scripts.ner.made import Labelled, Maker

LISTS = Lists(
    {"en_GB": frozenset({"Ann", "Bo"}), "greek": frozenset({"eleni"})},
    {"en_GB": frozenset({"Lee", "O'Hara"}), "greek": frozenset({"pappas"})},
    {"en_US": frozenset({"Dover"})},
    frozenset({"lorem"}),
    {"ann": 2.0, "zed": 0.01},
    {"lee": 1.0, "hope": 0.001},
)
OTHERS = {1: ["Cy"], 2: ["Di", "Ek"]}


def _renamed(one: Labelled, tries: int = 40) -> set[str]:
    def person(size: int) -> Sequence[str]:
        return OTHERS[size]

    found = [sets.renamed(one, random.Random(seed), person) for seed in range(tries)]
    for text, spans in found:
        assert [text[start:end] for start, end, label in spans if label != "PERSON"] == ["Dover"]
    return {text for text, _ in found}


def test_persons_give_way_to_others_and_a_word_always_to_the_same() -> None:
    text = "Ann Lee saw Dover. Lee left."
    spans = [(0, 7, "PERSON"), (12, 17, "LOCATION"), (19, 22, "PERSON")]
    assert _renamed((text, spans)) == {text, "Di Ek saw Dover. Ek left."}


def test_made_texts_have_their_spans_and_come_back_with_the_seed() -> None:
    patterns = "{first} {last} of {place}\n{small} wrote to {large} and {org}\n{reversed} <x@y>\nuse {none} {model}"
    made = list(Maker(LISTS, 7, patterns).texts(200))
    assert made == list(Maker(LISTS, 7, patterns).texts(200))
    for text, spans in made:
        assert all(text[start:end].strip() == text[start:end] != "" for start, end, _ in spans)
        labels = [label for _, _, label in spans]
        assert labels in (["PERSON", "LOCATION"], ["PERSON", "PERSON", "ORGANIZATION"], ["PERSON"], [])
    assert any(text[slice(*spans[1][:2])].isupper() for text, spans in made if len(spans) == 3)


def test_classes_know_how_common_a_name_is_and_where() -> None:
    found = classes(LISTS, {"hope": 30, "table": 900}, {"dover": "LOCATION"})
    assert [found(word) for word in ("Ann", "zed", "Lee", "eleni", "hope", "table", "lorem", "Dover", "nobody")] == [
        "30000", "10000", "03000", "20000", "01020", "00030", "00010", "00102", "00000",
    ]  # fmt: skip


def test_every_line_of_the_own_list_is_read() -> None:
    rows = [line.split() for line in OWN.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert {kind for _, kind, *_ in rows} == {"given", "family"}
    assert all(name == name.lower() for _, _, *names in rows for name in names)


def test_small_letters_keep_the_names_that_are_known() -> None:
    known = WordClasses({"ann": "30000", "hope": "20030"})
    assert sets.known("Ann", "PERSON", known)
    assert not sets.known("Hope", "PERSON", known)
    assert not sets.known("Xq", "PERSON", known)
