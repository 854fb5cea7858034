"""What is chosen of a text: enough of everything that is long, the same wherever it stands."""

from __future__ import annotations

import random

import pytest

from hushgate.detect.winnowing import GRAM, WINDOW, Winnowed, telling

DRAW = random.Random(7)
TEXT = "".join(DRAW.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=4000)).encode()


def test_no_stretch_is_left_out() -> None:
    numbers = Winnowed(TEXT).numbers
    gaps = [high - low for low, high in zip(numbers, numbers[1:], strict=False)]
    assert numbers[0] < WINDOW and numbers[-1] > len(TEXT) - GRAM - WINDOW
    assert max(gaps) <= WINDOW
    assert len(numbers) < 3 * len(TEXT) / WINDOW


def test_two_texts_that_share_enough_share_a_run() -> None:
    shared = TEXT[500 : 500 + GRAM + WINDOW - 1]
    known = {*Winnowed(TEXT).grams()}
    for seed in range(50):
        draw = random.Random(seed)
        other = bytes(draw.choices(b"xyz", k=100)) + shared + bytes(draw.choices(b"xyz", k=100))
        assert known.intersection(Winnowed(other).grams())


def test_only_letters_and_digits_count() -> None:
    spaced = b" \n-".join(TEXT[at : at + 5] for at in range(0, len(TEXT), 5))
    assert Winnowed(spaced).grams() == Winnowed(TEXT).grams()
    assert Winnowed(spaced).content == TEXT


def test_a_span_is_that_of_the_text() -> None:
    data = b"... " + b" ".join(TEXT[at : at + 5] for at in range(0, 400, 5)) + b" ..."
    winnowed = Winnowed(data)
    start, end = winnowed.span(1, 3)
    assert data[start:end].replace(b" ", b"") == TEXT[winnowed.numbers[1] : winnowed.numbers[3] + GRAM]


@pytest.mark.parametrize("size", [0, 1, 7, 8, GRAM - 1, GRAM, GRAM + 1, GRAM + WINDOW - 2, GRAM + WINDOW, 200])
def test_texts_of_any_length(size: int) -> None:
    numbers = Winnowed(TEXT[:size]).numbers
    assert bool(numbers) is (size >= GRAM)
    assert all(0 <= number <= size - GRAM for number in numbers)


def test_a_row_of_the_same_says_nothing() -> None:
    assert telling(TEXT[:GRAM])
    assert not telling(b"0" * GRAM) and not telling(b"0xff" * 6)
