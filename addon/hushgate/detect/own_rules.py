"""Reads hushgate's own rule files: `rules`, `labels`, and what `adjust` changes of rules that other files hold."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import re2

from hushgate.detect.backtracking import CONDITIONS, usable
from hushgate.detect.conditions import exclusion, hotword, requirement
from hushgate.detect.filters import FILTERS
from hushgate.detect.judging import refused
from hushgate.detect.labels import label_rules
from hushgate.detect.parts import spelt_out
from hushgate.detect.rules import SCHEMA, Rule
from hushgate.detect.validate import VALIDATORS
from hushgate.errors import ConfigError, ConfigFault
from hushgate.schema_check import check, did_you_mean
from hushgate.schema_fit import fits
from hushgate.values import Level
from hushgate.yaml_source import Source, read_text

LONG: Final = 1000
"""Words above which a list is looked for by an automaton of its own, not by a pattern."""
_MOST_WORDS: Final = 500_000
_MAX_BYTES: Final = 32 << 20
_BLANK: Final = r"[\s\x{a0}]{1,4}"
"""What may stand for a blank in a phrase: a line's end, too."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What an `adjust` entry changes of the rule that it names."""

    given: Mapping[str, Any]
    source: Source
    index: int

    def applied(self, rules: dict[str, Rule]) -> list[ConfigFault]:
        """Change the rule, or take it out; a fault where there is none of this id."""
        name: str = self.given["rule"]
        rule = rules.get(name)
        if rule is None:
            hint = did_you_mean(name, sorted(rules))
            return [self.source.fault(f"no rule is called {name!r}", "adjust", self.index, "rule", hint=hint)]
        if not self.given.get("enabled", True):
            del rules[name]
            return []
        data: Any = self.source.data
        try:
            excluded = _exclusions(self.source, ("adjust", self.index), self.given, data.get("parts", {}))
        except ConfigError as error:
            return list(error.faults)
        except ValueError as part:
            return [self.source.fault(f"no part {str(part)!r} can be put in here", "adjust", self.index)]
        changed = replace(
            rule,
            exclude=(*rule.exclude, *map(exclusion, excluded)),
            hotwords=(*map(hotword, self.given.get("hotwords", ())), *rule.hotwords),
        )
        rules[name] = changed
        return [self.source.fault(why, "adjust", self.index, hint=CONDITIONS) for why in refused(changed)]


def own_rules(source: Source, *, tried: bool = True) -> tuple[list[Rule], list[Adjustment], list[ConfigFault]]:
    """What a file holds, and all that is wrong with it. `tried`: the patterns are compiled."""
    faults = check(source, SCHEMA)
    data: Any = source.data if not faults else _fitting(source.data)
    parts: Mapping[str, str] = data.get("parts", {})
    rules: list[Rule] = []
    for index, given in enumerate(data.get("rules", ())):
        if given is None:
            continue
        wrong = [*_incomplete(source, index, given), *_unknown_names(source, index, given)]
        try:
            words = _words(source, index, given)
            pattern = given.get("pattern") or ("" if len(words) > LONG else word_pattern(words))
            pattern = spelt_out(pattern, parts) if "pattern" in given else pattern
            excluded = _exclusions(source, ("rules", index), given, parts)
        except ConfigError as error:
            wrong += error.faults
        except ValueError as part:
            hint = did_you_mean(str(part), sorted(parts)) or "parts stand at the top of the same file"
            message = f"no part {str(part)!r} can be put in here"
            wrong.append(source.fault(message, "rules", index, "pattern", hint=hint))
        faults += wrong
        if not wrong:
            rule = _rule({**given, "exclude": excluded}, pattern, source.file, source.line("rules", index))
            rule = rule if pattern else replace(rule, words=tuple(words))
            if tried:
                rule, wrong = usable(rule, source.line("rules", index, "pattern"))
                faults += wrong
            rules.append(rule)
    rules += label_rules(source, data.get("labels", {}))
    adjustments = [Adjustment(given, source, index) for index, given in enumerate(data.get("adjust", ()))]
    return rules, adjustments, faults


def _fitting(data: Any) -> Mapping[str, Any]:
    """What fits the schema of a file that does not: its parts, and its rules, None in place of others."""
    fitting: dict[str, Any] = {}
    if isinstance(data, dict):
        known = SCHEMA["properties"]
        others = [key for key in ("parts", "labels", "adjust") if key in data]
        fitting = {key: data[key] for key in others if fits(data[key], known[key])}
        given = data.get("rules")
        one = known["rules"]["items"]
        fitting["rules"] = [each if fits(each, one) else None for each in given] if isinstance(given, list) else []
    return fitting


def _exclusions(
    source: Source, at: tuple[str | int, ...], given: Mapping[str, Any], parts: Mapping[str, str]
) -> list[Mapping[str, Any]]:
    """What a rule excludes, with the parts that its patterns call and the values of files that it names.

    ValueError with the name of a part as `spelt_out` raises it; ConfigError for a file.
    """
    found: list[Mapping[str, Any]] = []
    for number, each in enumerate(given.get("exclude", ())):
        patterns = [spelt_out(pattern, parts) for pattern in each.get("patterns", ())]
        values = list(each.get("values", ()))
        if "values_from" in each:
            values += _listed(source, (*at, "exclude", number, "values_from"), each["values_from"])
        found.append({**each, "patterns": patterns, "values": values})
    return found


def _listed(source: Source, at: tuple[str | int, ...], name: str, column: str = "") -> list[str]:
    """The words of a file, whose faults are told where it is named."""
    file = word_file(source.file, name)
    try:
        return listed_words(file, column)
    except ConfigError as error:
        faults = [source.fault(f"{file.name}: {fault.message}", *at, hint=fault.hint) for fault in error.faults]
        raise ConfigError(faults) from None


