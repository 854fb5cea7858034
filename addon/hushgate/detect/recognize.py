"""Patterns over a page: one prefilter pass for all rules, then each rule that hit is confirmed.

A rule's match counts when its value stands between the right boundaries, no
filter takes it for something else, no validator drops it, and the context it
requires is there. Everything here is linear in the text (RE2), whatever the
text is.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hushgate.detect.areas import Window
from hushgate.detect.awaiting import Awaiting
from hushgate.detect.backtracking import SECONDS
from hushgate.detect.compiled import Ready, Slow, ready, slow
from hushgate.detect.composite import Composite
from hushgate.detect.confirm import Pass
from hushgate.detect.expressions import Refused, compile_pattern
from hushgate.detect.hit import Hit
from hushgate.detect.page import Page
from hushgate.detect.prefilter import Prefilter
from hushgate.detect.rules import Rule
from hushgate.detect.wordlist import Listed, listed
from hushgate.values import PLACEHOLDER_PATTERN, Fault


@dataclass(frozen=True, slots=True)
class Found:
    """What a page holds: hits by text, in order; what could not be judged; and for streams,
    the first code point by text from which a later text could still change the outcome."""

    hits: tuple[tuple[Hit, ...], ...]
    faults: tuple[Fault, ...]
    open_from: tuple[int | None, ...]


class Recognizers:
    """Rules that can be run. Refused (with the rule's id) where one cannot."""

    __slots__ = (
        "__weakref__",
        "_awaiting",
        "_composite",
        "_listed",
        "_placeholder",
        "_prefilter",
        "_rules",
        "_slow",
        "revision",
    )

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        validators: Mapping[str, Callable[[str], bool | None]] | None = None,
    ) -> None:
        self._rules: list[Ready] = []
        self._slow: list[Slow] = []
        self._listed: list[Listed] = []
        self._awaiting: Awaiting | None = None
        for rule in rules:
            try:
                if rule.words:
                    self._listed.append(listed(rule, validators or {}))
                elif rule.backtracking:
                    self._slow.append(slow(rule, validators or {}))
                else:
                    self._rules.append(ready(rule, validators or {}))
            except Refused as fault:
                raise Refused(f"rule {rule.id}: {fault}") from None
        self._prefilter = Prefilter(self._rules)
        self._composite = Composite(rules)
        self._placeholder = compile_pattern(PLACEHOLDER_PATTERN, capture=False)
        shown = "\x1e".join(repr(rule) for rule in sorted(rules, key=lambda r: r.id))
        self.revision = hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def backtracking(self) -> bool:
        """Whether a rule needs `regex`, whose time is not linear."""
        return bool(self._slow)

    @property
    def unfiltered(self) -> bool:
        """Whether a rule is looked for in every text, whatever the prefilter says."""
        return bool(self._slow or self._listed)

    def under_way(self, text: str) -> int:
        """Where a phrase of a word list begins that may go on behind the text's end; the text's length without one."""
        return min((each.words.under_way(text) for each in self._listed), default=len(text))

    def prefilter(self, page: Page, *, growing: bool = False) -> dict[int, list[Window]]:
        """The rules that may match, by index, and where. `growing`: also those whose word may follow the one text."""
        windows = self._prefilter(page)
        if growing:
            if self._awaiting is None:
                self._awaiting = Awaiting(self._rules)
            for index, window in self._awaiting(page.data).items():
                windows[index] = sorted((*windows.get(index, ()), window))
        return windows

    def find(
        self,
        page: Page,
        windows: Mapping[int, Sequence[Window]],
        *,
        keys: Sequence[str | None] | None,
        fingerprint: Callable[[str], str],
        files: Sequence[str | None] | None = None,
        until: float | None = None,
        growing: bool = False,
    ) -> Found:
        """Confirm the rules that the prefilter named, and run those that need `regex`, which end at `until`.

        `files`: the names of the files that the texts are of. Of texts that are not `growing` no word is to come.
        """
        scan = Pass(page, keys, files, fingerprint, self._placeholder, growing)
        for index in sorted(windows):
            each = self._rules[index]
            try:
                scan.run(each, windows[index])
            except Exception as fault:  # noqa: BLE001  a rule that fails is a fault, never "clean"
                scan.faults.append(Fault(f"detect:{each.rule.id}", type(fault).__name__))
        for long in self._listed:
            try:
                scan.run_listed(long)
            except Exception as fault:  # noqa: BLE001
                scan.faults.append(Fault(f"detect:{long.judged.rule.id}", type(fault).__name__))
        end = time.monotonic() + SECONDS if until is None else until
        for rule in self._slow:
            try:
                scan.run_slow(rule, end)
            except TimeoutError:
                scan.faults.append(Fault(f"detect:{rule.judged.rule.id}", "deadline"))
            except Exception as fault:  # noqa: BLE001
                scan.faults.append(Fault(f"detect:{rule.judged.rule.id}", type(fault).__name__))
        if self._composite:
            scan.settle(self._composite)
        hits = tuple(tuple(sorted(found, key=_order)) for found in scan.hits)
        return Found(hits, tuple(scan.faults), tuple(scan.open_from))


def _order(hit: Hit) -> tuple[int, int, str]:
    return (hit.start, -hit.end, hit.rule_id)
