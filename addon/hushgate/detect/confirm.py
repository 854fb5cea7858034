"""One pass over one page: each rule that hit is confirmed, match by match.

A match counts when its value stands between the right boundaries, no filter takes it for something else, no validator
drops it, and the context it requires is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from hushgate.detect.areas import Window
from hushgate.detect.backtracking import matches
from hushgate.detect.boundary import bounded
from hushgate.detect.compiled import Context, Ready, Slow, Spans
from hushgate.detect.composite import Composite
from hushgate.detect.expressions import key_phrase
from hushgate.detect.hit import Hit
from hushgate.detect.judging import Candidate, entropy
from hushgate.detect.page import Page
from hushgate.detect.wordlist import Listed
from hushgate.values import Fault

_RUN: Final = {
    "word": re.compile(rb"[0-9A-Za-z_]*"),
    "token": re.compile(rb"[0-9A-Za-z_]*"),
    "digit": re.compile(rb"[0-9]*"),
    "none": re.compile(rb""),
}
"""What is passed over where a match was dropped: no value can begin inside."""
_WORK: Final = 1 << 20
"""Bytes a rule may read again because matches were dropped, beside 32 times the text."""


class Pass:
    """The state of one pass over one page."""

    __slots__ = (
        "_files", "_fingerprint", "_growing", "_keys", "_known", "_masked", "_page", "_phrases", "faults", "hits",
        "open_from",
    )  # fmt: skip

    def __init__(
        self,
        page: Page,
        keys: Sequence[str | None] | None,
        files: Sequence[str | None] | None,
        fingerprint: Callable[[str], str],
        placeholder: Any,
        growing: bool,
    ) -> None:
        self._page = page
        self._growing = growing
        self._keys = keys
        self._files = files
        self._phrases: dict[int, str] = {}
        self._fingerprint = fingerprint
        self._known: dict[str, str] = {}
        self._masked = [m.span() for m in placeholder.finditer(page.data)] if b"<" in page.data else []
        self.hits: list[list[Hit]] = [[] for _ in page.texts]
        self.open_from: list[int | None] = [None] * len(page.texts)
        self.faults: list[Fault] = []

    def run(self, each: Ready, windows: Sequence[Window]) -> None:
        """Confirm one rule. Most have no match at all in their windows, and are left at once."""
        data, search = self._page.data, each.search
        for n, (start, limit) in enumerate(windows):
            if search(data, start, limit) is not None:
                self._confirm(each, windows[n:])
                return

    def _confirm(self, each: Ready, windows: Sequence[Window]) -> None:
        page, search, group = self._page, each.search, each.group
        data = page.data
        run = _RUN[each.rule.boundary]
        size = len(data)
        many = len(page.bounds) > 1
        spoken: dict[int, bool] = {}
        at = work = 0
        for start, limit in windows:
            at = max(at, start)
            while at < limit:
                match = search(data, at, limit)
                if match is None:
                    break
                low, high = match[0]
                work += high - at + 64
                if work > _WORK + 32 * size:
                    self.faults.append(Fault(f"detect:{each.rule.id}", "too many near matches"))
                    return
                index = page.text_at(low) if many else 0
                first, last = page.bounds[index]
                if low >= last:  # on the separator
                    at = low + 1
                    continue
                if high > last:
                    match = each.within(data, low, last)
                    if match is None:
                        at = last + 1
                        continue
                    low, high = match[0]
                if many and each.keywords:  # of one text the prefilter said so
                    if index not in spoken:
                        spoken[index] = any(page.lower.find(word, first, last) >= 0 for word in each.keywords)
                    if not spoken[index]:
                        at = last + 1
                        continue
                span = _value(match, group)
                if span[1] > span[0] and self._judge(each, index, span, match[0]):
                    at = max(span[1], low + 1)
                    if high >= last:  # `$` may have matched only because the text ends here so far
                        self._leave_open(index, span[0])
                else:
                    skipped = run.match(data, low)
                    at = max(low + 1, skipped.end() if skipped else 0)

    def run_slow(self, each: Slow, until: float) -> None:
        """Confirm a rule of `regex` in every text that holds one of its keywords."""
        page, judged = self._page, each.judged
        for index, (first, last) in enumerate(page.bounds):
            if judged.keywords and not any(page.lower.find(word, first, last) >= 0 for word in judged.keywords):
                continue
            text = page.data[first:last].decode("utf-8", "replace")
            for match in matches(each.pattern, text, until):
                spans = [(_byte(text, low, first), _byte(text, high, first)) for low, high in match]
                span = _value(spans, judged.group)
                if span[1] > span[0] and self._judge(judged, index, span, spans[0]) and spans[0][1] >= last:
                    self._leave_open(index, span[0])

    def run_listed(self, each: Listed) -> None:
        """Confirm the words of a long list: of those that begin in one place the longest that counts."""
        page, judged = self._page, each.judged
        spoken: dict[int, bool] = {}
        behind = 0
        for start, end in each.words.spans(page.lower):
            index = page.text_at(start)
            first, last = page.bounds[index]
            if start < behind or end > last:
                continue
            if judged.keywords and index not in spoken:
                spoken[index] = any(page.lower.find(word, first, last) >= 0 for word in judged.keywords)
            if spoken.get(index, True) and self._judge(judged, index, (start, end), (start, end)):
                behind = end
                if end >= last:
                    self._leave_open(index, start)

    def settle(self, composite: Composite) -> None:
        """Leave out what other rules would have to match for, and do not."""
        for index, hits in enumerate(self.hits):
            if hits:
                self.hits[index], point = composite.settled(self._page.texts[index], hits)
                if point is not None:
                    self._open(index, point)

    def _judge(self, each: Ready, index: int, span: tuple[int, int], match: tuple[int, int]) -> bool:
        page, rule, (start, end) = self._page, each.rule, span
        low, high = page.bounds[index]
        file = self._files[index] if self._files is not None else None
        if each.asks.of_file is not None and not each.asks.of_file(file):
            return False
        if start < page.bodies[index] or any(a < end and start < b for a, b in self._masked):
            return False
        if not bounded(rule.boundary, page, start, end, low, high):
            return False
        in_context = each.context is not None and self._near(each.context, rule.context_window, index, start, end)
        waits = bool(each.context) and not in_context and self._may_follow(rule.context_window, index, start, end)
        if rule.context_required and not in_context and not waits:
            return False
        value = page.data[start:end].decode("utf-8", "replace")
        if any(drop(value) for drop in each.filters):
            return False
        sure = False
        for check in each.checks:
            said = check(value)
            if said is False:
                return False
            sure = sure or bool(said)
        if rule.entropy and entropy(value) <= rule.entropy:
            return False
        if each.asks.exclusions:
            candidate = Candidate(page, match, (low, high), value, self._fingerprint, file)
            if any(excludes(candidate) for excludes in each.asks.exclusions):
                return False
        if waits:
            self._leave_open(index, start)
            if rule.context_required:
                return False
        confirmed = in_context or (sure and each.context is None)
        score = max(rule.score, rule.context_score) if confirmed else rule.score
        if sure:
            score = max(score, rule.validated_score)
        for words, window, told in each.asks.hotwords:
            if self._near(words, window, index, start, end):
                score = told
                break
            if self._may_follow(window, index, start, end):
                self._leave_open(index, start)
        if not score or score < rule.least:
            return False
        self.hits[index].append(
            Hit(
                page.point(index, start),
                page.point(index, end),
                rule.entity,
                rule.category,
                rule.level,
                score,
                rule.id,
                "",
                self._print(value),
            )
        )
        return True

    def _print(self, value: str) -> str:
        """The fingerprint; several rules may find the same value."""
        known = self._known.get(value)
        if known is None:
            known = self._known[value] = self._fingerprint(value)
        return known

    def _near(self, words: Context, reach: int, index: int, start: int, end: int) -> bool:
        """Whether one of some words stands beside a value, or in its key."""
        key = self._keys[index] if self._keys is not None else None
        if key:
            phrase = self._phrases.get(index)
            if phrase is None:
                phrase = self._phrases[index] = key_phrase(key)
            if words.stands(phrase.encode("utf-8", "replace")):
                return True
        low, high = self._page.bounds[index]
        left, right, _ = self._page.window(start, end, reach, low, high)
        return words.stands(left) or words.stands(right)

    def _may_follow(self, reach: int, index: int, start: int, end: int) -> bool:
        """Whether a word that would stand beside a value may be still to come."""
        return self._growing and not self._page.window(start, end, reach, *self._page.bounds[index])[2]

    def _leave_open(self, index: int, start: int) -> None:
        self._open(index, self._page.point(index, start))

    def _open(self, index: int, point: int) -> None:
        before = self.open_from[index]
        self.open_from[index] = point if before is None else min(before, point)


def _value(match: Spans, group: int) -> tuple[int, int]:
    """Where the value stands: in the group, for 0 in the first that takes part; else in the whole match."""
    if not group:
        return next((span for span in match[1:] if span[1] > span[0]), match[0])
    return match[group] if group > 0 and match[group][0] >= 0 else match[0]


def _byte(text: str, point: int, first: int) -> int:
    """The byte of the page at which a code point of a text begins; -1 for a group that takes no part."""
    return first + len(text[:point].encode()) if point >= 0 else -1
