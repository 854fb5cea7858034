"""Sightings move as hits do, and come back from a worker as they were."""

from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path

import pytest

from hushgate.detect.fingerprint import Fingerprinter
from hushgate.detect.patterns import Patterns
from hushgate.detect.sighting import Records, Sighting, sighting_of
from hushgate.detect.sources import open_catalog
from tests.known_cases import KEY, catalog_of

ONE = Sighting(3, 9, "", "print", "salt", (4, 7))


def test_one_moves_and_may_go_into_a_layer() -> None:
    assert ONE.moved(1, 2) == Sighting(1, 2, "", "print", "salt", (4, 7))
    assert ONE.moved(1, 2, "hex").layer == "hex"


@pytest.mark.parametrize("one", [ONE, Sighting(0, 1, "percent>hex", "", "s", (0, 1), (5, 9))])
def test_one_comes_back_from_json(one: Sighting) -> None:
    back = sighting_of(json.loads(json.dumps(astuple(one))))
    assert back == one
    assert hash(back) == hash(one)


def test_known_values_are_records(tmp_path: Path) -> None:
    (source,) = open_catalog(catalog_of(tmp_path), Fingerprinter(KEY))
    assert isinstance(source, Records)
    (verdict,) = Patterns([], Fingerprinter(KEY), [source]).scan(["of Maria van den Berg, 17 May 1980"])
    assert [hit.entity for hit in verdict.hits] == ["PERSON"]
    assert [(one.start, one.end) for one in verdict.sightings] == [(3, 21), (23, 34)]
