from __future__ import annotations

import pytest
import spacy

from hushgate.detect.tokens import Tokens


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens(spacy.blank("xx").vocab)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hans Schmidt-Meyer, Berlin.", ["Hans", "Schmidt-Meyer", ",", "Berlin", "."]),
        ("O'Neill's dog isn’t here", ["O'Neill", "'s", "dog", "isn’t", "here"]),
        ("Mr. J. R. Smith of U.S. origin", ["Mr", ".", "J.", "R.", "Smith", "of", "U.S.", "origin"]),
        ("Dear Anna,\n\nfine", ["Dear", "Anna", ",", "\n\n", "fine"]),
        ("a  b\tc", ["a", " ", "b", "\t", "c"]),
        (" lead", [" ", "lead"]),
        ('"Ng, Li" <l.ng@example.com>', ['"', "Ng", ",", "Li", '"', "<", "l.ng@example.com", ">"]),
        (
            "@bob: see https://example.com/a?b=c (now!!)",
            ["@bob", ":", "see", "https://example.com/a?b=c", "(", "now", "!!", ")"],
        ),
        ("name=Ada|Bob/Cy x--y wait...", ["name", "=", "Ada", "|", "Bob", "/", "Cy", "x", "--", "y", "wait", "..."]),
        ("_foo_ 3.5% ***", ["_", "foo", "_", "3.5", "%", "***"]),
        ("प्रिया और Zoë 王伟。", ["प्रिया", "और", "Zoë", "王伟", "。"]),
        ("", []),
    ],
)
def test_words_and_what_stands_beside_them(tokens: Tokens, text: str, words: list[str]) -> None:
    doc = tokens(text)
    assert [token.text for token in doc] == words
    assert doc.text == text


@pytest.mark.parametrize(
    "text", ["...", "a\r\nb \n c", "(('x'))", "\u00a0A\u00a0B\u2003", "\ud83d\ude00👍👍 hi", "-- \nAnna", "''s"]
)
def test_nothing_of_the_text_is_lost(tokens: Tokens, text: str) -> None:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    assert tokens(text).text == text
