"""Edits reach their own leaf and nothing else, or fail."""

from __future__ import annotations

import copy

import pytest

from hushgate.errors import Malformed
from hushgate.values import Area, Embedded, Location, Step
from hushgate.wire.edit import apply, leaf

J = Embedded.JSON
DOC = {"a": [{"b": "x", "n": 123456789}, "y"], "j": '{ "p": "q", "l": [1,  "z"] }', "k": {"one": 1, "two": 2}}


def at(*path: Step, key: bool = False) -> Location:
    return Location(Area.BODY, None, path, key)


@pytest.mark.parametrize(
    ("edits", "changed"),
    [
        ({at("a", 0, "b"): "X"}, {"a": [{"b": "X", "n": 123456789}, "y"]}),
        ({at("a", 0, "n"): "X"}, {"a": [{"b": "x", "n": "X"}, "y"]}),
        ({at("a", 0, "b"): "", at("a", 1): "Y"}, {"a": [{"b": "", "n": 123456789}, "Y"]}),
        ({at("j", J, "p"): 'Q"é'}, {"j": '{ "p": "Q\\"é", "l": [1,  "z"] }'}),
        ({at("j", J, "p"): "Q", at("j", J, "l", 1): "Z"}, {"j": '{ "p": "Q", "l": [1,  "Z"] }'}),
        ({at("j", J, "l", key=True): "L", at("j", J, "l", 1): "Z"}, {"j": '{ "p": "q", "L": [1,  "Z"] }'}),
        ({at("k", "one", key=True): "ONE"}, {"k": {"ONE": 1, "two": 2}}),
        ({at("k", "one", key=True): "two", at("k", "two", key=True): "one"}, {"k": {"two": 1, "one": 2}}),
    ],
)
def test_edits(edits: dict[Location, str], changed: dict[str, object]) -> None:
    before = copy.deepcopy(DOC)
    edited = apply(DOC, edits)
    assert edited == {**DOC, **changed}
    assert before == DOC


def test_a_string_is_found_where_it_stands() -> None:
    assert leaf(DOC, at("a", 0, "b")) == "x"
    assert leaf(DOC, at("j")) == DOC["j"]


@pytest.mark.parametrize("path", [("a", 0, "n"), ("a", 2), ("a", "0"), ("b",), ("j", J, "p"), ("a", 1, 0), ("k",)])
def test_what_is_no_string_is_not_found(path: tuple[Step, ...]) -> None:
    with pytest.raises(LookupError):
        leaf(DOC, at(*path))


def test_renamed_keys_keep_their_order() -> None:
    edited = apply({"x": 1, "y": 2, "z": 3}, {at("y", key=True): "m"})
    assert list(edited) == ["x", "m", "z"]  # type: ignore[call-overload]


def test_no_edits_is_the_same_document() -> None:
    assert apply(DOC, {}) is DOC


def test_untouched_parts_are_shared() -> None:
    edited = apply(DOC, {at("a", 1): "Y"})
    assert edited["k"] is DOC["k"]  # type: ignore[index]


def test_a_bare_string_is_edited() -> None:
    assert apply("x", {at(): "y"}) == "y"
    assert apply('["x"]', {at(J, 0): "y"}) == '["y"]'


@pytest.mark.parametrize(
    "edits",
    [
        {at("k", "one", key=True): "two"},
        {at("k", "one", key=True): "m", at("k", "two", key=True): "m"},
        {at("j", J, "p", key=True): "l"},
    ],
)
def test_clashing_keys_are_refused(edits: dict[Location, str]) -> None:
    with pytest.raises(Malformed, match="same as another key"):
        apply(DOC, edits)


@pytest.mark.parametrize(
    "location",
    [
        at("nope"),
        at("nope", key=True),
        at("a", 2),
        at("a", -1),
        at("a", "0"),
        at("a", 0),
        at("a"),
        at(),
        at(key=True),
        at("a", 0, key=True),
        at("a", 0, "b", "c"),
        at("a", 0, "b", J, 0),
        at("j", J),
        at("j", J, key=True),
        at("j", J, "l"),
        at("j", J, "m"),
        at("j", J, "l", 2),
        at("j", J, "l", 0, key=True),
        at("j", J, "p", "q"),
        at("j", "p"),
        at("a", J, 0),
        Location(Area.HEADER, None, ("a", 1)),
        Location(Area.BODY, 0, ("a", 1)),
    ],
    ids=str,
)
def test_an_edit_that_finds_nothing_is_not_lost(location: Location) -> None:
    with pytest.raises(LookupError):
        apply(DOC, {location: "<MASKED_aaaaaaaaaa>"})


def test_a_leaf_is_not_edited_both_whole_and_inside() -> None:
    with pytest.raises(LookupError):
        apply(DOC, {at("j"): "x", at("j", J, "p"): "y"})


@pytest.mark.parametrize("value", [None, True, {}, []])
def test_only_strings_and_numbers_are_edited(value: object) -> None:
    with pytest.raises(LookupError):
        apply({"v": value}, {at("v"): "x"})


def test_errors_hold_nothing_of_the_document() -> None:
    with pytest.raises(LookupError) as caught:
        apply({"j": "canary {"}, {at("j", J, "p"): "x"})
    assert "canary" not in repr(caught.value)
    assert caught.value.__context__ is None
