"""Documents whose shape is known in part."""

from __future__ import annotations

import pytest

from hushgate.detect.catalogs.nested import an_object, meta, objects, owner, text, texts


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("crm", "crm"),
        (["", {"name": "crm"}], "crm"),
        ({"displayName": "", "name": "team", "type": "x"}, "team"),
        ("urn:li:corpuser:ada", "ada"),
        (None, ""),
        ([], ""),
    ],
)
def test_owner(value: object, said: str) -> None:
    assert owner(value) == said


def test_metadata_as_tags() -> None:
    said = {
        "pii": True,
        "secret": "yes",
        "open": False,
        "class": {"level": "high"},
        "n": 3,
        "none": None,
        "l": ["a", "b"],
    }
    assert list(meta(said)) == ["pii", "secret", "open=no", "class.level=high", "n=3", "l=a", "l=b"]
    assert list(meta({"doc": "x" * 81})) == list(meta("text")) == []


def test_what_is_not_there() -> None:
    assert an_object([1]) == {} and list(objects(3)) == [] and text(True) == "" and list(texts({"a": 1})) == []
    assert list(objects({"a": {"b": 1}, "c": 2})) == [{"b": 1}]
