from __future__ import annotations

from hushgate.detect.tagged import Tagged, united


def test_names_end_with_letters_and_those_that_overlap_are_one() -> None:
    text = "(Ada Lovelace), Ada of London!"
    found = [
        Tagged(0, 5, "PERSON", 0.6), Tagged(1, 14, "PERSON", 0.9), Tagged(23, 30, "LOCATION", 0.7),
        Tagged(16, 29, "PERSON", 0.5), Tagged(13, 16, "PERSON", 0.9),
    ]  # fmt: skip
    assert [(text[one.start : one.end], one.label, one.score) for one in united(text, found)] == [
        ("Ada Lovelace", "PERSON", 0.9), ("Ada of London", "PERSON", 0.5), ("London", "LOCATION", 0.7),
    ]  # fmt: skip


def test_beside_is_not_over() -> None:
    found = [Tagged(0, 3, "PERSON", 0.6), Tagged(3, 6, "PERSON", 0.9)]
    assert united("AdaBob", found) == found
    assert found[0].moved(4) == Tagged(4, 7, "PERSON", 0.6)
