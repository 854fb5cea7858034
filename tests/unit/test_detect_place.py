from __future__ import annotations

import pytest

from hushgate.detect.hit import Hit
from hushgate.detect.place import counts_in_structure, key_of, said
from hushgate.files import ATTRIBUTES, BESIDE
from hushgate.values import Area, Direction, Kind, Level, Location, Role, Segment


def _segment(*path: str | int, is_key: bool = False, kind: Kind = Kind.TEXT) -> Segment:
    return Segment(Location(Area.BODY, path=path, is_key=is_key), Direction.REQUEST, Role.USER, kind, "x")


@pytest.mark.parametrize(
    ("path", "is_key", "key"),
    [
        (("a", "b"), False, "b"),
        (("a", 0), False, "a"),
        ((0,), False, None),
        ((), False, None),
        (("a", "b"), True, None),
    ],
)
def test_the_nearest_key(path: tuple[str | int, ...], is_key: bool, key: str | None) -> None:
    assert key_of(_segment(*path, is_key=is_key)) == key


def test_nobody_said_a_structural_string_nor_a_document_s_own_words() -> None:
    assert said(_segment("messages", 0))
    assert not said(_segment("id", kind=Kind.OPAQUE))
    assert not said(_segment("x", ATTRIBUTES, BESIDE))


@pytest.mark.parametrize(
    ("entity", "category", "score", "counts"),
    [
        ("EMAIL_ADDRESS", "pii", 0.85, True),
        ("EMAIL_ADDRESS", "pii", 0.7, False),
        ("EMPLOYEE_ID", "pii", 0.95, False),
        ("ACME_KEY", "secret", 0.8, True),
    ],
)
def test_what_counts_in_a_structural_string(entity: str, category: str, score: float, counts: bool) -> None:
    hit = Hit(0, 1, entity, category, Level.CONFIDENTIAL, score, "rule", "", "")
    assert counts_in_structure(hit) is counts
