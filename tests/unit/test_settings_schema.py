from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from hushgate.settings.schema import SCHEMA, leaves, starter_text, variable

LEAVES = dict(leaves())


@pytest.mark.parametrize("at", LEAVES, ids=".".join)
def test_every_setting_is_described_and_its_default_fits(at: tuple[str, ...]) -> None:
    leaf: dict[str, Any] = LEAVES[at]
    assert leaf["description"].endswith(".")
    if at != ("state",):  # depends on the machine
        assert list(Draft202012Validator(leaf).iter_errors(leaf["default"])) == []


def test_variables_are_distinct() -> None:
    names = [variable(at) for at in LEAVES]
    assert len(set(names)) == len(names)
    assert variable(("egress", "other_hosts")) == "HUSHGATE_EGRESS_OTHER_HOSTS"


def test_version_is_no_setting() -> None:
    assert ("version",) not in LEAVES
    assert SCHEMA["required"] == ["version"]


def test_the_starter_names_every_setting() -> None:
    text = starter_text()
    for at, leaf in LEAVES.items():
        assert f"{at[-1]}: " in text
        assert f"# {leaf['description']}" in text
