"""Rules that count beside a word alone, at the end of a text that goes on: the word may be still to come.

The prefilter looks for them where the word stands, so a stream would let go of
`AB1234567 is my` before it hears of the passport.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import batched
from typing import Final

from hushgate.detect.compiled import Ready
from hushgate.detect.expressions import in_lines, pattern_set

_RULES: Final = 20
"""Rules of one set: larger ones have automata that grow out of hand."""
_WIDEST: Final = 256
"""Bytes of a value, beside those in which its word may come."""
_BYTES: Final = 4
"""Of a character, at most."""

type Window = tuple[int, int]


class Awaiting:
    """Built once from the compiled rules."""

    __slots__ = ("_reach", "_sets")

    def __init__(self, rules: Sequence[Ready]) -> None:
        waiting = [n for n, each in enumerate(rules) if each.rule.context_required]
        self._reach = _WIDEST + _BYTES * max((rules[n].rule.context_window for n in waiting), default=0)
        self._sets = [
            (some, pattern_set([in_lines(rules[n].pattern) for n in some])) for some in batched(waiting, _RULES)
        ]

    def __call__(self, data: bytes) -> dict[int, Window]:
        """The rules that match near the end, by index, and the bytes to look in."""
        size = len(data)
        low = max(0, size - self._reach)
        last = data[low:]
        found: dict[int, Window] = {}
        for some, together in self._sets:
            hit = together.matching(last)
            found.update((some[at], (low, size)) for at in (range(len(some)) if hit is None else hit))
        return found
