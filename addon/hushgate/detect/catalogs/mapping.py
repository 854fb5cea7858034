"""What other catalogs' tags, terms and metadata mean here: a mapping file, and columns by it.

A tag's name is compared in one form: small letters and digits, the dots between its parts, the `=` before a value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hushgate.detect.catalogs.columns import CATEGORY, ENTITY, LEVELS, Column, entity_of
from hushgate.errors import ConfigError
from hushgate.schema_check import check
from hushgate.values import Level
from hushgate.yaml_source import load_yaml

_TAGS: Final = {
    "type": "array",
    "items": {"type": "string", "minLength": 1, "maxLength": 400},
    "description": "Names of tags or terms; `*` stands for anything.",
}
SCHEMA: Final[Mapping[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A mapping of tags",
    "type": "object",
    "required": ["version", "tags"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": 1},
        "tags": {
            "type": "array",
            "description": "What tags mean; of several entries that fit a tag the first speaks.",
            "items": {
                "type": "object",
                "required": ["match", "level", "category"],
                "additionalProperties": False,
                "properties": {
                    "match": {**_TAGS, "minItems": 1},
                    "level": {"enum": LEVELS},
                    "category": CATEGORY,
                    "entity": ENTITY,
                },
            },
        },
        "ignore": {**_TAGS, "description": "Tags that say nothing of a column's level, and are not reported."},
    },
}
_APART: Final = re.compile(r"[^\w.=*]|_")
_URN: Final = re.compile(r"(?i)urn:li:(?:tag|glossaryTerm):")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A column as another catalog has it, and the names of all tags, terms and metadata that speak of it."""

    asset: str
    name: str
    tags: tuple[str, ...]
    owner: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a tag says of the columns that carry it."""

    level: Level
    category: str
    entity: str


@dataclass(slots=True)
class TagMapping:
    """Tags and what they mean. `meaning` is None for a tag that says nothing, and KeyError for one that is unknown."""

    entries: Sequence[tuple[re.Pattern[str], Meaning | None]]
    _known: dict[str, Meaning | None | str] = field(default_factory=dict)

    def meaning(self, tag: str) -> Meaning | None:
        known = self._known.get(tag, "")
        if known == "":
            form = normal(tag)
            known = next((meaning for pattern, meaning in self.entries if pattern.fullmatch(form)), "unknown")
            self._known[tag] = known
        if isinstance(known, str):
            raise KeyError(tag)
        return known


@dataclass(frozen=True, slots=True)
class Imported:
    """The columns that carry a level, how many were read, and tags that the mapping does not know, by their use."""

    columns: tuple[Column, ...]
    read: int
    unmapped: Mapping[str, int]


def normal(tag: str) -> str:
    """The one form in which tags are compared: `urn:li:tag:Is_PII` is `ispii`."""
    return _APART.sub("", _URN.sub("", tag).lower())


def load_mapping(*paths: Path) -> TagMapping:
    """Mapping files, the first of them first; ConfigError with every fault."""
    entries: list[tuple[re.Pattern[str], Meaning | None]] = []
    for path in paths:
        source = load_yaml(path)
        data: Any = source.data
        if faults := check(source, SCHEMA):
            raise ConfigError(faults)
        if data.get("ignore"):
            entries.append((_pattern(data["ignore"]), None))
        for entry in data["tags"]:
            category = entry["category"]
            meaning = Meaning(Level.parse(entry["level"]), category, entry.get("entity") or entity_of(category))
            entries.append((_pattern(entry["match"]), meaning))
    return TagMapping(entries)


def _pattern(tags: Iterable[str]) -> re.Pattern[str]:
    """`a.b` fits itself, and the end of a longer name."""
    forms = [".*".join(map(re.escape, normal(tag).split("*"))) for tag in tags]
    return re.compile(rf"(?:[^=]*\.)?(?:{'|'.join(forms)})", re.DOTALL)


def mapped(tagged: Iterable[Tagged], mapping: TagMapping, source: str) -> Imported:
    """The columns by what their tags mean, the highest level of each; those of no level but `public` are left out."""
    best: dict[tuple[str, str], Column] = {}
    unmapped: Counter[str] = Counter()
    read: set[tuple[str, str]] = set()
    for one in tagged:
        place = (_said(one.asset), _said(one.name))
        read.add(place)
        meanings: list[Meaning] = []
        for tag in one.tags:
            try:
                if (meaning := mapping.meaning(tag)) is not None:
                    meanings.append(meaning)
            except KeyError:
                unmapped[_said(tag)] += 1
        told = max(meanings, key=_weight, default=None)
        if told is None or told.level is Level.PUBLIC or not all(place):
            continue
        aliases = tuple(map(_said, one.aliases))
        column = Column(*place, told.level, told.category, told.entity, source, _said(one.owner), aliases)
        if place not in best or column.level > best[place].level:
            best[place] = column
    return Imported(tuple(best.values()), len(read), dict(unmapped.most_common()))


def _weight(meaning: Meaning) -> tuple[Level, bool]:
    """The higher level, and of two the one that says what the values are."""
    return meaning.level, meaning.entity != entity_of(meaning.category)


def _said(name: str) -> str:
    """A name as it is written down: one line, of what can be shown, of 400 characters at most."""
    return " ".join("".join(c if c.isprintable() else " " for c in name[:1000]).split())[:400]
