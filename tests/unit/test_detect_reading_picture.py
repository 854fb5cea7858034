"""Images: bounds, stored texts, and what OCR reads of them."""

from __future__ import annotations

import io
import sys
from shutil import which
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from hushgate.detect.reading import picture
from hushgate.detect.reading.files import read_file
from hushgate.files import BESIDE
from tests.made_files import PNG, zipped

ADDRESS = "ann.smith@example.com"
needs_tesseract = pytest.mark.skipif(which("tesseract") is None, reason="TESSERACT IS NOT INSTALLED: OCR IS UNTESTED")


def drawn(text: str = "", size: tuple[int, int] = (600, 60), format: str = "PNG", **how: Any) -> bytes:
    image, out = Image.new("RGB", size, "white"), io.BytesIO()
    if text:
        ImageDraw.Draw(image).text((20, 15), text, fill="black", font=ImageFont.load_default(size=24))
    image.save(out, format, **how)
    return out.getvalue()


@pytest.fixture
def sees(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What OCR is asked for; it sees a word in everything."""
    asked: list[bytes] = []
    monkeypatch.setattr(picture, "recognised", lambda raw: asked.append(raw) or "seen")
    return asked


@needs_tesseract
@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_what_a_picture_shows_is_read(format: str) -> None:
    contents = read_file(drawn(f"Write to {ADDRESS} today", format=format), "image", ocr=True)
    assert ADDRESS in " ".join(text for _, text in contents.texts)
    assert contents.unread == ()


@needs_tesseract
def test_small_letters_are_read_enlarged() -> None:
    image, out = Image.new("L", (400, 60), 255), io.BytesIO()
    ImageDraw.Draw(image).text((20, 10), f"Write to {ADDRESS} today", fill=0, font=ImageFont.load_default(size=10))
    image.save(out, "PNG")
    assert ADDRESS in " ".join(text for _, text in read_file(out.getvalue(), "image", ocr=True).texts)


@needs_tesseract
def test_a_picture_without_text_was_read_and_says_nothing() -> None:
    contents = read_file(drawn(), "image", ocr=True)
    assert (contents.texts, contents.unread, contents.fault) == ((), (), None)


@needs_tesseract
def test_a_picture_in_an_archive_is_read() -> None:
    raw = zipped({"a.png": drawn(f"Write to {ADDRESS} today")})
    contents = read_file(raw, "ZIP", ocr=True)
    assert any(ADDRESS in text for _, text in contents.texts)
    assert [reason for _, reason, _ in read_file(raw, "ZIP").unread] == ["image"]


def test_every_picture_of_an_animation_is_read(sees: list[bytes]) -> None:
    more = [Image.new("RGB", (600, 60), colour) for colour in ("red", "green")]
    contents = read_file(drawn(format="GIF", save_all=True, append_images=more), "image", ocr=True)
    assert [steps for steps, _ in contents.texts if steps[-1] != BESIDE] == [
        ("picture", 1),
        ("picture", 2),
        ("picture", 3),
    ]
    assert len(set(sees)) == 3


def test_texts_that_are_stored_beside_are_read(sees: list[bytes]) -> None:
    exif = Image.Exif()
    exif[0x010E] = "by ann"
    contents = read_file(drawn(format="JPEG", exif=exif, comment=b"for bob"), "image", ocr=True)
    assert {text for steps, text in contents.texts if steps[-1] == BESIDE} >= {"by ann", "for bob"}


def test_text_behind_an_image_is_read(sees: list[bytes]) -> None:
    contents = read_file(drawn() + b"\0\0" + ADDRESS.encode(), "image", ocr=True)
    assert (("bytes", BESIDE), ADDRESS) in contents.texts


def test_a_picture_on_its_side_is_turned(sees: list[bytes]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    read_file(drawn(size=(60, 20), format="JPEG", exif=exif), "image", ocr=True)
    assert sees[0].split(b"\n")[1] == b"40 120"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (drawn(size=(4000, 2501)), "more pixels than OCR reads"),
        (PNG, "image: it is broken"),
        (drawn()[:-40], "image: it is broken"),
        (b"\0\0\1\0" + b"\1" * 40, "image: it is broken"),
        (drawn(size=(9, 9), format="GIF", save_all=True,
               append_images=[Image.new("RGB", (9, 9), (n, 0, 0)) for n in range(100, 117)]),
         "more pictures in an image than OCR reads"),
    ],
)  # fmt: skip
def test_beyond_a_bound_or_broken_it_is_unread(sees: list[bytes], data: bytes, reason: str) -> None:
    contents = read_file(data, "image", ocr=True)
    assert contents.texts == ()
    assert [said for _, said, _ in contents.unread] == [reason]


def test_where_ocr_fails_it_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "PROGRAM", "false")
    contents = read_file(drawn(), "image", ocr=True)
    assert contents.unread[0][1] == "OCR failed, or takes more than it may use"


def test_what_is_lacking_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "which", lambda _: "/usr/bin/tesseract")
    assert picture.lacking() is None
    monkeypatch.setattr(picture, "which", lambda _: None)
    assert "tesseract-ocr" in str(picture.lacking())
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.setattr(picture, "find_spec", lambda _: None)
    assert picture.lacking() == "pip install 'hushgate[ocr]'"
