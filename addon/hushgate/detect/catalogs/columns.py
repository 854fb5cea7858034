"""A catalog's file of columns: read, checked, written.

version: 1
kind: columns
classes:
  confidential-pii: {level: confidential, category: pii, entity: PERSONAL_DATA}
assets:
  - asset: shop.public.customers
    source: dbt
    owner: crm
    columns:
      email: confidential-pii
      full_name: {class: confidential-pii, aliases: [customer]}

50,000 columns are read in half a second.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from hushgate.errors import ConfigError, ConfigFault
from hushgate.schema_check import check, did_you_mean
from hushgate.values import Level
from hushgate.yaml_source import Source, load_yaml

MOST: Final = 64 * 1024 * 1024
"""Bytes of a file of columns."""
LEVELS: Final = [level.word for level in Level]
ENTITIES: Final[Mapping[str, str]] = {
    "pii": "PERSONAL_DATA",
    "gdpr-special": "SPECIAL_CATEGORY_DATA",
    "phi": "HEALTH_DATA",
    "pci": "CARDHOLDER_DATA",
    "secret": "SECRET",
    "ip": "INTELLECTUAL_PROPERTY",
}
"""What the values of a category are called where nothing more is known of them."""
OTHERWISE: Final = "BUSINESS_DATA"

_NAME: Final = {"type": "string", "minLength": 1, "maxLength": 400}
ENTITY: Final = {"type": "string", "pattern": "^[A-Z][A-Z0-9_]{1,39}$", "description": "capitals, digits and _"}
CATEGORY: Final = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}$", "description": "small letters and dashes"}
_COLUMN: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["class"],
    "additionalProperties": False,
    "properties": {
        "class": {**_NAME, "description": "One of `classes`."},
        "aliases": {"type": "array", "items": _NAME, "description": "Other names that the column goes by."},
        "owner": {"type": "string", "maxLength": 400, "description": "Who answers for it, if not the asset's owner."},
    },
}
SCHEMA: Final[Mapping[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A catalog of columns",
    "type": "object",
    "required": ["version", "kind", "classes", "assets"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": 1},
        "kind": {"const": "columns"},
        "classes": {
            "type": "object",
            "description": "What columns are, by names of your own.",
            "additionalProperties": {
                "type": "object",
                "required": ["level", "category"],
                "additionalProperties": False,
                "properties": {"level": {"enum": LEVELS}, "category": CATEGORY, "entity": ENTITY},
            },
        },
        "assets": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["asset", "columns"],
                "additionalProperties": False,
                "properties": {
                    "asset": {**_NAME, "description": "The table, with its database and schema."},
                    "source": {**_NAME, "description": "Where this is known from: `dbt`."},
                    "owner": {"type": "string", "maxLength": 400, "description": "Who answers for it."},
                    "columns": {
                        "type": "object",
                        "description": "Columns by name, each with its class.",
                        "propertyNames": {"minLength": 1, "maxLength": 400},
                        "additionalProperties": {"anyOf": [{**_NAME, "description": "the name of a class"}, _COLUMN]},
                    },
                },
            },
        },
    },
}


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """A column, what its values are, and where that is known from. `owner` may be ""."""

    asset: str
    name: str
    level: Level
    category: str
    entity: str
    source: str
    owner: str = ""
    aliases: tuple[str, ...] = ()


def read_columns(path: Path, text: str | None = None) -> list[Column]:
    """The columns of a file, or of `text` in its place, in order; ConfigError with every fault."""
    source = load_yaml(path, text, most=MOST)
    data: Any = source.data
    if faults := check(source, SCHEMA):
        raise ConfigError(faults)
    found: list[Column] = []
    classes = {
        name: (Level.parse(one["level"]), one["category"], one.get("entity") or entity_of(one["category"]))
        for name, one in data["classes"].items()
    }
    seen: set[tuple[str, str]] = set()
    for n, asset in enumerate(data["assets"]):
        name, known_from = asset["asset"], asset.get("source", "catalog")
        if (known_from, name) in seen:
            faults.append(source.fault(f"the asset {name!r} of {known_from} is given twice", "assets", n))
        seen.add((known_from, name))
        owner = asset.get("owner", "")
        for column, said in asset["columns"].items():
            more = {"class": said} if isinstance(said, str) else said
            kind = more["class"]
            known = classes.get(kind)
            if known is None:
                faults.append(_no_class(source, kind, classes, n, column))
                continue
            who, aliases = more.get("owner", owner), tuple(more.get("aliases", ()))
            found.append(Column(name, column, *known, known_from, who, aliases))
    if faults:
        raise ConfigError(faults)
    return found


def _no_class(source: Source, kind: str, classes: Iterable[str], n: int, column: str) -> ConfigFault:
    hint = did_you_mean(kind, [*classes])
    return source.fault(f"there is no class {kind!r}", "assets", n, "columns", column, hint=hint)


def entity_of(category: str) -> str:
    """What the values of a category are called."""
    return ENTITIES.get(category, OTHERWISE)


def written(columns: Sequence[Column]) -> str:
    """Columns as a file, in order of source and asset; the columns of an asset as they come."""
    classes = {_class(column): column for column in sorted(columns, key=_class)}
    lines = ["version: 1", "kind: columns", "classes:" if classes else "classes: {}"]
    for name, one in classes.items():
        entity = "" if one.entity == entity_of(one.category) else f", entity: {one.entity}"
        lines.append(f"  {name}: {{level: {one.level.word}, category: {one.category}{entity}}}")
    lines.append("assets:" if columns else "assets: []")
    lines += _assets(columns)
    return "\n".join(lines) + "\n"


def _assets(columns: Iterable[Column]) -> Iterator[str]:
    for (source, asset), each in groupby(sorted(columns, key=_place), key=_place):
        own = list(each)
        yield f"  - asset: {_plain(asset)}"
        yield f"    source: {_plain(source)}"
        if own[0].owner:
            yield f"    owner: {_plain(own[0].owner)}"
        yield "    columns:"
        for column in own:
            more = ""
            if column.aliases:
                more = f", aliases: [{', '.join(map(_quoted, column.aliases))}]"
            if column.owner != own[0].owner:
                more += f", owner: {_quoted(column.owner)}"
            said = _class(column)
            yield f"      {_plain(column.name)}: {f'{{class: {said}{more}}}' if more else said}"


def _place(column: Column) -> tuple[str, str]:
    return column.source, column.asset


def _class(column: Column) -> str:
    entity = "" if column.entity == entity_of(column.category) else f"-{column.entity.lower()}"
    return f"{column.level.word}-{column.category}{entity}"


_BARE: Final = re.compile(r"[A-Za-z_][\w$-]*(?:\.[\w$-]+)*", re.ASCII)


def _plain(text: str) -> str:
    return text if _BARE.fullmatch(text) and text.lower() not in ("true", "false", "null") else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
