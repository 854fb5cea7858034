"""Where in a text values may stand: round its anchors, as many tokens before and behind as a file's values have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from hushgate.detect.known_plan import LONGEST, Anchor
from hushgate.detect.known_sieve import Sieve
from hushgate.detect.known_tokens import Numbers, Tokens

_SIZES: Final = LONGEST + 2
"""Digits that a number may have, and one more for all that are longer."""

type Told = Sequence[tuple[int, int, Sequence[tuple[int, int]]]]
"""The kind of an anchor, the digits of one that is a number (else 0), how many tokens stand before and behind it."""


class Layouts:
    """Those of one file, a row for each kind of anchor, and for numbers of each size."""

    __slots__ = ("_bounds", "_names", "_numbered", "_numbers", "_rows", "_sizes", "_table", "kinds")

    def __init__(self, told: Told) -> None:
        most = max([1, *(len(pairs) for _, _, pairs in told)])
        self._table = np.zeros((len(told), most, 2), np.int64)
        for row, (_, _, pairs) in enumerate(told):
            self._table[row, : len(pairs)] = [(-before, behind) for before, behind in pairs]
            self._table[row, len(pairs) :] = self._table[row, 0]  # Once more costs less than to leave it out.
        self.kinds = [kind for kind, _, _ in told]
        self._rows = {kind: row for row, (kind, size, _) in enumerate(told) if not size}
        self._names = any(
            kind == Anchor.WORD and not {(0, 1), (1, 0)}.isdisjoint(map(tuple, at)) for kind, _, at in told
        )
        self._numbers, self._sizes = np.zeros(_SIZES, np.int64), np.zeros(_SIZES, np.bool_)
        numbers = [size for _, size, _ in told if size]
        self._numbered, self._bounds = bool(numbers), (min(numbers, default=0), max(numbers, default=0))
        for row, (_, size, _) in enumerate(told):
            if size:
                self._numbers[size], self._sizes[size] = row, True

    def around(self, tokens: Tokens, sieve: Sieve) -> tuple[Numbers, Numbers, Numbers, Numbers] | None:
        """Tokens that values may begin and end with, and the numbers of the `kinds` of their anchors.

        The last ones are the first of three tokens that may be two words with an initial between them.
        """
        anchors = list(self._anchors(tokens, sieve))
        if not anchors:
            return None
        first, last, rows = _joined(anchors)
        table = self._table.take(rows, axis=0)
        low, high = (first[:, None] + table[:, :, 0]).ravel(), (last[:, None] + table[:, :, 1]).ravel()
        breaks = tokens.breaks
        near = (breaks.take(low + 1, mode="clip") == breaks.take(high + 1, mode="clip")).nonzero()[0]
        words = first[rows == self._rows[Anchor.WORD]] if self._names else first[:0]
        return low.take(near), high.take(near), rows.take(near // table.shape[1]), _parted(tokens, words)

    def _anchors(self, tokens: Tokens, sieve: Sieve) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
        """What may be anchors: first and last tokens, and rows of layouts."""
        rows = self._rows
        if Anchor.WORD in rows:
            words = sieve.words(tokens)
            if len(words):
                yield words, words, np.full(len(words), rows[Anchor.WORD])
        if Anchor.PAIR in rows:
            first = tokens.pairs()
            if len(first):
                first = first.take(sieve.pairs(tokens, first, first + 1))
                yield first, first + 1, np.full(len(first), rows[Anchor.PAIR])
        if Anchor.CODE in rows:
            first = tokens.codes()
            if len(first):
                first = first.take(sieve.pairs(tokens, first, first + 1))
                yield first, first + 1, np.full(len(first), rows[Anchor.CODE])
        if Anchor.SIGN in rows and b"@" in tokens.data:
            behind = tokens.signs()
            yield behind, behind - 1, np.full(len(behind), rows[Anchor.SIGN])
        numbers = list(tokens.numbers(self._sizes, *self._bounds)) if self._numbered else ()
        if numbers:
            first, last = _joined(numbers)
            upto, sizes = tokens.stretches(first, last)
            may = sieve.numbers(tokens, upto, sizes)
            if len(may):
                yield first.take(may), last.take(may), self._numbers.take(sizes.take(may))


def _parted(tokens: Tokens, words: Numbers) -> Numbers:
    """The first of three tokens whose middle one may be a single letter, beside a word."""
    if not len(words):
        return words
    first = np.concatenate((words, words - 2))
    first = first[tokens.sizes.take(first + 1, mode="clip") <= 2]  # bytes
    within: Numbers = first[(first >= 0) & (first + 2 < len(tokens))]
    return within


def _joined(rows: Sequence[tuple[Numbers, ...]]) -> tuple[Numbers, ...]:
    """Columns of rows of arrays, each one array."""
    return rows[0] if len(rows) == 1 else tuple(map(np.concatenate, zip(*rows, strict=True)))
