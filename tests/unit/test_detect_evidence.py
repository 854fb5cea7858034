from __future__ import annotations

import pytest

from hushgate.detect.evidence import Heard, Proposal, features, proposals, score
from hushgate.detect.wordclasses import WordClasses

CLASSES = WordClasses({
    "anna": "31000", "max": "30010", "schmidt": "03000", "weber": "03001", "brick": "00030", "berlin": "00302",
})  # fmt: skip


def proposed(text: str, *tagged: Proposal) -> list[str]:
    words = text.split(" ")
    return [" ".join(words[one.first : one.last]) for one in proposals(words, tagged, CLASSES, "PERSON")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("met Anna Schmidt there", ["Anna Schmidt"]),
        ("Dear Anna , thanks", ["Anna"]),
        ("Thanks Anna", ["Anna"]),
        ("Anna Schmidt Max Weber", ["Anna Schmidt", "Max Weber"]),
        ("Mr Brick", ["Brick"]),
        ("the Brick", []),
        ("OrderService X", []),
        ("A Zoltar", ["Zoltar"]),
        ("Aa Bb Cc Dd Ee", []),
    ],
)
def test_groups_of_words_with_capitals(text: str, expected: list[str]) -> None:
    found = proposed(text)
    assert [each for each in found if each in expected] == expected
    assert expected or not found


def test_the_taggers_persons_come_first_and_stand_alone() -> None:
    assert proposed("Anna Schmidt spoke", Proposal(1, 2, "PERSON")) == ["Schmidt"]
    assert proposals(["in", "Berlin"], [Proposal(1, 2, "LOCATION")], CLASSES, "LOCATION") == [
        Proposal(1, 2, "LOCATION")
    ]


@pytest.mark.parametrize("words", [["Iraqi"], ["Canadians"], ["Berlin", "Post"]])
def test_peoples_and_newspapers_are_no_places(words: list[str]) -> None:
    assert not proposals(words, [Proposal(0, len(words), "LOCATION")], CLASSES, "LOCATION")


@pytest.mark.parametrize(
    ("text", "first", "last", "said", "expected"),
    [
        ("Dr . Anna", 2, 3, "PERSON", "before title"),
        ("hello Anna", 1, 2, "PERSON", "before greeting"),
        ("Regards , Anna", 2, 3, "", "before sign-off"),
        ("patient : Anna", 2, 3, "", "before field"),
        ("my wife Anna", 2, 3, "", "before kin"),
        ("the Anna", 1, 2, "", "before article"),
        ("Anna 's car", 0, 1, "", "after genitive"),
        ("Anna < a@b.c", 0, 1, "", "after address"),
        ("Schmidt Street", 0, 1, "", "after place"),
        ("Order : 1234", 0, 1, "", "after number"),
        ("J. Schmidt", 0, 2, "", "initial"),
        ("the Prussians left", 1, 2, "PERSON", "demonym"),
        ("ANNA", 0, 1, "PERSON", "capitals, PERSON"),
        ("anna", 0, 1, "PERSON", "small, PERSON"),
        ("in Berlin", 1, 2, "LOCATION", "seen as LOCATION, LOCATION"),
        ("Weber", 0, 1, "", "seen as PERSON, nothing"),
        ("Max the pot", 0, 1, "", "after an object, begins, common 1"),
        ("Ruby", 0, 1, "PERSON", "a product's name"),
    ],
)
def test_what_speaks_for_it_or_against(text: str, first: int, last: int, said: str, expected: str) -> None:
    assert expected in features(text.split(" "), Proposal(first, last, said), CLASSES, Heard())


def test_what_was_heard_elsewhere() -> None:
    heard = Heard()
    heard.add(["Anna", "Schmidt"], "PERSON")
    assert heard.elsewhere(["Anna", "Schmidt"], "PERSON") == []
    assert heard.elsewhere(["Anna"], "PERSON") == ["PERSON in full"]
    heard.add(["Anna"], "LOCATION")
    heard.add(["Anna"], "LOCATION")
    assert heard.elsewhere(["Anna"], "") == ["LOCATION"]


def test_score() -> None:
    assert score([], {}) == 0.5
    assert score(["a", "unknown"], {"": -1.0, "a": 3.0}) == pytest.approx(0.8808, abs=1e-4)
    assert score(["a"], {"a": -9e9}) < 1e-9
