"""The readers that tables are made of, each with what it knows and what stands in its place."""

from __future__ import annotations

import pytest

from hushgate.values import Direction, Kind, Role
from hushgate.wire.readers import an_object, listed, media, opaque, text, tool_def
from hushgate.wire.walk import Reader, Walk


def read(reader: Reader, value: object) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    walk = Walk(Direction.REQUEST)
    reader(walk, ("x",), value, Role.USER)
    segments = [(s.location.path[1:], s.kind, s.text) for s in walk.segments if not s.location.is_key]
    return segments, [(u.location.path[1:], u.reason, u.size) for u in walk.unread]


@pytest.mark.parametrize(
    ("reader", "kind"), [(opaque, Kind.OPAQUE), (text, Kind.TEXT), (tool_def, Kind.TOOL_DEF)]
)  # fmt: skip
def test_leaves_of_one_kind(reader: Reader, kind: Kind) -> None:
    assert read(reader, {"a": ["ann"]}) == ([(("a", 0), kind, "ann")], [])


@pytest.mark.parametrize(
    ("link", "value", "segments", "unread"),
    [
        (False, "AAAA", [], [((), "image", 4)]),
        (True, "DATA:,x", [], [((), "image", 7)]),
        (True, "https://x.example", [((), Kind.TEXT, "https://x.example")], []),
        (False, "", [], []),
        (False, {"a": "ann"}, [(("a",), Kind.TEXT, "ann")], []),
    ],
)
def test_a_field_of_base64(link: bool, value: object, segments: list[object], unread: list[object]) -> None:
    assert read(media("image", link=link), value) == (segments, unread)


def test_an_object_and_what_may_stand_in_its_place() -> None:
    table = {"id": opaque}
    assert read(an_object(table, Kind.TEXT), {"id": "i", "b": "ann"})[0] == [
        (("id",), Kind.OPAQUE, "i"),
        (("b",), Kind.TEXT, "ann"),
    ]
    assert read(an_object(table, Kind.TEXT), "bare")[0] == [((), Kind.TEXT, "bare")]
    assert read(an_object(table, Kind.TEXT, opaque), "bare")[0] == [((), Kind.OPAQUE, "bare")]


def test_a_list_and_what_may_stand_in_its_place() -> None:
    assert read(listed(opaque, Kind.TEXT), ["i"])[0] == [((0,), Kind.OPAQUE, "i")]
    assert read(listed(opaque, Kind.TEXT), "bare")[0] == [((), Kind.TEXT, "bare")]
