"""National identifiers that Presidio has not, or has not with a checksum that carries them.

Presidio never gets sure of a number from Canada or Singapore: it drops wrong
ones at most. The German and the Swedish one came with 2.2.363, which cannot
be installed beside mitmproxy 12.2 on Python 3.12.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from hushgate.detect.checksums.schemes import luhn


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number whose checksum is enough where one of the `context` words stands nearby (lower case)."""

    entity: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool]
    context: tuple[str, ...]

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Where such numbers stand, whether a context word does or not."""
        return ((m.start(), m.end()) for m in self.pattern.finditer(text) if self.check(m[0]))


def _personnummer(value: str) -> bool:
    """A date (a coordination number's day is 60 later), and Luhn over the last ten digits."""
    digits = "".join(c for c in value if c.isdigit())[-10:]
    month, day = int(digits[2:4]), int(digits[4:6])
    return 1 <= month <= 12 and 1 <= (day - 60 if day > 60 else day) <= 31 and luhn(digits) is True


def _tax_id(value: str) -> bool:
    """ISO 7064 MOD 11,10; of the first ten digits none occurs more than three times (BZSt)."""
    if max(map(value[:10].count, value[:10])) > 3:
        return False
    product = 10
    for digit in map(int, value[:10]):
        product = ((digit + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(value[10])


_NRIC_LETTERS: Final = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK",
                        "M": "XWUTRQPNJLK"}  # fmt: skip
_NRIC_OFFSETS: Final = {"T": 4, "G": 4, "M": 3}


def _nric(value: str) -> bool:
    """A letter that the first one and the weighted digits choose, modulo 11."""
    first = value[0].upper()
    total = sum(weight * int(digit) for weight, digit in zip((2, 7, 6, 5, 4, 3, 2), value[1:8], strict=True))
    return _NRIC_LETTERS[first][(total + _NRIC_OFFSETS.get(first, 0)) % 11] == value[8].upper()


OWN: Final = (
    Identifier(
        "CA_SIN", re.compile(r"\b[1-79][0-9]{2}(?:([ -])[0-9]{3}\1[0-9]{3}|[0-9]{6})\b"), lambda v: luhn(v) is True,
        ("sin", "social insurance", "nas", "assurance sociale"),
    ),
    Identifier(
        "DE_TAX_ID", re.compile(r"\b[1-9][0-9]{10}\b"), _tax_id,
        ("steueridentifikationsnummer", "steuer-id", "steuerid", "steuernummer", "idnr", "steuer-idnr"),
    ),
    Identifier(
        "SG_NRIC_FIN", re.compile(r"\b[STFGMstfgm][0-9]{7}[A-Za-z]\b"), _nric,
        ("nric", "fin", "fin#", "nric#"),
    ),
    Identifier(
        "SE_PERSONNUMMER", re.compile(r"\b(?:[0-9]{2})?[0-9]{6}[-+]?[0-9]{4}\b"), _personnummer,
        ("personnummer", "samordningsnummer", "personal identity number"),
    ),
)  # fmt: skip
