"""What nobody has read is left out, and a note says so; everything else stays."""

from __future__ import annotations

import pytest

from hushgate.errors import Malformed
from hushgate.values import Area, Embedded, FileRead, Location, Step, Unread
from hushgate.wire.leaving import dumped, notes, stays, without
from hushgate.wire.multipart import Multipart, Part
from hushgate.wire.opaque import Text

NOTE = "[image: 9 bytes left out]"


def gone(*path: Step, part: int | None = None) -> dict[object, str]:
    return dict(notes([Unread(Location(Area.BODY, part, path), "image", 9)]))


@pytest.mark.parametrize(
    ("document", "path", "left"),
    [
        ({"a": ["x", "y"]}, ("a", 1), {"a": ["x", NOTE]}),
        ({"a": [1, 2, 3], "b": "x"}, ("a",), {"a": NOTE, "b": "x"}),
        ({"a": '{"b": "x"}'}, ("a", Embedded.JSON, "b"), {"a": NOTE}),
        ({"a": "see data:..."}, ("a", Embedded.INLINE, 0), {"a": NOTE}),
        (["x"], (0, Embedded.DOCUMENT, "page", 1), [NOTE]),
        ("x", (), NOTE),
    ],
)
def test_a_note_stands_in_its_place(document: object, path: tuple[Step, ...], left: object) -> None:
    assert without(document, gone(*path)) == left  # type: ignore[arg-type]


def test_a_body_that_is_a_file_is_a_note() -> None:
    for document in (None, Text("a=x", True)):
        assert dumped(without(document, gone())) == NOTE.encode()  # type: ignore[arg-type]


def test_a_part_of_a_form_has_nothing_left_but_its_name() -> None:
    parts = (Part("a", "jane.png", "image/x-jane", b"\x89PNG", None), Part("b", None, "", b"x", "x"))
    left = without(Multipart(parts), gone("a", part=0))  # type: ignore[arg-type]
    assert isinstance(left, Multipart)
    assert left.parts == (Part("a", None, "text/plain", NOTE.encode(), NOTE), parts[1])


def test_where_there_is_no_such_place_nothing_is_kept() -> None:
    with pytest.raises(Malformed):
        without({"a": ["x"]}, gone("a", 1))  # type: ignore[arg-type]


def test_documents_are_told_as_what_they_are() -> None:
    assert list(notes((), [FileRead(Location(path=("a",)), "PDF", 7)]).values()) == ["[PDF: 7 bytes left out]"]


@pytest.mark.parametrize(
    ("location", "there"),
    [
        (Location(path=("a",)), False),
        (Location(path=("a", "b")), False),
        (Location(Area.BODY, 3, ("a", Embedded.TEXT, 1)), False),
        (Location(path=("a",), is_key=True), True),
        (Location(path=("a", "b"), is_key=True), False),
        (Location(path=("b",)), True),
        (Location(), True),
    ],
)
def test_what_stays(location: Location, there: bool) -> None:
    assert stays(location, gone("a")) is there  # type: ignore[arg-type]
