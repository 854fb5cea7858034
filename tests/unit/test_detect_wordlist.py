"""Long word lists: whole words and phrases, in whatever case, in whole texts and at the end of one that grows."""

from __future__ import annotations

import pytest

from hushgate.detect.patterns import Patterns
from hushgate.detect.recognize import Recognizers
from hushgate.detect.rules import Rule
from hushgate.detect.stream import StreamScanner
from hushgate.detect.wordlist import Words
from hushgate.values import Level

WORDS = ("Blue Moon", "Blue", "C++", "Ärztehaus", "straße", "Nightjar", *(f"Word{n}" for n in range(5000)))
RULE = Rule(
    "projects", "PROJECT", Level.CONFIDENTIAL, "business", "Projects", "", (), (), words=WORDS, context_score=0.85
)


def found(text: str, rule: Rule = RULE) -> list[str]:
    return [text[hit.start : hit.end] for hit in Patterns([rule], lambda _: "").scan([text])[0].hits]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("is BLUE MOON late? blue, c++; bluebird moon", ["BLUE MOON", "blue", "c++"]),
        ("blue moonlight", ["blue"]),
        ("a blue\nmoon", ["blue\nmoon"]),
        ("ÄRZTEHAUS and ärztehaus, Straße", ["ÄRZTEHAUS", "ärztehaus", "Straße"]),
        ("word17's, word17x, xword17, word4999.", ["word17", "word4999"]),
        ("größe Word1", ["Word1"]),
        ("nothing", []),
    ],
)
def test_words_are_whole_and_in_whatever_case(text: str, words: list[str]) -> None:
    assert found(text) == words


def test_conditions_are_those_of_any_rule() -> None:
    from dataclasses import replace

    from hushgate.detect.conditions import Exclusion, Hotword

    rule = replace(
        RULE, exclude=(Exclusion(values=("blue",)),), hotwords=(Hotword(("novel",), 0.0),), keywords=("moon", "word1")
    )
    assert found("blue moon, blue, Blue", rule) == ["blue moon", "Blue"]
    assert found("the novel Blue Moon", rule) == []
    assert found("Nightjar", rule) == [], "no keyword stands in the text"
    assert found("Nightjar by the moon", rule) == ["Nightjar"]


def test_words_are_found_wherever_a_block_ends() -> None:
    for before in range(16 * 1024 - 12, 16 * 1024 + 3):
        assert found("-" * before + "Blue Moon") == ["Blue Moon"]


def test_texts_do_not_run_into_each_other() -> None:
    hits = Patterns([RULE], lambda _: "").scan(["so blue", "moon"])
    assert [[hit.end for hit in each.hits] for each in hits] == [[7], []]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("a Blue", 2),
        ("a Blue ", 2),
        ("a blue\nMo", 2),
        ("a Blue Moon", 2),
        ("a Blue Moons", 12),
        ("a blurb", 7),
        ("", 0),
        ("Blue x", 6),
    ],
)
def test_a_phrase_that_may_go_on_is_under_way(text: str, begins: int) -> None:
    assert Words(WORDS).under_way(text) == begins
    assert Recognizers([RULE]).under_way(text) == begins


@pytest.mark.parametrize("step", [1, 3, 7])
@pytest.mark.parametrize(
    "text", ["so Blue Moon, blue and C++ or word17 go", "Blue\nMoon", "bluebird, Blue Moons, word"]
)
def test_a_stream_lets_nothing_of_a_phrase_go_before_it_is_whole(text: str, step: int) -> None:
    patterns = Patterns([RULE], lambda _: "")
    scanner, out, spans = StreamScanner(patterns), "", []
    for released in [*(scanner.feed(text[i : i + step]) for i in range(0, len(text), step)), scanner.flush()]:
        spans += [(hit.start + len(out), hit.end + len(out)) for hit in released.hits]
        out += released.text
    assert out == text
    assert spans == [(hit.start, hit.end) for hit in patterns.scan([text])[0].hits]
