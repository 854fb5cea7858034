"""One cheap pass that says which rules can match at all, and where.

The pass looks for literals: those that a rule's pattern cannot match without
(RE2's FilteredRE2 finds them) and its keywords. All patterns in one automaton
would be simpler, but on random text it has a new state for nearly every byte:
0.05 MB/s on lock files with 190 rules, against 25 to 300 MB/s for literals.
Patterns without a literal of their own (numbers, mostly) are run as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import re2

from hushgate.detect.compiled import MAX_MEMORY, Ready, Refused
from hushgate.detect.page import Page
from hushgate.values import Fault

BLOCK: Final = 64 * 1024
"""Bytes taken at once, so that a rule is confirmed only near what it needs."""
OVERLAP: Final = 16 * 1024
"""Bytes a match may reach over a block's end and still be seen whole."""

_SENTINEL: Final = b"\n\x00~end~"

type Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Promise:
    """Rules by index with the windows to look in, gates by index, and what went wrong."""

    windows: dict[int, list[Window]] = field(default_factory=dict)
    gates: frozenset[int] = frozenset()
    faults: tuple[Fault, ...] = ()


class Prefilter:
    """Built once from the compiled rules. Refused where RE2's memory does not suffice."""

    __slots__ = ("_always", "_digits", "_filter", "_gates", "_pattern_of", "_sentinel", "_spoken_of", "_with_keywords")

    def __init__(self, rules: Sequence[Ready], gates: Sequence[str]) -> None:
        options = re2.Options()
        options.max_mem = MAX_MEMORY
        options.log_errors = False
        options.never_capture = True
        self._filter = re2.Filter()
        self._pattern_of: dict[int, int] = {}
        self._spoken_of: dict[int, int] = {}
        for index, each in enumerate(rules):
            self._pattern_of[self._filter.Add(each.regex.pattern, options)] = index
            if each.keywords:
                words = b"|".join(re2.escape(word) for word in each.keywords)
                self._spoken_of[self._filter.Add(b"(?i:" + words + b")", options)] = index
        # An automaton out of memory looks like "no match". This literal is put behind every
        # block, so its absence tells the one from the other.
        self._sentinel = self._filter.Add(re2.escape(_SENTINEL), options)
        self._filter.Compile()
        self._digits = frozenset(i for i, each in enumerate(rules) if each.digits)
        self._with_keywords = frozenset(self._spoken_of.values())
        options.max_mem = MAX_MEMORY
        self._gates = re2.Set.SearchSet(options)
        for gate in (*gates, "[0-9]", r"\z"):
            self._gates.Add(gate.encode())
        self._gates.Compile()
        self._always = len(gates)
        if self(Page([""])).faults:
            raise Refused("the rules' literals do not fit RE2's memory")

    def __call__(self, page: Page) -> Promise:
        """Look once over the page."""
        gates = self._gates.Match(page.data)
        if gates is None or self._always + 1 not in gates:
            return Promise(faults=(Fault("detect:prefilter", "out of memory"),))
        windows: dict[int, list[Window]] = {}
        spoken: set[int] = set()
        size = len(page.data)
        step = size + 1 if size <= BLOCK + OVERLAP else BLOCK
        for start in range(0, max(size, 1), step):
            end = min(size, start + step)
            hit = self._filter.Match(page.data[start : end + OVERLAP] + _SENTINEL, potential=True)
            if hit is None or self._sentinel not in hit:
                return Promise(faults=(Fault("detect:prefilter", "out of memory"),))
            for entry in hit:
                index = self._spoken_of.get(entry)
                if index is not None:
                    spoken.add(index)
                elif (index := self._pattern_of.get(entry)) is not None:
                    spans = windows.setdefault(index, [])
                    if spans and spans[-1][1] == start:
                        spans[-1] = (spans[-1][0], end)
                    else:
                        spans.append((start, end))
        lacking = self._with_keywords - spoken
        if self._always not in gates:
            lacking |= self._digits
        for index in lacking & windows.keys():
            del windows[index]
        return Promise(windows, frozenset(g for g in gates if g < self._always))
