"""Regular expressions as RE2 compiles them: linear in the text, whatever pattern and text are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from threading import Lock
from typing import Any, Final

import re2

from hushgate.detect.shared import Shared

MAX_MEMORY: Final = 64 << 20
"""RE2's budget for one automaton, in bytes. What does not fit is refused when rules are compiled."""

_ABSOLUTE: Final = re.compile(r"(?:^|[^\\])(?:\\\\)*\\[Az]")


class Refused(ValueError):
    """A pattern that cannot be used; the message says why and holds the author's pattern only."""


def compile_pattern(pattern: str, *, capture: bool = True, lines: bool = True) -> Any:
    """RE2 over UTF-8; with `lines` in the mode that rules are written for: `^` and `$` are line edges."""
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    options.never_capture = not capture
    try:
        return re2.compile((in_lines(pattern) if lines else pattern).encode(), options)
    except re2.error as fault:
        text = fault.args[0] if fault.args else "unknown"
        raise Refused(text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)) from None


def in_lines(pattern: str) -> str:
    """The pattern with `^` and `$` at line edges: texts share a buffer, so text edges are line edges."""
    if _ABSOLUTE.search(pattern):
        raise Refused("\\A and \\z are not supported: use ^ and $, which match at line edges")
    return f"(?m:{pattern})"


def context_pattern(words: tuple[str, ...]) -> Any:
    """Any of the words, whole: between characters that are neither letters nor digits, in lower-case text."""
    choice = "|".join(re2.escape(word.lower()) for word in sorted(words, key=len, reverse=True))
    return compile_pattern(rf"(?:^|[^\pL\pN])(?:{choice})(?:$|[^\pL\pN])", capture=False)


def key_phrase(key: str) -> str:
    """A key as words: `cardNumber`, `card_number` and `CARD-NUMBER` become ` card number `."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", key[:128])
    return " " + re.sub(r"[^\w]+|_+", " ", spaced).lower().strip() + " "


class PatternSet:
    """Patterns that are looked for together, one automaton for all. It is compiled when it is first used, or told to.

    To compile one holds the interpreter: twenty patterns take some 10 to 20 ms. Small sets are also faster on text
    that is not seen before than one large one, and have fewer states to keep.
    """

    __slots__ = ("__weakref__", "_lock", "_made", "_patterns", "_whole")

    def __init__(self, key: tuple[bool, tuple[str, ...]]) -> None:
        self._whole, self._patterns = key
        self._made: Any = None
        self._lock = Lock()

    def compile(self) -> None:
        """Compile it, if it is not yet."""
        with self._lock:
            if self._made is None:
                self._made = self._compiled()

    def matching(self, data: bytes) -> list[int] | None:
        """The patterns that match, by number, in no order; None where there is not memory enough to say."""
        if self._made is None:
            self.compile()
        hit: list[int] | None = self._made.Match(data)
        last = len(self._patterns)
        if hit is None or last not in hit:
            return None
        return [number for number in hit if number != last]

    def _compiled(self) -> Any:
        options = re2.Options()
        options.max_mem = MAX_MEMORY
        options.log_errors = False
        options.never_capture = True
        made = re2.Set.FullMatchSet(options) if self._whole else re2.Set.SearchSet(options)
        # The last one always matches, unless there is no memory left.
        for pattern in (*self._patterns, "(?s:.*)" if self._whole else ""):
            made.Add(pattern.encode())
        made.Compile()
        return made


_sets = Shared(PatternSet)


def pattern_set(patterns: Sequence[str], *, whole: bool = False) -> PatternSet:
    """The set of some patterns, which are searched for, or to match a `whole` text."""
    return _sets((whole, tuple(patterns)))
