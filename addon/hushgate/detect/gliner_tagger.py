"""A GLiNER model as the tagger of names: it is asked for labels, and judges spans of words, or words.

What it is given and what it gives are those of the package gliner's export (https://github.com/urchade/GLiNER): the
labels, each behind a mark, an end mark, then the words, with a mask that says which token stands for which word. A
graph of spans gives logits (1, words, widths, labels); one of words (1, words, labels, 3) for beginning, end and
inside, in older exports (3, 1, words, labels).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from hushgate.detect.graph_run import Floats, Graph, Tokens
from hushgate.detect.tagged import Tagged
from hushgate.detect.taggers import Gliner

_ASKED: Final[Mapping[str, str | None]] = {"person": "PERSON", "location": "LOCATION", "organization": None}
"""What it is asked for, and what that is here. It tells persons from organisations better when it may say both."""
_WORD: Final = re.compile(r"\w+(?:[-_]\w+)*|\S")
_LONGEST_WORD: Final = 64
_WINDOW: Final = 192
_OVERLAP: Final = 24
_LEAST: Final = 0.5

type _Span = tuple[float, int, int, int]
"""The score, the first and the last word, the label's number."""


class GlinerTagger:
    """Reads a text in overlapping windows of words. ValueError where the graph gives another shape than it should."""

    def __init__(self, given: Gliner) -> None:
        self._given = given
        self._graph = Graph(given.graph)
        self._tokens = Tokens(given.tokenizer)
        if unknown := [mark for mark in (given.entity_mark, given.end_mark) if not self._tokens.knows(mark)]:
            raise ValueError(f"the tokenizer does not know the tagger's mark {unknown[0]}")
        self._prompt = [word for label in _ASKED for word in (given.entity_mark, label)] + [given.end_mark]

    def __call__(self, text: str) -> Iterator[Tagged]:
        """The names in each window; those of the overlaps twice."""
        words = [match.span() for match in _WORD.finditer(text)]
        size = min(_WINDOW, self._given.words)
        first = 0
        while first < len(words):
            window = words[first : first + size]
            encoded, taken = self._encoded(text, window)
            for sure, low, high, label in self._judged(encoded, taken):
                if entity := [*_ASKED.values()][label]:
                    yield Tagged(window[low][0], window[high][1], entity, sure)
            first += taken
            if first < len(words):
                first -= min(_OVERLAP, taken // 2)

    def _encoded(self, text: str, window: Sequence[tuple[int, int]]) -> tuple[Any, int]:
        """The window as tokens, and how many of its words that are: fewer where they have more tokens than fit."""
        taken = len(window)
        while True:
            seen = [text[low : min(high, low + _LONGEST_WORD)] for low, high in window[:taken]]
            encoded = self._tokens([*self._prompt, *seen])
            if len(encoded.ids) <= self._given.limit:
                return encoded, taken
            if taken == 1:
                raise ValueError(f"the tagger takes {self._given.limit} tokens, too few for one word")
            taken = max(1, taken * 3 // 4)

    def _judged(self, encoded: Any, words: int) -> list[_Span]:
        given = {
            "input_ids": encoded.ids,
            "attention_mask": encoded.attention_mask,
            "words_mask": word_mask(encoded.word_ids, len(self._prompt), self._given.pooling),
            "text_lengths": [words],
        }
        if not (width := self._given.width):
            return without_overlaps(of_words(_shares(self._graph(**given)), words, len(_ASKED)))
        starts = np.repeat(np.arange(words), width)
        ends = starts + np.tile(np.arange(width), words)
        fits = ends < words
        given["span_idx"] = np.stack([starts * fits, ends * fits], axis=1)
        given["span_mask"] = fits
        return without_overlaps(of_spans(_shares(self._graph(**given)), words, width, len(_ASKED)))


def word_mask(word_ids: Sequence[int | None], skipped: int, pooling: str) -> list[int]:
    """For each token the number of its word, from 1; 0 for the prompt, marks, and parts of a word that do not count."""
    mask = []
    for n, word in enumerate(word_ids):
        before = word_ids[n - 1] if n else None
        behind = word_ids[n + 1] if n + 1 < len(word_ids) else None
        counts = pooling in ("mean", "max") or (word != before if pooling == "first" else word != behind)
        mask.append(word - skipped + 1 if word is not None and word >= skipped and counts else 0)
    return mask


def of_spans(shares: Floats, words: int, width: int, labels: int) -> Iterator[_Span]:
    """Spans that count, of (1, words, width, labels)."""
    if shares.shape != (1, words, width, labels):
        raise ValueError(f"the tagger gave the shape {shares.shape}")
    for start, size, label in np.argwhere(shares[0] > _LEAST).tolist():
        if start + size < words:
            yield float(shares[0, start, size, label]), start, start + size, label


def of_words(shares: Floats, words: int, labels: int) -> Iterator[_Span]:
    """Spans from a beginning to an end, inside all the way, of (1, words, labels, 3) or (3, 1, words, labels)."""
    if shares.shape == (3, 1, words, labels):
        shares = np.moveaxis(shares, 0, -1)
    if shares.shape != (1, words, labels, 3):
        raise ValueError(f"the tagger gave the shape {shares.shape}")
    for start, label in np.argwhere(shares[0, :, :, 0] > _LEAST).tolist():
        least = float(shares[0, start, label, 0])
        for at in range(start, words):
            _, end, inside = shares[0, at, label].tolist()
            if inside < _LEAST:
                break
            least = min(least, inside)
            if end > _LEAST:
                yield min(least, end), start, at, label


def without_overlaps(found: Iterator[_Span]) -> list[_Span]:
    """The surest of those that share a word, and of equal ones the longest."""
    kept: list[_Span] = []
    for one in sorted(found, key=lambda one: (-one[0], one[1] - one[2])):
        if all(one[2] < other[1] or other[2] < one[1] for other in kept):
            kept.append(one)
    return kept


def _shares(logits: Floats) -> Floats:
    shares: Floats = np.reciprocal(1 + np.exp(-np.clip(logits, -30, 30)))
    return shares
