"""Secrets in tables: each cell below a column that is named for passwords, keys or tokens.

CSV, TSV, Markdown and what psql and mysql print (`tables.delimited`). A pattern sees the first row at most; this is
the rest of the rule `generic-secret-column`, which has to be there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from hushgate.detect import filters
from hushgate.detect.hit import Hit
from hushgate.detect.rules import Rule
from hushgate.detect.tables.delimited import table_at

RULE: Final = "generic-secret-column"
_WORDS: Final = ("pass", "pw", "kennwort", "contrase", "senha", "wachtwoord", "secret", "token", "key")
_PASSWORD: Final = re.compile(
    r"(?i)(?:[\w -]{0,16}[_ -])?(?:pass(?:w(?:or)?d|wort|phrase)?|pwd?|kennwort|contraseña|senha|wachtwoord)"
)
_KEY: Final = re.compile(r"(?i)(?:[\w -]{0,16}[_ -])?(?:secret|token|(?:api|access|secret)[_ -]?key)")
_LINE: Final = 1000
"""Code points of a line that may be part of a table."""
_SHARED: Final = (filters.placeholder, filters.code, filters.path, filters.public_key, filters.word, filters.plain)


class SecretColumns:
    """Looks at whole texts, as sources beside the rules do."""

    def __init__(self, rule: Rule, fingerprint: Callable[[str], str]) -> None:
        self._rule = rule
        self._fingerprint = fingerprint
        self.revision = "secret-columns-2"

    def find(self, texts: Sequence[str], keys: Sequence[str | None] | None) -> list[list[Hit]]:
        """The hits of each text."""
        return [list(self._hits(text)) for text in texts]

    def _hits(self, text: str) -> Iterator[Hit]:
        done = -1
        for start, end in _heads(text):
            group = table_at(text, start, end) if start >= done else None
            if group is None:
                continue
            wanted = {n: _judge_of(name) for n, name in enumerate(group.names)}
            judges = {n: judge for n, judge in wanted.items() if judge}
            if not judges or len(group.names) < 2:
                continue
            for n, low, high in group.cells(judges):
                value = text[low:high]
                if judges[n](value):
                    yield self._hit(value, low)
            done = group.end

    def _hit(self, value: str, start: int) -> Hit:
        rule = self._rule
        known = (rule.entity, rule.category, rule.level, rule.score, rule.id, "", self._fingerprint(value))
        return Hit(start, start + len(value), *known)


def _heads(text: str) -> Iterator[tuple[int, int]]:
    """Lines that may be the head of a table with such a column, in order."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = text
    seen: set[int] = set()
    for word in _WORDS:
        at = lower.find(word)
        while at >= 0:
            start, end = lower.rfind("\n", 0, at) + 1, lower.find("\n", at)
            if end < 0:
                break  # nothing below it
            if end - start <= _LINE:
                seen.add(start)
            at = lower.find(word, end)
    yield from ((start, text.find("\n", start)) for start in sorted(seen))


def _judge_of(name: str) -> Callable[[str], bool] | None:
    """Whether a cell of a column of this name is a secret; None for other columns."""
    if _PASSWORD.fullmatch(name):
        return lambda value: _may_be(value) and not filters.key_name(value)
    return (lambda value: _may_be(value) and not filters.not_random(value)) if _KEY.fullmatch(name) else None


def _may_be(value: str) -> bool:
    return 4 <= len(value) <= 200 and " " not in value and not any(drop(value) for drop in _SHARED)
