from __future__ import annotations

import pytest

from hushgate.detect import known_forms
from hushgate.detect.known_plan import Anchor, Spellings, common_words, refusal

WORDS = common_words()


@pytest.mark.parametrize(
    ("value", "alone", "together"),
    [
        ("Maria van den Berg", "", ""),
        ("4711 0815 99", "", ""),
        ("maria@x.example", "", ""),
        (" – ", "empty", "empty"),
        ("12345", "too short", ""),
        ("1234", "too short", "too short"),
        ("Ana", "too short", ""),
        ("because", "everyday words", "everyday words"),
        ("because 123", "everyday words", "everyday words"),
        ("because a", "everyday words", "everyday words"),
        ("more time", "", ""),
        ("more.time@mail.example", "", ""),
        ("because 12345", "", ""),
        ("Medlar", "", ""),
        ("Zq7Lm2Pt9", "", ""),
        ("zq7 lm2 pt9", "everyday words", ""),
        ("Windows 10 7", "everyday words", "everyday words"),
        ("1980-05-17", "a date, which says too little alone", ""),
        ("17.05.1980", "a date, which says too little alone", ""),
        ("5/17/1980", "a date, which says too little alone", ""),
        ("a " * 13, "too long", "too long"),
        ("x" * 97, "too long", "too long"),
    ],
)
def test_what_would_be_found_everywhere_is_not_taken(value: str, alone: str, together: str) -> None:
    assert refusal(value, WORDS, alone=True) == alone
    assert refusal(value, WORDS, alone=False) == together


def spelled(value: str) -> set[str]:
    return {spelling.joined.decode() for spelling in Spellings(WORDS)(value)}


def test_spellings_of_numbers_that_are_dialled() -> None:
    told = {"49301234567", "0049301234567", "490301234567", "0301234567", "301234567"}
    assert spelled("+49 (0)30 / 123 45 67") == told
    assert spelled("0049 30 1234567") == told
    assert spelled("007-92-8289") == {"007928289"}
    assert spelled("0049301234567") == {"0049301234567", "49301234567"}, "a number that nothing says of what it is"


@pytest.mark.parametrize(
    ("value", "more"),
    [
        ("0004711815992", {"4711815992"}),
        ("(030) 77482215", {"3077482215"}),
        ("0012345678", set()),
        ("Ada Lovelace", {"lovelaceada"}),
        ("Lovelace, Ada", {"adalovelace"}),
        ("Maria van Berg", {"vanbergmaria", "bergmariavan"}),
        ("John P. Hallo", {"phallojohn", "hallojohnp", "johnhallo", "hallojohn"}),
        ("one two three four five six", set()),
        ("Seeweg 12", set()),
        ("Jürgen", {"juergen"}),
        ("Ju\u0308rgen", {"juergen"}),
        ("Juergen", {"jurgen"}),
        ("Bauer Jacques", {"jacquesbauer"}),
        ("Søren Groß", {"grosssoren", "soerengross", "grosssoeren"}),
        ("Königstr. 7", {"koenigstr7"}),
        ("ada@müller.example", set()),
    ],
)
def test_other_spellings(value: str, more: set[str]) -> None:
    own, *others = (spelling.joined.decode() for spelling in Spellings(WORDS)(value))
    assert own == b"".join(known_forms.tokens(value)).decode()
    assert set(others) == more and len(others) == len(more)


def test_spellings_of_days() -> None:
    told = {"19800507", "07051980", "05071980", "07may1980", "may071980", "1980057", "7051980", "0571980"}
    told |= {"7may1980", "may71980", "751980", "571980"}
    assert spelled("1980-05-07") >= told
    assert spelled("7.5.1980") >= told
    assert spelled("1980-02-30") == {"19800230"}


@pytest.mark.parametrize(
    ("value", "kind", "anchor", "before", "after"),
    [
        ("DE89 3704 0044 05", Anchor.NUMBER, "893704004405", 1, 0),
        ("GB29 NWBK 6016 1331", Anchor.NUMBER, "60161331", 3, 0),
        ("12 Bahnhofstr.", Anchor.WORD, "bahnhofstr", 1, 0),
        ("Maria van den Berg", Anchor.WORD, "maria", 0, 3),
        ("time with Kowalski", Anchor.WORD, "kowalski", 2, 0),
        ("Medlar", Anchor.WORD, "medlar", 0, 0),
        ("12 Long Way", Anchor.PAIR, "longway", 1, 0),
        ("Will Mark Young", Anchor.PAIR, "willmark", 0, 1),
        ("more.time7@mail.example", Anchor.SIGN, "", 3, 2),
    ],
)
def test_anchors(value: str, kind: Anchor, anchor: str, before: int, after: int) -> None:
    told = next(Spellings(WORDS)(value))
    assert (told.kind, told.anchor.decode(), told.before, told.after) == (kind, anchor, before, after)
    assert told.bare is (before == after == 0)


def test_a_word_that_many_values_have_is_no_anchor_for_long() -> None:
    spellings = Spellings(WORDS)
    anchors = [
        next(spellings(f"{name} of quincecorp")).anchor for name in ("abelo", "beroa", "cyano", "doroa", "eloia")
    ]
    assert anchors[0] == b"quincecorp"
    assert anchors[-1] == b"eloia"
