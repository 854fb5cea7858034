from __future__ import annotations

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
    ],
)
def test_other_numbers_are_not(text: str) -> None:
    assert PATTERNS.scan([text])[0].hits == ()


def test_there_is_an_example_of_each_region() -> None:
    found = phones.examples()
    assert len(found) == len(phones._REGIONS)
    assert all(phones.national(number) for number in found)
