"""OpenMetadata: table entities as its API and its exports give them (openmetadata-spec, `entity/data/table.json`).

Tags, tiers and glossary terms are all `tagFQN`s; those of a table are said of its columns, columns have children.
"""

from __future__ import annotations

from collections.abc import Iterator

from hushgate.detect.catalogs.mapping import Tagged
from hushgate.detect.catalogs.nested import Object, an_object, objects, owner, text


def is_one(data: object) -> bool:
    """Whether this is a table, or a list of them."""
    return any("fullyQualifiedName" in table and "columns" in table for table in _tables(data))


def columns(data: object) -> Iterator[Tagged]:
    """The columns of all tables."""
    for table in _tables(data):
        if table.get("deleted") is True:
            continue
        asset = text(table.get("fullyQualifiedName")) or text(table.get("name"))
        own = owner(table.get("owners")) or owner(table.get("owner"))
        yield from _columns(table.get("columns"), asset, own, tuple(_tags(table)))


def _tables(data: object) -> Iterator[Object]:
    if isinstance(data, list):
        yield from objects(data)
    elif isinstance(listed := an_object(data).get("data"), list):
        yield from objects(listed)
    elif isinstance(hits := an_object(an_object(data).get("hits")).get("hits"), list):  # its search index
        yield from (an_object(hit.get("_source")) for hit in objects(hits))
    else:
        yield an_object(data)


def _columns(columns: object, asset: str, own: str, tags: tuple[str, ...]) -> Iterator[Tagged]:
    for column in objects(columns):
        said = (*tags, *_tags(column))
        shown = text(column.get("displayName"))
        name = text(column.get("name"))
        yield Tagged(asset, name, said, own, (shown,) if shown and shown != name else ())
        yield from _columns(column.get("children"), asset, own, said)


def _tags(one: Object) -> Iterator[str]:
    for tag in objects(one.get("tags")):
        if said := text(tag.get("tagFQN")) or text(tag.get("name")):
            yield said
