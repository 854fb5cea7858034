"""What stands in a PDF's streams beside its pages is read, or named."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, EncodedStreamObject, NameObject

from hushgate.detect.reading.files import read_file
from tests.made_files import pdf, stream

FORM = "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
HELVETICA = "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
DRAWS = b"BT /F1 12 Tf [(jane) -9 (@x.example)] TJ ET"


def said(data: bytes) -> str:
    return "\n".join(text for _, text in read_file(data, "PDF").texts)


@pytest.mark.parametrize(
    "objects",
    [
        [stream("", b"jane@x.example")],
        [stream("/Type /Own", b"jane@x.example")],
        [stream("", b"<xfa><mail>jane@x.example</mail></xfa>"), b"<< /XFA [ (datasets) 100 0 R ] >>"],
        [stream("", b"jane@x.example"), b"<< /Type /Filespec /EF << /F 100 0 R >> >>"],
        [stream(f"{FORM} {HELVETICA}", DRAWS)],
        [stream(f"/PatternType 1 {HELVETICA}", DRAWS)],
        [b"<< /Own /jane#40x.example >>"],
        [b"<< /jane#40x.example true >>"],
        [b"<< /Own (jane@x.example\\001\\237) >>"],
        [b"<< /ID (jane@x.example) >>"],
    ],
)
def test_what_no_page_shows_is_read(objects: list[bytes]) -> None:
    data = pdf("ann", objects=objects)
    assert "jane@x.example" in said(data)
    assert read_file(data, "PDF").unread == ()


def test_what_is_to_be_read_instead_of_a_drawing_is_read() -> None:
    data = pdf("x) Tj /Span << /ActualText (jane@x.example) >> BDC EMC (y").replace(b"\\(", b"(").replace(b"\\)", b")")
    assert "jane@x.example" in said(data)


@pytest.mark.parametrize(
    "objects",
    [
        [stream("", b"\0\1\2")],
        [stream(FORM, DRAWS)],
        [stream(FORM, DRAWS.replace(b"/F1 12 Tf", b""))],
    ],
    ids=["binary", "a font that is not there", "no font"],
)
def test_what_cannot_be_read_is_named(objects: list[bytes]) -> None:
    assert len(read_file(pdf("ann", objects=objects), "PDF").unread) == 1


def test_a_page_in_a_font_that_is_not_there_is_named() -> None:
    data = pdf("ann").replace(b"/F1 12 Tf", b"/F9 12 Tf")
    assert [reason for _, reason, _ in read_file(data, "PDF").unread][:1] == ["text in a font that is not there"]


def test_fields_have_the_fonts_of_the_form_they_are_in() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf("ann", objects=[stream(FORM, DRAWS)]))))
    field = writer._add_object(EncodedStreamObject())
    drawn = field.get_object()
    assert isinstance(drawn, EncodedStreamObject)
    drawn._data = DRAWS
    drawn.update({NameObject("/Subtype"): NameObject("/Form")})
    fonts = writer.pages[0]["/Resources"]
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/DR"): fonts})
    out = BytesIO()
    writer.write(out)
    assert "jane@x.example" in said(out.getvalue())
    assert read_file(out.getvalue(), "PDF").unread == ()


@pytest.mark.parametrize("key", ["/ToUnicode", "/FontFile2", "/DestOutputProfile"])
def test_what_letters_and_colours_look_like_is_no_file(key: str) -> None:
    data = pdf("ann", objects=[stream("", b"\0\1\2"), f"<< {key} 100 0 R >>".encode(),
                               stream("/FunctionType 4", b"\0")])  # fmt: skip
    assert read_file(data, "PDF").unread == ()
