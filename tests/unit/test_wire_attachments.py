"""Texts in files are segments, and edits of them go back into the file."""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from typing import Any

import pytest

from hushgate.files import Contents
from hushgate.values import Area, Direction, Embedded, Kind, Location, Role
from hushgate.wire.attachments import fold, open_files, with_contents
from hushgate.wire.base import Reading
from hushgate.wire.walk import Walk

PDF = b64encode(b"%PDF-1.7 ...").decode()


def b64(text: str, codec: str = "utf-8") -> str:
    return b64encode(text.encode(codec)).decode()


def reading(*files: tuple[object, object, str]) -> Reading:
    walk = Walk(Direction.REQUEST)
    for index, file in enumerate(files):
        walk.attach((index, "data"), *file, Role.USER)
    return walk.reading()


def test_text_is_read_in_a_part_of_its_own() -> None:
    read, (first, second) = open_files(
        reading(("text/csv", "a.csv", b64("ann,1")), ("", "b.json", b64('{"k": "bob"}')))
    )
    assert read.unread == ()
    assert [(s.location, s.kind, s.role, s.text) for s in read.segments if not s.location.is_key] == [
        (Location(Area.BODY, 0, (0, "data", Embedded.TEXT)), Kind.ATTACHMENT, Role.USER, "ann,1"),
        (Location(Area.BODY, 1, (1, "data", Embedded.TEXT, Embedded.JSON, "k")), Kind.ATTACHMENT, Role.USER, "bob"),
    ]
    assert (first.read.type, first.read.size, second.read.location) == ("text", 5, Location(path=(1, "data")))


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (("text/csv", "a.csv", "a***"), "it is not base64 with one reading"),
        (("text/csv", "a.csv", "YW5u YQ=="), "it is not base64 with one reading"),
        (("text/csv", "a.csv", "é"), "it is not base64 with one reading"),
        (("text/plain", "a.pdf", b64("ann")), "its content, media type and filename do not say the same"),
        (("", "", b64encode(b"\x89PNG\r\n\x1a\n\0").decode()), "image"),
        (("", "", b64encode(b"\0\1").decode()), "unknown binary"),
        (("application/pdf", "a.pdf", PDF), "file"),
        (("image/*", "", PDF), "its content, media type and filename do not say the same"),
        (
            ("image/*", "", "data:image/png;base64," + b64("ann")),
            "its content, media type and filename do not say the same",
        ),
    ],
)
def test_what_is_no_text_stays_unread(file: Any, reason: str) -> None:
    read, _ = open_files(reading(file))
    assert [(u.location.path, u.reason) for u in read.unread] == [((0, "data"), reason)]
    assert read.segments == ()


def test_documents_wait_for_those_who_can_read_them() -> None:
    read, files = open_files(reading(("text/plain", "", b64("x")), ("application/pdf", "a.pdf", PDF)))
    document = files[1].document
    assert (document.type, document.filename, document.data) == ("PDF", "a.pdf", b"%PDF-1.7 ...")
    contents = Contents((((1,), "ann"), ((2,), "bob")), (((2, 0), "image", 7),))
    ((file, segments, unread),) = with_contents(files, [contents])
    below = (1, "data", Embedded.DOCUMENT)
    assert [(s.location.part, s.location.path, s.text, s.kind) for s in segments] == [
        (1, (*below, 1), "ann", Kind.ATTACHMENT),
        (1, (*below, 2), "bob", Kind.ATTACHMENT),
    ]
    assert [(u.location.path, u.reason, u.size) for u in unread] == [((*below, 2, 0), "image", 7)]
    folded = fold(files, [*read.segments, *segments], {segments[1].location: "B"})
    assert (folded.edits, folded.contents, folded.texts) == ({}, {}, {Location(path=(1, "data")): "ann\nB"})
    assert str(segments[0].location) == "body[1]:/1/data/(document)/1"


@pytest.mark.parametrize(
    ("data", "edited"),
    [
        (b64("ann\r\nbob"), b64("A")),
        ("YW5u\r\nYm9i\n", b64("A")),
        ("data:text/plain;base64," + b64("ann"), "data:text/plain;base64," + b64("A")),
        (b64("\ufeffann"), b64("\ufeffA")),
        (b64("ann", "utf-16"), b64("A", "utf-16")),
    ],
)
def test_an_edit_is_an_edit_of_the_file(data: str, edited: str) -> None:
    read, files = open_files(reading(("", "", data)))
    (segment,) = read.segments
    folded = fold(files, read.segments, {segment.location: "A", Location(path=("other",)): "O"})
    assert folded.edits == {Location(path=(0, "data")): edited, Location(path=("other",)): "O"}


