from __future__ import annotations

import pytest

from hushgate.detect.known_forms import folded, tokens


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("Maria van-den Berg", "maria van den berg"),
        ("DE89 3704-0044", "de 89 3704 0044"),
        ("ACME12345x", "acme 12345 x"),
        ("José Núñez-Łukasz", "jose nunez lukasz"),
        ("cafe\u0301", "cafe"),
        ("Straße", "strasse"),
        ("“Öl”\u00a0№\u200b7", "ol no 7"),
        ("İstanbul ﬁn", "istanbul fin"),
        ("٣٤٥", "345"),
        ("Йова", "иова"),
        ("…", ""),
    ],
)
def test_tokens(value: str, told: str) -> None:
    assert b" ".join(tokens(value)).decode() == told


def test_plain_text_keeps_its_offsets() -> None:
    assert folded("Ab-1") == (b"Ab-1", None)


def test_there_is_a_way_back_to_what_was_folded() -> None:
    text = "zu Straße Ö"
    data, way = folded(text)
    assert data == b"zu Strasse o"
    assert way is not None
    assert text[slice(*way.source(3, 10))] == "Straße"
    assert text[slice(*way.source(11, 12))] == "Ö"


def test_a_lone_surrogate_is_one_code_point() -> None:
    data, way = folded("a\ud800b")
    assert len(data if way is None else way.text) == 3
