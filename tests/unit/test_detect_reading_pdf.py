"""PDFs: pages, every other string, and what in them stays unread."""

from __future__ import annotations

import zlib

import pytest

from hushgate.detect.reading.files import read_file
from tests.made_files import docx, pdf, stream


def texts(data: bytes) -> dict[tuple[object, ...], str]:
    return dict(read_file(data, "PDF").texts)


def test_pages_and_metadata() -> None:
    assert texts(pdf("first (1)", "second", info="Jane Roe")) == {
        ("page", 1): "first (1)",
        ("page", 2): "second",
        ("strings", "beside"): "Jane Roe",
    }


@pytest.mark.parametrize(
    "thing",
    [
        b"<< /Type /Annot /Subtype /Text /Contents (a note) >>",
        b"<< /FT /Tx /T (field) /V (a note) >>",
        b"<< /Title <FEFF00610020006E006F00740065> >>",
        b"<< /S /JavaScript /JS (a note) >>",
        b"[ [ << /Deep [ (a note) ] >> ] ]",
    ],
)
def test_strings_of_any_object_are_read(thing: bytes) -> None:
    assert "a note" in texts(pdf("x", objects=[thing]))["strings", "beside"].split("\n")


def test_scripts_and_metadata_in_streams_are_read() -> None:
    packed = zlib.compress(b"var jane = 1")
    objects = [
        b"<< /S /JavaScript /JS 101 0 R >>",
        stream("/Filter /FlateDecode", packed),
        stream("/Type /Metadata /Subtype /XML", b"<x>Jane Roe</x>"),
    ]
    said = "\n".join(texts(pdf("x", objects=objects)).values())
    assert "var jane = 1" in said and "Jane Roe" in said


def test_files_in_it_are_read_by_what_they_are() -> None:
    found = texts(pdf("x", objects=[stream("/Type /EmbeddedFile /Subtype /text#2Fcsv", b"ann,1"),
                                    stream("/Type /EmbeddedFile", docx("in the document"))]))  # fmt: skip
    assert found["object", 100] == "ann,1"
    assert "in the document" in found.values()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"objects": [stream("/Type /XObject /Subtype /Image /Width 1 /Height 1", b"\0")]}, "image"),
        ({"objects": [stream("/Type /EmbeddedFile", b"\0\1")]}, "unknown binary"),
        (
            {"fonts": "/F2 << /Type /Font /Subtype /Type0 /Encoding /Identity-H >>"},
            "letters of a font that does not say which they are",
        ),
        ({"fonts": "/F2 << /Type /Font /Subtype /Type3 >>"}, "letters of a font that does not say which they are"),
    ],
)
def test_what_stays_unread(changes: dict[str, object], reason: str) -> None:
    contents = read_file(pdf("ann", **changes), "PDF")  # type: ignore[arg-type]
    assert [reason for _, reason, _ in contents.unread] == [reason]
    assert (("page", 1), "ann") in contents.texts


def test_a_picture_within_a_page_stays_unread() -> None:
    data = pdf("x) Tj ET BI /W 1 /H 1 /BPC 8 /CS /G ID \0 EI BT (y")
    made = data.replace(b"\\) Tj", b") Tj ").replace(b"BT \\(y", b"BT (y ")
    assert [reason for _, reason, _ in read_file(made, "PDF").unread] == ["image"]


def test_an_earlier_revision_stays_unread() -> None:
    made = pdf("ann") + b"\n5 0 obj\n(jane.roe@example.com)\nendobj\n"
    assert [reason for _, reason, _ in read_file(made, "PDF").unread] == ["objects of an earlier revision"]
