"""Whether a document fits a JSON schema, said at once where it is plain.

Nearly every file that is read is fine, and most of a start went into saying so with jsonschema, which keeps track of
where it is for the faults that there are not. Here a yes is certain; a no may only mean that this knows too little of
the schema, and then jsonschema decides and finds the words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final


def fits(value: Any, schema: Any) -> bool:
    """Whether the value certainly fits (Draft 2020-12). No for a keyword that is not known here."""
    if not isinstance(schema, Mapping):
        return schema is True
    for keyword, rule in schema.items():
        if keyword in _SAY_NOTHING or keyword.startswith("x-"):
            continue
        judge = _JUDGES.get(keyword)
        if judge is None or not judge(value, rule, schema):
            return False
    return True


_SAY_NOTHING: Final = frozenset({"$schema", "$id", "$comment", "title", "description", "default", "examples"})
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,), "object": (dict,), "array": (list,), "boolean": (bool,), "null": (type(None),),
    "integer": (int,), "number": (int, float),
}  # fmt: skip


def _type(value: Any, rule: Any, _: Any) -> bool:
    if isinstance(rule, str):
        return type(value) in _TYPES.get(rule, ())
    return any(type(value) in _TYPES.get(each, ()) for each in rule)


def _same(value: Any, other: Any) -> bool:
    """True and 1 are not the same; what holds other values is not looked into."""
    return type(value) is type(other) and not isinstance(value, (dict, list)) and value == other


def _others(value: Any, rule: Any, schema: Any) -> bool:
    """What `properties` beside it do not name; a schema with `patternProperties` is not known here."""
    known = schema.get("properties", ())
    return not isinstance(value, dict) or all(fits(each, rule) for key, each in value.items() if key not in known)


def _different(value: Any, rule: Any, _: Any) -> bool:
    if not isinstance(value, list) or not rule:
        return True
    return all(isinstance(each, str) for each in value) and len(set(value)) == len(value)


def _bounded(kind: type | tuple[type, ...], holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Any], bool]:
    """A keyword that speaks of values of one kind alone."""
    return lambda value, rule, _: not isinstance(value, kind) or holds(value, rule)


_JUDGES: Final[dict[str, Callable[[Any, Any, Any], bool]]] = {
    "type": _type,
    "enum": lambda value, rule, _: any(_same(value, each) for each in rule),
    "const": lambda value, rule, _: _same(value, rule),
    "properties": _bounded(
        dict, lambda value, rule: all(fits(each, rule.get(key, True)) for key, each in value.items())
    ),
    "additionalProperties": _others,
    "propertyNames": _bounded(dict, lambda value, rule: all(fits(key, rule) for key in value)),
    "required": _bounded(dict, lambda value, rule: all(key in value for key in rule)),
    "minProperties": _bounded(dict, lambda value, rule: len(value) >= rule),
    "items": _bounded(list, lambda value, rule: all(fits(each, rule) for each in value)),
    "minItems": _bounded(list, lambda value, rule: len(value) >= rule),
    "maxItems": _bounded(list, lambda value, rule: len(value) <= rule),
    "uniqueItems": _different,
    "minLength": _bounded(str, lambda value, rule: len(value) >= rule),
    "maxLength": _bounded(str, lambda value, rule: len(value) <= rule),
    "pattern": _bounded(str, lambda value, rule: re.search(rule, value) is not None),
    "minimum": _bounded((int, float), lambda value, rule: value >= rule),
    "maximum": _bounded((int, float), lambda value, rule: value <= rule),
    "anyOf": lambda value, rule, _: any(fits(value, each) for each in rule),
    "allOf": lambda value, rule, _: all(fits(value, each) for each in rule),
}
