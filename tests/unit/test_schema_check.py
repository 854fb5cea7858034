from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hushgate.errors import ConfigFault
from hushgate.schema_check import check, did_you_mean, name
from hushgate.yaml_source import load_yaml

FILE = Path("some.yaml")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version"],
    "properties": {
        "version": {"const": 1},
        "listen": {"type": "string", "minLength": 2},
        "mode": {"enum": ["pass", "block"]},
        "on": {"type": "boolean"},
        "size": {"type": "integer", "minimum": 1, "maximum": 9},
        "names": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}},
        "id": {"type": "string", "pattern": "^[a-z]+$", "description": "small letters"},
        "level": {"anyOf": [{"enum": ["low", "high"]}, {"type": "array", "items": {"enum": ["low", "high"]}}]},
        "then": {
            "anyOf": [{"enum": ["a"]}, {"type": "object", "additionalProperties": False, "properties": {"b": {}}}]
        },
    },
}


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("listen: ab", 1, "the file lacks the key 'version'", ""),
        ("version: 1\nlisten: 8888", 2, "listen must be text, not a number", "put it in quotes"),
        ("version: 1\nlisten: x", 2, "listen must have at least 2 characters", ""),
        ("version: 2", 1, "version must be 1, not 2", ""),
        ("version: true", 1, "version must be 1, not true", ""),
        ("version: 1\nlisten: ab\nlistn: cd", 3, "unknown key 'listn' in the file", "did you mean 'listen'?"),
        ("version: 1\nmode: blok", 2, "mode must be 'pass' or 'block', not 'blok'", "did you mean 'block'?"),
        ("version: 1\non: off", 2, "on must be true or false, not text", "write true or false"),
        ("version: 1\nsize: 0", 2, "size must be at least 1, not 0", ""),
        ("version: 1\nsize: 10", 2, "size must be at most 9, not 10", ""),
        ("version: 1\nsize: 1.5", 2, "size must be a whole number, not a number", ""),
        ("version: 1\nnames: []", 2, "names must not be empty", ""),
        ("version: 1\nnames:\n- a\n- 1", 4, "names[1] must be text, not a number", "put it in quotes"),
        ("version: 1\nnames: [a, a]", 2, "names names something twice", ""),
        ("version: 1\nnames: {a: b}", 2, "names must be a list, not a mapping", ""),
        ("version: 1\nid: A1", 2, "id has the wrong form: 'A1' (small letters)", ""),
        ("version: 1\nlevel: hgh", 2, "level must be 'low' or 'high' or a list, not 'hgh'", "did you mean 'high'?"),
        ("version: 1\nlevel: [lo]", 2, "level[0] must be 'low' or 'high', not 'lo'", "did you mean 'low'?"),
        ("version: 1\nthen: {c: 1}", 2, "unknown key 'c' in then", "known are: b"),
    ],
)
def test_faults_are_said_plainly(text: str, line: int, message: str, hint: str) -> None:
    assert check(load_yaml(FILE, text), SCHEMA) == [ConfigFault("some.yaml", line, message, hint)]


def test_all_faults_in_the_order_of_the_file() -> None:
    found = check(load_yaml(FILE, "size: 0\nmode: x\nzzz: 1\nversion: 3"), SCHEMA)
    assert [fault.line for fault in found] == [1, 2, 3, 4]


def test_a_fitting_file_has_no_faults() -> None:
    assert check(load_yaml(FILE, "version: 1\nlevel: [low]\nthen: a\nmode: pass"), SCHEMA) == []


def test_long_values_are_cut() -> None:
    assert len(check(load_yaml(FILE, f"version: 1\nmode: {'x' * 500}"), SCHEMA)[0].message) < 120


def test_names_and_hints() -> None:
    assert name(("rules", 2, "when", "level")) == "rules[2].when.level"
    assert name((0,)) == "[0]"
    assert name(()) == "the file"
    assert did_you_mean("zzz", []) == ""
    assert did_you_mean("enity", ["entity", "id"]) == "did you mean 'entity'?"
    assert did_you_mean(3, ["b", "a"]) == "known are: a, b"


def test_an_empty_file_is_none_and_no_mapping() -> None:
    assert [f.message for f in check(load_yaml(FILE, "# nothing\n"), {"type": "object"})] == [
        "the file must be a mapping, not null (nothing)"
    ]
