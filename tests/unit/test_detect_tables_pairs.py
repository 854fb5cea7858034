"""Names before values: JSON, whole or not, and lines of `key: value`."""

from __future__ import annotations

import pytest

from hushgate.detect.tables.pairs import json_groups, line_groups
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


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Name: Bob Lee\nCode: x9\n\nand: so\n", ["Name=Bob Lee", "Code=x9"]),
        ("- **Name:** Bob\n- **Code**: `x9`,\n", ["Name=Bob", "Code=x9"]),
        (
            "-[ RECORD 1 ]-+---\nname          | Bob\n-[ RECORD 2 ]-+---\nname          | Eve\n",
            ["name=Bob", "name=Eve"],
        ),
        ("*** 1. row ***\n  name: Bob\n  code: 9\n", ["name=Bob", "code=9"]),
        ("NAME=Bob\nCODE='x 9'\n", ["NAME=Bob", "CODE=x 9"]),
        ("email = request.form['email']\ncode = (1)\nkey = word\n", ["key=word"]),
        ("a == b\n", []),
    ],
)
def test_lines(text: str, cells: list[str]) -> None:
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    near = [n for n, (low, high) in enumerate(lines) if low < high]
    assert read(text, line_groups(text, lines, near[1:2] or near)) == cells


def test_one_pair_alone_is_loose() -> None:
    (group,) = line_groups("Name: Bob", [(0, 9)], [0])
    assert group.loose
