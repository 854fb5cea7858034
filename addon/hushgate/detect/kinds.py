"""What a rule needs beside its literals, by which it is looked for: a long run, a digit, or nothing.

A rule of a kind is looked for round such runs alone. How far round them follows from its pattern: a literal of it, or
the word that has to stand beside its value, is no farther from the run than a match may reach.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from hushgate.detect.compiled import Ready
from hushgate.detect.literals import DIGIT, FOREIGN
from hushgate.detect.widths import most

RUNS: Final = (14, 20, 32, 44)
"""Sizes of runs of token characters that rules are told apart by."""
_FARTHEST: Final = 256
"""Bytes round a run in which words are looked for; rules that may reach farther are looked for everywhere."""
_SHORT: Final = 3
"""Letters of a literal that stands in more texts than the words beside a value do."""


class Kind(IntEnum):
    """Where rules are looked for: anywhere, or round what each of their matches holds."""

    ANYWHERE = 0
    DIGIT = 1
    RUN = 2


@dataclass(frozen=True, slots=True)
class Near:
    """A rule that counts beside a word alone.

    By index; digits it needs, code points between word and value, the widest match in bytes, and whether the word has
    to be whole.
    """

    index: int
    digits: int
    between: int
    width: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A rule's kind, the bytes round a run in which its words stand, and whether the areas are its windows."""

    kind: Kind
    reach: int
    by_area: bool


def placed(each: Ready, near: Iterable[Near]) -> Placed:
    """How a rule is looked for."""
    kind = _kind(each)
    if near:
        beside = most(one.between + one.width for one in near) or 0
        return Placed(kind, beside, False) if beside <= _FARTHEST else Placed(Kind.ANYWHERE, 0, False)
    texts = {literal.text for literal in each.literals}
    if kind is Kind.ANYWHERE:
        return Placed(kind, each.width or 0, each.width is not None and not texts)
    if each.width is not None and (not texts or DIGIT in texts or FOREIGN in texts):
        return Placed(kind, each.width, True)
    reach = most(size for literal in each.literals for size in (literal.before, literal.after)) if texts else None
    if reach is None or reach > _FARTHEST or texts & {DIGIT, FOREIGN}:
        return Placed(Kind.ANYWHERE, 0, False)
    return Placed(kind, reach, False)


def _kind(each: Ready) -> Kind:
    if each.run >= RUNS[0]:
        return Kind.RUN
    return Kind.DIGIT if each.digits else Kind.ANYWHERE


def beside(index: int, each: Ready) -> list[tuple[bytes, Near]]:
    """The words round which a rule is looked for; none for one that also counts elsewhere, or has better literals."""
    rule = each.rule
    words = [word for word in each.keywords if len(word) > 1]
    if not rule.context_required or len(words) != len(each.keywords):
        return []
    if each.literals and all(len(x.text) > _SHORT for x in each.literals):
        return []
    told = [word.encode() for word in rule.context_words]
    width = each.widest
    if width is None or not all(any(word in one for word in words) for one in told):
        return []
    return [
        (word, Near(index, each.digits, rule.context_window, width, all(_whole_in(word, one) for one in told)))
        for word in words
    ]


def _whole_in(word: bytes, phrase: bytes) -> bool:
    """Whether a word stands in a phrase as a whole word, or not at all."""
    at = phrase.find(word)
    while at >= 0:
        if phrase[max(0, at - 1) : at].isalnum() or phrase[at + len(word) : at + len(word) + 1].isalnum():
            return False
        at = phrase.find(word, at + 1)
    return True
