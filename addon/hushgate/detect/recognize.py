"""Patterns over a page: one prefilter pass for all rules, then each rule that hit is confirmed.

A rule's match counts when its value stands between the right boundaries, no
filter takes it for something else, no validator drops it, and the context it
requires is there. Everything here is linear in the text (RE2), whatever the
text is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hushgate.detect.areas import Window
from hushgate.detect.compiled import Context, Ready, Refused, compile_pattern, key_phrase, ready
from hushgate.detect.hit import Hit
from hushgate.detect.page import Page
from hushgate.detect.prefilter import Prefilter
from hushgate.detect.rules import Rule
from hushgate.values import PLACEHOLDER_PATTERN, Fault

_RUN: Final = {
    "word": re.compile(rb"[0-9A-Za-z_]*"),
    "token": re.compile(rb"[0-9A-Za-z_]*"),
    "digit": re.compile(rb"[0-9]*"),
    "none": re.compile(rb""),
}
"""What is passed over where a match was dropped: no value can begin inside."""
_NO_FRACTION: Final = re.compile(rb"\.00?(?![.-]?[0-9])")
"""What a table with gaps in it puts behind its numbers."""
_WORK: Final = 1 << 20
"""Bytes a rule may read again because matches were dropped, beside 32 times the text."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a page holds: hits by text, in order; what could not be judged; and for streams,
    the first code point by text from which a later text could still change the outcome."""

    hits: tuple[tuple[Hit, ...], ...]
    faults: tuple[Fault, ...]
    open_from: tuple[int | None, ...]


class Recognizers:
    """Rules that can be run. Refused (with the rule's id) where one cannot."""

    __slots__ = ("_placeholder", "_prefilter", "_rules", "revision")

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        validators: Mapping[str, Callable[[str], bool | None]] | None = None,
    ) -> None:
        self._rules: list[Ready] = []
        for rule in rules:
            try:
                self._rules.append(ready(rule, validators or {}))
            except Refused as fault:
                raise Refused(f"rule {rule.id}: {fault}") from None
        self._prefilter = Prefilter(self._rules)
        self._placeholder = compile_pattern(PLACEHOLDER_PATTERN, capture=False)
        shown = "\x1e".join(repr(rule) for rule in sorted(rules, key=lambda r: r.id))
        self.revision = hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def prefilter(self, page: Page) -> dict[int, list[Window]]:
        """The rules that may match, by index, and where."""
        return self._prefilter(page)

    def find(
        self,
        page: Page,
        windows: Mapping[int, Sequence[Window]],
        *,
        keys: Sequence[str | None] | None,
        fingerprint: Callable[[str], str],
    ) -> Found:
        """Confirm the rules that the prefilter named."""
        scan = _Scan(page, keys, fingerprint, self._placeholder)
        for index in sorted(windows):
            each = self._rules[index]
            try:
                scan.run(each, windows[index])
            except Exception as fault:  # noqa: BLE001  a rule that fails is a fault, never "clean"
                scan.faults.append(Fault(f"detect:{each.rule.id}", type(fault).__name__))
        hits = tuple(tuple(sorted(found, key=_order)) for found in scan.hits)
        return Found(hits, tuple(scan.faults), tuple(scan.open_from))


def _order(hit: Hit) -> tuple[int, int, str]:
    return (hit.start, -hit.end, hit.rule_id)


class _Scan:
    """The state of one pass over one page."""

    __slots__ = ("_fingerprint", "_keys", "_masked", "_page", "_phrases", "faults", "hits", "open_from")

    def __init__(
        self, page: Page, keys: Sequence[str | None] | None, fingerprint: Callable[[str], str], placeholder: Any
    ) -> None:
        self._page = page
        self._keys = keys
        self._phrases: dict[int, str] = {}
        self._fingerprint = fingerprint
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
                span = match[group] if match[group][0] >= 0 else match[0]
                if span[1] > span[0] and self._judge(each, index, span[0], span[1]):
                    at = max(span[1], low + 1)
                    if high >= last:  # `$` may have matched only because the text ends here so far
                        self._leave_open(index, span[0])
                else:
                    skipped = run.match(data, low)
                    at = max(low + 1, skipped.end() if skipped else 0)

    def _judge(self, each: Ready, index: int, start: int, end: int) -> bool:
        page, rule = self._page, each.rule
        low, high = page.bounds[index]
        if start < page.bodies[index] or any(a < end and start < b for a, b in self._masked):
            return False
        if not bounded(rule.boundary, page, start, end, low, high):
            return False
        in_context = each.context is not None and self._in_context(each, each.context, index, start, end)
        if rule.context_required and not in_context:
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
        confirmed = in_context or (sure and each.context is None)
        score = max(rule.score, rule.context_score) if confirmed else rule.score
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
                self._fingerprint(value),
            )
        )
        return True

    def _in_context(self, each: Ready, context: Context, index: int, start: int, end: int) -> bool:
        key = self._keys[index] if self._keys is not None else None
        if key:
            phrase = self._phrases.get(index)
            if phrase is None:
                phrase = self._phrases[index] = key_phrase(key)
            if context.stands(phrase.encode("utf-8", "replace")):
                return True
        low, high = self._page.bounds[index]
        left, right, complete = self._page.window(start, end, each.rule.context_window, low, high)
        if context.stands(left) or context.stands(right):
            return True
        if not complete:
            self._leave_open(index, start)
        return False

    def _leave_open(self, index: int, start: int) -> None:
        point = self._page.point(index, start)
        before = self.open_from[index]
        self.open_from[index] = point if before is None else min(before, point)


def bounded(boundary: str, page: Page, start: int, end: int, low: int, high: int) -> bool:
    """Does the value stand apart from what is beside it, as its rule wants?"""
    if boundary == "none":
        return True
    before, after = page.before(start, low), page.after(end, high)
    if boundary == "digit":
        if (before and before in "0123456789") or (after and after in "0123456789"):
            return False
        data = page.data
        joined_left = before and before in ".-" and start - 2 >= low and data[start - 2 : start - 1].isdigit()
        joined_right = after and after in ".-" and end + 1 < high and data[end + 1 : end + 2].isdigit()
        return not joined_left and (not joined_right or _NO_FRACTION.match(data, end, high) is not None)
    if boundary == "token" and ("-" in (before, after)):
        return False
    return not _joins(before) and not _joins(after)


def _joins(char: str) -> bool:
    """Is it part of a word? Scripts without spaces between words (from U+2E80 on) do not join."""
    return bool(char) and (char == "_" or (char.isalnum() and char < "\u2e80"))
