"""Detection rules: one pattern, one entity, with the examples that prove it.

Rules are YAML files (`version: 1`, a list under `rules`), checked against a
strict schema; every fault of every file is reported at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from hushgate.detect.conditions import (
    EXCLUDE,
    HOTWORD,
    REQUIRES,
    Exclusion,
    Hotword,
    Requirement,
    exclusion,
    hotword,
    requirement,
)
from hushgate.detect.parts import PARTS
from hushgate.values import Level

type Boundary = Literal["word", "token", "digit", "none"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What to look for, what it is, and how sure a match makes us.

    `pattern` is in RE2 syntax, or with `backtracking` in that of `regex`. The
    value is the group named `secret`, else group 1, else the whole match;
    `group` numbers another one, 0 for the first that takes part, -1 for the
    whole match. `boundary` is checked in code beside the
    value: `word` (no letter, digit or underscore), `token` (also no dash),
    `digit` (no digit, nor a dot or dash that joins another digit but for a
    bare `.0` or `.00` behind it), `none`.
    `keywords` are lower case; a text without any of them is not searched. Where
    the context is required and none are given they are the context's words.
    `context_words` are whole words, lower case, looked for within
    `context_window` code points of the match and in the segment's key; where
    one is found the score is `context_score`, and where `context_required` is
    set a match without one is dropped. `entropy`: bits a character that the
    value must have more of. `validated_score`: the score where a validator is
    sure. `least`: a match with a lower score is dropped. `path`: RE2, found in the name of the file that a
    text is of; texts of no file count. `reported`: whether a match is told of,
    or only counts for other rules' `requires`. `origin`: the format that the
    rule was taken over from, "" for hushgate's own; such rules have no examples.
    `words`: a long list of words that are looked for in place of a pattern, which is "" then.
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
    validated_score: float = 0.0
    least: float = 0.0
    group: int | None = None
    entropy: float = 0.0
    exclude: tuple[Exclusion, ...] = ()
    hotwords: tuple[Hotword, ...] = ()
    requires: tuple[Requirement, ...] = ()
    path: str = ""
    reported: bool = True
    backtracking: bool = False
    words: tuple[str, ...] = ()
    origin: str = ""
    file: str = field(default="", compare=False, repr=False)
    line: int = field(default=0, compare=False, repr=False)


_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 20_000}
_TEXTS: Final = {"type": "array", "items": _TEXT, "maxItems": 500}
_SCORE: Final = {"type": "number", "minimum": 0.05, "maximum": 1}
_RULE: Final[Mapping[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "entity", "level", "category", "says"],
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{1,63}$", "description": "lower-case words and dashes"},
        "entity": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]{1,40}$", "description": "capitals and underscores"},
        "level": {"enum": [level.word for level in Level]},
        "category": {"type": "string", "pattern": "^[a-z][a-z0-9_]{1,31}$", "description": "one lower-case word"},
        "says": {"type": "string", "minLength": 3, "maxLength": 200},
        "keywords": _TEXTS,
        "pattern": {"type": "string", "minLength": 1, "maxLength": 8000},
        "words": {**_TEXTS, "minItems": 1, "maxItems": 500_000},
        "words_from": _TEXT,
        "column": _TEXT,
        "endings": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 16}, "maxItems": 32},
        "group": {"type": "integer", "minimum": -1, "maximum": 99},
        "boundary": {"enum": ["word", "token", "digit", "none"]},
        "context": {
            "type": "object",
            "additionalProperties": False,
            "required": ["words"],
            "properties": {
                "words": {**_TEXTS, "minItems": 1},
                "required": {"type": "boolean"},
                "window": {"type": "integer", "minimum": 1, "maximum": 1000},
            },
        },
        "validate": _TEXTS,
        "filters": _TEXTS,
        "entropy": {"type": "number", "minimum": 0, "maximum": 8},
        "exclude": {"type": "array", "items": EXCLUDE},
        "hotwords": {"type": "array", "items": HOTWORD},
        "requires": {"type": "array", "items": REQUIRES},
        "path": _TEXT,
        "reported": {"type": "boolean"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "context_score": _SCORE,
        "validated_score": {"type": "number", "minimum": 0, "maximum": 1},
        "least": {"type": "number", "minimum": 0, "maximum": 1},
        "origin": {"enum": ["gitleaks", "presidio"]},
        "match": {**_TEXTS, "minItems": 1},
        "no_match": {**_TEXTS, "minItems": 1},
    },
}
_ADJUST: Final[Mapping[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["rule"],
    "properties": {
        "rule": {"type": "string"},
        "enabled": {"type": "boolean"},
        "exclude": {"type": "array", "items": EXCLUDE},
        "hotwords": {"type": "array", "items": HOTWORD},
    },
}
SCHEMA: Final[Mapping[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "hushgate detection rules",
    "type": "object",
    "additionalProperties": False,
    "required": ["version"],
    "properties": {
        "version": {"const": 1},
        "parts": PARTS,
        "rules": {"type": "array", "items": _RULE},
        "adjust": {"type": "array", "items": _ADJUST},
        "labels": {
            "type": "object",
            "propertyNames": {"minLength": 2, "maxLength": 120},
            "additionalProperties": {"enum": [level.word for level in Level]},
        },
    },
}
"""What a rule file may hold (JSON Schema 2020-12)."""


def load_rules(sources: Sequence[Path], *, proven: Path | None = None) -> tuple[Rule, ...]:
    """Read rule files of any format, in order; ConfigError with the faults of all of them.

    Patterns of files in the folder `proven` are not tried.
    Whether the rules find their own examples is `detect.examples.check`'s to say.
    """
    from hushgate.detect.loading import load  # which reads other formats, too, and needs Rule

    return load(sources, proven=proven).rules


def rule_of(raw: Mapping[str, Any]) -> Rule:
    """A rule from what `dataclasses.asdict` and JSON made of it."""
    made: dict[str, Any] = {
        name: tuple(value) if isinstance(value, (list, tuple)) else value for name, value in raw.items()
    }
    made["level"] = Level(raw["level"])
    made["exclude"] = tuple(map(exclusion, raw["exclude"]))
    made["hotwords"] = tuple(map(hotword, raw["hotwords"]))
    made["requires"] = tuple(map(requirement, raw["requires"]))
    return Rule(**made)
