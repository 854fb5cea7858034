"""Every leaf is a segment or named unread."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from hushgate.values import Area, Direction, Embedded, Kind, Location, Role
from hushgate.wire.walk import MAX_EMBEDDED, Walk, reads

J = Embedded.JSON


def walked(value: object, kind: Kind = Kind.TEXT, **words: frozenset[str]) -> list[tuple[object, ...]]:
    walk = Walk(Direction.REQUEST, **words)
    walk.value((), value, Role.USER, kind)
    return [
        (*s.location.path, "#key", s.text) if s.location.is_key else (*s.location.path, s.text) for s in walk.segments
    ]


@pytest.mark.parametrize(
    ("value", "segments"),
    [
        ("hi", [("hi",)]),
        ("", []),
        (None, []),
        (True, []),
        ([[], {}], []),
        ({"k": "v"}, [("k", "#key", "k"), ("k", "v")]),
        ({"": "v"}, [("", "v")]),
        (["a", ["b"]], [(0, "a"), (1, 0, "b")]),
        (12345678, []),
        (-99999999, []),
        (123456789, [("123456789",)]),
        (-123456789, [("-123456789",)]),
        ([4111111111111111], [(0, "4111111111111111")]),
        (0.5, []),
        (1234567.8, []),
        (4111111111111111.0, [("4111111111111111",)]),
        (4.111111111111111e15, [("4111111111111111",)]),
        (1e300, []),
        ('{"a": [1, "x"]}', [(J, "a", "#key", "a"), (J, "a", 0, "1"), (J, "a", 1, "x")]),
        ('{"a": [true, null, -2.50]}', [(J, "a", "#key", "a"), (J, "a", 2, "-2.5")]),
        (json.dumps([7] * 64), []),
        (json.dumps([7] * 63 + ["x", 123456789]), [(J, 63, "x"), (J, 64, "123456789")]),
        (' \n["x"]\t', [(J, 0, "x")]),
        ("{}", []),
        ('"x"', [('"x"',)]),
        ("12345678901", [("12345678901",)]),
        ('{"a":1} and more', [('{"a":1} and more',)]),
        ('{"a":1,"a":2}', [('{"a":1,"a":2}',)]),
        ("[see here]", [("[see here]",)]),
        ("{", [("{",)]),
        ("   ", [("   ",)]),
        (json.dumps([json.dumps(["x"])]), [(J, 0, J, 0, "x")]),
        ('["\\u0041"]', [(J, 0, "A")]),
    ],
)
def test_leaves(value: object, segments: list[tuple[object, ...]]) -> None:
    assert walked(value) == segments


def test_numbers_of_few_digits_are_told_from_texts_and_from_those_of_the_format() -> None:
    walk = Walk(Direction.REQUEST)
    walk.value((), {"pay": 83000, "max_tokens": 5, "card": 4111111111111111}, Role.USER, Kind.TOOL_ARGS)
    assert [(s.text, s.number) for s in walk.segments if not s.location.is_key] == [
        ("83000", True), ("5", True), ("4111111111111111", False),
    ]  # fmt: skip
    walk = Walk(Direction.REQUEST)
    walk.value((), {"max_tokens": 5}, Role.USER, Kind.TEXT)
    assert [s.text for s in walk.segments] == ["max_tokens"]


def test_vocabulary_and_constants_are_left_out() -> None:
    words = {"vocabulary": frozenset({"type"}), "constants": frozenset({"text"})}
    assert walked({"type": "text", "other": "text"}, Kind.OPAQUE, **words) == [("other", "#key", "other")]
    assert walked({"type": "text"}, Kind.TEXT, **words) == [("type", "text")]
    assert walked({"type": "texts"}, Kind.OPAQUE, **words) == [("type", "texts")]


def test_opaque_strings_are_not_opened() -> None:
    assert walked('["x"]', Kind.OPAQUE) == [('["x"]',)]


def test_json_is_opened_to_a_bounded_depth() -> None:
    value = "leaf"
    for _ in range(MAX_EMBEDDED):
        value = json.dumps([value])
    assert walked(value) == [(*(J, 0) * MAX_EMBEDDED, "leaf")]
    (segment,) = walked(json.dumps([value]))
    assert segment[:-1] == (J, 0) * MAX_EMBEDDED
    assert segment[-1] == '["leaf"]'


def test_total_depth_is_bounded_through_strings() -> None:
    deep = "[" * 100 + '"x"' + "]" * 100
    assert walked(deep) == [(J, *[0] * 100, "x")]
    nested: object = deep
    for _ in range(60):
        nested = [nested]
    assert walked(nested) == [(*[0] * 60, deep)]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("data:image/png;base64,AAAA", "image"),
        ("DATA:image/png;BASE64,AAAA", "image"),
        ("data:audio/wav;base64,AAAA", "audio"),
        ("data:video/mp4;base64,AAAA", "video"),
        ("data:application/pdf;name=x;base64,AAAA", "file"),
        ("data:;base64,AAAA", "file"),
        (" \n data:text/csv;base64,AAAA", "file"),
        ("da\tta:\r\ntext/csv;base64,AAAA", "file"),
        ("data:text/csv; base64 ,AAAA", "file"),
        ("data:text/csv;name=" + "x" * 300 + ";base64,AAAA", "file"),
    ],
)
def test_data_urls_are_named_unread(url: str, reason: str) -> None:
    walk = Walk(Direction.REQUEST)
    walk.value(("k",), url, Role.USER, Kind.TEXT)
    assert walk.segments == ()
    (unread,) = walk.unread
    assert (unread.location, unread.reason, unread.size) == (Location(path=("k",)), reason, len(url))


@pytest.mark.parametrize(
    "text", ["data:", "data: base64, is", "data:text/plain,hello", "data;base64,A", "data:x,;base64,A"]
)
def test_what_only_looks_like_a_data_url_is_text(text: str) -> None:
    assert walked(text) == [(text,)]


def test_unread_size_is_in_bytes() -> None:
    walk = Walk(Direction.REQUEST)
    walk.skip((), "file", "é\ud800")
    assert walk.unread[0].size == 5


def test_fields_use_readers_and_walk_the_rest() -> None:
    walk = Walk(Direction.REPLY, Area.FRAME)
    walk.fields((), {"id": "1", "x": "2"}, {"id": reads(Kind.OPAQUE)}, Role.TOOL, Kind.TOOL_RESULT)
    assert [(s.location.path, s.location.is_key, s.kind) for s in walk.segments] == [
        (("id",), False, Kind.OPAQUE),
        (("x",), True, Kind.TOOL_RESULT),
        (("x",), False, Kind.TOOL_RESULT),
    ]
    assert {(s.role, s.direction, s.location.area) for s in walk.segments} == {(Role.TOOL, Direction.REPLY, Area.FRAME)}


def test_fields_and_items_take_any_shape() -> None:
    walk = Walk(Direction.REQUEST)
    walk.fields(("a",), ["x"], {}, Role.NONE, Kind.TEXT)
    walk.items(("b",), {"k": "y"}, reads(Kind.OPAQUE), Role.NONE, Kind.TEXT)
    assert [s.text for s in walk.segments] == ["x", "k", "y"]


def test_a_file_is_unread_and_an_attachment() -> None:
    walk = Walk(Direction.REQUEST, tool="fetch")
    walk.attach(("a",), "Application/PDF; v=1", "x.pdf", "JVBERi0x", Role.USER)
    walk.attach(("b",), None, None, "data:text/CSV;charset=utf-8;base64,YQ==")
    walk.attach(("c",), "image/png", 7, "data:text/plain;base64,YQ==")
    walk.attach(("d",), "image/png", "empty.png", "")
    reading = walk.reading()
    assert [(u.location.path, u.reason) for u in reading.unread] == [
        (("a",), "file"),
        (("b",), "file"),
        (("c",), "image"),
    ]
    assert [(a.location.path, a.media_type, a.filename, a.role, a.tool) for a in reading.attachments] == [
        (("a",), "application/pdf; v=1", "x.pdf", Role.USER, "fetch"),
        (("b",), "text/csv;charset=utf-8", "", Role.NONE, "fetch"),
        (("c",), "image/png,text/plain", "", Role.NONE, "fetch"),
    ]


FILE = b64encode(b"%PDF-1.7" + b" " * 60).decode()


@pytest.mark.parametrize(
    "text",
    [
        FILE,
        FILE[:76] + "\r\n" + FILE[76:],
        b64encode(b"PK\x03\x04" + b"x" * 60).decode(),
        b64encode(b"{\\rtf1" + b"x" * 60).decode(),
    ],
)
def test_a_document_in_base64_is_a_file_wherever_it_stands(text: str) -> None:
    walk = Walk(Direction.REQUEST)
    walk.value((), {"k": [text]}, Role.USER, Kind.TEXT)
    assert [a.location.path for a in walk.reading().attachments] == [("k", 0)]
    assert [u.reason for u in walk.unread] == ["file"]


@pytest.mark.parametrize("text", [FILE[:40], "every word", "0M8R4KGx", "J"])
def test_what_only_begins_like_a_document_is_text(text: str) -> None:
    assert walked(text) == [(text,)]


def test_a_file_amid_a_text_is_one_beside_the_text() -> None:
    walk = Walk(Direction.REQUEST)
    walk.value((), {"k": f"look: {FILE} and {FILE}"}, Role.USER, Kind.TEXT)
    assert [s.text for s in walk.segments if not s.location.is_key] == [f"look: {FILE} and {FILE}"]
    below = ("k", Embedded.INLINE)
    assert [(a.location.path, a.data) for a in walk.reading().attachments] == [((*below, 0), FILE), ((*below, 1), FILE)]


def test_in_replies_it_is_one_alone_and_in_structure_none() -> None:
    walk = Walk(Direction.REPLY)
    walk.leaf((), FILE, Role.ASSISTANT, Kind.TEXT)
    walk.leaf((), f"look: {FILE}", Role.ASSISTANT, Kind.TEXT)
    assert [u.reason for u in walk.unread] == ["file"]
    assert walked(FILE, Kind.OPAQUE) == [(FILE,)]


@pytest.mark.parametrize(
    ("media_type", "data", "said"),
    [
        ("text/csv", "data:text/csv;base64,YQ==", "text/csv"),
        ("text/csv", "data:;base64,YQ==", "text/csv"),
        ("", "data:TEXT/csv; charset=utf-7;base64,YQ==", "text/csv; charset=utf-7"),
        (
            "",
            " \tdata:text/csv;x=" + "y" * 300 + ";charset=utf-7;BASE64,YQ==",
            "text/csv;x=" + "y" * 300 + ";charset=utf-7",
        ),
        ("text/csv;a=1", "data:text/csv;charset=utf-7;base64,YQ==", "text/csv;a=1;charset=utf-7"),
        ("image/*", "data:image/png;base64,YQ==", "image/*"),
        ("text/csv", "data:application/pdf;base64,YQ==", "text/csv,application/pdf"),
        ("text/csv", "YQ==", "text/csv"),
    ],
)
def test_what_is_said_of_a_file_in_two_places(media_type: str, data: str, said: str) -> None:
    walk = Walk(Direction.REQUEST)
    walk.attach((), media_type, "", data)
    assert [a.media_type for a in walk.reading().attachments] == [said]
