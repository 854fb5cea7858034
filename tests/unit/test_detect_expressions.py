from __future__ import annotations

import pytest

from hushgate.detect.expressions import Refused, compile_pattern, context_pattern, key_phrase


@pytest.mark.parametrize(
    ("key", "phrase"),
    [
        ("cardNumber", " card number "),
        ("card_number", " card number "),
        ("CARD-NUMBER", " card number "),
        ("größe", " größe "),
        ("", "  "),
    ],
)
def test_a_key_is_read_as_words(key: str, phrase: str) -> None:
    assert key_phrase(key) == phrase


def test_context_words_are_whole() -> None:
    words = context_pattern(("lic", "date of birth"))
    assert words.search(b"my lic no") and words.search(b"lic") and words.search(b"a date of birth:")
    assert not words.search(b"public") and not words.search("éclic".encode())


def test_edges_are_line_edges() -> None:
    assert compile_pattern("^b$").search(b"a\nb\nc")
    assert compile_pattern("^b$", lines=False).search(b"a\nb\nc") is None


@pytest.mark.parametrize("pattern", ["(?<=a)b", "(a)\\1", "a{1001}", "\\Aa", "a\\z", "("])
def test_what_re2_or_the_shared_buffer_cannot_do_is_refused(pattern: str) -> None:
    with pytest.raises(Refused):
        compile_pattern(pattern)


def test_an_escaped_backslash_is_not_an_anchor() -> None:
    assert compile_pattern(r"\\z").search(rb"\z")
