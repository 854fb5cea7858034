"""Reads Presidio's recognizer registry (`recognizers:` in YAML, as of presidio-analyzer 2.2.366).

A pattern's match is the whole of it, in whatever case; one that scores less than the threshold (the recognizer's own,
else what Presidio's context gives) counts where a word of the context stands beside it or the class's check confirms
it. The contexts of all languages count in every text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hushgate.detect.own_rules import word_pattern
from hushgate.detect.rules import Rule
from hushgate.errors import ConfigFault
from hushgate.schema_check import check, did_you_mean
from hushgate.schema_fit import fits
from hushgate.values import Level
from hushgate.yaml_source import Source

CONTEXT_ADDS: Final = 0.35
"""What a word of the context adds to a score in Presidio, and below the least that the score is then."""
LEAST_IN_CONTEXT: Final = 0.4
_FLAGS: Final = 26  # re.IGNORECASE | re.MULTILINE | re.DOTALL, Presidio's own
_LETTERS: Final = {2: "i", 16: "s", 64: "x"}  # `m` is always on: texts share a buffer

_TEXT: Final = {"type": "string", "minLength": 1}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_SCORE: Final = {"type": "number", "minimum": 0, "maximum": 1}
_LANGUAGE: Final = {
    "type": "object", "required": ["language"],
    "properties": {"language": _TEXT, "context": {"anyOf": [_TEXTS, {"type": "null"}]}},
}  # fmt: skip
_PATTERN: Final = {
    "type": "object", "required": ["regex", "score"],
    "properties": {"name": {"type": "string"}, "regex": _TEXT, "score": _SCORE},
}  # fmt: skip
_RECOGNIZER: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": _TEXT, "class_name": _TEXT, "enabled": {"type": "boolean"}, "type": {"enum": ["predefined", "custom"]},
        "supported_language": _TEXT, "supported_entity": _TEXT, "supported_entities": {**_TEXTS, "minItems": 1},
        "supported_languages": {"type": "array", "items": {"anyOf": [_TEXT, _LANGUAGE]}},
        "patterns": {"type": "array", "items": _PATTERN}, "deny_list": _TEXTS, "deny_list_score": _SCORE,
        "context": {"anyOf": [_TEXTS, {"type": "null"}]}, "global_regex_flags": {"type": "integer"},
        "score_thresholds": {"type": "object"},
    },
}  # fmt: skip
_FILE: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "global_regex_flags": {"type": "integer"},
        "recognizers": {"type": "array", "items": {"anyOf": [_TEXT, _RECOGNIZER]}},
    },
}

type Known = Mapping[str, tuple[Level, str]]
"""Level and category of the entities that other rules find."""


@dataclass(slots=True)
class Taken:
    """The rules of a registry, what was left out of it, and what is wrong with it."""

    rules: list[Rule] = field(default_factory=list)
    faults: list[ConfigFault] = field(default_factory=list)
    left_out: list[ConfigFault] = field(default_factory=list)


def read(source: Source, known: Known) -> Taken:
    """Read a registry, and all that is wrong with it."""
    data: Any = source.data
    taken = Taken(faults=check(source, _FILE))
    faults = taken.faults
    for index, given in enumerate(data["recognizers"] if isinstance(data["recognizers"], list) else ()):
        if faults and not fits(given, _FILE["properties"]["recognizers"]["items"]):
            continue
        entry = {"name": given, "type": "predefined"} if isinstance(given, str) else given
        if not entry.get("enabled", True):
            continue
        flags = entry.get("global_regex_flags", data.get("global_regex_flags", _FLAGS))
        each = _Recognizer(entry, source, index, flags, known)
        taken.left_out += each.unknown()
        custom = entry.get("patterns") or entry.get("deny_list")
        if entry.get("type") == "predefined" or not (custom or "type" in entry):
            each.predefined(taken, faults)
        elif not custom:
            faults.append(each.fault("has neither patterns nor a deny_list"))
        elif not (entry.get("supported_entity") or entry.get("supported_entities")):
            faults.append(each.fault("lacks supported_entity"))
        else:
            each.add(taken, list(_patterns(entry)), _context(entry))
    _tell_apart(taken.rules)
    return taken


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern of a recognizer; `words`: it is a deny list, whose words stand alone."""

    name: str
    regex: str
    score: float
    words: bool = False


