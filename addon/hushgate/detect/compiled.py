"""One rule made ready to run: RE2 patterns on bytes, validators and filters looked up."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import re2

from hushgate.detect.filters import FILTERS
from hushgate.detect.literals import Literal, required
from hushgate.detect.rules import Rule
from hushgate.detect.shape import shape, value_group
from hushgate.detect.stretch import stretched
from hushgate.detect.validate import VALIDATORS
from hushgate.detect.widths import goes_on, settled

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


type Spans = Sequence[tuple[int, int]]
"""The whole match and its groups, (-1, -1) for one that takes no part; bytes, half-open."""
type Search = Callable[[bytes, int, int], Spans | None]
"""The first match between two bytes of a text; what stands around them counts for `^`, `$` and `\\b`."""


type Match = Callable[[Any, bytes, int, int], Spans]
"""RE2's own match, without the wrapper's match objects: they cost more than a short search."""
_ANYWHERE: Final = re2._Anchor.UNANCHORED


def matching(pattern: str) -> Callable[[], Match]:
    """A pattern's match, compiled when it is first asked for: most texts need few of the rules. Then Refused, too."""

    @cache
    def match() -> Match:
        made: Match = compile_pattern(pattern)._regexp.Match
        return made

    return match


def searching(match: Callable[[], Match]) -> Search:
    """The search of a pattern."""

    def search(data: bytes, start: int, end: int) -> Spans | None:
        spans = match()(_ANYWHERE, data, start, end)
        return spans if spans[0][0] >= 0 else None

    return search


def going_on(match: Callable[[], Match]) -> Search:
    """The search for a pattern whose matches may go on behind the window that settles that they are there."""

    def more(data: bytes, start: int, end: int) -> Spans | None:
        spans = match()(_ANYWHERE, data, start, end)
        low = spans[0][0]
        return None if low < 0 else spans if end == len(data) else match()(_ANYWHERE, data, low, len(data))

    return more


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule that can be run. Its patterns are compiled as they are needed.

    `search` takes the windows that the prefilter gives; `within` finds what ends before its end. `width`: bytes that
    settle whether a match begins at a place, on a page that fits its `stretches`.
    """

    rule: Rule
    pattern: str
    search: Search
    within: Search
    literals: tuple[Literal, ...]
    width: int | None
    stretches: int
    group: int
    checks: tuple[Callable[[str], bool | None], ...]
    filters: tuple[Callable[[str], bool], ...]
    context: Context | None
    key_words: frozenset[str]
    keywords: tuple[bytes, ...]
    digits: int
    run: int


def ready(rule: Rule, extra: Mapping[str, Callable[[str], bool | None]]) -> Ready:
    """Make a rule ready; Refused for an unknown validator or filter, and for the edges of a text.

    A pattern that RE2 does not take is told of when it is first looked for.
    """
    in_lines(rule.pattern)
    pattern, group = rule.pattern, value_group(rule.pattern)
    if group is None:
        regex = compile_pattern(pattern)
        group = int(regex.groupindex.get(b"secret", 1 if regex.groups else 0))
    form = shape(rule.pattern, group)
    if form.value_first and form.wordy and rule.boundary in ("word", "token"):
        pattern = rf"\b(?:{rule.pattern})"  # not at every character of a long run
    validators = {**VALIDATORS, **extra}
    for name in rule.validate:
        if name not in validators:
            raise Refused(f"no validator is called {name!r}")
    for name in rule.filters:
        if name not in FILTERS:
            raise Refused(f"no filter is called {name!r}")
    match = matching(pattern)
    within = search = searching(match)
    literals, size = required(rule.pattern), settled(rule.pattern)
    if goes_on(rule.pattern):
        search = going_on(match)
    return Ready(
        rule=rule,
        pattern=pattern,
        search=search,
        within=within,
        literals=literals,
        width=size,
        stretches=stretched(rule.pattern)[1],
        group=group,
        checks=tuple(validators[name] for name in rule.validate),
        filters=tuple(FILTERS[name] for name in rule.filters),
        context=Context(rule.context_words) if rule.context_words else None,
        key_words=frozenset(word.lower() for word in rule.context_words),
        keywords=tuple(word.lower().encode() for word in rule.keywords),
        digits=form.digits,
        run=form.run,
    )


class Context:
    """The words that a rule wants beside its value, in lower-case text."""

    __slots__ = ("_pattern", "_words")

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = words
        self._pattern: Any = None

    def stands(self, text: bytes) -> bool:
        """Whether one of them does."""
        if self._pattern is None:
            self._pattern = context_pattern(self._words)
        return self._pattern.search(text) is not None


def context_pattern(words: tuple[str, ...]) -> Any:
    """Any of the words, whole: between characters that are neither letters nor digits, in lower-case text."""
    choice = "|".join(re2.escape(word.lower()) for word in sorted(words, key=len, reverse=True))
    return compile_pattern(rf"(?:^|[^\pL\pN])(?:{choice})(?:$|[^\pL\pN])", capture=False)


def key_phrase(key: str) -> str:
    """A key as words: `cardNumber`, `card_number` and `CARD-NUMBER` become ` card number `."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", key[:128])
    return " " + re.sub(r"[^\w]+|_+", " ", spaced).lower().strip() + " "
