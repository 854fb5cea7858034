"""Tokens as arrays say what regular expressions say of the same text."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushgate.detect.known_tokens import BLANKS, GAP, LINE, WIDE, Tokens

TEXT = st.text("ab Zé17@-.\n", max_size=60).map(lambda text: text.encode().replace(b"\n", LINE))
TOKEN = re.compile(rb"[A-Za-z\x80-\xff]+|[0-9]+")


@given(TEXT)
def test_each_run_is_one(data: bytes) -> None:
    tokens, runs = Tokens(data), list(TOKEN.finditer(data))
    assert list(zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True)) == [run.span() for run in runs]
    assert tokens.joined == b"".join(run.group().lower() for run in runs)
    for upto, size, run in zip(tokens.upto.tolist(), tokens.sizes.tolist(), runs, strict=True):
        assert tokens.joined[upto - size : upto] == run.group().lower()
        padded = BLANKS + tokens.joined + BLANKS
        assert int(tokens.last[upto]).to_bytes(8, "little") == padded[upto : upto + 8]
        assert int(tokens.first[upto - size]).to_bytes(8, "little") == padded[upto - size + 8 : upto - size + 16]


@given(TEXT)
def test_what_few_signs_part_is_together(data: bytes) -> None:
    tokens = Tokens(data)
    for at in range(len(tokens) - 1):
        between = data[tokens.ends[at] : tokens.starts[at + 1]]
        signs, lines = len(between.replace(LINE, b"")), between.count(LINE)
        digits = (
            data[tokens.ends[at] - 1 : tokens.ends[at]].isdigit() and tokens.joined[tokens.upto[at] :][:1].isdigit()
        )
        near = signs <= (GAP if digits or lines else WIDE) and lines <= (0 if digits else 1)
        assert tokens.whole(at, at + 1) == near
        if near:
            assert tokens.breaks[at + 1] == tokens.breaks[at + 2]
        if lines > 1:
            assert tokens.breaks[at + 1] != tokens.breaks[at + 2]
        assert tokens.glued(at + 1, len(tokens) - 1) == (not between)
        assert tokens.glued(0, at) == (not between)
    if len(tokens):
        assert tokens.breaks[0] != tokens.breaks[1]
        assert tokens.breaks[-1] != tokens.breaks[-2]


@given(TEXT)
def test_numbers_in_groups_are_found_by_their_digits(data: bytes) -> None:
    tokens = Tokens(data)
    sizes = np.zeros(98, np.bool_)
    sizes[[2, 3, 5]] = True
    found = {
        (a, b)
        for first, last in tokens.numbers(sizes, 2, 5)
        for a, b in zip(first.tolist(), last.tolist(), strict=True)
    }
    runs = [data[start:end] for start, end in zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True)]
    assert found == {
        (a, b)
        for a in range(len(runs))
        for b in range(a, len(runs))
        if all(run.isdigit() for run in runs[a : b + 1])
        and tokens.whole(a, b)
        and sum(map(len, runs[a : b + 1])) in (2, 3, 5)
    }


@pytest.mark.parametrize(
    ("text", "pairs"),
    [("Will Young", [0]), ("Will  -Young Man", [0, 1]), ("Will young", []), ("WillYoung", []), ("Will    Young", [])],
)
def test_words_with_capitals_that_stand_together_are_pairs(text: str, pairs: list[int]) -> None:
    assert Tokens(text.encode()).pairs().tolist() == pairs


@pytest.mark.parametrize(
    ("text", "codes"),
    [("zq7-lm2", [0, 2]), ("ab - 12", [0]), ("ab ---- 12", []), ("12ab", []), ("12", []), ("", [])],
)
def test_letters_with_digits_behind_them_are_pieces_of_codes(text: str, codes: list[int]) -> None:
    assert Tokens(text.encode()).codes().tolist() == codes


@pytest.mark.parametrize(
    ("text", "behind"), [("a@b", [1]), ("x a.b@c d@e", [3, 5]), ("@a", []), ("a@", []), ("a @b", [])]
)
def test_signs_of_addresses_stand_between_tokens(text: str, behind: list[int]) -> None:
    assert Tokens(text.encode()).signs().tolist() == behind
