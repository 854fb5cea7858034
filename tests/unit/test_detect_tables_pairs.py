"""Names before values: JSON, whole or not."""

from __future__ import annotations

import pytest

from hushgate.detect.tables.pairs import json_groups
from tests.table_cases import read


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('[{"a": 1, "b c": "x \\"y\\""}, {"a": null}]', ["a=1", 'b c=x \\"y\\"', "a=null"]),
        ('{"a": "x"}\n{"a": "y"', ["a=x", "a=y"]),
        ("{'a': 'it', 'b': None, 'd': datetime.date(1980, 1, 2)}", ["a=it", "b=None", "d=datetime.date(1980, 1, 2)"]),
        ('{"a": ["x, y", 2, {"k": "z"}], "b": 3}', ["a=x, y", "a=2", "a=z", "b=3"]),
        ('{"a": {"k": "v", "l": {"m": 1}}}', ["a=v", "a=1"]),
        ('"{\\"a\\": \\"x \\\\\\"y\\"}"', ['a=x \\\\\\"y']),
        ('{"a": "never closed', ["a=never closed"]),
        ('{"a": {"type": "string", "description": "what"}}', ["type=string", "description=what"]),
        ('x = {"a": value, "b": call(1)}', ["b=call(1)"]),
        ("it's a: \"b\", isn't it", []),
    ],
)
def test_json(text: str, cells: list[str]) -> None:
    assert read(text, json_groups(text)) == cells


def test_what_stands_far_apart_is_no_record() -> None:
    text = '{"a": 1} ' + "x " * 1500 + '{"b": 2}'
    assert [list(group.names) for group in json_groups(text)] == [["a"], ["b"]]
