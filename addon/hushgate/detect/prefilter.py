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

_LONG: Final = 16

type Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Promise:
    """Rules by index with the windows to look in, gates by index, and what went wrong."""

    windows: dict[int, list[Window]] = field(default_factory=dict)
    gates: frozenset[int] = frozenset()
    faults: tuple[Fault, ...] = ()


class Prefilter:
    """Built once from the compiled rules. Refused where RE2's memory does not suffice."""

    __slots__ = ("_end", "_filter", "_gates", "_long", "_needs", "_pattern_of", "_rest", "_sentinel", "_spoken_of")

    def __init__(self, rules: Sequence[Ready], gates: Sequence[str]) -> None:
        options = re2.Options()
        options.max_mem = MAX_MEMORY
        options.log_errors = False
        options.never_capture = True
        # A pattern in which the filter finds no literal is promised for the empty text too.
        probe = re2.Filter()
        for each in rules:
            probe.Add(each.regex.pattern, options)
        probe.Add(re2.escape(_SENTINEL), options)
        probe.Compile()
        self._rest = tuple(sorted(probe.Match(b"", potential=True) or ()))
        self._filter = re2.Filter()
        self._pattern_of = {
            self._filter.Add(each.regex.pattern, options): index
            for index, each in enumerate(rules)
            if index not in self._rest
        }
        # An automaton out of memory looks like "no match". This literal is put behind every
        # block, so its absence tells the one from the other.
        self._sentinel = self._filter.Add(re2.escape(_SENTINEL), options)
        self._filter.Compile()
        self._gates = re2.Set.SearchSet(options)
        for gate in (*gates, f"[A-Za-z0-9+/_-]{{{_LONG}}}", r"\z"):
            self._gates.Add(gate.encode())
        self._long, self._end = len(gates), len(gates) + 1
        # Keywords are looked for here: the filter leaves out literals of one or two characters.
        self._spoken_of: dict[tuple[bytes, ...], int] = {}
        for words in dict.fromkeys(each.keywords for each in rules if each.keywords):
            self._spoken_of[words] = self._gates.Add(b"(?i:" + b"|".join(map(re2.escape, words)) + b")")
        self._gates.Compile()
        # What a rule needs of a page: digits, a long run, the gate of its keywords.
        self._needs = tuple(
            (each.digits, each.run >= _LONG, self._spoken_of[each.keywords] if each.keywords else self._end)
            for each in rules
        )
        if self(Page([""])).faults:
            raise Refused("the rules' literals do not fit RE2's memory")

    def __call__(self, page: Page) -> Promise:
        """Look once over the page."""
        data = page.data
        hit_gates = self._gates.Match(data)
        if hit_gates is None or self._end not in hit_gates:
            return Promise(faults=(Fault("detect:prefilter", "out of memory"),))
        gates = frozenset(hit_gates)
        digits = len(data) - len(data.translate(None, b"0123456789"))
        lengthy = self._long in gates
        needs = self._needs
        windows: dict[int, list[Window]] = {}
        size = len(data)
        step = size + 1 if size <= BLOCK + OVERLAP else BLOCK
        for start in range(0, max(size, 1), step):
            end = min(size, start + step)
            hit = self._filter.Match(data[start : end + OVERLAP] + _SENTINEL, potential=True)
            if hit is None or self._sentinel not in hit:
                return Promise(faults=(Fault("detect:prefilter", "out of memory"),))
            for entry in hit:
                if entry == self._sentinel:
                    continue
                index = self._pattern_of[entry]
                least, long, spoken = needs[index]
                if digits < least or (long and not lengthy) or spoken not in gates:
                    continue
                spans = windows.setdefault(index, [])
                if spans and spans[-1][1] == start:
                    spans[-1] = (spans[-1][0], end)
                else:
                    spans.append((start, end))
        for index in self._rest:
            least, long, spoken = needs[index]
            if digits >= least and (lengthy or not long) and spoken in gates:
                windows[index] = [(0, size)]
        return Promise(windows, frozenset(g for g in gates if g < self._long))
