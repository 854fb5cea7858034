"""Regular expressions as RE2 compiles them: linear in the text, whatever pattern and text are."""

from __future__ import annotations

import re
from typing import Any, Final

import re2

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
