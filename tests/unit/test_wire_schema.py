"""JSON Schema: what is text, what is structure."""

from __future__ import annotations

import pytest

from hushgate.values import Direction, Kind, Role
from hushgate.wire.openai_words import CONSTANTS, KEYS
from hushgate.wire.schema import read_schema
from hushgate.wire.walk import Walk

DEF, OPAQUE = Kind.TOOL_DEF, Kind.OPAQUE


@pytest.mark.parametrize(
    ("schema", "segments"),
    [
        ({"type": "string"}, []),
        ({"type": ["string", "null"]}, []),
        ({"type": "ann"}, [(("type",), OPAQUE, "ann")]),
        ({"description": "ann"}, [(("description",), DEF, "ann")]),
        ({"enum": ["ann", {"k": "bob"}]},
         [(("enum", 0), DEF, "ann"), (("enum", 1, "k"), DEF, "k"), (("enum", 1, "k"), DEF, "bob")]),
        ({"const": "ann"}, [(("const",), DEF, "ann")]),
        ({"examples": ["ann"]}, [(("examples", 0), DEF, "ann")]),
        ({"default": 123456789}, [(("default",), DEF, "123456789")]),
        ({"pattern": "^ann$"}, [(("pattern",), OPAQUE, "^ann$")]),
        ({"$ref": "#/$defs/Ann"}, [(("$ref",), OPAQUE, "#/$defs/Ann")]),
        ({"maximum": 999999999}, [(("maximum",), OPAQUE, "999999999")]),
        ({"properties": {"ann": {"title": "T"}}},
         [(("properties", "ann"), OPAQUE, "ann"), (("properties", "ann", "title"), DEF, "T")]),
        ({"properties": {"type": {"type": "string"}}}, []),
        ({"$defs": {"Ann": {"anyOf": [{"title": "T"}]}}},
         [(("$defs", "Ann"), OPAQUE, "Ann"), (("$defs", "Ann", "anyOf", 0, "title"), DEF, "T")]),
        ({"items": {"properties": {"x": {}}}}, [(("items", "properties", "x"), OPAQUE, "x")]),
        ({"additionalProperties": False}, []),
        ({"x-alien": {"k": "ann"}},
         [(("x-alien",), DEF, "x-alien"), (("x-alien", "k"), DEF, "k"), (("x-alien", "k"), DEF, "ann")]),
        ({"properties": "ann"}, [(("properties",), DEF, "ann")]),
        ({"properties": ["ann"]}, [(("properties", 0), DEF, "ann")]),
        ("ann", [((), DEF, "ann")]),
        ([{"title": "T"}], [((0, "title"), DEF, "T")]),
        (True, []),
        (None, []),
    ],
)  # fmt: skip
def test_schema(schema: object, segments: list[tuple[object, ...]]) -> None:
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    read_schema(walk, (), schema, Role.NONE)
    assert [(s.location.path, s.kind, s.text) for s in walk.segments] == segments
