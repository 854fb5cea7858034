"""dbt: `manifest.json` (https://schemas.getdbt.com/dbt/manifest/v12.json) and the YAML of models, sources, seeds and
snapshots (https://docs.getdbt.com/reference/model-properties).

`meta` and `tags` stand beside a node and a column, or in its `config`; what is said of a table is said of its columns.
Metadata that only says how something is shown or who owns it is no tag.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hushgate.detect.catalogs.mapping import Tagged
from hushgate.detect.catalogs.nested import Object, an_object, meta, objects, owner, text, texts

_LISTS: Final = ("models", "seeds", "snapshots", "sources")


def is_manifest(data: object) -> bool:
    """Whether this is a manifest."""
    said = an_object(data)
    return "nodes" in said and ("sources" in said or "dbt" in str(said.get("metadata", "")))


def is_properties(data: object) -> bool:
    """Whether this is YAML of models, sources, seeds or snapshots."""
    return any(
        "columns" in one or "tables" in one for key in _LISTS for one in objects(an_object(data).get(key))
    ) and "kind" not in an_object(data)


def manifest(data: object) -> Iterator[Tagged]:
    """The columns of a manifest's nodes and sources."""
    said = an_object(data)
    groups = {text(group.get("name")): owner(group.get("owner")) for group in objects(said.get("groups"))}
    for key in ("nodes", "sources"):
        for node in objects(said.get(key)):
            if text(node.get("resource_type")) in ("test", "operation", "analysis", "unit_test"):
                continue
            name = text(node.get("alias")) or text(node.get("identifier")) or text(node.get("name"))
            place = [text(node.get("database")), text(node.get("schema")), name]
            own = _owner(node) or groups.get(text(node.get("group")), "")
            yield from _columns(node, ".".join(filter(None, place)), own, tuple(_tags(node)))


def properties(data: object) -> Iterator[Tagged]:
    """The columns of a file of properties."""
    said = an_object(data)
    for key in _LISTS:
        for node in objects(said.get(key)):
            own, tags = _owner(node), tuple(_tags(node))
            if key != "sources":
                yield from _columns(node, text(node.get("name")), own, tags)
                continue
            above = [text(node.get("database")), text(node.get("schema")) or text(node.get("name"))]
            for table in objects(node.get("tables")):
                name = text(table.get("identifier")) or text(table.get("name"))
                asset = ".".join(filter(None, [*above, name]))
                yield from _columns(table, asset, _owner(table) or own, (*tags, *_tags(table)))


def _columns(node: Object, asset: str, own: str, tags: tuple[str, ...]) -> Iterator[Tagged]:
    for column in objects(node.get("columns")):
        yield Tagged(asset, text(column.get("name")), (*tags, *_tags(column)), _owner(column) or own)


def _tags(one: Object) -> Iterator[str]:
    seen: dict[str, None] = {}
    for place in (one, an_object(one.get("config"))):
        seen |= dict.fromkeys(texts(place.get("tags")))
        own = {key: said for key, said in an_object(place.get("meta")).items() if key.lower() not in _NO_TAGS}
        seen |= dict.fromkeys(meta(own))
    yield from seen


_NO_TAGS: Final = frozenset({"owner", "owners", "data_owner", "description", "label", "docs", "team"})


def _owner(one: Object) -> str:
    for place in (one, an_object(one.get("config"))):
        told = an_object(place.get("meta"))
        for key in ("owner", "owners", "data_owner", "team"):
            if said := owner(told.get(key)):
                return said
    return ""
