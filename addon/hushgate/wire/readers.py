"""Readers that every format's tables are made of: one kind of leaf, an object, a list, a field of base64."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Kind, Role
from hushgate.wire.walk import Path, Reader, Walk, reads

opaque: Final = reads(Kind.OPAQUE)
text: Final = reads(Kind.TEXT)
tool_def: Final = reads(Kind.TOOL_DEF)


def media(reason: str, *, link: bool) -> Reader:
    """A field of base64, unreadable; with `link` it may be a URL, which is text."""

    def read(walk: Walk, path: Path, value: object, role: Role) -> None:
        if isinstance(value, str) and value and (not link or value[:5].lower() == "data:"):
            walk.skip(path, reason, value)
        else:
            walk.value(path, value, role, Kind.TEXT)

    return read


def an_object(table: Mapping[str, Reader], kind: Kind, bare: Reader | None = None) -> Reader:
    """An object read by `table`; in its place, a bare string is read by `bare`."""

    def read(walk: Walk, path: Path, value: object, role: Role) -> None:
        if bare is not None and isinstance(value, str):
            bare(walk, path, value, role)
        else:
            walk.fields(path, value, table, role, kind)

    return read


def listed(item: Reader, kind: Kind) -> Reader:
    """A list, each item read by `item`."""

    def read(walk: Walk, path: Path, value: object, role: Role) -> None:
        walk.items(path, value, item, role, kind)

    return read
