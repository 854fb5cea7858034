"""What a PDF's pages show: letters by their places, pictures by OCR, turned as the page is."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw, ImageFont
from pypdf import PageObject

from hushgate.detect.reading import picture
from hushgate.detect.reading.files import read_file
from hushgate.files import BESIDE, Contents
from tests.made_files import drawn, pdf, spelled, stream
from tests.unit.test_detect_reading_picture import needs_tesseract

ADDRESS = "ann.smith@example.com"


def page(contents: Contents) -> str:
    return dict(contents.texts)["page", 1]


@pytest.mark.parametrize("size", [1, 2, 7])
def test_letters_that_are_set_one_by_one_are_a_word(size: int) -> None:
    assert page(read_file(pdf(spelled(ADDRESS, size)), "PDF")) == ADDRESS


def test_lines_stay_lines_and_columns_apart() -> None:
    said = drawn("name") + drawn("ann", 300) + drawn("city", y=680) + drawn("Oslo", 300, 680)
    assert page(read_file(pdf(said), "PDF")) == "name\tann\ncity\tOslo"


def test_what_only_the_order_of_the_file_tells_is_read_as_well() -> None:
    said = drawn("one", y=600) + drawn("two", y=700)
    contents = read_file(pdf(said), "PDF")
    assert page(contents) == "two\none"
    assert dict(contents.texts)["page", 1, "told", BESIDE].split() == ["one", "two"]


def test_letters_that_have_no_places_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = PageObject.extract_text

    def broken(self: PageObject, **how: object) -> str:
        if how:
            raise KeyError("a font")
        return plain(self)

    monkeypatch.setattr(PageObject, "extract_text", broken)
    contents = read_file(pdf("ann"), "PDF")
    assert page(contents) == "ann"
    assert [reason for _, reason, _ in contents.unread] == ["letters whose places on the page cannot be told"]


def scanned(turned: int = 0, text: str = f"Write to {ADDRESS} today", **how: str) -> bytes:
    """A page that is one picture of a text, stored on its side where the page is turned."""
    image = Image.new("L", (900, 80), 255)
    ImageDraw.Draw(image).text((20, 20), text, fill=0, font=ImageFont.load_default(size=28))
    image = image.rotate(turned, expand=True)
    out = io.BytesIO()
    image.save(out, "JPEG")
    head = (
        f"/Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} /BitsPerComponent 8 "
        f"/ColorSpace /DeviceGray /Filter /DCTDecode"
    )
    return pdf(
        b"q 450 0 0 40 72 700 cm /Im1 Do Q", pictures="/Im1 100 0 R", page=f"/Rotate {turned}",
        objects=[stream(head, out.getvalue())], **how,
    )  # fmt: skip


@needs_tesseract
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_scanned_page_is_read_by_ocr(turned: int) -> None:
    contents = read_file(scanned(turned), "PDF", ocr=True)
    assert ADDRESS in dict(contents.texts)["object", 100, "picture"]
    assert contents.unread == ()


def test_without_ocr_a_scanned_page_is_unread() -> None:
    contents = read_file(scanned(), "PDF")
    assert (contents.texts, [reason for _, reason, _ in contents.unread]) == ((), ["image"])


def test_a_picture_that_cannot_be_opened_is_unread() -> None:
    head = "/Type /XObject /Subtype /Image /Width 9 /Height 9 /Filter /JBIG2Decode"
    contents = read_file(pdf("ann", objects=[stream(head, b"\0" * 30)]), "PDF", ocr=True)
    assert [reason for _, reason, _ in contents.unread] == ["image"]
    assert page(contents) == "ann"


def test_a_picture_within_a_page_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "recognised", lambda _: "seen")
    contents = read_file(pdf(drawn("x") + b"BI /W 1 /H 1 /BPC 8 /CS /G ID \0 EI"), "PDF", ocr=True)
    assert dict(contents.texts)["page", 1, "image", 0, "picture"] == "seen"


def test_a_large_picture_is_made_smaller_and_a_larger_one_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    monkeypatch.setattr(picture, "recognised", lambda raw: asked.append(raw) or "seen")
    monkeypatch.setattr(picture, "MAX_PIXELS", 20_000)
    assert page_pictures(read_file(scanned(), "PDF", ocr=True)) == ["seen"]
    width, height = map(int, asked[0].split(b"\n")[1].split())
    assert (width, height) == (944, 84), "a ninth of its pixels, and enlarged for OCR"
    monkeypatch.setattr(picture, "MAX_SCANNED", 70_000)
    assert [why for _, why, _ in read_file(scanned(), "PDF", ocr=True).unread] == ["more pixels than OCR reads"]


def page_pictures(contents: Contents) -> list[str]:
    return [text for steps, text in contents.texts if steps[-1] == "picture"]


def test_one_that_opens_for_anybody_is_read() -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("ann"))))
    writer.encrypt("", owner_password="an owner's", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    assert page(read_file(out.getvalue(), "PDF")) == "ann"