def word_pattern(words: Sequence[str]) -> str:
    """A pattern for any of some words, in whatever case; of two that begin alike, the longer one."""
    choice = "|".join(re2.escape(word) for word in sorted(dict.fromkeys(words), key=lambda w: (-len(w), w)))
    choice = choice.replace("\\ ", _BLANK)
    return f"(?i:{choice})"


def listed_words(file: Path, column: str = "") -> list[str]:
    """A word list: one a line, `#` for remarks; of a CSV file what stands in a column.

    ConfigError where it cannot be read, or holds none.
    """
    text = read_text(file, _MAX_BYTES).removeprefix("\ufeff")
    if column:
        cells = _cells(file, text, column)
    else:
        cells = [line for line in map(str.strip, text.splitlines()) if not line.startswith("#")]
    words = list(dict.fromkeys(" ".join(cell.split()) for cell in cells if cell.strip()))
    if not words:
        raise ConfigError([ConfigFault(str(file), 0, "the word list is empty", "write one word or phrase a line")])
    if len(words) > _MOST_WORDS:
        hint = "more than that are an organisation's values: `hushgate catalog values`"
        raise ConfigError([ConfigFault(str(file), 0, f"the word list has more than {_MOST_WORDS} words", hint)])
    return words


def _cells(file: Path, text: str, column: str) -> list[str]:
    """What stands beneath a column's name in a CSV file, parted by commas, semicolons or tabs."""
    head = text.split("\n", 1)[0]
    rows = csv.reader(text.splitlines(), delimiter=max(",;\t", key=head.count))
    names = [name.strip() for name in next(rows, [])]
    if column not in names:
        raise ConfigError([ConfigFault(str(file), 1, f"has no column {column!r}", did_you_mean(column, names))])
    at = names.index(column)
    return [row[at] for row in rows if len(row) > at]


def word_file(source_file: str, given: str) -> Path:
    """The file that `words_from` names: beside the rule file, unless it is absolute."""
    return Path(source_file).parent / Path(given).expanduser()


def _words(source: Source, index: int, given: Mapping[str, Any]) -> list[str]:
    """The words of a rule, with the endings that they may have."""
    words = list(given.get("words", ()))
    if "words_from" in given:
        words = _listed(source, ("rules", index, "words_from"), given["words_from"], given.get("column", ""))
    return [*words, *(word + ending for word in words for ending in given.get("endings", ()))]


def _rule(given: Mapping[str, Any], pattern: str, file: str, line: int) -> Rule:
    context: Mapping[str, Any] = given.get("context", {})
    words = tuple(word.lower() for word in context.get("words", ()))
    required = context.get("required", False)
    return Rule(
        id=given["id"],
        entity=given["entity"],
        level=Level.parse(given["level"]),
        category=given["category"],
        says=given["says"],
        pattern=pattern,
        match=tuple(given.get("match", ())),
        no_match=tuple(given.get("no_match", ())),
        keywords=tuple(word.lower() for word in given.get("keywords", words if required else ())),
        boundary=given.get("boundary", "word"),
        context_words=words,
        context_required=required,
        context_window=context.get("window", 64),
        validate=tuple(given.get("validate", ())),
        filters=tuple(given.get("filters", ())),
        score=given.get("score", 0.85),
        context_score=given.get("context_score", 0.95),
        group=given.get("group"),
        entropy=float(given.get("entropy", 0)),
        exclude=tuple(map(exclusion, given.get("exclude", ()))),
        hotwords=tuple(map(hotword, given.get("hotwords", ()))),
        requires=tuple(map(requirement, given.get("requires", ()))),
        path=given.get("path", ""),
        validated_score=float(given.get("validated_score", 0)),
        least=float(given.get("least", 0)),
        reported=given.get("reported", True),
        origin=given.get("origin", ""),
        file=file,
        line=line,
    )


def _incomplete(source: Source, index: int, given: Mapping[str, Any]) -> list[ConfigFault]:
    """A rule is of one pattern, whose examples prove it, or of words, which need none."""
    at = ("rules", index)
    kinds = [key for key in ("pattern", "words", "words_from") if key in given]
    if not kinds:
        hint = "or a list of words: words, words_from"
        return [source.fault(f"rules[{index}] lacks the key 'pattern'", *at, hint=hint)]
    if len(kinds) > 1:
        return [source.fault(f"rules[{index}] has {' and '.join(kinds)}", *at, hint="one of them says what is found")]
    proven = kinds != ["pattern"] or "origin" in given
    missing = [] if proven else [key for key in ("match", "no_match") if key not in given]
    return [source.fault(f"rules[{index}] lacks the key {key!r}", *at) for key in missing]


def _unknown_names(source: Source, index: int, given: Mapping[str, Any]) -> list[ConfigFault]:
    """Validators and filters that do not exist."""
    return [
        source.fault(
            f"no {kind} is called {name!r}", *("rules", index, key, place), hint=did_you_mean(name, sorted(known))
        )
        for key, kind, known in (("validate", "validator", VALIDATORS), ("filters", "filter", FILTERS))
        for place, name in enumerate(given.get(key, ()))
        if name not in known and not (kind == "validator" and _is_presidio_s(name))
    ]


def _is_presidio_s(name: str) -> bool:
    """Whether a validator is the check of one of Presidio's classes, as `rules import` writes it."""
    if not name.startswith("presidio:"):
        return False
    from hushgate.detect import presidio_classes  # a second to import: only who names one pays

    try:
        return presidio_classes.validator(name) is not None
    except KeyError:
        return False
