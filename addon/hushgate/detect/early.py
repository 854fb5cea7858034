"""Words that a stream lets go although more of a value may follow them.

Nobody knows of a word at the end of a text whether it goes on: ` the` may turn
into ` theory`, or into `theo@acme.example`. To wait is to be a token behind
all the time, since language models put the space before the word. So a word of
everyday text (`everyday`) that stands behind white space goes at once, unless

- it begins a value of a rule that must not lose its beginning;
- what stands before it leads to a value: behind `password: ` any word is held.

A rule may lose its beginning where its values are told by their own form, and
a common word at their front is none of what they hide: see `_by_itself`. Such
a value is masked from behind the word on, in every stream and however it is
cut: the words are a matter of the text before their end alone.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any, Final

import re2
from ahocorasick_rs import BytesAhoCorasick, Implementation

from hushgate.detect import everyday
from hushgate.detect.expressions import MAX_MEMORY, compile_pattern
from hushgate.detect.labels import CATEGORY as LABEL
from hushgate.detect.layers import DEPTH, decoded, present
from hushgate.detect.literals import DIGIT, FOREIGN, required
from hushgate.detect.page import Page
from hushgate.detect.partial import Beginnings, beginnings, in_class, is_letter
from hushgate.detect.rules import Rule
from hushgate.turns import Steps, made

REACH: Final = 256
"""Code points before a word's end in which a rule's context is seen."""

_SECRET: Final = 24
"""Characters that a secret has at least, if it may lose a word at its front."""
_LONG: Final = 12
"""The same of values that need nothing but letters."""
_FREE: Final = 3
"""Characters that a rule leaves open, at least, where it spells how its values begin: less is a list of words."""
_RUN: Final = re.compile(rf"(?<!\S)[A-Za-z]{{2,{everyday.LONGEST}}},?")
_LAST: Final = re.compile(rf"{_RUN.pattern}\Z")
_TEXTUAL: Final = frozenset({"escape", "percent", "entity", "foreign"})
"""Encodings under which a text goes on as it is read: what they hide may lead to a word."""


class Early:
    """Which words may go, by a set of rules. `words` are those that no rule begins with.

    None may where values are `known` one by one: any word could begin one.
    """

    __slots__ = ("_led", "words")

    def __init__(self, words: frozenset[str], led: _Led) -> None:
        self.words = words
        self._led = led

    @classmethod
    def of(cls, rules: Sequence[Rule], *, known: bool = False) -> Early:
        """Made at once."""
        return made(cls.making(rules, known=known))

    @classmethod
    def making(cls, rules: Sequence[Rule], *, known: bool = False) -> Steps[Early]:
        """Made step by step: it takes a second or two of all rules."""
        alone: list[str] = []
        led: list[tuple[str, str]] = []
        for rule in rules:
            yield
            if rule.category == LABEL:
                continue  # It is never masked, so nothing of it has to wait.
            begun = None if rule.backtracking else beginnings(rule.pattern, rule.group)
            if begun is None:
                led.append((r"(?s:.*)", _spoken(rule)))
            elif _by_itself(rule, begun):
                continue
            elif begun.led:
                led.append((begun.value, begun.reached))
            else:
                within = rule.boundary in ("none", "digit")  # Such a value may begin inside of the word.
                alone.append(rf"(?s:.*){begun.value}" if within else begun.value)
        words = frozenset(_unmatched(alone, () if known else _forms()))
        yield
        values = _set([value for value, _ in led])
        near = sorted({n for word in words for n in values.Match(word.encode()) if n < len(led)})
        yield
        patterns = [led[n][1] for n in near]
        texts: list[frozenset[bytes]] = []
        for pattern in patterns:
            texts.append(frozenset(literal.text for literal in required(pattern)))
            yield
        return cls(words, _Led(patterns, texts))

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


class _Led:
    """Patterns of what leads to a value, and its beginning. Those are tried whose `literals` stand in the text: few."""

    __slots__ = ("_always", "_literals", "_of", "_patterns")

    def __init__(self, patterns: Sequence[str], literals: Sequence[Collection[bytes]]) -> None:
        self._patterns: list[Any] = [rf"{pattern}\z" for pattern in patterns]
        self._always: list[int] = []
        of: dict[bytes, list[int]] = {}
        for number, texts in enumerate(literals):
            if not texts or DIGIT in texts or FOREIGN in texts:
                self._always.append(number)
                continue
            for text in texts:
                of.setdefault(text, []).append(number)
        self._of = list(of.values())
        self._literals = BytesAhoCorasick(list(of), implementation=Implementation.DFA)

    def end_with_value(self, data: bytes) -> bool:
        """Whether a match of one ends with the text."""
        found = self._literals.find_matches_as_indexes(data.lower(), overlapping=True)
        tried = {number for literal, _, _ in found for number in self._of[literal]}
        return any(self._compiled(number).search(data) for number in (*self._always, *tried))

    def _compiled(self, number: int) -> Any:
        pattern = self._patterns[number]
        if isinstance(pattern, str):
            pattern = self._patterns[number] = compile_pattern(pattern, capture=False, lines=False)
        return pattern


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


def _unmatched(patterns: Sequence[str], words: Iterable[str]) -> list[str]:
    fitting = _set(patterns)
    return [word for word in words if fitting.Match(word.encode()) == [len(patterns)]]


def _set(patterns: Sequence[str]) -> Any:
    """All patterns, for whole texts, and behind them one that always matches: else there was no memory left."""
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    options.never_capture = True
    fitting = re2.Set.FullMatchSet(options)
    for pattern in (*patterns, r"(?s:.*)"):
        fitting.Add(pattern.encode())
    fitting.Compile()
    return fitting


# Rules that may lose a word ----------------------------------------------------------------------------------------


def _by_itself(rule: Rule, begun: Beginnings) -> bool:
    """Whether the rule's values are told by their own form, of which a common word at the front says next to nothing.

    Nothing leads to them, they are no list of words, and they hold something else than letters (`theo@acme.example`,
    `in1234567`) or at least a dozen in one run. A secret has two dozen characters.
    """
    least = _least(begun.items)
    if begun.led > 1 or (rule.category == "secret" and least < _SECRET):
        return False
    if not _open(begun.items) and _least(begun.items, fixed=0) < _FREE:
        return False
    return _others(begun.items) > 0 or (least >= _LONG and not _has_space(begun.items))


def _open(items: Any) -> bool:
    """May a value begin with any character of a set?"""
    for code, arg in items:
        if code is op.IN or (code is op.BRANCH and any(map(_open, arg[1]))):
            return True
        inside = arg[3] if code is op.SUBPATTERN else arg[2] if code in (op.MAX_REPEAT, op.MIN_REPEAT) else ()
        if _open(inside):
            return True
        if _least([(code, arg)]):
            return False
    return False


def _least(items: Any, fixed: int = 1) -> int:
    """Characters of the shortest match; one that the pattern spells counts as `fixed`."""
    total = 0
    for code, arg in items:
        if code is op.BRANCH:
            total += min(_least(branch, fixed) for branch in arg[1])
        elif code is op.SUBPATTERN:
            total += _least(arg[3], fixed)
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT):
            total += arg[0] * _least(arg[2], fixed)
        elif code is not op.AT:
            total += fixed if code is op.LITERAL and not in_class(arg) else 1
    return total


def _others(items: Any) -> int:
    """How many characters of every match are neither letters nor white space, at least."""
    total = 0
    for code, arg in items:
        if code is op.LITERAL:
            total += _other(arg)
        elif code is op.IN:
            total += all(
                (kind is op.LITERAL and _other(what))
                or (kind is op.RANGE and what[1] < 0x80 and all(map(_other, range(what[0], what[1] + 1))))
                or (kind is op.CATEGORY and what is op.CATEGORY_DIGIT)
                for kind, what in arg
            )
        elif code is op.BRANCH:
            total += min(map(_others, arg[1]))
        elif code is op.SUBPATTERN:
            total += _others(arg[3])
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT):
            total += arg[0] * _others(arg[2])
    return total


def _other(point: int) -> bool:
    return not is_letter(point) and not chr(point).isspace()


def _has_space(items: Any) -> bool:
    for code, arg in items:
        if code in (op.ANY, op.NOT_LITERAL) or (code is op.LITERAL and chr(arg).isspace()):
            return True
        if code is op.IN and (arg[0][0] is op.NEGATE or any(_spaced(kind, what) for kind, what in arg)):
            return True
        inside = arg[1] if code is op.BRANCH else [arg[3]] if code is op.SUBPATTERN else ()
        if code in (op.MAX_REPEAT, op.MIN_REPEAT):
            inside = [arg[2]]
        if any(map(_has_space, inside)):
            return True
    return False


def _spaced(kind: Any, what: Any) -> bool:
    if kind is op.LITERAL:
        return chr(what).isspace()
    if kind is op.RANGE:
        return bool(what[0] <= 32 <= what[1])
    return what not in (op.CATEGORY_DIGIT, op.CATEGORY_WORD)
