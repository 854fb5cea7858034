"""Masking: verdicts in, edited texts out.

Spans that touch a common character become one span, so that no part of a
value stays. A masked value that stands elsewhere too, where detection lacked
the context to see it, is masked there as well. Afterwards no masked value is
left in what was edited, or `Clash` is raised: the exchange must not leave.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from hushgate.errors import HushgateError
from hushgate.tools import common
from hushgate.transform.placeholders import Placeholders
from hushgate.transform.styles import PLACEHOLDER, REDACT, SURROGATE, render
from hushgate.values import (
    ANY_TOOL,
    Kind,
    Level,
    Location,
    Placeholder,
    Segment,
    Tools,
    Verdict,
)

SPREAD_SHORTEST: Final = 6
"""Code points a value needs to be looked for elsewhere: shorter ones stand by chance."""

_FEW: Final = 8
_NO_CHANCE: Final = 9
"""Letters and digits that a surrogate has at least to be known again."""


_LONE: Final = re.compile("[\ud800-\udfff]")
_PRIVATE: Final = 0x10F000 - 0xD800


class Clash(HushgateError):
    """These texts cannot be masked so that every placeholder has one meaning; they must not leave."""


@dataclass(frozen=True, slots=True)
class Masked:
    """What masking made of an exchange.

    `edits` holds only segments that changed. `placeholders` are those that may
    be turned back in the reply; `tokens` are all that were issued; `count` is
    the number of replaced places.
    """

    edits: dict[Location, str] = field(repr=False)
    placeholders: tuple[Placeholder, ...]
    tokens: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    entity: str
    level: Level
    style: str
    restorable: bool
    plain: bool
    tools: Tools = ANY_TOOL


def mask(
    segments: Sequence[Segment],
    verdicts: Sequence[Verdict],
    *,
    placeholders: Placeholders,
    scope: str,
) -> Masked:
    """Mask what the verdicts say; raise Clash where that has no clean outcome.

    A token of this exchange that a text already holds is an echo of ours: none
    but the key's holder can make it. It stays, and means the same value.
    Where verdicts on one value disagree, the narrower one holds: it is turned
    back only if all of them allow it, into the tools that all of them allow,
    and redacted if their styles differ. A surrogate that comes back in a later turn stays what it is.
    """
    if not any(v.mask for v in verdicts):
        return Masked({}, (), (), 0)
    places = {segment.location: segment for segment in segments}
    alone = _spans(verdicts, places)
    spans = {location: _merge(found) for location, found in alone.items()}
    values = _values(alone, spans, places)
    for location, more in _spread(segments, spans, values):
        spans[location] = _merge([*spans.get(location, ()), *more])

    edits: dict[Location, str] = {}
    meanings: dict[str, str] = {}
    barred: set[str] = set()
    tools: dict[str, Tools] = {}
    shown = partial(render, placeholders=placeholders, scope=scope)
    ours = _surrogates(spans, places, shown)
    for location, merged in spans.items():
        text = places[location].text
        pieces: list[str] = []
        kept: list[str] = []
        gone: set[str] = set()
        at = 0
        for span in merged:
            value = text[span.start : span.end]
            if value in ours:
                continue
            stand_in = shown(span.style, span.entity, value, plain=span.plain)
            if span.style == PLACEHOLDER:
                if meanings.setdefault(stand_in, value) != value:
                    raise Clash("two values have the same placeholder", hint="take one of them out of the prompt")
                if not span.restorable:
                    barred.add(value)
                tools[value] = common(tools.get(value, ANY_TOOL), span.tools)
            kept.append(text[at : span.start])
            pieces += (kept[-1], stand_in)
            gone.add(value)
            at = span.end
        kept.append(text[at:])
        pieces.append(kept[-1])
        _assert_gone(gone, "\x00".join(kept))
        edits[location] = "".join(pieces)

    back = tuple(Placeholder(token, value, tools[value]) for token, value in meanings.items() if value not in barred)
    return Masked(edits, back, tuple(meanings), sum(map(len, spans.values())))


def _surrogates(
    spans: dict[Location, list[_Span]], places: dict[Location, Segment], shown: Callable[..., str]
) -> frozenset[str]:
    """The stand-ins of this exchange that no real value is by chance: long ones, and no days of a calendar."""
    values = {
        (span.entity, places[location].text[span.start : span.end], span.plain)
        for location, merged in spans.items() for span in merged
        if span.style == SURROGATE and "DATE" not in span.entity
    }  # fmt: skip
    made = (shown(SURROGATE, entity, value, plain=plain) for entity, value, plain in values)
    return frozenset(text for text in made if sum(map(str.isalnum, text)) >= _NO_CHANCE)


def _spans(verdicts: Sequence[Verdict], places: dict[Location, Segment]) -> dict[Location, list[_Span]]:
    spans: dict[Location, list[_Span]] = {}
    for verdict in verdicts:
        if not verdict.mask:
            continue
        finding = verdict.finding
        segment = places.get(finding.location)
        if segment is None or not 0 <= finding.start < finding.end <= len(segment.text):
            raise Clash("a finding points outside of what was read")
        if segment.kind is Kind.OPAQUE:
            raise Clash(f"{finding.location} cannot be changed, so nothing in it can be masked")
        spans.setdefault(finding.location, []).append(
            _Span(
                finding.start,
                finding.end,
                finding.entity,
                finding.level,
                verdict.style,
                verdict.restorable and verdict.style == PLACEHOLDER,
                not finding.layer,
                verdict.tools,
            )
        )
    return spans


def _merge(spans: list[_Span]) -> list[_Span]:
    """Join spans that share a character; the widest names the entity, then the highest level."""
    if len(spans) == 1:
        return spans
    spans.sort(key=lambda s: (s.start, -s.end, -s.level, s.entity))
    merged = [spans[0]]
    for span in spans[1:]:
        last = merged[-1]
        if span.start >= last.end:
            merged.append(span)
            continue
        merged[-1] = _joined(last, span)
    return merged


def _joined(one: _Span, other: _Span) -> _Span:
    """Two spans as one, the same whichever comes first: masked in the narrower way."""
    named = min(one, other, key=lambda s: (s.start - s.end, -s.level, s.entity))
    return _Span(
        min(one.start, other.start),
        max(one.end, other.end),
        named.entity,
        max(one.level, other.level),
        one.style if one.style == other.style else REDACT,
        one.restorable and other.restorable,
        one.plain and other.plain,
        common(one.tools, other.tools),
    )


def _values(
    alone: dict[Location, list[_Span]], spans: dict[Location, list[_Span]], places: dict[Location, Segment]
) -> dict[str, _Span]:
    """The values worth looking for elsewhere, and how each is masked: the narrower way where two differ.

    Of spans that were joined, each stands elsewhere by itself.
    """
    values: dict[str, _Span] = {}
    for location, merged in spans.items():
        text = places[location].text
        for span in merged if len(merged) == len(alone[location]) else (*merged, *alone[location]):
            value = text[span.start : span.end]
            if len(value) < SPREAD_SHORTEST:
                continue
            known = values.get(value)
            # Where they stand says nothing here: both are as wide as the value.
            values[value] = span if known is None else _joined(replace(known, start=span.start, end=span.end), span)
    return values


def _spread(
    segments: Sequence[Segment], spans: dict[Location, list[_Span]], values: dict[str, _Span]
) -> Iterator[tuple[Location, list[_Span]]]:
    """Where else these values stand, outside of the spans that are known."""
    if not values:
        return
    find = _finder(values)
    find_in_key: Callable[[str], list[tuple[int, str]]] | None = None
    for segment in segments:
        if segment.kind is Kind.OPAQUE:
            continue
        location, text = segment.location, segment.text
        known = spans.get(location, ())  # Merged: in order, and none within another.
        if location.is_key and not known:
            if find_in_key is None:
                # What reads like a name in code is structure in a key, unless something was found in that very key.
                find_in_key = _finder([value for value in values if not value.isidentifier()])
            found = find_in_key(text)
        else:
            found = find(text)
        if not found:
            continue
        starts = [span.start for span in known]
        more = []
        for start, value in found:
            end = start + len(value)
            near = bisect_right(starts, start) - 1
            if near >= 0 and end <= known[near].end:
                continue
            like = values[value]
            more.append(replace(like, start=start, end=end))
        if more:
            yield location, more


def _finder(values: Collection[str]) -> Callable[[str], list[tuple[int, str]]]:
    """Finds where values stand, in one pass for all (Aho and Corasick 1975).

    Of occurrences that share a character the longest leftmost is found, and
    with it no other is left whole. Plain words are looked for apart: one that
    does not stand by itself would hide a value that begins inside of it.
    """
    words = [value for value in values if value.isalpha()]
    others = [value for value in values if not value.isalpha()]
    passes = [_pass(each) for each in (words, others) if each]
    if len(passes) == 1:
        return passes[0]
    return lambda text: [found for one in passes for found in one(text)]


def _pass(values: list[str]) -> Callable[[str], list[tuple[int, str]]]:
    known = [_encodable(value) for value in values]
    automaton = AhoCorasick(known, MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA)

    def find(text: str) -> list[tuple[int, str]]:
        found = automaton.find_matches_as_indexes(_encodable(text))
        return [
            (start, values[n])
            for n, start, _ in found
            if _stands(text, start, values[n]) and text.startswith(values[n], start)
        ]

    return find


def _encodable(text: str) -> str:
    """The text with its lone surrogates, which UTF-8 does not have, as characters nobody uses."""
    return text if text.isascii() else _LONE.sub(lambda found: chr(ord(found[0]) + _PRIVATE), text)


def _occurrences(text: str, value: str) -> Iterator[int]:
    at = text.find(value)
    while at >= 0:
        if _stands(text, at, value):
            yield at
        at = text.find(value, at + 1)


def _stands(text: str, at: int, value: str) -> bool:
    """Whether an occurrence is the value: a plain word inside a longer one (Anders in Anderson) is not."""
    if not value.isalpha():
        return True
    end = at + len(value)
    return not (at and text[at - 1].isalnum()) and not (end < len(text) and text[end].isalnum())


def _assert_gone(values: set[str], kept: str) -> None:
    long = {value for value in values if len(value) >= SPREAD_SHORTEST}
    if len(long) <= _FEW:  # An automaton costs more than a few look-ups.
        left = any(True for value in long for _ in _occurrences(kept, value))
    else:
        left = bool(_finder(long)(kept))
    if left:
        raise Clash("a masked value would have stayed in the text")
