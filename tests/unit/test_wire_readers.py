"""The readers that tables are made of, each with what it knows and what stands in its place."""

from __future__ import annotations

import pytest

from hushgate.values import Direction, Kind, Role
from hushgate.wire.readers import (
    an_object,
    file_beside,
    listed,
    media,
    moment,
    opaque,
    text,
    tool_def,
    vector,
)
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


def test_an_image_is_an_attachment_that_has_to_be_one() -> None:
    walk = Walk(Direction.REQUEST)
    media("image", link=True)(walk, ("x",), "data:text/plain;base64,YW5u", Role.USER)
    media("audio", link=False)(walk, ("y",), "AAAA", Role.USER)
    assert [(a.location.path, a.media_type) for a in walk.reading().attachments] == [(("x",), "image/*")]


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


def test_a_file_takes_what_stands_beside_it() -> None:
    walk = Walk(Direction.REQUEST)
    full = file_beside({"t": opaque}, "data", filename="name", media_type="t")
    full(walk, (), {"data": "YQ==", "t": "text/csv", "name": "a.csv"}, Role.USER)
    file_beside({}, "bytes", filename="name", form="format")(
        walk, (), {"format": "pdf", "bytes": "YQ==", "name": "b"}, Role.USER
    )
    file_beside({}, "bytes", form="format")(walk, (), {"format": "pdf", "bytes": "YQ=="}, Role.USER)
    full(walk, (), {"data": ["not base64"], "t": 7}, Role.USER)
    full(walk, (), "bare", Role.USER)
    assert [(a.location.path, a.media_type, a.filename) for a in walk.reading().attachments] == [
        (("data",), "text/csv", "a.csv"),
        (("bytes",), "", "b.pdf"),
        (("bytes",), "", ".pdf"),
    ]
    assert {"not base64", "bare", "a.csv"} <= {s.text for s in walk.segments}


@pytest.mark.parametrize(
    ("reader", "value", "said"),
    [
        (vector, [0.1234567890123, -0.5, 1.0], []),
        (vector, [4111111111111111], ["4111111111111111"]),
        (vector, [0.5, 4111111111111111.0], ["4111111111111111"]),
        (vector, [0.5, "ann"], ["ann"]),
        (vector, "QUJD", ["QUJD"]),
        (moment, "2026-01-02T03:04:05Z", []),
        (moment, "2026-01-02T03:04:05.123456789+01:00", []),
        (moment, "2026-01-02 by ann", ["2026-01-02 by ann"]),
        (moment, 4111111111111111, ["4111111111111111"]),
    ],
)  # fmt: skip
def test_what_cannot_hold_a_value_is_left_out(reader: Reader, value: object, said: list[str]) -> None:
    assert [text for _, _, text in read(reader, value)[0]] == said
