"""What a rule may ask of a match beside its pattern: what it must not be, words that change its score, other rules.

The values; `judging.py` and `composite.py` apply them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

type Target = Literal["value", "match", "name", "line", "lines"]
"""What an exclusion's patterns look at: the value; the whole match; the match from the beginning of the word that it
begins in (`next` of `nextToken: ...`, where the pattern begins with `token`); the lines that it stands in; or with
`lines` the one in front of these, too."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A match that is none.

    `patterns` are RE2 and found anywhere in the target, where `^` and `$` are its ends; `words` stand anywhere in the
    value, in whatever case; `values` are the value, exactly; `fingerprints` are those of `hushgate show`; `paths` are
    RE2 and found in the name of the file that the text is of, and say nothing where it is of none. One kind that
    speaks is enough, or with `every` all kinds that are given have to.
    """

    patterns: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    target: Target = "value"
    every: bool = False


@dataclass(frozen=True, slots=True)
class Hotword:
    """Whole words, lower case, within `window` code points of the value or in its key: the score is `score` then.

    A score of 0 drops the match. Of several hotwords of a rule the first that is there counts.
    """

    words: tuple[str, ...]
    score: float
    window: int = 64


@dataclass(frozen=True, slots=True)
class Requirement:
    """Another rule that has to match, too: so many lines or columns away at most, or anywhere in the text."""

    rule: str
    lines: int | None = None
    columns: int | None = None


_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 8000}
_TEXTS: Final = {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": 20_000}
_NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": 100_000}
EXCLUDE: Final[Mapping[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {
        "patterns": _TEXTS,
        "words": _TEXTS,
        "values": _TEXTS,
        "values_from": _TEXT,
        "fingerprints": {**_TEXTS, "items": {"type": "string", "pattern": "^[0-9a-f]{32}$", "description": "32 hex"}},
        "paths": _TEXTS,
        "target": {"enum": ["value", "match", "name", "line", "lines"]},
        "every": {"type": "boolean"},
    },
}
HOTWORD: Final[Mapping[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["words", "score"],
    "properties": {
        "words": _TEXTS,
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "window": {"type": "integer", "minimum": 1, "maximum": 1000},
    },
}
REQUIRES: Final[Mapping[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["rule"],
    "properties": {"rule": {"type": "string"}, "lines": _NUMBER, "columns": _NUMBER},
}
"""Their schemas in a rule file."""


def exclusion(given: Mapping[str, Any]) -> Exclusion:
    """One of a rule's `exclude`, or of what `asdict` made of it."""
    kinds = ("patterns", "values", "fingerprints", "paths")
    return Exclusion(
        words=tuple(word.lower() for word in given.get("words", ())),
        target=given.get("target", "value"),
        every=given.get("every", False),
        **{kind: tuple(given.get(kind, ())) for kind in kinds},
    )


def hotword(given: Mapping[str, Any]) -> Hotword:
    """One of a rule's `hotwords`."""
    return Hotword(tuple(w.lower() for w in given["words"]), float(given["score"]), given.get("window", 64))


def requirement(given: Mapping[str, Any]) -> Requirement:
    """One of a rule's `requires`."""
    return Requirement(given["rule"], given.get("lines"), given.get("columns"))
