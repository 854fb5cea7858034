from __future__ import annotations

from hushgate.detect.hit import Hit, level_of
from hushgate.values import Level, Location

HIT = Hit(1, 2, "X", "pii", Level.INTERNAL, 0.5, "x", "", "f")


def test_the_level_of_nothing_is_public() -> None:
    assert level_of([]) is Level.PUBLIC


def test_the_level_is_the_highest() -> None:
    high = Hit(1, 2, "X", "pii", Level.REGULATED, 0.5, "x", "", "f")
    assert level_of([HIT, high, HIT]) is Level.REGULATED


def test_moving_keeps_the_rest() -> None:
    assert HIT.moved(4, 9) == Hit(4, 9, "X", "pii", Level.INTERNAL, 0.5, "x", "", "f")
    assert HIT.moved(4, 9, "hex").layer == "hex"


def test_a_hit_at_a_place_is_a_finding() -> None:
    location = Location(path=("messages", 0))
    finding = HIT.at(location)
    assert finding.location is location
    names = [name for name in Hit.__slots__ if not name.startswith("_")]
    assert [getattr(finding, name) for name in names] == [getattr(HIT, name) for name in names]
