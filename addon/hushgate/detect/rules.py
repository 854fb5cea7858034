"""Detection rules: one pattern, one entity, with the examples that prove it.

Rules are YAML files (`version: 1`, a list under `rules`), checked against a
strict schema; every fault of every file is reported at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hushgate.values import Level

type Boundary = Literal["word", "token", "digit", "none"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What to look for, what it is, and how sure a match makes us.

    `pattern` is in RE2 syntax. The value is the group named `secret`, else
    group 1, else the whole match. `boundary` is checked in code beside the
    value: `word` (no letter, digit or underscore), `token` (also no dash),
    `digit` (no digit, nor a dot or dash that joins another digit), `none`.
    `keywords` are lower case; a text without any of them is not searched.
    `context_words` are whole words, lower case, looked for within
    `context_window` code points of the match and in the segment's key; where
    one is found the score is `context_score`, and where `context_required` is
    set a match without one is dropped.
    """

    id: str
    entity: str
    level: Level
    category: str
    says: str
    pattern: str
    match: tuple[str, ...]
    no_match: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    boundary: Boundary = "word"
    context_words: tuple[str, ...] = ()
    context_required: bool = False
    context_window: int = 64
    validate: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    score: float = 0.85
    context_score: float = 0.95
    file: str = ""
    line: int = 0
