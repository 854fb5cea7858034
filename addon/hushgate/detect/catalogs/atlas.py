"""Apache Atlas (and Purview's Data Map, which speaks the same): entities of its v2 API and of its exports.

https://atlas.apache.org/api/v2/: `entities`, `entity` with `referredEntities`, search results. A table's
classification is said of its columns unless it does not propagate; glossary terms are `meanings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hushgate.detect.catalogs.mapping import Tagged
from hushgate.detect.catalogs.nested import Object, an_object, objects, owner, text, texts

_COLUMN: Final = re.compile(r"(?i)column|field$")
_CLUSTER: Final = re.compile(r"@[\w.-]*$")


def is_one(data: object) -> bool:
    """Whether this holds entities of Atlas'."""
    return any("typeName" in one and "attributes" in one for one in _entities(data).values())


def columns(data: object) -> Iterator[Tagged]:
    """The columns among the entities."""
    known = _entities(data)
    above = {
        text(column.get("guid")): table
        for table in known.values()
        for key in ("columns", "attributes", "fields")
        for column in objects(_attribute(table, key))
    }
    for guid, entity in known.items():
        if not _COLUMN.search(text(entity.get("typeName"))) or text(entity.get("status")) == "DELETED":
            continue
        told = an_object(_attribute(entity, "table")) or an_object(_attribute(entity, "relation"))
        table = above.get(guid) or known.get(text(told.get("guid")), {})
        name = text(_attribute(entity, "name"))
        tags = (*_tags(table, inherited=True), *_tags(entity, inherited=False))
        own = owner(_attribute(entity, "owner")) or owner(_attribute(table, "owner"))
        yield Tagged(_asset(entity, table, name), name, tags, own)


def _entities(data: object) -> dict[str, Object]:
    """All entities of a document by their ids; those of no id by their place."""
    found: dict[str, Object] = {}
    documents = list(objects(data)) if isinstance(data, list) else [an_object(data)]
    for document in documents:
        listed = [document.get("entity"), *objects(document.get("entities"))]
        listed += [*objects(document.get("referredEntities")), *objects(document.get("searchResults"))]
        for entity in objects([*listed, document] if "typeName" in document else listed):
            found.setdefault(text(entity.get("guid")) or f"#{len(found)}", an_object(entity.get("entity")) or entity)
    return found


def _attribute(entity: Object, name: str) -> object:
    for place in ("attributes", "relationshipAttributes"):
        if (value := an_object(entity.get(place)).get(name)) is not None:
            return value
    return None


def _asset(entity: Object, table: Object, name: str) -> str:
    qualified = _CLUSTER.sub("", text(_attribute(table, "qualifiedName")))
    if qualified:
        return qualified
    own = _CLUSTER.sub("", text(_attribute(entity, "qualifiedName")))
    return re.sub(rf"[.#/]{re.escape(name)}$", "", own) or "unnamed"


def _tags(entity: Object, *, inherited: bool) -> Iterator[str]:
    told: set[str] = set()
    for one in objects(entity.get("classifications")):
        said = text(one.get("typeName"))
        told.add(said)
        if not inherited or one.get("propagate") is not False:
            yield said
    yield from (said for said in texts(entity.get("classificationNames")) if said not in told)
    for meaning in [*objects(entity.get("meanings")), *objects(_attribute(entity, "meanings"))]:
        if said := text(meaning.get("displayText")) or text(meaning.get("termName")):
            yield said
    yield from texts(entity.get("labels"))
    if label := text(_attribute(entity, "sensitivityLabel")):
        yield label
