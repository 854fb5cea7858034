"""Documents that fit a JSON schema, nearly always: what a config file could hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.fuzz.draw import Draw

JUNK: Final[tuple[Any, ...]] = (None, True, 0, -1, 1.5, 10**20, "", "x", "builtin", [], {}, ["x"], {"x": 1})
DEEPEST: Final = 8


def made(draw: Draw, schema: Mapping[str, Any], words: tuple[str, ...], depth: int = 0) -> Any:
    """A value for `schema`; strings are mostly some of `words`."""
    if draw.below(24) == 23 or depth > DEEPEST:
        return draw.pick(JUNK)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return draw.pick(schema["enum"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return made(draw, draw.pick(schema[several]), words, depth + 1)
    kind = schema.get("type", "string")
    match draw.pick(kind) if isinstance(kind, list) else kind:
        case "object":
            return _object(draw, schema, words, depth)
        case "array":
            least = schema.get("minItems", 0)
            return [made(draw, schema.get("items", {}), words, depth + 1) for _ in range(least + draw.below(3))]
        case "boolean":
            return draw.flag()
        case "integer":
            return schema.get("minimum", 0) + draw.below(200)
        case "number":
            return schema.get("minimum", 0) + draw.below(100) / 100
        case "null":
            return None
    return draw.pick(words) if draw.below(4) else draw.text(12)


def _object(draw: Draw, schema: Mapping[str, Any], words: tuple[str, ...], depth: int) -> dict[str, Any]:
    required = schema.get("required", ())
    members = {
        key: made(draw, inner, words, depth + 1)
        for key, inner in schema.get("properties", {}).items()
        if key in required or draw.below(3) == 0
    }
    more = schema.get("additionalProperties")
    if isinstance(more, Mapping):
        members |= {draw.pick(words): made(draw, more, words, depth + 1) for _ in range(draw.below(3))}
    elif draw.below(24) == 23:
        members[draw.text(4)] = draw.pick(JUNK)
    return members
