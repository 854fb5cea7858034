"""The published schemas are the ones in force."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from scripts.schemas import FOLDER, SCHEMAS, text


@pytest.mark.parametrize("name", SCHEMAS)
def test_published_schema_is_current(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == text(SCHEMAS[name]), "run scripts/schemas.py"


@pytest.mark.parametrize("name", SCHEMAS)
def test_published_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(json.loads((FOLDER / name).read_text("utf-8")))


def test_nothing_else_is_published() -> None:
    assert {path.name for path in Path(FOLDER).iterdir()} == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_mapping_is_strict(name: str) -> None:
    def loose(schema: Any, at: str) -> list[str]:
        if isinstance(schema, list):
            return [place for i, part in enumerate(schema) for place in loose(part, f"{at}/{i}")]
        if not isinstance(schema, dict):
            return []
        found = [at] if schema.get("type") == "object" and "additionalProperties" not in schema else []
        return found + [place for key, part in schema.items() for place in loose(part, f"{at}/{key}")]

    assert loose(json.loads((FOLDER / name).read_text("utf-8")), "") == []
