from __future__ import annotations

import re
from dataclasses import replace

from hushgate.detect.offsets import blob, substituted


def test_a_blob_is_its_whole_run() -> None:
    assert blob("hex", "inner", 3, 13).source(1, 2) == (3, 13)


def test_nothing_replaced_is_no_layer() -> None:
    assert substituted("x", "abc", re.finditer("q", "abc"), lambda _: "z") is None
    assert substituted("x", "aqc", re.finditer("q", "aqc"), lambda _: None) is None


def test_a_removed_character_counts_to_no_side_unless_inside() -> None:
    layer = substituted("x", "a-b-c", re.finditer("-", "a-b-c"), lambda _: "")
    assert layer is not None and layer.text == "abc"
    assert layer.source(0, 1) == (0, 1)
    assert layer.source(0, 2) == (0, 3)
    assert layer.source(2, 3) == (4, 5)


def test_nothing_left_is_no_layer() -> None:
    assert substituted("x", "--", re.finditer("-", "--"), lambda _: "") is None


def test_windows_stay_near_what_was_decoded() -> None:
    text = "w " * 500 + "%" + " w" * 500 + " %" + " w" * 500
    layer = substituted("x", text, re.finditer("%", text), lambda _: "@")
    assert layer is not None
    first, second = layer.windows(20)
    assert "@" in layer.text[first[0] : first[1]] and "@" in layer.text[second[0] : second[1]]
    assert first[1] - first[0] < 60 and second[0] > first[1]


def test_windows_hold_what_a_removal_joined() -> None:
    layer = substituted(
        "x", "w " * 99 + "ab-cd" + " w" * 99, re.finditer("-", "w " * 99 + "ab-cd" + " w" * 99), lambda _: ""
    )
    assert layer is not None
    ((start, end),) = layer.windows(10)
    assert "abcd" in layer.text[start:end]


def test_windows_are_cut_at_white_space() -> None:
    layer = substituted(
        "x", "x" * 15 + "%" + "y" * 15 + " z", re.finditer("%", "x" * 15 + "%" + "y" * 15 + " z"), lambda _: "@"
    )
    assert layer is not None
    assert layer.windows(10) == [(0, 32)]


def test_windows_of_a_text_full_of_signs_look_at_few_characters() -> None:
    class Text(str):
        looked = 0

        def __getitem__(self, at: object) -> str:
            Text.looked += 1
            return super().__getitem__(at)  # type: ignore[index]

    layer = substituted("x", "%" * 5000, re.finditer("%", "%" * 5000), lambda _: "@")
    assert layer is not None
    assert replace(layer, text=Text(layer.text)).windows(256) == [(0, 5000)]
    assert Text.looked < 5000


def test_windows_that_grow_into_each_other_are_one() -> None:
    text = "%" + "x" * 30 + "%" + " z"
    layer = substituted("x", text, re.finditer("%", text), lambda _: "@")
    assert layer is not None
    assert layer.windows(12) == [(0, 34)]
