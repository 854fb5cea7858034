"""A transformer that labels tokens, as the tagger of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from hushgate.detect.graph_run import Floats, Graph, Tokens
from hushgate.detect.namelabels import entity_of, part_of
from hushgate.detect.tagged import Tagged
from hushgate.detect.taggers import Classifier

_WORD: Final = re.compile(r"\w+|[^\w\s]")
_LEAST: Final = 0.5
_OVERLAP: Final = 4
"""One in so many tokens of a part is read again with the next one."""
_LONGEST_WORD: Final = 40
_BEGINS: Final = frozenset("BSU")


class TokenTagger:
    """Reads a text in overlapping parts that fit. ValueError where the graph gives another shape than it should."""

    def __init__(self, given: Classifier) -> None:
        self._graph = Graph(given.graph)
        self._tokens = Tokens(given.tokenizer)
        self._labels = given.labels
        self._most = given.limit - len(self._tokens("").ids)
        if self._most < _OVERLAP:
            raise ValueError(f"the tagger takes {given.limit} tokens, too few to read with")

    def __call__(self, text: str) -> Iterator[Tagged]:
        """The names in each part; those of the overlaps twice."""
        for start, end in self._parts(text):
            part = text[start:end]
            encoded = self._tokens(part)
            logits = self._graph(
                input_ids=encoded.ids, attention_mask=encoded.attention_mask, token_type_ids=encoded.type_ids
            )
            if logits.shape != (1, len(encoded.ids), len(self._labels)):
                raise ValueError(f"the tagger gave the shape {logits.shape}")
            for one in names(part, encoded.offsets, _shares(logits[0]), self._labels):
                yield one.moved(start)

    def _parts(self, text: str) -> Iterator[tuple[int, int]]:
        """Code points of parts that fit; each begins with a word in the last quarter of the one before."""
        places = _places(self._tokens(text).offsets)
        first = 0
        while first < len(places):
            start = _word_start(text, places[first][0])
            last = min(len(places), first + self._most)
            while last - first > 1 and self._size(text[start : places[last - 1][1]]) > self._most:
                last -= max(1, (last - first) // 8)  # what is cut elsewhere may have other tokens
            yield start, places[last - 1][1]
            if last == len(places):
                return
            first = max(first + 1, last - (last - first) // _OVERLAP)

    def _size(self, part: str) -> int:
        return len(_places(self._tokens(part).offsets))


def names(text: str, offsets: Sequence[tuple[int, int]], shares: Floats, labels: Sequence[str]) -> Iterator[Tagged]:
    """The names in a text; `shares` is (tokens, labels). A word is what its first token says: most are trained so.

    Words of one entity beside one another are one name, unless the second's label begins another one of its kind.
    """
    parts = [part_of(label) for label in labels]
    columns: dict[str, list[int]] = {}
    for n, (_, called) in enumerate(parts):
        if entity := entity_of(called):
            columns.setdefault(entity, []).append(n)
    group: list[tuple[int, int, float]] = []
    entity, kind = "", ""
    for start, end, token in _first_tokens(text, offsets):
        sure, label = max((float(shares[token, columns[one]].sum()), one) for one in columns)
        part, called = parts[max(columns[label], key=lambda n: float(shares[token, n]))]
        counts = sure >= _LEAST
        begins = label != entity or (part in _BEGINS and called == kind) or not _beside(text, group, start)
        if group and (begins or not counts):
            yield _named(group, entity)
            group = []
        if counts:
            group.append((start, end, sure))
            entity, kind = label, called
    if group:
        yield _named(group, entity)


def _beside(text: str, group: Sequence[tuple[int, int, float]], start: int) -> bool:
    return bool(group) and text[group[-1][1] : start] in ("", " ")


def _named(group: Sequence[tuple[int, int, float]], entity: str) -> Tagged:
    return Tagged(group[0][0], group[-1][1], entity, sum(sure for *_, sure in group) / len(group))


def _first_tokens(text: str, offsets: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Words and signs as code points, each with its first token: the one that its first character is in, or where a
    tokenizer lets the blank before a word be a token, that one.
    """
    tokens = [(low, high, n) for n, (low, high) in enumerate(offsets) if high > low]
    at = 0
    for word in _WORD.finditer(text):
        start, end = word.span()
        while at < len(tokens) and tokens[at][1] <= start:
            at += 1
        if at < len(tokens) and tokens[at][0] <= start:
            blank = at > 0 and tokens[at - 1][1] == start and text[tokens[at - 1][0] : start].isspace()
            yield start, end, tokens[at - 1 if blank else at][2]


def _places(offsets: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of the tokens that stand for something in the text."""
    return [(low, high) for low, high in offsets if high > low]


def _word_start(text: str, at: int) -> int:
    start = at
    while start and at - start < _LONGEST_WORD and not text[start - 1].isspace():
        start -= 1
    return start if not start or text[start - 1].isspace() else at


def _shares(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares
