"""Detection rules: one pattern, one entity, with the examples that prove it.

Rules are YAML files (`version: 1`, a list under `rules`), checked against a
strict schema; every fault of every file is reported at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from hushgate.detect.filters import FILTERS
from hushgate.detect.validate import VALIDATORS
from hushgate.errors import ConfigError, ConfigFault
from hushgate.schema_check import check, did_you_mean
from hushgate.values import Level
from hushgate.yaml_source import Source, load_yaml

type Boundary = Literal["word", "token", "digit", "none"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What to look for, what it is, and how sure a match makes us.

    `pattern` is in RE2 syntax. The value is the group named `secret`, else
    group 1, else the whole match. `boundary` is checked in code beside the
    value: `word` (no letter, digit or underscore), `token` (also no dash),
    `digit` (no digit, nor a dot or dash that joins another digit but for a
    bare `.0` or `.00` behind it), `none`.
    `keywords` are lower case; a text without any of them is not searched. Where
    the context is required and none are given they are the context's words.
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
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)


_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 20_000}
_TEXTS: Final = {"type": "array", "items": _TEXT, "maxItems": 500}
_SCORE: Final = {"type": "number", "minimum": 0.05, "maximum": 1}
_RULE: Final[Mapping[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "entity", "level", "category", "says", "pattern", "match", "no_match"],
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{1,63}$", "description": "lower-case words and dashes"},
        "entity": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]{1,40}$", "description": "capitals and underscores"},
        "level": {"enum": [level.word for level in Level]},
        "category": {"type": "string", "pattern": "^[a-z][a-z0-9_]{1,31}$", "description": "one lower-case word"},
        "says": {"type": "string", "minLength": 3, "maxLength": 200},
        "keywords": _TEXTS,
        "pattern": {"type": "string", "minLength": 1, "maxLength": 8000},
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
        "score": _SCORE,
        "context_score": _SCORE,
        "match": {**_TEXTS, "minItems": 1},
        "no_match": {**_TEXTS, "minItems": 1},
    },
}
SCHEMA: Final[Mapping[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "hushgate detection rules",
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "rules"],
    "properties": {"version": {"const": 1}, "rules": {"type": "array", "items": _RULE}},
}
"""What a rule file may hold (JSON Schema 2020-12)."""


def load_rules(sources: Sequence[Path], *, proven: Path | None = None) -> tuple[Rule, ...]:
    """Read rule files, in order; ConfigError with the faults of all of them.

    Patterns of files in the folder `proven` are not tried.
    Whether the rules find their own examples is `detect.examples.check`'s to say.
    """
    faults: list[ConfigFault] = []
    rules: dict[str, Rule] = {}
    for path in sources:
        try:
            source = load_yaml(path)
        except ConfigError as error:
            faults += error.faults
            continue
        wrong = check(source, SCHEMA)
        faults += wrong
        if wrong:
            continue
        data: Any = source.data
        for index, given in enumerate(data["rules"]):
            faults += _unknown_names(source, index, given)
            rule = _rule(given, source.file, source.line("rules", index))
            known = rules.setdefault(rule.id, rule)
            if known is not rule:
                faults.append(
                    source.fault(
                        f"the rule id {rule.id!r} is taken, by {known.file}:{known.line}",
                        *("rules", index, "id"),
                        hint="ids are unique over all files: choose another",
                    )
                )
            if proven is None or not path.is_relative_to(proven):
                faults += _uncompilable(source, index, rule)
    if faults:
        raise ConfigError(faults)
    return tuple(rules.values())


def _rule(given: Mapping[str, Any], file: str, line: int) -> Rule:
    context: Mapping[str, Any] = given.get("context", {})
    words = tuple(word.lower() for word in context.get("words", ()))
    required = context.get("required", False)
    return Rule(
        id=given["id"],
        entity=given["entity"],
        level=Level.parse(given["level"]),
        category=given["category"],
        says=given["says"],
        pattern=given["pattern"],
        match=tuple(given["match"]),
        no_match=tuple(given["no_match"]),
        keywords=tuple(word.lower() for word in given.get("keywords", words if required else ())),
        boundary=given.get("boundary", "word"),
        context_words=words,
        context_required=required,
        context_window=context.get("window", 64),
        validate=tuple(given.get("validate", ())),
        filters=tuple(given.get("filters", ())),
        score=given.get("score", 0.85),
        context_score=given.get("context_score", 0.95),
        file=file,
        line=line,
    )


def _unknown_names(source: Source, index: int, given: Mapping[str, Any]) -> list[ConfigFault]:
    """Validators and filters that do not exist."""
    return [
        source.fault(
            f"no {kind} is called {name!r}", *("rules", index, key, place), hint=did_you_mean(name, sorted(known))
        )
        for key, kind, known in (("validate", "validator", VALIDATORS), ("filters", "filter", FILTERS))
        for place, name in enumerate(given.get(key, ()))
        if name not in known
    ]


def _uncompilable(source: Source, index: int, rule: Rule) -> list[ConfigFault]:
    from hushgate.detect.compiled import Refused, compile_pattern  # which needs Rule, from here

    try:
        compiled = compile_pattern(rule.pattern)
    except Refused as refused:
        return [
            source.fault(
                f"the pattern of {rule.id} does not compile: {refused}",
                *("rules", index, "pattern"),
                hint="patterns are RE2: no look-around, no back-references, counts up to 1000",
            )
        ]
    if compiled.search(b"") is not None:
        return [
            source.fault(
                f"the pattern of {rule.id} matches the empty text",
                *("rules", index, "pattern"),
                hint="let it require at least one character",
            )
        ]
    return []
