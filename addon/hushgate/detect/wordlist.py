"""Long word lists: any of many words and phrases, whole and in whatever case, by one automaton (Aho and Corasick 1975).

A pattern of a few thousand alternatives is more than RE2's automata can hold; this costs the same for any number.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from hushgate.detect.compiled import Check, Ready, judging_alone
from hushgate.detect.rules import Rule
from hushgate.detect.shared import Shared

_BLOCK: Final = 16 * 1024
"""Bytes of a page in which words are looked for at a time: each match costs 100 bytes until it is judged."""
_ALNUM: Final = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyz")


class Words:
    """Words and phrases; a blank in one stands for a blank or a line's end."""

    __slots__ = ("__weakref__", "_automaton", "_longest", "_phrases")

    def __init__(self, words: Sequence[str]) -> None:
        forms = sorted({form for word in words for form in _forms(word)})
        self._longest = max(map(len, forms))
        self._automaton = BytesAhoCorasick(forms, implementation=Implementation.ContiguousNFA)
        self._phrases = sorted({" ".join(word.lower().split()) for word in words if len(word.split()) > 1})

    def spans(self, lower: bytes) -> Iterator[tuple[int, int]]:
        """Where words stand in bytes of which the ASCII letters are small: by their beginnings, longer ones first."""
        size = len(lower)
        for at in range(0, size, _BLOCK):
            part = lower if size <= _BLOCK else lower[at : at + _BLOCK + self._longest]
            found = self._automaton.find_matches_as_indexes(part, overlapping=True)
            near = [(at + start, at + end) for _, start, end in found if start < _BLOCK]
            for start, end in sorted(near, key=lambda span: (span[0], -span[1])):
                if not (start and lower[start - 1] in _ALNUM and lower[start] in _ALNUM):
                    yield start, end

    def under_way(self, text: str) -> int:
        """The first code point of a phrase that may go on behind the text's end; the text's length if there is none."""
        size = len(text)
        low = max(0, size - self._longest)
        last = text[low:].lower()
        for start in range(len(last)):
            if start and last[start - 1].isalnum():
                continue
            begun = last[start:].replace("\n", " ")
            if begun[:1].isspace() or not begun:
                continue
            place = bisect_left(self._phrases, begun)
            if place < len(self._phrases) and self._phrases[place].startswith(begun):
                return low + start if len(last) == size - low else low
        return size


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule of a word list. `judged` is what it asks of a match, as of any other rule."""

    words: Words
    judged: Ready


_words = Shared(Words)


def listed(rule: Rule, extra: Mapping[str, Check]) -> Listed:
    """Make a rule of a word list ready; Refused for an unknown validator or filter."""
    return Listed(_words(rule.words), judging_alone(rule, extra))


def _forms(word: str) -> Iterator[bytes]:
    """A word as it may be written: ASCII letters in small ones, others in the cases that there are."""
    for form in {word, word.lower(), word.upper(), word.title()}:
        raw = form.encode("utf-8", "replace").lower()
        yield raw
        if b" " in raw:
            yield raw.replace(b" ", b"\n")