@dataclass(frozen=True, slots=True)
class _Recognizer:
    given: Mapping[str, Any]
    source: Source
    index: int
    flags: int
    known: Known

    def fault(self, message: str, hint: str = "") -> ConfigFault:
        return self.source.fault(f"recognizer {self.given['name']!r} {message}", "recognizers", self.index, hint=hint)

    def unknown(self) -> Iterator[ConfigFault]:
        """Keys that mean nothing here; those of Presidio's that ask for more than a pattern are told of as well."""
        for key in self.given:
            if key not in _RECOGNIZER["properties"]:
                hint = did_you_mean(key, [*_RECOGNIZER["properties"]])
                yield self.fault(f"has the key {key!r}, which is not known", hint)

    def predefined(self, taken: Taken, faults: list[ConfigFault]) -> None:
        """A class that comes with Presidio: its patterns, its context, its check."""
        from hushgate.detect import presidio_classes  # a second to import: only who names one pays

        name: str = self.given.get("class_name") or self.given["name"]
        found = presidio_classes.named(name, self.given.get("supported_entity"))
        if found is None:
            hint = did_you_mean(name, presidio_classes.names())
            faults.append(self.fault(f"names no class of Presidio's: {name}", hint))
        elif isinstance(found, str):
            taken.left_out.append(self.fault(f"is left out: {found}"))
        else:
            patterns = [Pattern(p.name, p.regex, p.score) for p in found.patterns]
            context = _context(self.given) or tuple(word.strip().lower() for word in found.context or ())
            entity = self.given.get("supported_entity") or found.supported_entities[0]
            self.add(taken, patterns, context, entity, (presidio_classes.PREFIX + name,))

    def add(
        self,
        taken: Taken,
        patterns: Sequence[Pattern],
        context: tuple[str, ...],
        entity: str | None = None,
        validate: tuple[str, ...] = (),
    ) -> None:
        """One rule a pattern."""
        entity = entity or self.given.get("supported_entity") or self.given["supported_entities"][0]
        thresholds: Mapping[str, float] = self.given.get("score_thresholds") or {}
        least = float(thresholds.get(entity, thresholds.get("default", LEAST_IN_CONTEXT)))
        for pattern in patterns:
            in_context = max(pattern.score + CONTEXT_ADDS, LEAST_IN_CONTEXT)
            if not validate and (in_context if context else pattern.score) < least:
                why = f"has a pattern, {pattern.name!r}, that scores {pattern.score}: less than {least}"
                hint = "give it context words, a score, or score_thresholds of its own"
                taken.left_out.append(self.fault(why if context else f"{why}, without context", hint))
                continue
            taken.rules.append(self._rule(pattern, entity, min(1.0, in_context), least, context, validate, patterns))

    def _rule(
        self,
        pattern: Pattern,
        entity: str,
        in_context: float,
        least: float,
        context: tuple[str, ...],
        validate: tuple[str, ...],
        among: Sequence[Pattern],
    ) -> Rule:
        called = entity_name(entity)
        level, category = self.known.get(called, (Level.CONFIDENTIAL, "pii"))
        letters = "".join(letter for bit, letter in _LETTERS.items() if self.flags & bit)
        name: str = self.given["name"]
        says = name if len(among) == 1 or not pattern.name else f"{name}: {pattern.name}"
        return Rule(
            id=_slug(says),
            entity=called,
            level=level,
            category=category,
            says=says[:200],
            pattern=pattern.regex if pattern.words or not letters else f"(?{letters}){pattern.regex}",
            match=(),
            no_match=(),
            boundary="word" if pattern.words else "none",
            context_words=context,
            validate=validate,
            score=pattern.score,
            context_score=in_context,
            validated_score=1.0 if validate else 0.0,
            least=least,
            group=-1,
            origin="presidio",
            file=self.source.file,
            line=self.source.line("recognizers", self.index),
        )


def _patterns(given: Mapping[str, Any]) -> Iterator[Pattern]:
    for each in given.get("patterns") or ():
        yield Pattern(each.get("name", ""), each["regex"], float(each["score"]))
    if words := given.get("deny_list"):
        yield Pattern("deny list", word_pattern(words), float(given.get("deny_list_score", 1.0)), words=True)


def _context(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The words of all languages, in lower case."""
    words = list(given.get("context") or ())
    for language in given.get("supported_languages") or ():
        words += (language.get("context") or ()) if isinstance(language, dict) else ()
    return tuple(dict.fromkeys(word.strip().lower() for word in words if word.strip()))


def entity_name(entity: str) -> str:
    """What Presidio's users call an entity, as ours are called."""
    return re.sub(r"[^A-Z0-9]+", "_", entity.upper()).strip("_")[:40]


def _slug(name: str) -> str:
    return ("presidio-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"))[:60].rstrip("-")


def _tell_apart(rules: list[Rule]) -> None:
    """Number ids that several rules have."""
    seen: dict[str, int] = {}
    for n, rule in enumerate(rules):
        seen[rule.id] = seen.get(rule.id, 0) + 1
        if seen[rule.id] > 1:
            rules[n] = replace(rule, id=f"{rule.id}-{seen[rule.id]}")
