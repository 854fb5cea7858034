"""What is read has bounds."""

from __future__ import annotations

import pytest

from hushgate.detect.reading.found import (
    MAX_CHARACTERS,
    MAX_DECODED,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_TEXTS,
    SMALL,
    Found,
    TooMuch,
)


def test_texts_and_what_stays_unread() -> None:
    found = Found()
    found.text((1,), "ann")
    found.text((2,), " \n")
    found.skip((3,), "image", 7)
    assert found.contents().texts == (((1,), "ann"),)
    assert found.contents().unread == (((3,), "image", 7),)
    assert "ann" not in repr(found) + repr(found.contents())


def test_text_is_bounded() -> None:
    found = Found()
    found.text((), "x" * MAX_CHARACTERS)
    with pytest.raises(TooMuch, match="more text"):
        found.text((), "x")


def test_numbers_are_bounded() -> None:
    found = Found()
    for n in range(MAX_TEXTS):
        found.text((n,), "x")
        found.skip((n,), "image", 1)
    with pytest.raises(TooMuch, match="more text"):
        found.text((), "x")
    with pytest.raises(TooMuch, match="unread"):
        found.skip((), "image", 1)


@pytest.mark.parametrize(
    ("size", "packed", "times", "why"),
    [
        (0, 0, MAX_MEMBERS + 1, "more files"),
        (MAX_DECODED, MAX_DECODED, 2, "more in it"),
        (SMALL + 1, SMALL // MAX_RATIO, 1, "bomb"),
    ],
)
def test_unpacking_is_bounded(size: int, packed: int, times: int, why: str) -> None:
    found = Found()
    found.unpacked(SMALL, 1)  # What is small may be packed as tightly as it likes.
    with pytest.raises(TooMuch, match=why):
        for _ in range(times):
            found.unpacked(size, packed)
