"""Rules that would be looked for in a whole page, narrowed to the blocks of it that they match in.

One RE2 set says of a block which of some twenty rules match there, in the time
that two searches take. The automaton of a set grows with its rules' product on
random text, so sets are small; and since they forget what they saw at the end
of a block, they stay small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import re2

from hushgate.detect.compiled import MAX_MEMORY, Ready, in_lines
from hushgate.detect.literals import DIGIT

_RULES: Final = 20
"""Rules of one set."""
_FEW: Final = 4
"""Rules of a set that are searched for one by one sooner than by the set."""
_BLOCK: Final = 4096
"""Bytes at whose beginnings one call of a set looks; it reads on for as long as a match may take to settle."""
_AROUND: Final = 4
"""Bytes beside a block that count for line edges and word edges."""
_SHORT, _LONG = 128, 1280
"""Widths of rules that are in sets together."""


class Blocks:
    """Built once from the compiled rules."""

    __slots__ = ("_sets",)

    def __init__(self, rules: Sequence[Ready]) -> None:
        wide = [n for n, each in enumerate(rules) if each.width is not None and _wide(each)]
        short = [n for n in wide if (rules[n].width or 0) <= _SHORT]
        long = [n for n in wide if _SHORT < (rules[n].width or 0) <= _LONG]
        self._sets = [
            _Set(rules, some[at : at + _RULES]) for some in (short, long) for at in range(0, len(some), _RULES)
        ]

    def narrow(self, data: bytes, windows: dict[int, list[tuple[int, int]]]) -> None:
        """Replace windows of whole pages by narrower ones; rules that match nowhere lose theirs."""
        size = len(data)
        if size < _BLOCK:
            return
        for each in self._sets:
            rules = [n for n in each.rules if n in windows and _covers(windows[n], size)]
            if len(rules) >= _FEW:
                found = each.match(data)
                for n in rules:
                    if n in found:
                        windows[n] = found[n]
                    else:
                        del windows[n]


class _Set:
    __slots__ = ("_reach", "_set", "_widths", "rules")

    def __init__(self, rules: Sequence[Ready], chosen: Sequence[int]) -> None:
        self.rules = tuple(chosen)
        self._widths = [rules[n].width or 0 for n in chosen]
        self._reach = max(self._widths) + _AROUND
        options = re2.Options()
        options.max_mem = MAX_MEMORY
        options.log_errors = False
        options.never_capture = True
        self._set: Any = re2.Set.SearchSet(options)
        for n in chosen:
            self._set.Add(in_lines(rules[n].pattern).encode())
        self._set.Add(b"")  # It always matches, unless there is no memory left.
        self._set.Compile()

    def match(self, data: bytes) -> Mapping[int, list[tuple[int, int]]]:
        """Rules by index, with the windows in which a match begins and settles, in order."""
        size = len(data)
        found: dict[int, list[tuple[int, int]]] = {}
        for low in range(0, size, _BLOCK):
            high = low + _BLOCK
            hit = self._set.Match(data[max(0, low - _AROUND) : high + self._reach])
            if hit is None:
                hit = range(len(self.rules))
            for at in hit:
                if at == len(self.rules):
                    continue
                rule, end = self.rules[at], min(size, high + self._widths[at])
                spans = found.setdefault(rule, [])
                if spans and spans[-1][1] >= low:
                    spans[-1] = (spans[-1][0], end)
                else:
                    spans.append((low, end))
        return found


def _wide(each: Ready) -> bool:
    """May the rule be looked for in a whole page? Most that need context are looked for beside its words."""
    if each.rule.context_required and each.keywords:
        return False
    return not each.literals or any(x.text == DIGIT or x.before is None or x.after is None for x in each.literals)


def _covers(windows: Sequence[tuple[int, int]], size: int) -> bool:
    return sum(end - start for start, end in windows) * 2 > size
