from __future__ import annotations

import pytest

from hushgate.detect.page import Page


@pytest.mark.parametrize("text", ["plain", "héllo wörld", "日本語 text", "😀" * 3000 + "end", "a\ud800b", ""])
def test_every_byte_offset_leads_back(text: str) -> None:
    page = Page(["first é", text])
    at = page.bodies[1]
    for point in range(0, len(text) + 1, max(1, len(text) // 50)):
        byte = at + len(text[:point].encode("utf-8", "replace"))
        assert page.point(1, byte) == point
    assert page.bounds[1][1] == at + len(text.encode("utf-8", "replace"))


def test_texts_are_told_apart_by_byte() -> None:
    page = Page(["ab", "", "cd"])
    assert page.data == b"ab\n\ncd"
    assert [page.text_at(i) for i in range(6)] == [0, 0, 0, 1, 2, 2]


def test_a_label_stands_before_its_text() -> None:
    page = Page(["x"], ["key: "])
    assert (page.data, page.bodies, page.point(0, 5)) == (b"key: x", [5], 0)


def test_neighbours_are_code_points_and_edges_are_empty() -> None:
    page = Page(["é-é"])
    assert page.before(2, 0) == "é" and page.after(3, 5) == "é"
    assert page.before(0, 0) == "" and page.after(5, 5) == ""


@pytest.mark.parametrize("text", ["-b cX-e f", "-ä cX-é f"])
def test_a_window_counts_code_points_in_lower_case(text: str) -> None:
    page = Page([text.upper()])
    start = len(text[:4].encode())
    left, right, complete = page.window(start, start + 1, 3, 0, len(page.data))
    assert (left.decode(), right.decode(), complete) == (text[1:4].lower(), text[5:8].lower(), True)
    assert page.window(start, start + 1, 9, 0, len(page.data))[2] is False


@pytest.mark.parametrize(
    ("text", "before", "behind"),
    [
        ("image 7 agenda", " ", " "),
        ("an age 7 age on", "age ", " age"),
        ("fußage 7 agé", " ", " age"),
        ("um год 7 годный", "год ", " "),
        ("の年齢は7歳です", "の年齢は", "歳です"),
    ],
)  # fmt: skip
def test_a_word_that_the_edge_of_a_window_cuts_is_left_out(text: str, before: str, behind: str) -> None:
    page = Page([text.replace("agé", "age")])
    at = page.data.index(b"7")
    left, right, _ = page.window(at, at + 1, 4, 0, len(page.data))
    assert (left.decode(), right.decode()) == (before, behind)


def test_runs_of_token_characters() -> None:
    page = Page(["ab-c_d+e/f g", "hijk"])
    assert page.has_run(10)
    assert not page.has_run(11)  # neither a blank nor the edge of a text joins
