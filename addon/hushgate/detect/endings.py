"""Values that may go on behind a text's end: sets say which rules may have begun one there, their patterns where.

Only streams ask, so nothing is compiled before the first one does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from hushgate.detect.expressions import PatternSet, compile_pattern, pattern_set
from hushgate.detect.partial import under_way
from hushgate.detect.shared import Shared
from hushgate.errors import Unscannable
from hushgate.turns import Steps, made

_REACH: Final = 128 * 1024
"""Code points at the end that are looked at."""
_TOGETHER: Final = 16
"""Patterns of one set, at most. All in one take twice as long on fresh text, and twice the memory."""
_EFFORT: Final = 2500
"""What one set may take to be compiled, see `_effort`: 10 to 20 ms, in which nobody else runs."""
_FEW: Final = 30
"""Copies that cost nothing to speak of."""
_COUNTED: Final = re.compile(r"\{\d+,(\d+)\}")
_WRAPPED: Final = r"(?:[A-Za-z0-9+/]{60,}(?:\r?\n[A-Za-z0-9+/]*)*)"


class _Begun:
    """The beginnings of one pattern's matches, to be found at a text's end. `written`: None where none has to wait."""

    __slots__ = ("__weakref__", "_compiled", "written")

    def __init__(self, way: str | None) -> None:
        self.written = None if way is None else rf"{way}\z"
        self._compiled: Any = None

    def first(self, last: bytes) -> int | None:
        """Where the first of them begins, or its value."""
        if self._compiled is None:
            assert self.written is not None  # noqa: S101  the set would not have told of it
            self._compiled = compile_pattern(self.written, lines=False)
        found = self._compiled.search(last)
        if found is None:
            return None
        begins: list[int] = [start for start, _ in map(found.span, range(1, self._compiled.groups + 1)) if start >= 0]
        return min(begins, default=int(found.start()))


_begun: Final[Shared[str, _Begun]] = Shared(lambda pattern: _Begun(under_way(pattern)))


class Endings:
    """The beginnings of all matches that may hold white space; of others a stream holds back the last run anyway."""

    __slots__ = ("__weakref__", "_every", "_patterns", "_sets")

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(patterns)
        self._every: list[_Begun] = []
        self._sets: list[tuple[list[_Begun], PatternSet]] = []

    def under_way(self, text: str) -> int:
        """The first code point of a value that may go on behind the text's end; the text's length if there is none."""
        if not self._sets:
            made(self.making())
        last = text[-_REACH:].encode("utf-8", "replace")
        low = len(last)
        for some, together in self._sets:
            hit = together.matching(last)
            if hit is None:
                raise Unscannable("detect:stream: out of memory")
            for index in hit:
                found = some[index].first(last)
                if found is not None and found < low:
                    low = found
        return len(text) - len(last[low:].decode("utf-8", "ignore"))

    def making(self) -> Steps[None]:
        """Compile them, step by step, those that no other engine has."""
        if self._sets:
            return
        every: list[_Begun] = []
        for pattern in self._patterns:
            every.append(_begun(pattern))
            yield
        every.append(_Begun(_WRAPPED))
        sets: list[tuple[list[_Begun], PatternSet]] = []
        for some in _together([one for one in every if one.written is not None]):
            together = pattern_set([one.written or "" for one in some])
            together.compile()
            sets.append((some, together))
            yield
        self._every, self._sets = every, sets


def _together(every: Iterable[_Begun]) -> list[list[_Begun]]:
    """Patterns by set, in their order: where one is another, the sets before it are the same."""
    sets: list[list[_Begun]] = []
    left = 0.0
    for one in every:
        effort = _effort(one.written or "")
        if not sets or effort > left or len(sets[-1]) == _TOGETHER:
            sets.append([])
            left = _EFFORT
        sets[-1].append(one)
        left -= effort
    return sets


def _effort(pattern: str) -> float:
    """RE2 makes a copy of what is repeated for each time that is counted."""
    return len(pattern) / 60 + sum(count for count in map(int, _COUNTED.findall(pattern)) if count > _FEW)
