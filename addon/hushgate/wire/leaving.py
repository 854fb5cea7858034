"""A body without what nobody has read in it, or nobody can mask: a note stands in each place."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from typing import Any

from hushgate.errors import Malformed
from hushgate.values import Embedded, FileRead, Location, Step, Unread
from hushgate.wire.document import dump_json
from hushgate.wire.multipart import Multipart, Part
from hushgate.wire.opaque import Text

type Place = tuple[int | None, tuple[Step, ...]]
"""A part of a form, and where in it, or in the body: what stands in the midst of a string is that string."""


def notes(unread: Iterable[Unread], files: Iterable[FileRead] = ()) -> dict[Place, str]:
    """What to say in the place of each."""
    found = {place(file.location): f"[{file.type}: {file.size} bytes left out]" for file in files}
    return found | {place(one.location): f"[{one.reason}: {one.size} bytes left out]" for one in unread}


def place(location: Location) -> Place:
    """Where a note about something would stand."""
    path = location.path
    return location.part, path[: next((n for n, step in enumerate(path) if isinstance(step, Embedded)), len(path))]


def stays(location: Location, gone: Container[Place]) -> bool:
    """Whether something is still there, a key if its object is; a file's contents have a part's number of their own."""
    part, path = place(location)
    path = path[:-1] if location.is_key and len(path) == len(location.path) else path
    return not any((number, path[:n]) in gone for number in {part, None} for n in range(len(path) + 1))


def without(document: object, gone: Mapping[Place, str]) -> object:
    """A parsed body, not mutated, with notes for what is gone; Malformed where it has no such place."""
    if not gone:
        return document
    if isinstance(document, Multipart):
        noted = {part: note for (part, _), note in gone.items()}
        parts = tuple(
            part if n not in noted else Part(part.name, None, "text/plain", noted[n].encode(), noted[n], part.id)
            for n, part in enumerate(document.parts)
        )
        return replace(document, parts=parts)
    if document is None or isinstance(document, Text):
        return Text(next(iter(gone.values())), False)
    for (_, path), note in gone.items():
        document = _put(document, path, note)
    return document


def dumped(document: object) -> bytes:
    """A body as bytes; of a form nothing, since it is always written anew."""
    if isinstance(document, Text):
        return document.body.encode("utf-8", "replace")
    return b"" if isinstance(document, Multipart) else dump_json(document)


def _put(node: Any, path: tuple[Step, ...], note: str) -> Any:
    if not path or isinstance(node, str):
        return note
    step = path[0]
    if isinstance(node, dict) and step in node:
        return {**node, step: _put(node[step], path[1:], note)}
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return [_put(item, path[1:], note) if n == step else item for n, item in enumerate(node)]
    raise Malformed("what is to be left out is not where it was")
