"""Edits by pointer. The document is not mutated: only the touched paths are copied.

Inside a string that holds JSON the edit is spliced into that JSON's text, so
spacing, escapes and number forms around it stay as they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hushgate.errors import Malformed
from hushgate.values import Area, Embedded, Location
from hushgate.wire.splice import Edit, splice

_BODY: Final = (Area.BODY, Area.FRAME)


def apply(doc: object, edits: Mapping[Location, str], *, areas: Sequence[Area] = _BODY) -> object:
    """`doc` with each location's text replaced; a number becomes a string.

    Locations name keys as they were before any renaming. LookupError when a
    location is not a leaf or key of `doc`, for an edit must not get lost;
    Malformed when a renamed key would meet another one.
    """
    if not edits:
        return doc
    root = Edit()
    for location, text in edits.items():
        if location.area not in areas or location.part is not None:
            raise LookupError("an edit of another part of the message")
        node = root
        for step in location.path:
            node = node.below.setdefault(step, Edit())
        if not location.is_key:
            node.text = text
        elif location.path and isinstance(location.path[-1], str):
            node.name = text
        else:
            raise LookupError("an edit of a key that is none")
    return _edited(doc, root)


def leaf(doc: object, location: Location) -> str:
    """The string at a location that is not inside of another string; LookupError where there is none."""
    value: Any = doc
    for step in location.path:
        match value, step:
            case (dict(), str()) | (list(), int()):
                value = value[step]
            case _:
                raise LookupError("a location points below a leaf")
    if not isinstance(value, str):
        raise LookupError("a location is not a string's")
    return value


def _edited(value: object, node: Edit) -> object:
    if node.text is not None:
        if node.below or value is None or isinstance(value, dict | list | bool):
            raise LookupError("an edit of something that is not a leaf")
        return node.text
    if not node.below:
        return value
    if isinstance(value, dict):
        return _edited_object(value, node)
    if isinstance(value, list):
        copy = list(value)
        for step, inner in node.below.items():
            if not isinstance(step, int) or not 0 <= step < len(copy) or inner.name is not None:
                raise LookupError("an edit points at no item")
            copy[step] = _edited(copy[step], inner)
        return copy
    inside = node.below.get(Embedded.JSON)
    if isinstance(value, str) and inside is not None and len(node.below) == 1:
        return splice(value, inside)
    raise LookupError("an edit points below a leaf")


def _edited_object(value: dict[str, object], node: Edit) -> dict[str, object]:
    if any(step not in value for step in node.below):
        raise LookupError("an edit points at no key")
    if all(inner.name is None for inner in node.below.values()):
        return {**value, **{str(step): _edited(value[str(step)], inner) for step, inner in node.below.items()}}
    edited: dict[str, object] = {}
    for key, inner in value.items():
        below = node.below.get(key)
        name = key if below is None or below.name is None else below.name
        if name in edited:
            raise Malformed("a masked key would be the same as another key")
        edited[name] = inner if below is None else _edited(inner, below)
    return edited
