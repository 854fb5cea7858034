from __future__ import annotations

import pytest

from hushgate.detect.namelabels import entity_of, part_of


@pytest.mark.parametrize(
    ("label", "entity"),
    [
        ("PER", "PERSON"), ("person", "PERSON"), ("first_name", "PERSON"), ("GIVENNAME", "PERSON"), ("GPE", "LOCATION"),
        ("city", "LOCATION"), ("ORG", None), ("MISC", None), ("O", None), ("EMAIL", None), ("", None),
    ],
)  # fmt: skip
def test_entities(label: str, entity: str | None) -> None:
    assert entity_of(label) == entity


@pytest.mark.parametrize(
    ("label", "part"),
    [
        ("B-PER", ("B", "PER")), ("I_LOC", ("I", "LOC")), ("E-first-name", ("E", "first-name")), ("PER", ("", "PER")),
        ("LOC", ("", "LOC")), ("LAST_NAME", ("", "LAST_NAME")), ("O", ("", "O")), ("", ("", "")),
    ],
)  # fmt: skip
def test_parts(label: str, part: tuple[str, str]) -> None:
    assert part_of(label) == part
