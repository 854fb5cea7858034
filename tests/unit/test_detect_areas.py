from __future__ import annotations

import pytest

from hushgate.detect.areas import GAP, areas, digit_marks, widened


def test_digits_are_told_from_all_else() -> None:
    assert digit_marks("a1é 29\n".encode()) == b" 0   00 "


@pytest.mark.parametrize(
    ("marks", "least", "found"),
    [
        (b"", b"0", []),
        (b"   ", b"0", []),
        (b" 0 00 ", b"0", [(1, 5)]),
        (b" 0 00 ", b"00", [(3, 5)]),
        (b" 000", b"00", [(1, 4)]),
        (b"00" + b" " * (GAP - 2) + b"00", b"00", [(0, GAP + 2)]),
        (b"00" + b" " * (GAP + 1) + b"00", b"00", [(0, 2), (GAP + 3, GAP + 5)]),
        (b"00" + b" " * 9 + b"0" * 600 + b" ", b"00", [(0, 611)]),
    ],
)
def test_areas_go_from_a_run_to_the_last_that_is_near(marks: bytes, least: bytes, found: list[tuple[int, int]]) -> None:
    assert areas(marks, least) == found


def test_every_run_is_in_an_area() -> None:
    marks = b"".join(b"0" * (n % 5) + b" " * (n * 7 % 400) for n in range(1000))
    found = areas(marks, b"000")
    at = marks.find(b"000")
    while at >= 0:
        assert any(low <= at and at + 3 <= high for low, high in found)
        at = marks.find(b"000", at + 1)


def test_wider_areas_that_touch_are_one() -> None:
    assert widened([(10, 12), (20, 21), (40, 41)], 5, 3, 42) == [(5, 24), (35, 42)]
    assert widened([], 5, 3, 42) == []
