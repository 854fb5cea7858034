"""Words that a stream lets go although more of a value may follow them.

Nobody knows of a word at the end of a text whether it goes on: ` the` may turn
into ` theory`, or into `theo@acme.example`. To wait is to be a token behind
all the time, since language models put the space before the word. So a word of
everyday text (`everyday`) that stands behind white space goes at once, unless

- it begins a value of a rule that must not lose its beginning;
- what stands before it leads to a value: behind `password: ` any word is held.

A rule may lose its beginning where its values are told by their own form, and
a common word at their front is none of what they hide: see `own_form`. Such
a value is masked from behind the word on, in every stream and however it is
cut: the words are a matter of the text before their end alone.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import batched, islice
from typing import Any, Final

import re2
from ahocorasick_rs import BytesAhoCorasick, Implementation

from hushgate.detect import everyday
from hushgate.detect.expressions import compile_pattern, pattern_set
from hushgate.detect.labels import CATEGORY as LABEL
from hushgate.detect.layers import DEPTH, decoded, present
from hushgate.detect.literals import DIGIT, FOREIGN, required
from hushgate.detect.own_form import by_itself
from hushgate.detect.page import Page
from hushgate.detect.partial import beginnings
from hushgate.detect.rules import Rule
from hushgate.detect.shared import Shared
from hushgate.turns import Steps, made

REACH: Final = 256
"""Code points before a word's end in which a rule's context is seen."""

_TOGETHER: Final = 24
"""Patterns that words are held against together: nobody else runs while they are compiled."""
_SAMPLE: Final = 64
"""Words one of which is the beginning of most values that may begin with any."""
_RUN: Final = re.compile(rf"(?<!\S)[A-Za-z]{{2,{everyday.LONGEST}}},?")
_LAST: Final = re.compile(rf"{_RUN.pattern}\Z")
_TEXTUAL: Final = frozenset({"escape", "percent", "entity", "foreign"})
"""Encodings under which a text goes on as it is read: what they hide may lead to a word."""


class Early:
    """Which words may go, by a set of rules. `words` are those that no rule begins with.

    None may where values are `known` one by one: any word could begin one.
    """

    __slots__ = ("__weakref__", "_begun", "_led", "words")

    def __init__(self, words: frozenset[str], led: _Led, begun: Sequence[_Begun] = ()) -> None:
        self.words = words
        self._led = led
        self._begun = begun  # kept for the engine that comes after this one

    @classmethod
    def of(cls, rules: Sequence[Rule], *, known: bool = False) -> Early:
        """Made at once."""
        return made(cls.making(rules, known=known))

    @classmethod
    def making(cls, rules: Sequence[Rule], *, known: bool = False) -> Steps[Early]:
        """Made step by step, of rules that no other engine has: it takes about a second of all."""
        if known:
            return cls(frozenset(), _Led(()))
        every: list[_Begun] = []
        for rule in rules:
            yield
            if rule.category != LABEL:  # It is never masked, so nothing of it has to wait.
                every.append(_begun(rule))
        yield from _begins_words([one for one in every if one.alone])
        yield from _may_be_words([one for one in every if one.value])
        taken = frozenset(word for one in every for word in one.words or ())
        near = list(dict.fromkeys(one for one in every if one.near))
        for one in near:
            one.needs()
            yield
        return cls(_forms() - taken, _Led(near), every)

    def __call__(self, text: str) -> bool:
        """May the word go that the text ends with? A matter of its last `REACH` code points."""
        last = _LAST.search(text, max(0, len(text) - everyday.LONGEST - 2))
        return last is not None and last.group() in self.words and not self._leads(text[-REACH:], DEPTH)

    def stops(self, text: str, at: int) -> list[int]:
        """Where words may have gone of the run of characters that a place stands in: their ends, the last one first."""
        start = at
        while start and not text[start - 1].isspace():
            start -= 1
        run = _RUN.match(text, start)
        if run is None:
            return []
        return [end for end in range(run.end(), start + 1, -1) if text[start:end] in self.words]

    def _leads(self, text: str, depth: int) -> bool:
        if self._led.end_with_value(text.encode("utf-8", "replace")):
            return True
        encodings = present(Page([text])) & _TEXTUAL if depth else frozenset[str]()
        return any(self._leads(layer.text, depth - 1) for layer in decoded(text, encodings))


class _Begun:
    """What the beginnings of one rule's matches say of words.

    `alone`: a pattern of values that nothing leads to; `words` are those that it matches. `value`: one of what begins
    values that something leads to, `reached`, with which a text ends then, and `near`: whether a value may begin with
    a word. `words` and `near` are None until they are known.
    """

    __slots__ = ("__weakref__", "_before", "_compiled", "_needs", "alone", "near", "reached", "value", "words")

    def __init__(self, rule: Rule) -> None:
        self.alone = self.value = self.reached = self._before = ""
        self.words: frozenset[str] | None = None
        self.near: bool | None = None
        self._needs: frozenset[bytes] | None = None
        self._compiled: Any = None
        begun = None if rule.backtracking or rule.words else beginnings(rule.pattern, rule.group)
        if begun is None:
            self.value, self.reached = r"(?s:.*)", _spoken(rule)
            self._before = self.reached
        elif by_itself(rule, begun):
            return
        elif begun.led:
            self.value, self.reached, self._before = begun.value, begun.reached, begun.before
        else:
            within = rule.boundary in ("none", "digit")  # Such a value may begin inside of the word.
            self.alone = rf"(?s:.*){begun.value}" if within else begun.value

    def needs(self) -> frozenset[bytes]:
        """Literals one of which stands in a text that ends with `reached`; none where that cannot be said."""
        if self._needs is None:
            self._needs = frozenset(literal.text for literal in required(self._before))
        return self._needs

    def ends(self, data: bytes) -> bool:
        """Whether a text ends with `reached`."""
        if self._compiled is None:
            self._compiled = compile_pattern(rf"{self.reached}\z", capture=False, lines=False)
        return self._compiled.search(data) is not None


_begun = Shared(_Begun)


def _begins_words(rules: Iterable[_Begun]) -> Steps[None]:
    """Finds the words that values begin with."""
    for some in batched([one for one in rules if one.words is None], _TOGETHER):
        fitting = pattern_set([one.alone for one in some], whole=True)
        found: list[list[str]] = [[] for _ in some]
        for word in _forms():
            hit = fitting.matching(word.encode())
            for number in range(len(some)) if hit is None else hit:
                found[number].append(word)
        for one, words in zip(some, found, strict=True):
            one.words = frozenset(words)
        yield


def _may_be_words(rules: Iterable[_Begun]) -> Steps[None]:
    """Finds out which values may begin with a word; most may with any."""
    left = [one for one in rules if one.near is None]
    for words in (list(islice(_forms(), _SAMPLE)), _forms()):
        still: list[_Begun] = []
        for some in batched(left, _TOGETHER):
            fitting = pattern_set([one.value for one in some], whole=True)
            met: set[int] = set()
            for word in words:
                hit = fitting.matching(word.encode())
                met.update(range(len(some)) if hit is None else hit)
                if len(met) == len(some):
                    break
            for number, one in enumerate(some):
                one.near = number in met
                if not one.near:
                    still.append(one)
            yield
        left = still


class _Led:
    """Patterns of what leads to a value, and its beginning. Those are tried whose literals stand in the text: few."""

    __slots__ = ("_always", "_literals", "_of", "_patterns")

    def __init__(self, patterns: Sequence[_Begun]) -> None:
        self._patterns = patterns
        self._always: list[int] = []
        of: dict[bytes, list[int]] = {}
        for number, one in enumerate(patterns):
            texts = one.needs()
            if not texts or DIGIT in texts or FOREIGN in texts:
                self._always.append(number)
                continue
            for text in texts:
                of.setdefault(text, []).append(number)
        self._of = list(of.values())
        self._literals = BytesAhoCorasick(list(of), implementation=Implementation.ContiguousNFA)

    def end_with_value(self, data: bytes) -> bool:
        """Whether a match of one ends with the text."""
        found = self._literals.find_matches_as_indexes(data.lower(), overlapping=True)
        tried = {number for literal, _, _ in found for number in self._of[literal]}
        return any(self._patterns[number].ends(data) for number in (*self._always, *tried))


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    """The words as they may stand in a text. None of them could be text in base64, as far as it goes."""
    plain = {form for word in everyday.words() for form in (word, word.capitalize()) if not _encodes(form)}
    return frozenset(plain | {f"{form}," for form in plain})


def _encodes(word: str) -> bool:
    if "g" <= word[0] <= "z":  # Its first byte would be no ASCII.
        return False
    sextets = len(word) - (len(word) % 4 == 1)
    raw = base64.b64decode(word[:sextets] + "=" * (-sextets % 4))
    return all(32 <= byte < 127 or byte in b"\t\r\n" for byte in raw)


def _spoken(rule: Rule) -> str:
    """For a pattern that cannot be taken apart: behind any of its keywords nothing goes early."""
    return rf"(?is:(?:{'|'.join(map(re2.escape, rule.keywords))}).*)" if rule.keywords else ""
