"""Patterns that RE2 does not take (look-around, back-references): `regex` runs them, under a deadline.

Their time is not linear in the text. So they run in workers where there are some, and what is not done in time raises
TimeoutError: a fault, never "nothing found".
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from hushgate.detect.expressions import Refused, compile_pattern
from hushgate.detect.judging import refused
from hushgate.detect.rules import Rule
from hushgate.errors import ConfigFault

CONDITIONS: Final = "patterns of conditions are RE2: no look-around, no back-references"
SECONDS: Final = 0.25
"""What all of them have for one scan where nobody says otherwise."""


def compile_backtracking(pattern: str) -> Any:
    """The pattern as `regex` reads it, `^` and `$` at line edges. Refused where it does not."""
    import regex  # a tenth of what a start imports, for rules that few have

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return regex.compile(pattern, regex.MULTILINE | regex.VERSION0)
    except (regex.error, RecursionError, OverflowError, ValueError) as fault:
        raise Refused(str(fault)) from None


def matches(compiled: Any, text: str, until: float) -> Iterator[tuple[tuple[int, int], ...]]:
    """Spans of each match and its groups, in code points, (-1, -1) for a group that takes no part.

    TimeoutError where `until` (of the monotonic clock) passes first.
    """
    at = 0
    while at <= len(text):
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        match = compiled.search(text, at, timeout=left, concurrent=True)
        if match is None:
            return
        yield tuple(match.span(group) for group in range(compiled.groups + 1))
        at = max(match.end(), match.start() + 1)


def usable(rule: Rule, line: int = 0) -> tuple[Rule, list[ConfigFault]]:
    """The rule, marked where RE2 does not take its pattern and `regex` does; a fault where neither does.

    `line` is that of the pattern, if it is not the rule's.
    """

    def fault(message: str, hint: str) -> list[ConfigFault]:
        return [ConfigFault(rule.file, line or rule.line, f"the pattern of {rule.id} {message}", hint)]

    if rule.words:
        return rule, [ConfigFault(rule.file, rule.line, why, CONDITIONS) for why in refused(rule)]
    try:
        pattern = compile_pattern(rule.pattern)
        empty = pattern.search(b"") is not None
    except Refused as why:
        try:
            slow = compile_backtracking(rule.pattern)
            empty = slow.search("", timeout=1) is not None
        except Refused:
            return rule, fault(f"does not compile: {why}", "patterns are RE2's, or else those of Python's regex")
        pattern, rule = slow, replace(rule, backtracking=True)
    if empty:
        return rule, fault("matches the empty text", "let it require at least one character")
    if (rule.group or 0) > pattern.groups:
        return rule, fault(f"has no group {rule.group}", "groups are counted from 1, by their opening brackets")
    return rule, [ConfigFault(rule.file, rule.line, why, CONDITIONS) for why in refused(rule)]
