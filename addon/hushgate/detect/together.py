"""Rules that are looked for in the same places, looked for together: one RE2 set says which of them match there.

A set costs what two searches cost, for up to twenty rules. Its automaton grows with its rules' product on random
text, so sets are small; and since they forget what they saw at the end of each piece of text, their automata stay
small. A set is built when it is first used.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from hushgate.detect.areas import Window, widened
from hushgate.detect.compiled import Ready
from hushgate.detect.expressions import in_lines, pattern_set

_RULES: Final = 20
"""Rules of one set."""
_FEW: Final = 4
"""Rules of a set that are searched for one by one sooner than by the set."""
_PIECE: Final = 4096
"""Bytes at whose beginnings one call of a set looks; it reads on for as long as a match may take to settle."""
_AROUND: Final = 4
"""Bytes beside a piece that count for line edges and word edges."""
_SHORT, _LONG = 128, 1280
"""Widths of rules that are in sets together."""


class Together:
    """Rules by index, each of a bounded width."""

    __slots__ = ("_alone", "_sets")

    def __init__(self, rules: Sequence[Ready], chosen: Collection[int]) -> None:
        width = {n: rules[n].width or 0 for n in chosen}
        short = [n for n in chosen if width[n] <= _SHORT]
        long = [n for n in chosen if _SHORT < width[n] <= _LONG]
        self._sets = [
            _Set(rules, some[at : at + _RULES]) for some in (short, long) for at in range(0, len(some), _RULES)
        ]
        self._alone = [(n, width[n]) for n in chosen if width[n] > _LONG]

    def look(self, data: bytes, spans: Sequence[Window], wanted: Collection[int]) -> dict[int, list[Window]]:
        """Windows of the wanted rules: each match that touches one of the spans begins and settles in one, in order."""
        size = len(data)
        found = {n: widened(spans, width, width, size) for n, width in self._alone if n in wanted}
        for each in self._sets:
            rules = [n for n in each.rules if n in wanted]
            if len(rules) < _FEW:
                for n in rules:
                    found[n] = widened(spans, each.widths[n], each.widths[n], size)
            else:
                windows = each.match(data, spans)
                for n in rules:
                    if n in windows:
                        found[n] = windows[n]
        return found


class Whole:
    """Rules by index that are looked for in most of a page: those that match nowhere are dropped."""

    __slots__ = ("_sets",)

    def __init__(self, rules: Sequence[Ready], chosen: Sequence[int]) -> None:
        self._sets = [_Set(rules, chosen[at : at + _RULES]) for at in range(0, len(chosen), _RULES)]

    def narrow(self, data: bytes, windows: dict[int, list[Window]]) -> None:
        """Take from the windows those of rules that match nowhere on the page."""
        half = len(data) // 2
        if len(data) < _PIECE:
            return
        for each in self._sets:
            rules = [n for n in each.rules if n in windows and _total(windows[n]) > half]
            if len(rules) >= _FEW:
                matching = each.matching(data)
                for n in rules:
                    if n not in matching:
                        del windows[n]


def _total(windows: Sequence[Window]) -> int:
    return sum(high - low for low, high in windows)


class _Set:
    __slots__ = ("_set", "_width", "rules", "widths")

    def __init__(self, rules: Sequence[Ready], chosen: Sequence[int]) -> None:
        self.rules = tuple(chosen)
        self.widths = {n: rules[n].width or 0 for n in chosen}
        self._width = max(self.widths.values())
        self._set = pattern_set([in_lines(rules[n].pattern) for n in chosen])

    def match(self, data: bytes, spans: Sequence[Window]) -> dict[int, list[Window]]:
        """Rules by index, with the pieces in which a match begins and settles, in order."""
        size, width = len(data), self._width
        found: dict[int, list[Window]] = {}
        for start, end in widened(spans, width, width, size):
            for low in range(start, end, _PIECE):
                high = min(low + _PIECE + width, end)
                for n in self.matching(data[max(0, low - _AROUND) : high + _AROUND]):
                    found.setdefault(n, []).append((low, high))
                if high == end:
                    break
        return found

    def matching(self, text: bytes) -> Collection[int]:
        """The rules that match in the text; all of them where there is not memory enough to say."""
        hit = self._set.matching(text)
        return self.rules if hit is None else [self.rules[at] for at in hit]
