"""JSON Schema inside a request: what a tool or an answer must look like.

Descriptions, titles, defaults, enumerated and example values are text that the
model reads; types, formats, references and the names of properties are opaque.
"""

from __future__ import annotations

from typing import Final

from hushgate.values import Kind, Role
from hushgate.wire.walk import Path, Walk

NAMED: Final = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
"""Objects whose keys are names and whose values are schemas."""
STRUCTURAL: Final = frozenset(
    {"type", "required", "format", "pattern", "$ref", "$schema", "$id", "$anchor"}
    | {"contentEncoding", "contentMediaType", "propertyOrdering", "property_ordering", "nullable"}
)
TEXTS: Final = frozenset({"description", "title", "default", "enum", "const", "examples", "example", "$comment"})
NESTED: Final = frozenset(
    {"items", "prefixItems", "anyOf", "oneOf", "allOf", "not", "if", "then", "else", "additionalProperties"}
    | {"propertyNames", "contains", "unevaluatedProperties", "additionalItems", "unevaluatedItems"}
)
NUMERIC: Final = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"}
    | {"minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"}
)
WORDS: Final = NAMED | STRUCTURAL | TEXTS | NESTED | NUMERIC
TYPES: Final = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})


def read_schema(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Read a schema, or a list of them; anything else in its place is tool definition text."""
    if isinstance(value, list):
        for index, inner in enumerate(value):
            read_schema(walk, (*path, index), inner, role)
    elif isinstance(value, dict):
        for key, inner in value.items():
            _keyword(walk, (*path, key), key, inner, role)
    else:
        walk.value(path, value, role, Kind.TOOL_DEF)


def _keyword(walk: Walk, path: Path, key: str, value: object, role: Role) -> None:
    if key in NAMED and isinstance(value, dict):
        for name, inner in value.items():
            step = (*path, name)
            walk.key(step, role, Kind.OPAQUE)
            read_schema(walk, step, inner, role)
    elif key in STRUCTURAL or key in NUMERIC:
        walk.value(path, value, role, Kind.OPAQUE)
    elif key in TEXTS:
        walk.value(path, value, role, Kind.TOOL_DEF)
    else:
        walk.key(path, role, Kind.TOOL_DEF)
        read_schema(walk, path, value, role)
