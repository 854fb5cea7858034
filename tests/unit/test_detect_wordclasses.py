from __future__ import annotations

import pytest

from hushgate.detect.wordclasses import UNKNOWN, WordClasses

CLASSES = WordClasses({"anna": "31200", "mark": "32032", "o'neill": "02001", "table": "00034", "jo": "20000"})


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Anna", "31200"), ("ANNA", "31200"), ("Anna-Lena", "31200"), ("O’Neill", "02001"), ("Zq", UNKNOWN),
        ("", UNKNOWN), ("Zq-Anna", UNKNOWN),
    ],
)  # fmt: skip
def test_any_case_and_the_first_of_joined_names(word: str, expected: str) -> None:
    assert CLASSES(word) == expected


def test_what_was_seen_is_no_part_of_the_norm() -> None:
    assert CLASSES.norm("Mark") == "3203"


def test_known_without_a_capital_are_given_names_that_are_no_everyday_words() -> None:
    assert CLASSES.clear == {"anna"}


def test_what_is_written_is_read() -> None:
    written = CLASSES.written()
    again = WordClasses.parsed(written)
    assert again.written() == written
    assert again("o'neill") == "02001"
