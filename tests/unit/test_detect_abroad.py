"""Names in prose that is not English, as the built-in tagger's proposals and the word lists give them together."""

from __future__ import annotations

import pytest

from hushgate.detect import shipped
from hushgate.detect.abroad import is_place, persons
from hushgate.detect.nlp import Names
from tests.detect_cases import FINGERPRINT

WORDS = shipped.read().words


def found(text: str, said: str, language: str) -> list[str]:
    return [text[start:end] for start, end, _ in persons(text, 0, len(text), said, language, WORDS)]


@pytest.mark.parametrize(
    ("text", "said", "language", "names"),
    [
        ("Laut Heike Baumann", "PERSON", "de", ["Heike Baumann"]),
        ("Kannst du Stefan", "PERSON", "de", ["Stefan"]),
        ("Lukas im Büro", "PERSON", "de", ["Lukas"]),
        ("Diese Datei", "PERSON", "de", []),
        ("von allen Benutzersitzungen", "PERSON", "de", []),
        ("Andreas von der Heide", "PERSON", "de", ["Andreas von der Heide"]),
        ("Vorgabewert von Karin", "PERSON", "de", ["Karin"]),
        ("K. Schmidt", "PERSON", "de", ["K. Schmidt"]),
        ("Schäfer", "PERSON", "de", []),  # as well a shepherd
        ("Fernández", "PERSON", "es", ["Fernández"]),
        ("Fernández", "", "es", []),
        ("CHI MAYÚSCULA", "PERSON", "es", []),
        ("Ana. Carlos", "PERSON", "es", ["Ana", "Carlos"]),
        ("chez ingrid", "PERSON", "fr", ["ingrid"]),
        ("dass einer", "PERSON", "de", []),
        ("", "PERSON", "fr", []),
    ],
)
def test_groups_of_words(text: str, said: str, language: str, names: list[str]) -> None:
    assert found(text, said, language) == names


def test_a_place_is_one_that_a_list_knows() -> None:
    assert is_place("in Berlin", 0, 9, "de", WORDS)
    assert not is_place("gleiche Namen", 0, 13, "de", WORDS)
    assert not is_place("Alle anderen", 0, 12, "de", WORDS)


GERMAN = (
    "Diese Bezeichnung steht in der Datei, und alle anderen Werte werden von der Anwendung gelesen. "
    "Beachten Sie, dass die Einstellungen nur für diesen Benutzer gelten. {} "
    "Siehe auch den Abschnitt über die Verwendung von Vorlagen, die von einer Reihe von Programmen gelesen werden."
)


def test_german_prose_has_its_names_and_no_others() -> None:
    texts = [GERMAN.format(""), GERMAN.format("Gestern hat Karin Vogel nach dem Vertrag gefragt.")]
    hits = Names(FINGERPRINT).find(texts, [None, None])
    assert [[text[h.start : h.end] for h in each] for text, each in zip(texts, hits, strict=True)] == [
        [], ["Karin Vogel"],
    ]  # fmt: skip


def test_with_english_alone_it_is_read_as_english() -> None:
    text = GERMAN.format("")
    (hits,) = Names(FINGERPRINT, languages=["en"]).find([text], [None])
    assert hits, "the reason why the others are among the languages by default"
