"""Bodies that are not JSON."""

from __future__ import annotations

import pytest

from hushgate.errors import Malformed
from hushgate.values import Direction, Embedded, Kind, Location, Role
from hushgate.wire.opaque import Text, is_json, looks_like_json, plain_type, read, refuse_other_charset


@pytest.mark.parametrize(
    ("content_type", "plain", "expected"),
    [
        ("application/json", b"anything", True),
        ("Application/JSON; charset=utf-8", b"", True),
        ("application/vnd.api+json", b"x", True),
        ("text/json", b"x", True),
        (None, b'{"a":1}', True),
        ("text/plain", b' \n["a"]', True),
        ("application/x-www-form-urlencoded", b'{"a":1}', True),
        ("application/octet-stream", b'{"a":1}', True),
        ("text/plain", b"[see here]", False),
        ("text/plain", b'{"a":1} and more', False),
        (None, b"7", False),
        (None, b'"text"', False),
        (None, b"", False),
        ("application/jsonp", b"x", False),
    ],
)
def test_what_is_json(content_type: str | None, plain: bytes, expected: bool) -> None:
    assert is_json(content_type, plain) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("{", True), (" \r\n\t[", True), ("[DONE]", True), ("x{", False), ("", False)]
)
def test_what_looks_like_json(text: str, expected: bool) -> None:
    assert looks_like_json(text) is expected


@pytest.mark.parametrize(
    "content_type", ["text/plain", "text/html; charset=UTF-8", 'text/plain; charset="utf-8"', None, "application/xml"]
)
def test_text_is_read_and_edited(content_type: str | None) -> None:
    text, reading = read("Ann lives é".encode(), content_type)
    (segment,) = reading.segments
    assert (segment.location, segment.text, segment.kind) == (Location(), "Ann lives é", Kind.TEXT)
    assert (segment.role, segment.direction) == (Role.NONE, Direction.REQUEST)
    assert text is not None
    assert text.write({segment.location: "<X> é"}) == "<X> é".encode()
    assert text.write({}) == "Ann lives é".encode()


def test_direction() -> None:
    _, reading = read(b"x", "text/plain", Direction.REPLY)
    assert reading.segments[0].direction is Direction.REPLY


def test_json_in_a_form_is_read_inside() -> None:
    text, reading = read(b"n=1&payload=%5B%22ann%22%5D", "application/x-www-form-urlencoded")
    inside = Location(path=(1, "payload", Embedded.JSON, 0))
    assert inside in [s.location for s in reading.segments]
    assert text is not None
    assert text.write({inside: "X"}) == b"n=1&payload=%5B%22X%22%5D"


def test_a_form_has_no_parameters_that_are_left_out() -> None:
    _, reading = read(b"token=ann&key=bob", "application/x-www-form-urlencoded")
    assert [s.text for s in reading.segments] == ["token", "ann", "key", "bob"]


@pytest.mark.parametrize(
    ("content_type", "body", "fine"),
    [
        (None, b"{}", True),
        ("application/json; charset=UTF-8", '{"a":"\u00e9"}'.encode(), True),
        ("application/json; charset=iso-8859-1", b"{}", True),
        ("application/json; charset=iso-8859-1", '{"a":"\u00e9"}'.encode(), False),
        ("application/json; charset=utf-7", b'{"a":"ann+AEA-acme.example"}', False),
        ("application/json; charset=utf-8; charset=utf-7", b"{}", False),
        ("text/plain; charset = 'utf-16'", b"{}", False),
    ],
)
def test_json_in_another_charset_is_refused(content_type: str | None, body: bytes, fine: bool) -> None:
    if fine:
        refuse_other_charset(content_type, body)
    else:
        with pytest.raises(Malformed):
            refuse_other_charset(content_type, body)


def test_a_broken_form_is_refused() -> None:
    with pytest.raises(Malformed):
        read(b"a=%ff", "application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    ("content_type", "plain", "reason"),
    [
        ("image/png", b"\x89PNG", "image/png"),
        ("multipart/form-data; boundary=secret", b"--secret", "multipart/form-data"),
        ("application/pdf", b"%PDF", "application/pdf"),
        ("text/plain", b"\xff\xfe", "text/plain"),
        ("text/plain; charset=utf-16", b"ab", "text/plain"),
        ("text/plain", b"a\0b", "text/plain"),
        ("application/x-www-form-urlencoded", b"a=\xff", "application/x-www-form-urlencoded"),
        (None, b"\xff", "unknown content type"),
        ("my secret", b"x", "unknown content type"),
        ("application/4111111111111111", b"x", "unknown content type"),
        ("ann/acme.example", b"x", "unknown content type"),
        ("video/mp4", b"x", "video/mp4"),
        ("a/" + "x" * 200, b"x", "unknown content type"),
    ],
)
def test_anything_else_is_named_unread(content_type: str | None, plain: bytes, reason: str) -> None:
    text, reading = read(plain, content_type)
    assert (text, reading.segments) == (None, ())
    (unread,) = reading.unread
    assert (unread.location, unread.reason, unread.size) == (Location(), reason, len(plain))


def test_a_text_shows_nothing_of_itself() -> None:
    assert "4929" not in repr(Text("4929", False))


@pytest.mark.parametrize(
    ("content_type", "kept"),
    [
        ("application/json", "application/json"),
        ("Text/Event-Stream;charset=UTF-8", "text/event-stream; charset=utf-8"),
        ("text/plain; charset=ann@acme.example", "text/plain"),
        ("application/ann@acme.example", None),
        ("application/4111111111111111", None),
        (None, None),
    ],
)
def test_what_is_kept_of_a_content_type(content_type: str | None, kept: str | None) -> None:
    assert plain_type(content_type) == kept
