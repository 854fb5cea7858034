from __future__ import annotations

import time

import pytest

from hushgate.detect.candidates import AROUND, windows
from hushgate.detect.wordclasses import WordClasses

CLASSES = WordClasses({
    "anna": "31000", "schmidt": "03000", "the": "00030", "meeting": "00020", "mark": "22030", "please": "00030",
})  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "we met Anna there", "Anna is here", "please ask anna", "to Zoltar, quickly", "Hi Quux", "al-Anna said so",
        "{'name': 'Anna Schmidt', 'id': 3}", "# note\nAnna", "Anna Schmidt,Berlin,1", "* Anna: call back",
        "a\n\nThe copyright of Anna ended.", "Mark Schmidt called",
    ],
)  # fmt: skip
def test_read(text: str) -> None:
    assert windows(text, CLASSES)


@pytest.mark.parametrize(
    "text",
    [
        "", "no capital here", "The meeting", "Mark it as done", "please. The meeting", "x.Anna()", "obj.Anna", "$Anna",
        "/home/Anna", "Anna_x", "anna@example.com", "Anna::Schmidt", "x = Zoltar;",
        "import os\nx = 1\ny = f(2)\nWritten by Anna\n", "Copyright (c) 2020 Anna Schmidt\nAnna Schmidt",
        "© 2020 Anna Schmidt", "#ifndef ZOLTAR\n#define ZOLTAR\n#endif\n  #define ZOLTARFUN\n",
        "    0x8a: 1,  # SMALL S WITH ANNA", "'a': \"Zoltar\",",
    ],
)  # fmt: skip
def test_not_read(text: str) -> None:
    assert windows(text, CLASSES) == []


def test_what_is_round_a_candidate_is_read_with_it_and_no_more() -> None:
    text = "filler words " * 50 + "Anna " + "filler words " * 50
    ((start, end),) = windows(text, CLASSES)
    at = text.index("Anna")
    assert at - AROUND - 12 <= start <= at - AROUND
    assert at + 4 + AROUND <= end <= at + AROUND + 16


def test_candidates_beside_one_another_share_a_window() -> None:
    assert len(windows("Anna and Anna " + "filler words " * 30 + "Anna", CLASSES)) == 2


@pytest.mark.parametrize(
    "piece", ["Anna ", "Anna\n", "Anna\n\n", "x = 1\n", "Anna" * 3, "(c) 2020 Anna", "# Anna\n", "A" * 99]
)
def test_linear(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began = time.process_time()
    windows(text, CLASSES)
    assert time.process_time() - began < 3
