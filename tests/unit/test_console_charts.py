from __future__ import annotations

from xml.etree import ElementTree

import pytest

from hushgate.console.charts import SERIES, Stack, bars, ceiling, columns, most_common


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (100, 100), (101, 200), (5001, 10000)]
)
def test_an_axis_ends_in_a_round_number(value: int, top: int) -> None:
    assert ceiling(value) == top


def test_the_most_common_come_first_and_the_rest_together() -> None:
    assert most_common([("a", 1), ("b", 5), ("a", 7)]) == ["a", "b"]
    many = most_common([(f"e{n}", 100 - n) for n in range(20)])
    assert len(many) == SERIES
    assert many[0] == "e0" and many[-1] == "others"


def test_columns_are_as_high_as_their_counts() -> None:
    drawn = ElementTree.fromstring(columns([Stack("10:00", [4, 1]), Stack("11:00", [0, 0])], ["A", "B"], says="it"))  # noqa: S314
    heights = [float(rect.attrib["height"]) for rect in drawn.iter("rect")]
    assert len(heights) == 2
    assert heights[0] == pytest.approx(4 * heights[1], rel=0.01)
    assert drawn.attrib["aria-label"] == "it"
    assert [title.text for title in drawn.iter("title")] == ["10:00: A 4", "10:00: B 1"]


def test_bars_are_as_long_as_their_counts() -> None:
    drawn = ElementTree.fromstring(bars([Stack("x", [1, 3]), Stack("y", [4, 0])], ["passed", "masked"], says="it"))  # noqa: S314
    widths = [float(rect.attrib["width"]) for rect in drawn.iter("rect")]
    assert widths[0] + widths[1] == pytest.approx(widths[2])
    assert [rect.attrib["class"] for rect in drawn.iter("rect")] == ["passed", "masked", "passed"]


def test_names_are_escaped_and_no_style_stands_inside() -> None:
    for drawn in (bars([Stack("<i>", [1])], ["masked"], says='"<'), columns([Stack("<i>", [1])], ["<u>"], says="<")):
        assert "<i>" not in drawn and "<u>" not in drawn
        assert "style=" not in drawn
        ElementTree.fromstring(drawn)  # noqa: S314


def test_nothing_to_draw_is_still_a_picture() -> None:
    ElementTree.fromstring(columns([], [], says="none"))  # noqa: S314
    ElementTree.fromstring(bars([], [], says="none"))  # noqa: S314
