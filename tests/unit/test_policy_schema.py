"""The schemas and the values they speak of name the same things."""

from __future__ import annotations

from dataclasses import fields

from hushgate.policy.conditions import Conditions
from hushgate.policy.rules import Action
from hushgate.policy.schema import ACTIONS, CONDITIONS, STYLES
from hushgate.transform import styles


def test_conditions() -> None:
    assert set(CONDITIONS["properties"]) == {field.name for field in fields(Conditions)} - {"scope"}


def test_actions() -> None:
    assert {*ACTIONS, "route"} == {action.value for action in Action}


def test_styles_are_those_that_masking_knows() -> None:
    assert set(STYLES) == styles.STYLES
