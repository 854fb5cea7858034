"""One rule made ready to run: RE2 patterns on bytes, validators and filters looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import re2

from hushgate.detect.backtracking import compile_backtracking
from hushgate.detect.expressions import Refused, compile_pattern, context_pattern, in_lines
from hushgate.detect.filters import FILTERS
from hushgate.detect.judging import Excludes, excluding, of_file
from hushgate.detect.literals import Literal, required
from hushgate.detect.rules import Rule
from hushgate.detect.shape import shape, value_group
from hushgate.detect.shared import Shared
from hushgate.detect.stretch import stretched
from hushgate.detect.validate import VALIDATORS
from hushgate.detect.widths import goes_on, settled, widest

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


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Ready:
    """A rule that can be run. Its patterns are compiled as they are needed.

    `search` takes the windows that the prefilter gives; `within` finds what ends before its end. `width`: bytes that
    settle whether a match begins at a place, on a page that fits its `stretches`. `widest`: bytes of a match, at most,
    of a rule that counts beside a word alone.
    """

    rule: Rule
    pattern: str
    search: Search
    within: Search
    literals: tuple[Literal, ...]
    width: int | None
    widest: int | None
    stretches: int
    group: int
    checks: tuple[Check, ...]
    filters: tuple[Callable[[str], bool], ...]
    context: Context | None
    keywords: tuple[bytes, ...]
    digits: int
    run: int
    asks: Asks


@dataclass(frozen=True, slots=True)
class Asks:
    """What a rule asks of a match besides, compiled. `hotwords`: words, a window, a score each."""

    exclusions: tuple[Excludes, ...]
    hotwords: tuple[tuple[Context, int, float], ...]
    of_file: Callable[[str | None], bool] | None


@dataclass(frozen=True, slots=True)
class Slow:
    """A rule whose pattern RE2 does not take. `judged` is what it asks of a match, as of any other rule."""

    pattern: Any
    judged: Ready


type Check = Callable[[str], bool | None]


def ready(rule: Rule, extra: Mapping[str, Check]) -> Ready:
    """Make a rule ready; Refused for an unknown validator or filter, and for the edges of a text.

    A pattern that RE2 does not take is told of when it is first looked for. What is ready in another engine is taken
    from there, automata and all.
    """
    return _ready((rule, tuple(_validator(name, extra) for name in rule.validate)))


def _made_ready(given: tuple[Rule, tuple[Check, ...]]) -> Ready:
    rule, checks = given
    in_lines(rule.pattern)
    pattern, group = rule.pattern, value_group(rule.pattern) if rule.group is None else rule.group
    if group is None:
        regex = compile_pattern(pattern)
        group = int(regex.groupindex.get(b"secret", 1 if regex.groups else 0))
    form = shape(rule.pattern, group)
    if form.value_first and form.wordy and rule.boundary in ("word", "token"):
        pattern = rf"\b(?:{rule.pattern})"  # not at every character of a long run
    for name in rule.filters:
        if name not in FILTERS:
            raise Refused(f"no filter is called {name!r}")
    match = matching(pattern)
    within = search = searching(match)
    if goes_on(rule.pattern):
        search = going_on(match)
    return Ready(
        rule=rule,
        pattern=pattern,
        search=search,
        within=within,
        literals=required(rule.pattern),
        width=settled(rule.pattern),
        widest=widest(rule.pattern) if rule.context_required else None,
        stretches=stretched(rule.pattern)[1],
        group=group,
        checks=checks,
        filters=tuple(FILTERS[name] for name in rule.filters),
        context=Context(rule.context_words) if rule.context_words else None,
        keywords=tuple(word.lower().encode() for word in rule.keywords),
        digits=form.digits,
        run=form.run,
        asks=Asks(
            exclusions=tuple(map(excluding, rule.exclude)),
            hotwords=tuple((Context(each.words), each.window, each.score) for each in rule.hotwords),
            of_file=of_file(rule.path) if rule.path else None,
        ),
    )


_ready = Shared(_made_ready)


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
        spans: Spans = self._pattern._regexp.Match(_ANYWHERE, text, 0, len(text))  # no match objects: there are many
        return spans[0][0] >= 0


def _validator(name: str, extra: Mapping[str, Check]) -> Check:
    if name in VALIDATORS:
        return VALIDATORS[name]
    if name in extra:
        return extra[name]
    if name.startswith("presidio:"):
        from hushgate.detect import presidio_classes  # a second to import: only who names one pays

        return presidio_classes.validator(name)
    raise Refused(f"no validator is called {name!r}")


def slow(rule: Rule, extra: Mapping[str, Check]) -> Slow:
    """Compile a rule for `regex`; Refused for what that does not take either."""
    pattern = compile_backtracking(rule.pattern)
    group = pattern.groupindex.get("secret", 1 if pattern.groups else 0) if rule.group is None else rule.group
    if group > pattern.groups:
        raise Refused(f"the pattern has no group {group}")
    return Slow(pattern, replace(judging_alone(rule, extra), group=group))


def judging_alone(rule: Rule, extra: Mapping[str, Check]) -> Ready:
    """What a rule asks of a match, for matches that others find: its own pattern is none that matches."""
    return replace(ready(replace(rule, pattern="[^\\x00-\\x{10FFFF}]", group=None, words=()), extra), rule=rule)
