"""Readers that every format's tables are made of: one kind of leaf, an object, a list, a field of base64."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from hushgate.values import Kind, Role
from hushgate.wire.walk import Path, Reader, Walk, is_data_url, reads

opaque: Final = reads(Kind.OPAQUE)
text: Final = reads(Kind.TEXT)
tool_def: Final = reads(Kind.TOOL_DEF)
_FRACTION: Final = 1000.0
_MOMENT: Final = re.compile(
    r"2[0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


def media(reason: str, *, link: bool) -> Reader:
    """A field of base64, unreadable; with `link` it may be a URL, which is text.

    An image counts as one only where its content says so, as an attachment.
    """

    def read(walk: Walk, path: Path, value: object, role: Role) -> None:
        if isinstance(value, str) and value and (not link or is_data_url(value)):
            if reason == "image":
                walk.attach(path, "image/*", "", value, role)
            else:
                walk.skip(path, reason, value)
        else:
            walk.value(path, value, role, Kind.TEXT)

    return read


def file_beside(
    table: Mapping[str, Reader], data: str, *, filename: str = "", media_type: str = "", form: str = ""
) -> Reader:
    """An object read by `table`, whose field `data` holds a file in base64, bare or as a data URL.

    `filename` and `media_type` are the fields that say so of it; `form` says it as a filename's
    ending does (`pdf`).
    """

    def read(walk: Walk, path: Path, value: object, role: Role) -> None:
        said = value if isinstance(value, dict) else {}
        name = said.get(filename)
        if isinstance(ending := said.get(form), str):
            name = f"{name}.{ending}" if isinstance(name, str) else f".{ending}"

        def attach(walk: Walk, path: Path, value: object, role: Role) -> None:
            if isinstance(value, str):
                walk.attach(path, said.get(media_type), name, value, role)
            else:
                walk.value(path, value, role, Kind.TEXT)

        walk.fields(path, value, {**table, data: attach}, role, Kind.TEXT)

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


def vector(walk: Walk, path: Path, value: object, role: Role) -> None:
    """An embedding in a reply: fractions, which cannot hold a value; anything else in it is read."""
    if not (isinstance(value, list) and all(isinstance(number, float) and abs(number) < _FRACTION for number in value)):
        walk.value(path, value, role, Kind.OPAQUE)


def moment(walk: Walk, path: Path, value: object, role: Role) -> None:
    """When something in a reply was made (RFC 3339), ever new; anything else in its place is read."""
    if not (isinstance(value, str) and _MOMENT.fullmatch(value)):
        opaque(walk, path, value, role)


def named(doc: object, *keys: str) -> tuple[str, ...]:
    """The strings at these keys of a document: what it calls something that the provider keeps."""
    found = (doc.get(key) for key in keys) if isinstance(doc, dict) else ()
    return tuple(name for name in found if isinstance(name, str) and name)
