from __future__ import annotations

import pytest

from hushgate.detect.stretch import BLANKS, OF_BLANKS, OF_WORDS, WORD, Stretch, exceeded, stretched

BOTH = OF_BLANKS | OF_WORDS


@pytest.mark.parametrize(
    ("pattern", "kinds"),
    [
        ("abc", 0),
        (r"\s+", OF_BLANKS),
        ("a[ \t]*b", OF_BLANKS),
        (r"a\S+b", OF_WORDS),
        (r"[^\s:]+", OF_WORDS),
        (r"(?:[a-z-]+\.)+", OF_WORDS),
        (r"(?:a\s+|b[0-9]*)", BOTH),
        ("[^ \t\r\n]+", 0),  # \f is a blank, too
        ("[^ ]+", 0),
        (".*", 0),
        (r"[\s\v]+", 0),  # RE2 takes \v for no blank
        (r"(?:a b)+", 0),
        (r"\pL+", 0),  # not read by the standard library
        ("a{3}", 0),
    ],
)
def test_repeats_that_have_an_end_on_most_pages(pattern: str, kinds: int) -> None:
    assert stretched(pattern)[1] == kinds


def test_the_end_is_that_of_all_rounds_together() -> None:
    tree, _ = stretched(r"(?:[a-z-]+\.)+")
    ((_, (least, most, _)),) = tree
    assert least == 1 and isinstance(most, Stretch) and most == WORD


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("some words", 0),
        (" " * BLANKS, 0),
        ("a" + " \n\t" * BLANKS, OF_BLANKS),
        ("x" * WORD, 0),
        ("\v" * (WORD + 1), OF_WORDS),
        ("x" * (WORD + 1) + " " * (BLANKS + 1), BOTH),
    ],
)
def test_pages_that_do_not_fit(text: str, kinds: int) -> None:
    assert exceeded(text.encode()) == kinds
