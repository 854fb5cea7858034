from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hushgate.detect.catalogs.mapping import SCHEMA as MAPPING
from hushgate.detect.rules import SCHEMA as RULES
from hushgate.endpoints import SCHEMA as ENDPOINTS
from hushgate.policy.schema import SCHEMA as POLICY
from hushgate.policy.schema import TEST_SCHEMA as POLICY_TESTS
from hushgate.rulebook import builtin_rules
from hushgate.schema_fit import fits
from hushgate.yaml_source import load_yaml

PLACES = {"detect": RULES, "catalog": MAPPING, "endpoints": ENDPOINTS, "policy": POLICY}


@pytest.mark.parametrize("path", sorted(builtin_rules().glob("*/*.yaml")), ids=lambda path: path.name)
def test_what_ships_is_said_to_fit_without_the_slow_way(path: Path) -> None:
    schema = POLICY_TESTS if path.name.endswith(".test.yaml") else PLACES[path.parent.name]
    assert fits(load_yaml(path).data, schema)


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (True, {"type": "integer"}),
        (1, {"const": True}),
        (1.0, {"enum": [1]}),
        ({"a": 1}, {"additionalProperties": False}),
        ({"a": 1, "b": 1}, {"properties": {"a": {}}, "additionalProperties": {"type": "string"}}),
        ({"a": 1}, {"properties": {"a": {"type": "string"}}}),
        ({}, {"required": ["a"]}),
        ({}, {"minProperties": 1}),
        ({"B": 1}, {"propertyNames": {"pattern": "^[a-z]$"}}),
        ([], {"minItems": 1}),
        ([1, 2], {"maxItems": 1}),
        (["a", "a"], {"uniqueItems": True}),
        (["a", 1], {"items": {"type": "string"}}),
        ("", {"minLength": 1}),
        ("ab", {"maxLength": 1}),
        ("b", {"pattern": "a"}),
        (0, {"minimum": 1}),
        (2, {"maximum": 1}),
        ("b", {"anyOf": [{"const": "a"}, {"type": "integer"}]}),
        ("b", {"allOf": [{"type": "string"}, {"const": "a"}]}),
        (1, False),
        (1, {"anything": "else"}),
    ],
)
def test_what_does_not_fit_and_what_is_not_known(value: Any, schema: Any) -> None:
    assert not fits(value, schema)


def test_what_is_said_beside_the_rules_says_nothing() -> None:
    assert fits(1, {"title": "A number", "description": "one", "x-hint": "write 1", "const": 1})
    assert fits(["a", "b"], {"uniqueItems": True})
    assert fits([1, 1], {"uniqueItems": False})
