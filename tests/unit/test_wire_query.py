"""Query strings and forms: pairs in, pairs edited."""

from __future__ import annotations

import pytest

from hushgate.errors import Malformed
from hushgate.values import Area, Direction, Embedded, Location
from hushgate.wire.query import edit_query, percent_decoded, read_query
from hushgate.wire.walk import Walk


def read(query: str) -> list[tuple[object, ...]]:
    walk = Walk(Direction.REQUEST, Area.QUERY)
    read_query(walk, query)
    return [(s.location.path, s.location.is_key, s.text) for s in walk.segments]


@pytest.mark.parametrize(
    ("query", "segments"),
    [
        ("", []),
        ("q=ann", [((0, "q"), True, "q"), ((0, "q"), False, "ann")]),
        ("q=ann%40acme.example", [((0, "q"), True, "q"), ((0, "q"), False, "ann@acme.example")]),
        ("q=a+b%2Bc", [((0, "q"), True, "q"), ((0, "q"), False, "a b+c")]),
        ("a=1&a=2", [((0, "a"), True, "a"), ((0, "a"), False, "1"), ((1, "a"), True, "a"), ((1, "a"), False, "2")]),
        ("ann", [((0, "ann"), True, "ann")]),
        ("=ann", [((0, ""), False, "ann")]),
        ("a=b=c", [((0, "a"), True, "a"), ((0, "a"), False, "b=c")]),
        ("&&", []),
        ("q=%zz", [((0, "q"), True, "q"), ((0, "q"), False, "%zz")]),
        ("q=%7B%22k%22:1,%22m%22:%22x%22%7D",
         [((0, "q"), True, "q"), ((0, "q", Embedded.JSON, "k"), True, "k"),
          ((0, "q", Embedded.JSON, "k"), False, "1"), ((0, "q", Embedded.JSON, "m"), True, "m"),
          ((0, "q", Embedded.JSON, "m"), False, "x")]),
    ],
)  # fmt: skip
def test_reads(query: str, segments: list[tuple[object, ...]]) -> None:
    assert read(query) == segments


@pytest.mark.parametrize(
    "name",
    ["key", "api_key", "api-key", "API-Key", "apikey", "access_token", "token", "sig", "X-Amz-Signature",
     "X-Amz-Credential", "X-Goog-Signature", "%6bey"],
)  # fmt: skip
def test_the_clients_own_credentials_are_left_out(name: str) -> None:
    assert read(f"{name}=x") == []


@pytest.mark.parametrize("name", ["monkey", "key2", "x-amz-other", "tokens", "user"])
def test_other_parameters_are_read(name: str) -> None:
    assert (0, name) in [path for path, *_ in read(f"{name}=x")]


@pytest.mark.parametrize("text", ["%ff", "%c0%80", "a%00b", "%ed%a0%80", "a\0b", "\ud800"])
def test_what_is_not_text_is_refused(text: str) -> None:
    for query in (f"q={text}", f"{text}=q", f"a=b&{text}"):
        with pytest.raises(Malformed, match="target is not UTF-8"):
            read(query)
    with pytest.raises(Malformed) as caught:
        percent_decoded(text)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("path", "is_key", "edited"),
    [
        ((1, "b"), False, "a=%41+x&b=%3CX_aa%3E%26%3D&c&d=%5B%22y%22%5D"),
        ((1, "b"), True, "a=%41+x&%3CX_aa%3E%26%3D=1&c&d=%5B%22y%22%5D"),
        ((3, "d", Embedded.JSON, 0), False, "a=%41+x&b=1&c&d=%5B%22%3CX_aa%3E%26%3D%22%5D"),
    ],
)
def test_only_the_edited_pair_changes(path: tuple[int | str | Embedded, ...], is_key: bool, edited: str) -> None:
    query = "a=%41+x&b=1&c&d=%5B%22y%22%5D"
    location = Location(Area.QUERY, None, path, is_key)
    assert edit_query(query, {location: "<X_aa>&="}) == edited
    assert edit_query(query, {}) == query


@pytest.mark.parametrize(
    "location", [Location(Area.QUERY, None, (9, "b")), Location(Area.QUERY, None, (1, "z")), Location(path=(1, "b"))]
)
def test_an_edit_that_finds_nothing_fails(location: Location) -> None:
    with pytest.raises(LookupError):
        edit_query("a=1&b=2", {location: "x"})
