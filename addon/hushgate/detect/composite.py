"""Rules that count only where other rules match near by: settled when all rules have been looked for in a text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from hushgate.detect.conditions import Requirement
from hushgate.detect.hit import Hit
from hushgate.detect.rules import Rule


class Composite:
    """Built once from the rules; false where none of them needs another."""

    __slots__ = ("_needs", "_silent")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._needs: Mapping[str, tuple[Requirement, ...]] = {rule.id: rule.requires for rule in rules if rule.requires}
        self._silent = frozenset(rule.id for rule in rules if not rule.reported)

    def __bool__(self) -> bool:
        return bool(self._needs or self._silent)

    def settled(self, text: str, hits: Sequence[Hit]) -> tuple[list[Hit], int | None]:
        """The hits that count; and the first one that a longer text might bring what it lacks."""
        if not any(hit.rule_id in self._needs or hit.rule_id in self._silent for hit in hits):
            return list(hits), None
        edges = [n for n, char in enumerate(text) if char == "\n"]
        places: dict[str, list[tuple[int, int]]] = {}
        for hit in hits:
            places.setdefault(hit.rule_id, []).append(_place(edges, hit.start))
        kept: list[Hit] = []
        open_from: int | None = None
        for hit in hits:
            line, column = _place(edges, hit.start)
            lacking = [
                need
                for need in self._needs.get(hit.rule_id, ())
                if not any(_near(need, line, column, there) for there in places.get(need.rule, ()))
            ]
            if any(need.lines is None or len(edges) - line <= need.lines for need in lacking):
                open_from = hit.start if open_from is None else min(open_from, hit.start)
            if not lacking and hit.rule_id not in self._silent:
                kept.append(hit)
        return kept, open_from


def _place(edges: Sequence[int], at: int) -> tuple[int, int]:
    """Line and column, from 0."""
    line = bisect_right(edges, at - 1)
    return line, at - (edges[line - 1] + 1 if line else 0)


def _near(need: Requirement, line: int, column: int, there: tuple[int, int]) -> bool:
    return (need.lines is None or abs(there[0] - line) <= need.lines) and (
        need.columns is None or abs(there[1] - column) <= need.columns
    )
