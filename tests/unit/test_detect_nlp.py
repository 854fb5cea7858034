from __future__ import annotations

import pytest

from hushgate.detect.nlp import Names
from tests.detect_cases import FINGERPRINT


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(FINGERPRINT)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello, my name is Karen Delgado and I live here", ["Karen Delgado"]),
        ("I'm Jean-Luc Picard, captain", ["Jean-Luc Picard"]),
        ("Dear Mr. Smith,\nplease", ["Smith"]),
        ("Best regards,\nAnna Müller\nACME", ["Anna Müller"]),
        ("Patient: John O'Neill was seen", ["John O'Neill"]),
        ("Sehr geehrte Frau Schmidt-Meyer, ich bin Hans Peter Wurst", ["Schmidt-Meyer", "Hans Peter Wurst"]),
        ("Hi Bob,\nhow are you", ["Bob"]),
        ("name: Maria de la Cruz", ["Maria de la Cruz"]),
        ("name: Ingrid", ["Ingrid"]),
        ("ask Mr. Young, Dr. May or Mrs. Price", ["Young", "May", "Price"]),
        ("A port is created for you.\n\n    Args:\n      cmd: a word", []),
        ("Dr. House is good, Judge Order stands", ["House"]),
        ("Instance variables:\n    name: Module name.", []),
        ("Je m'appelle Zoé Dupont", ["Zoé Dupont"]),
        ("Me llamo José García", ["José García"]),
        ("I am American and happy", []),
        ("Hi Team,\nthis is Important Stuff", []),
        ("Dear Customer,\n", []),
        ("def f(cls, dest: str, name: Optional[str]", []),
        ("my TFN is 123 456 782", []),  # the rules' to find
    ],
)
def test_names_in_clear_context(names: Names, text: str, found: list[str]) -> None:
    (hits,) = names.find([text], [None])
    assert [text[h.start : h.end] for h in hits] == found


def test_a_key_that_promises_a_name_gives_one(names: Names) -> None:
    found = names.find(["Ada Lovelace", "Widget Pro 3000", "Widget"], ["customer_name", "customer", "content"])
    assert [[(h.entity, h.start, h.end) for h in hits] for hits in found] == [[("PERSON", 0, 12)], [], []]


@pytest.mark.parametrize(
    ("text", "key", "named"),
    [
        ("ingrid", "first_name", True), ("VAN DER BERG", "lastName", True), ("n/a", "first_name", False),
        ("unknown", "surname", False), ("none", "surname", False), ("billing", "contact", False),
        ("Ingrid Solberg", "name", True), ("Left Pad", "name", False), ("Ingrid Solberg", "title", False),
    ],
)  # fmt: skip
def test_what_a_key_says_of_its_value(names: Names, text: str, key: str, named: bool) -> None:
    assert names._keyed(key, text) is named


def test_keys_inside_a_text_count_as_those_around_one(names: Names) -> None:
    text = 'call it with {"first_name": "ingrid", "note": "ingrid"}'
    (hits,) = names.find([text], [None])
    assert (29, 35) in [(hit.start, hit.end) for hit in hits]


def test_far_cues_have_windows_of_their_own(names: Names) -> None:
    text = "My name is Ada Lovelace. " + "filler words " * 500 + "\nBest regards,\nAda Lovelace"
    (hits,) = names.find([text], [None])
    assert [text[h.start : h.end] for h in hits] == ["Ada Lovelace", "Ada Lovelace"]
