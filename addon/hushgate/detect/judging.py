"""Applies a rule's exclusions: is a match one of those that are known to be none?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final

from hushgate.detect.conditions import Exclusion, Target
from hushgate.detect.expressions import Refused, compile_pattern
from hushgate.detect.page import Page
from hushgate.detect.rules import Rule

_LONGEST: Final = 4096
"""Bytes of a line, on either side of a match, that an exclusion looks at."""
_WORD: Final = 64
"""Bytes in front of a match that its name may have."""


class Candidate:
    """A match: its value, and what stands round it, read when it is asked for."""

    __slots__ = ("_bounds", "_match", "_page", "file", "fingerprint", "value")

    def __init__(
        self,
        page: Page,
        match: tuple[int, int],
        bounds: tuple[int, int],
        value: str,
        fingerprint: Callable[[str], str],
        file: str | None,
    ) -> None:
        self._page, self._match, self._bounds = page, match, bounds
        self.value, self.fingerprint, self.file = value, fingerprint, file

    def of(self, target: Target) -> bytes:
        """What an exclusion of this target looks at."""
        (start, end), (low, high), data = self._match, self._bounds, self._page.data
        if target == "value":
            return self.value.encode()
        if target == "name":
            least = max(low, start - _WORD)
            while start > least and (data[start - 1 : start].isalnum() or data[start - 1] in b"_-."):
                start -= 1
        elif target in ("line", "lines"):
            low, high = max(low, start - _LONGEST), min(high, end + _LONGEST)
            start = data.rfind(b"\n", low, start) + 1 or low
            if target == "lines" and start > low:
                start = data.rfind(b"\n", low, start - 1) + 1 or low
            end = behind if (behind := data.find(b"\n", end, high)) >= 0 else high
        return data[start:end]


type Excludes = Callable[[Candidate], bool]


def excluding(given: Exclusion) -> Excludes:
    """An exclusion made ready; Refused where a pattern does not compile."""
    kinds: list[Excludes] = []
    if given.patterns:
        kinds.append(partial(_found, tuple(map(_compiled, given.patterns)), given.target))
    if given.words:
        kinds.append(partial(_holds, given.words))
    if given.values:
        kinds.append(partial(_is, frozenset(given.values)))
    if given.fingerprints:
        kinds.append(partial(_known, frozenset(given.fingerprints)))
    if given.paths:
        kinds.append(partial(_of_file, tuple(map(_compiled, given.paths))))
    said = all if given.every else any
    return lambda candidate: bool(kinds) and said(kind(candidate) for kind in kinds)


@cache
def _compiled(pattern: str) -> Any:
    return compile_pattern(pattern, capture=False, lines=False)


def _found(patterns: tuple[Any, ...], target: Target, candidate: Candidate) -> bool:
    text = candidate.of(target)
    return any(pattern.search(text) for pattern in patterns)


def _holds(words: tuple[str, ...], candidate: Candidate) -> bool:
    value = candidate.value.lower()
    return any(word in value for word in words)


def _is(values: frozenset[str], candidate: Candidate) -> bool:
    return candidate.value in values


def _known(fingerprints: frozenset[str], candidate: Candidate) -> bool:
    return candidate.fingerprint(candidate.value) in fingerprints


def _of_file(patterns: tuple[Any, ...], candidate: Candidate) -> bool:
    file = candidate.file
    return file is not None and any(pattern.search(file.encode()) for pattern in patterns)


def of_file(pattern: str) -> Callable[[str | None], bool]:
    """Whether a rule for some files counts in a text: not where it is of another file; where it is of none it does."""
    compiled = _compiled(pattern)
    return lambda file: file is None or bool(compiled.search(file.encode()))


def entropy(value: str) -> float:
    """Shannon's, of the value's characters, in bits each (C. E. Shannon, 1948)."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values())


def refused(rule: Rule) -> list[str]:
    """The conditions of a rule whose patterns do not compile."""
    asked: list[tuple[str, Callable[[], object]]] = [("what it excludes", partial(excluding, x)) for x in rule.exclude]
    if rule.path:
        asked.append(("the paths it is for", partial(of_file, rule.path)))
    found = []
    for what, compiling in asked:
        try:
            compiling()
        except Refused as why:
            found.append(f"rule {rule.id}: a pattern of {what} does not compile: {why}")
    return found
