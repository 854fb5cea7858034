"""A yes of the fast way is a yes of jsonschema's, whatever the schema."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hushgate.schema_fit import fits

SCALARS = st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from([0.5, 1.0]) | st.text("ab", max_size=3)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
)
KINDS = st.sampled_from(["string", "object", "array", "boolean", "null", "integer", "number"])
NAMES = st.text("ab", max_size=2)
SMALL = st.integers(0, 3)


def schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    many = st.lists(inner, min_size=1, max_size=2)
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": KINDS | st.lists(KINDS, min_size=1, max_size=3, unique=True),
        "enum": st.lists(VALUES, max_size=3), "const": VALUES,
        "properties": st.dictionaries(NAMES, inner, max_size=3), "additionalProperties": inner,
        "patternProperties": st.dictionaries(NAMES, inner, max_size=1), "propertyNames": inner,
        "required": st.lists(NAMES, max_size=2, unique=True), "minProperties": SMALL,
        "items": inner, "prefixItems": many, "minItems": SMALL, "maxItems": SMALL, "uniqueItems": st.booleans(),
        "minLength": SMALL, "maxLength": SMALL, "pattern": st.sampled_from(["a", "^b", "a$"]),
        "minimum": SMALL, "maximum": SMALL, "exclusiveMinimum": SMALL,
        "anyOf": many, "allOf": many, "oneOf": many, "not": inner, "title": NAMES,
    }  # fmt: skip
    some = st.sets(st.sampled_from(sorted(keywords)), min_size=1, max_size=3)
    return some.flatmap(lambda names: st.fixed_dictionaries({name: keywords[name] for name in sorted(names)}))


@given(VALUES, st.recursive(st.booleans() | schemas(st.booleans()), schemas, max_leaves=4))
def test_a_yes_is_certain(value: Any, schema: Any) -> None:
    if fits(value, schema):
        assert Draft202012Validator(schema).is_valid(value)
