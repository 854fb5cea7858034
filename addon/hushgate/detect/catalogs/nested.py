"""Documents of other tools, whose shape is known in part only: what is asked for, or nothing, never an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

type Object = Mapping[str, Any]

_OWNING: Final = ("displayName", "name", "email", "fullyQualifiedName", "id", "owner")


def an_object(value: object) -> Object:
    """The object that a value is, or an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> Iterator[Object]:
    """The objects of a list, or of an object's values."""
    many = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (one for one in many if isinstance(one, dict))


def text(value: object) -> str:
    """A text or a number as text; "" for anything else."""
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def texts(value: object) -> Iterator[str]:
    """The texts of a list, or one text."""
    if isinstance(value, list):
        yield from (said for one in value if (said := text(one)))
    elif said := text(value):
        yield said


def owner(value: object) -> str:
    """The first who is named: by a text, an object, or a list of them."""
    if isinstance(value, list):
        return next((said for one in value if (said := owner(one))), "")
    if isinstance(value, dict):
        return next((said for key in _OWNING if (said := owner(value.get(key)))), "")
    return text(value).rsplit(":", 1)[-1]


def meta(value: object, above: str = "") -> Iterator[str]:
    """Metadata as tags: `key=value`, and `key` alone where it is true; false, null and what is long say nothing."""
    for key, said in an_object(value).items():
        name = f"{above}{key}"
        if isinstance(said, dict):
            yield from meta(said, f"{name}.")
        elif said is True or (isinstance(said, str) and said.lower() in ("true", "yes")):
            yield name
        elif said is False or (isinstance(said, str) and said.lower() in ("false", "no")):
            yield f"{name}=no"
        else:
            yield from (f"{name}={each}" for each in texts(said) if len(each) <= 80)