def test_an_edit_in_json_leaves_the_rest_of_the_file_alone() -> None:
    lines = '{"a": "ann",  "n": 1.50}\r\n\nplain\n'
    read, files = open_files(reading(("application/jsonl", "", b64(lines))))
    edits = {s.location: "A" for s in read.segments if s.text == "ann"}
    (edited,) = fold(files, read.segments, edits).edits.values()
    assert b64decode(edited).decode() == lines.replace("ann", "A")


def test_without_files_nothing_changes() -> None:
    plain = reading()
    assert open_files(plain) == (plain, ())


def test_many_files_take_no_time_for_each_other() -> None:
    many = reading(*[("", "", b64("ann"))] * 20_000)
    began = time.process_time()
    read, files = open_files(many)
    folded = fold(files, read.segments, {segment.location: "A" for segment in read.segments})
    assert len(folded.edits) == 20_000
    assert time.process_time() - began < 10


def test_with_ocr_an_image_is_a_document() -> None:
    data = b64encode(b"\x89PNG\r\n\x1a\n\0").decode()
    for media_type, opened in (("image/*", ["image"]), ("text/plain", [])):
        _, files = open_files(reading((media_type, "", data)), ocr=True)
        assert [file.type for file in files] == opened
        assert [file.read.type for file in files] == [f"{word}, by OCR" for word in opened]
    assert open_files(reading(("image/*", "", data)))[1] == ()


def batch(content: object) -> str:
    body = {"model": "m", "messages": [{"role": "user", "content": content}]}
    return json.dumps({"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": body})


def attached(data: str) -> list[object]:
    return [{"type": "file", "file": {"filename": "a", "file_data": data}}]


def test_files_in_the_lines_of_a_file_are_read_as_any() -> None:
    lines = batch(attached(b64("ann"))) + "\n" + batch(attached(PDF)) + "\n"
    read, files = open_files(reading(("application/jsonl", "", b64(lines))))
    assert [(file.type, file.part) for file in files] == [("JSON lines", 0), ("text", 0), ("PDF", 0)]
    assert [u.reason for u in read.unread] == ["file"], "until somebody reads it"
    (segment,) = [s for s in read.segments if s.text == "ann"]
    (data,) = fold(files, read.segments, {segment.location: "A"}).edits.values()
    said = [json.loads(line) for line in b64decode(data).decode().split("\n") if line]
    assert [one["body"]["messages"][0]["content"][0]["file"]["file_data"] for one in said] == [b64("A"), PDF]


def test_edits_of_a_file_and_of_one_in_it_are_one_edit() -> None:
    lines = batch([*attached(b64(batch(attached(b64("ann"))))), {"type": "text", "text": "bob"}])
    lines = lines.replace('"filename": "a"', '"filename": "a.jsonl"', 1)
    read, files = open_files(reading(("application/jsonl", "", b64(lines))))
    assert [file.type for file in files] == ["JSON lines", "JSON lines", "text"]
    edits = {s.location: s.text.upper() for s in read.segments if s.text in ("ann", "bob")}
    assert len(edits) == 2
    folded = fold(files, read.segments, edits)
    assert list(folded.edits) == [Location(path=(0, "data"))]
    outer = json.loads(b64decode(folded.edits[Location(path=(0, "data"))]))["body"]["messages"][0]["content"]
    assert outer[1]["text"] == "BOB"
    inner = json.loads(b64decode(outer[0]["file"]["file_data"]))["body"]["messages"][0]["content"]
    assert b64decode(inner[0]["file"]["file_data"]) == b"ANN"


@pytest.mark.parametrize(
    ("url", "opened", "unread"),
    [
        (f"data:application/pdf;base64,{b64encode(b'%PDF-1.7 ' + b'.' * 60).decode()}", ["PDF"], ["file"]),
        (f"data:text/csv;base64,{b64('ann,bob,' * 10)}", [], []),
        (f"data:text/csv;base64,{b64('ann,bob,' * 10, 'utf-16')}", ["text"], []),
        (
            f"data:image/png;base64,{b64encode(bytes([137, *b'PNG', 13, 10, 26, 10, *range(60)])).decode()}",
            [],
            ["image"],
        ),
        (f"data:font/woff;base64,{b64encode(bytes(range(60))).decode()}", [], ["unknown binary"]),
    ],
)
def test_a_file_amid_a_text(url: str, opened: list[str], unread: list[str]) -> None:
    walk = Walk(Direction.REQUEST)
    walk.value((), f"see {url} there", Role.USER, Kind.TEXT)
    read, files = open_files(walk.reading())
    assert [file.type for file in files] == opened
    assert [u.reason for u in read.unread] == unread
