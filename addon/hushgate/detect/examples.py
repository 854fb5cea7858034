"""A rule without examples that hold does not load: each `match` is found by its rule, no `no_match` is.

The rules of a user are checked whenever they are loaded. The built-in ones
are checked by the tests and by `hushgate rules test`, not at every start.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from hushgate.detect.hit import Hit
from hushgate.detect.page import Page
from hushgate.detect.recognize import Recognizers
from hushgate.detect.rules import Rule
from hushgate.errors import ConfigFault, Unscannable

_SECONDS: Final = 2.0
"""What the patterns that are not linear have for one example."""

type Find = Callable[[str], Iterable[Hit]]


def check(rules: Sequence[Rule], find: Find | None = None, *, others: Sequence[Rule] = ()) -> list[ConfigFault]:
    """Every example that does not hold, with the rule's file and line.

    `find` says what a text holds; without it the rules judge alone, patterns
    only, so that no other rule's finding can hide theirs; but with those of
    `others` that they require. Unscannable where an example takes more than it may.
    """
    finder = find or _alone(rules, others)
    faults: list[ConfigFault] = []
    for rule in rules:
        for wanted, examples in ((True, rule.match), (False, rule.no_match)):
            for number, text in enumerate(examples, start=1):
                if any(hit.rule_id == rule.id for hit in finder(text)) is not wanted:
                    faults.append(_fault(rule, number, wanted))
    return faults


def _alone(rules: Sequence[Rule], others: Sequence[Rule]) -> Find:
    known = {rule.id for rule in rules}
    needed = {need.rule for rule in rules for need in rule.requires} - known
    among = [*rules, *(rule for rule in others if rule.id in needed)]
    recognizers = Recognizers([replace(rule, reported=True) for rule in among])

    def find(text: str) -> Iterable[Hit]:
        page = Page([text])
        until = time.monotonic() + _SECONDS
        found = recognizers.find(page, recognizers.prefilter(page), keys=None, fingerprint=lambda _: "", until=until)
        if found.faults:
            raise Unscannable("an example could not be judged")
        return found.hits[0]

    return find


def _fault(rule: Rule, number: int, wanted: bool) -> ConfigFault:
    if wanted:
        hint = "check pattern, keywords, boundary, validate, filters and context against the example"
        return ConfigFault(rule.file, rule.line, f"rule {rule.id} does not find its match example {number}", hint)
    hint = "tighten the rule, or move the example to match"
    return ConfigFault(rule.file, rule.line, f"rule {rule.id} finds its no_match example {number}", hint)
