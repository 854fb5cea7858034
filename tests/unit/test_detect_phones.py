from __future__ import annotations

import random

import phonenumbers
import pytest

from hushgate.detect import phones
from hushgate.detect.patterns import Patterns
from tests.detect_cases import FINGERPRINT

PATTERNS = Patterns((), FINGERPRINT)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ring +49 30 901820 soon", "+49 30 901820"),
        ("call (212) 555-0142", "(212) 555-0142"),
        ("212-555-0142", "212-555-0142"),
        ("+1-555-123-4567 now", "+1-555-123-4567"),
        ("telephone: 020 7946 0958", "020 7946 0958"),
        ("mein Handy 0171 2345678", "0171 2345678"),
        ("+44 (0)20 7946 0958", "+44 (0)20 7946 0958"),
        ("phone 212.555.0142 x77", "212.555.0142 x77"),
        ("office 020 7946 0958, nine to five", "020 7946 0958"),
        ("Frau Weber, 0221 4710000", "0221 4710000"),
        ("au 06 12 34 56 78", "06 12 34 56 78"),
        ("東京 03-1234-5678", "03-1234-5678"),
        ("telefoonnummer: 020 123 4567", "020 123 4567"),
        ("not answering at 96 237271", "96 237271"),
        ("212-555-0142x09667-Fax", "212-555-0142x09667"),
        ("SMS an 004915123456789", "004915123456789"),
    ],
)
def test_numbers_are_found_whole(text: str, number: str) -> None:
    assert [text[h.start : h.end] for h in PATTERNS.scan([text])[0].hits] == [number]


@pytest.mark.parametrize(
    "text",
    [
        "at 1690000000 the worker started",
        "version 10.4.13.2 of 2024-01-02 12:30:45",
        "GET /api/v2/items/48151623 200 90000us",
        "call 3 times in 2024",
        "ORD-123456789 qty 12",
        "phone 111-111-1111",
        '<text class="terminal-695817180-r1" y="20">',
        "text of today: 2026-11-26",
        "phone bill of 26.11.2026",
        "+1 2",
        "Copyright (C) 2002-2006 by us, call or contact us",
        "Boston, MA 02111-1307",
        "dump 06 12 34 56 78 9a bc",
        "id 0b8ac8dd-b2b0-1dac-0044-42502c131b0b",
        "the call 12345678 returned",
        "contact us: tax 16-2651177",
    ],
)
def test_other_numbers_are_not(text: str) -> None:
    assert PATTERNS.scan([text])[0].hits == ()


def test_there_is_an_example_of_each_region() -> None:
    found = phones.examples()
    assert len(found) == len(phones._REGIONS)
    assert all(phones.national(number) for number in found)


def test_no_region_is_left_out_in_which_a_number_is_valid() -> None:
    draw = random.Random(3)
    starts = ["", "0", "00", "1", "44", "49", "0049", "390", "61", "0011", "55", "090", "351", "972", "81", "00353"]
    for _ in range(400):
        size = draw.randrange(4, 12)
        digits = draw.choice(starts) + "".join(draw.choices("0123456789", k=size))
        value = draw.choice(
            [digits, f"({digits[:3]}) {digits[3:]}", f"{digits[:4]}-{digits[4:]}", f"{digits[:2]}(0){digits[2:]}"]
        )
        left_out = set(phones._REGIONS) - set(phones._worth_reading(value))
        assert not any(phonenumbers.is_valid_number(n) for region in left_out for n in phones._read(value, region)), (
            value
        )


def test_a_number_that_no_region_has_is_read_for_few_and_one_with_letters_for_all() -> None:
    assert len(phones._worth_reading("1234567890123")) < 5
    assert phones._worth_reading("212.555.0142 x77") == phones._REGIONS
