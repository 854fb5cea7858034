"""DataHub: files of metadata change proposals and events, and entities as its API gives them.

https://docs.datahub.com/docs/generated/metamodel/entities/dataset: `schemaMetadata`, what people added in
`editableSchemaMetadata`, `globalTags`, `glossaryTerms`, `ownership`; what is said of a dataset is said of its fields.
An aspect stands as `{"json": ...}`, `{"value": "..."}`, or by itself, under its name or its full class name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hushgate.detect.catalogs.mapping import Tagged
from hushgate.detect.catalogs.nested import Object, an_object, objects, owner, text

_ASPECTS: Final = ("status", "schemaMetadata", "editableSchemaMetadata", "globalTags", "glossaryTerms", "ownership")
_DATASET: Final = re.compile(r"urn:li:dataset:\(urn:li:dataPlatform:[^,()]*,(.+),[A-Z]+\)")
_FIELD: Final = re.compile(r"urn:li:schemaField:\((urn:li:dataset:\(.+?\)),(.+)\)")
_TYPES: Final = re.compile(r"\[(?:version|type|key)=[^\]]*\]\.?")


@dataclass(slots=True)
class _Dataset:
    fields: dict[str, dict[str, None]] = field(default_factory=dict)
    tags: dict[str, None] = field(default_factory=dict)
    owner: str = ""
    removed: bool = False


def is_one(data: object) -> bool:
    """Whether this holds entities or proposals of DataHub's."""
    return any(True for _ in _aspects(data))


def columns(data: object) -> Iterator[Tagged]:
    """The fields of all datasets, with what all aspects say of them."""
    known: dict[str, _Dataset] = {}
    for urn, name, aspect in _aspects(data):
        inner = _FIELD.fullmatch(urn)
        dataset = known.setdefault(_asset(inner[1] if inner else urn), _Dataset())
        if inner:
            dataset.fields.setdefault(_path(inner[2]), {}).update(dict.fromkeys(_tags(aspect)))
        elif name == "status":
            dataset.removed = aspect.get("removed") is True
        elif name == "ownership":
            dataset.owner = next((owner(one.get("owner")) for one in objects(aspect.get("owners"))), "")
        elif name in ("globalTags", "glossaryTerms"):
            dataset.tags.update(dict.fromkeys(_tags(aspect)))
        else:
            listed = aspect.get("fields" if name == "schemaMetadata" else "editableSchemaFieldInfo")
            for one in objects(listed):
                said = dataset.fields.setdefault(_path(text(one.get("fieldPath"))), {})
                for key in ("globalTags", "glossaryTerms", "tags"):
                    said.update(dict.fromkeys(_tags(an_object(one.get(key)))))
    for asset, dataset in known.items():
        if dataset.removed:
            continue
        for name, tags in dataset.fields.items():
            yield Tagged(asset, name, tuple(dataset.tags | tags), dataset.owner)


def _aspects(data: object) -> Iterator[tuple[str, str, Object]]:
    """Each aspect that matters: of which urn, its name, and what it says."""
    for one in objects(data) if isinstance(data, list) else _listed(an_object(data)):
        snapshot = next(objects(one.get("proposedSnapshot")), None)
        if snapshot is not None:
            for aspect in objects(snapshot.get("aspects")):
                yield from _told(text(snapshot.get("urn")), aspect)
        elif "aspectName" in one:
            if text(one.get("changeType")) == "DELETE":
                continue
            yield from _told(text(one.get("entityUrn")), {text(one["aspectName"]): one.get("aspect")})
        elif urn := text(one.get("urn")):
            yield from _told(urn, an_object(one.get("aspects")) or one)


def _listed(data: Object) -> Iterator[Object]:
    for key in ("entities", "results", "elements"):
        if isinstance(data.get(key), list):
            yield from objects(data[key])
            return
    yield data


def _told(urn: str, said: Object) -> Iterator[tuple[str, str, Object]]:
    if not urn.startswith(("urn:li:dataset:", "urn:li:schemaField:")):
        return
    for key, value in said.items():
        name = key.rsplit(".", 1)[-1]
        name = name[:1].lower() + name[1:]
        if name in _ASPECTS:
            yield urn, name, _unwrapped(value)


def _unwrapped(value: object) -> Object:
    said = an_object(value)
    for key in ("json", "value"):
        inner = said.get(key)
        if isinstance(inner, str):
            try:
                inner = json.loads(inner)
            except ValueError:
                return {}
        if isinstance(inner, dict):
            return inner
    return said


def _asset(urn: str) -> str:
    found = _DATASET.fullmatch(urn)
    return found[1] if found else urn.rsplit(":", 1)[-1]


def _path(path: str) -> str:
    """The last name of a field's path: of `[version=2.0].[type=struct].a.[type=string].b` it is `b`."""
    return _TYPES.sub("", path).rsplit(".", 1)[-1]


def _tags(aspect: Object) -> Iterator[str]:
    for tag in objects(aspect.get("tags")):
        if said := text(tag.get("tag")) or text(an_object(tag.get("tag")).get("urn")):
            yield said
    for term in objects(aspect.get("terms")):
        if said := text(term.get("urn")) or text(an_object(term.get("term")).get("urn")):
            yield said
