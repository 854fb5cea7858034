"""Round each anchor as many tokens are tried as values have there."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from hushgate.detect.known_layouts import Layouts, Told
from hushgate.detect.known_plan import Anchor
from hushgate.detect.known_sieve import Sieve
from hushgate.detect.known_tokens import Numbers, Tokens


class _Lets:
    """Lets some words through, and every pair and number."""

    def __init__(self, *words: bytes) -> None:
        self._words = words

    def words(self, tokens: Tokens) -> Numbers:
        texts = [tokens.joined[upto - size : upto] for upto, size in zip(tokens.upto, tokens.sizes, strict=True)]
        return np.array([n for n, text in enumerate(texts) if text in self._words], np.int64)

    def pairs(self, tokens: Tokens, low: Numbers, high: Numbers) -> Numbers:
        return np.arange(len(low))

    def numbers(self, tokens: Tokens, upto: Numbers, sizes: Numbers) -> Numbers:
        return np.arange(len(upto))


WORDS: Any = (Anchor.WORD, 0, [(0, 1), (1, 1)])
NUMBERS: Any = [(Anchor.NUMBER, 5, [(0, 0)]), (Anchor.NUMBER, 7, [(1, 0)])]


@pytest.mark.parametrize(
    ("told", "text", "around"),
    [
        ([WORDS], "see ada lovelace now", {"ada lovelace", "see ada lovelace"}),
        ([WORDS], "see\n\n\n\n\n\n\n\nada lovelace", {"ada lovelace"}),
        ([WORDS], "ada", set()),
        ([WORDS], "nobody knows ada", set()),
        ([WORDS], "nobody here", set()),
        (NUMBERS, "no 12345, no 1234 567", {"12345", "no 1234 567"}),
        ([(Anchor.SIGN, 0, [(2, 1)])], "to a.b@c now", {"a.b@c"}),
        ([(Anchor.PAIR, 0, [(0, 0), (0, 1)])], "Will Young 7", {"Will Young", "Will Young 7"}),
        ([(Anchor.CODE, 0, [(0, 2)])], "no zq7-lm2 now", {"zq7-lm2"}),
        ([], "ada 12345 a@b Will Young", set()),
    ],
)
def test_what_stands_round_an_anchor(told: Told, text: str, around: set[str]) -> None:
    tokens, layouts = Tokens(text.encode()), Layouts(told)
    found = layouts.around(tokens, cast("Sieve", _Lets(b"ada")))
    spans = set()
    if found is not None:
        for low, high, row in zip(*(each.tolist() for each in found[:3]), strict=True):
            assert layouts.kinds[row] in {kind for kind, _, _ in told}
            spans.add(text[tokens.starts[low] : tokens.ends[high]])
    assert spans == around


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("see ada m lovelace", {"ada"}),
        ("lovelace m ada x", {"lovelace"}),
        ("ada 7", set()),
        ("m ada", set()),
        ("m ada lovelace m", set()),
    ],
)
def test_an_initial_may_stand_between_two_words(text: str, first: set[str]) -> None:
    tokens = Tokens(text.encode())
    found = Layouts([WORDS]).around(tokens, cast("Sieve", _Lets(b"ada")))
    assert found is not None
    assert {tokens.text(n).decode() for n in found[3].tolist()} == first


def test_where_no_value_has_two_words_none_has_an_initial() -> None:
    found = Layouts([(Anchor.WORD, 0, [(0, 0), (0, 2)])]).around(Tokens(b"ada m x"), cast("Sieve", _Lets(b"ada")))
    assert found is not None and not len(found[3])
