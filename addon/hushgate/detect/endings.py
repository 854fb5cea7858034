"""Values that may go on behind a text's end: one set says which rules may have begun one there, their patterns where.

Only streams ask, so nothing is compiled before the first one does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import re2

from hushgate.detect.expressions import MAX_MEMORY, compile_pattern
from hushgate.detect.partial import under_way
from hushgate.errors import Unscannable
from hushgate.turns import Steps, made

_REACH: Final = 128 * 1024
"""Code points at the end that are looked at."""
_END: Final = r"\z"
_WRAPPED: Final = r"(?:[A-Za-z0-9+/]{60,}(?:\r?\n[A-Za-z0-9+/]*)*)"


class Endings:
    """The beginnings of all matches that may hold white space; of others a stream holds back the last run anyway."""

    __slots__ = ("_any", "_patterns", "_ways")

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(patterns)
        self._any: Any = None
        self._ways: list[Any] = []

    def under_way(self, text: str) -> int:
        """The first code point of a value that may go on behind the text's end; the text's length if there is none."""
        if self._any is None:
            made(self.making())
        last = text[-_REACH:].encode("utf-8", "replace")
        low = len(last)
        hit = self._any.Match(last)
        if hit is None or len(self._ways) not in hit:  # the empty pattern always matches: no memory left
            raise Unscannable("detect:stream: out of memory")
        for index in hit:
            if index == len(self._ways):
                continue
            way = self._ways[index]
            if isinstance(way, str):
                way = self._ways[index] = compile_pattern(way, lines=False)
            found = way.search(last)
            if found is not None:
                begins = [s for s, _ in map(found.span, range(1, way.groups + 1)) if s >= 0]
                low = min([low, *(begins or [found.start()])])
        return len(text) - len(last[low:].decode("utf-8", "ignore"))

    def making(self) -> Steps[None]:
        """Compile them, step by step."""
        options = re2.Options()
        options.max_mem = MAX_MEMORY
        options.log_errors = False
        options.never_capture = True
        ways: list[Any] = []
        for pattern in self._patterns:
            if way := under_way(pattern):
                ways.append(way + _END)
            yield
        ways.append(_WRAPPED + _END)
        any_way = re2.Set.SearchSet(options)
        for way in (*ways, _END):
            any_way.Add(way.encode())
        any_way.Compile()
        self._ways, self._any = ways, any_way
