"""The arithmetic that identifiers share: weighted sums, Luhn, Verhoeff, ISO 7064, days in a number.

Values come as they stood in the text; what is neither letter nor digit is passed over.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

LETTERS: Final = string.ascii_uppercase


def digits(value: str) -> list[int]:
    """The ASCII digits of a value."""
    return [int(c) for c in value if c in string.digits]


def bare(value: str) -> str:
    """ASCII letters and digits of a value, letters in capitals."""
    return "".join(c for c in value.upper() if c in LETTERS or c in string.digits)


def weighted(numbers: Iterable[int], weights: Iterable[int]) -> int:
    """The sum of numbers times weights, as far as both go."""
    return sum(n * w for n, w in zip(numbers, weights, strict=False))


def telling(numbers: Sequence[int]) -> bool:
    """Whether a number has more than one digit of its own: zeros pass most checksums."""
    return len(set(numbers)) > 1


def luhn(value: str) -> bool:
    """ISO/IEC 7812-1 annex B, over the digits; all-equal digits never pass."""
    numbers = digits(value)
    doubled = [d if i % 2 == 0 else (2 * d - 9 if d > 4 else 2 * d) for i, d in enumerate(reversed(numbers))]
    return telling(numbers) and sum(doubled) % 10 == 0


def mod_11_10(value: str) -> bool:
    """ISO 7064 MOD 11,10, over the digits, the last of which checks the others."""
    numbers = digits(value)
    rest = 10
    for number in numbers[:-1]:
        rest = ((rest + number) % 10 or 10) * 2 % 11
    return telling(numbers) and (rest + numbers[-1]) % 10 == 1


_DIHEDRAL: Final = tuple(
    tuple(
        (a + b) % 5 + 5 * (b > 4) if a < 5 else (a - b) % 5 + 5 * (b < 5)
        for b in range(10)
    )
    for a in range(10)
)  # fmt: skip
_TURNS: Final = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def verhoeff(value: str) -> bool:
    """Verhoeff's check (1969) over the digits: the dihedral group of order ten, a permutation a place."""
    numbers = digits(value)
    rest = 0
    for place, number in enumerate(reversed(numbers)):
        for _ in range(place % 8):
            number = _TURNS[number]
        rest = _DIHEDRAL[rest][number]
    return telling(numbers) and rest == 0


def day(year: int, month: int, number: int) -> bool:
    """Is it a day of the calendar? A year without its century is taken in 2000, which has a 29th of February."""
    try:
        date(2000 + year if year < 100 else year, month, number)
    except ValueError:
        return False
    return True


def day_of(text: str, order: str = "ymd") -> bool:
    """Six or eight digits as a day, the parts in the order said: `ymd`, `dmy`."""
    wide = len(text) - 4
    year, rest = (text[:wide], text[wide:]) if order[0] == "y" else (text[-wide:], text[:-wide])
    first, second = int(rest[:2]), int(rest[2:])
    return day(int(year), second, first) if order[0] == "d" else day(int(year), first, second)
