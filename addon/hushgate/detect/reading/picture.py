"""Images (PNG, JPEG, GIF, WebP, BMP, TIFF): what OCR reads in each of their pictures, and texts stored beside.

OCR is Tesseract (its manual: tesseract(1)), a program that runs within the
bounds of the process that asks it. What it does not recognise, it does not
say: a text in a picture may stay unseen.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
from importlib.util import find_spec
from shutil import which
from typing import TYPE_CHECKING, Final

from hushgate.detect.reading.found import Found, Steps, TooMuch
from hushgate.files import BESIDE

if TYPE_CHECKING:
    from PIL import Image

PROGRAM: Final = "tesseract"
FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
MAX_PIXELS: Final = 10_000_000
"""Pixels of all pictures of one image: a page of A4 at 300 dpi has 8.7 million."""
MAX_SCANNED: Final = 40_000_000
"""Pixels of a picture in a PDF, which is made smaller: a page of A4 at 600 dpi has 35 million."""
MAX_ALL_PIXELS: Final = 200_000_000
"""Pixels of everything in one file: 20 pages of A4 at 300 dpi."""
MAX_PICTURES: Final = 16
"""Pictures of an animation, or pages, of one file."""
_COARSE: Final = MAX_PIXELS // 4
"""Pixels up to which a picture is enlarged: letters of a screen are too small for OCR."""
_PLAIN: Final = re.compile(rb"[ -~]{12,}")
"""Text in an image's bytes, wherever it stands: behind its end, too. Packed pixels hardly ever look like it."""
_SEE_THROUGH: Final = frozenset({"RGBA", "LA", "PA", "P"})
_NO_TEXT: Final = frozenset({"icc_profile", "exif"})


def lacking() -> str | None:
    """What has to be installed before anything can be read, as a hint; None where all is there."""
    if find_spec("PIL") is None:
        return "pip install 'hushgate[ocr]'"
    if which(PROGRAM) is None:
        return "install Tesseract (Debian: apt-get install tesseract-ocr; macOS: brew install tesseract)"
    return None


def read(found: Found, steps: Steps, data: bytes, _type: str, _depth: int) -> None:
    """Everything in an image; TooMuch beyond a bound, or where OCR could not end its work."""
    from PIL import Image, ImageOps, ImageSequence

    found.text((*steps, "bytes", BESIDE), b"\n".join(_PLAIN.findall(data)).decode("ascii"))
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        pictures = getattr(image, "n_frames", 1)
        if pictures > MAX_PICTURES:
            raise TooMuch("more pictures in an image than OCR reads")
        _bound(found, image.width * image.height * pictures, MAX_PIXELS)
        for number, picture in enumerate(ImageSequence.Iterator(image), 1):
            if picture.size != image.size:
                raise TooMuch("pictures of different sizes in an image")
            for index, text in enumerate(_beside(picture)):
                found.text((*steps, "picture", number, index, BESIDE), text)
            upright = ImageOps.exif_transpose(picture)
            found.text((*steps, "picture", number), _shown(upright, _COARSE // pictures))


def read_scanned(found: Found, steps: Steps, image: Image.Image, turned: int) -> None:
    """A picture of a page that is shown turned clockwise by so many degrees; TooMuch as `read`."""
    _bound(found, image.width * image.height, MAX_SCANNED)
    if (by := MAX_PIXELS / (image.width * image.height)) < 1:
        image = image.convert("RGBA" if image.mode in _SEE_THROUGH else "L")
        image.thumbnail((max(1, int(image.width * by**0.5)), max(1, int(image.height * by**0.5))))
    found.text((*steps, "picture"), _shown(image.rotate(-turned, expand=True) if turned % 360 else image, _COARSE))


def _bound(found: Found, pixels: int, most: int) -> None:
    found.pixels += pixels
    if pixels > most or found.pixels > MAX_ALL_PIXELS:
        raise TooMuch("more pixels than OCR reads")


def _shown(picture: Image.Image, coarse: int) -> str:
    """What OCR sees in a picture on white; one of at most `coarse` pixels is enlarged."""
    from PIL import Image

    clear = picture.convert("RGBA")
    plain = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("L")
    if plain.width * plain.height <= coarse:
        plain = plain.resize((plain.width * 2, plain.height * 2), Image.Resampling.LANCZOS)
    raw = io.BytesIO()
    plain.save(raw, "PPM")
    return recognised(raw.getvalue())


def recognised(picture: bytes) -> str:
    """The text that OCR sees in a picture (PGM); TooMuch where it could not end."""
    done = subprocess.run(  # noqa: S603 - a fixed command
        [PROGRAM, "stdin", "stdout", "--psm", "11", "--dpi", "192"],
        input=picture,
        capture_output=True,
        check=False,
        env={"PATH": os.environ.get("PATH", os.defpath), "OMP_THREAD_LIMIT": "1"},
    )
    if done.returncode != 0:
        raise TooMuch("OCR failed, or takes more than it may use")
    return done.stdout.decode("utf-8", "replace").strip()


def _beside(picture: Image.Image) -> list[str]:
    """Texts that are stored with a picture: comments, keywords, XMP, EXIF."""
    exif = picture.getexif()
    inner = [exif.get_ifd(ifd) for ifd in (0x8769, 0x8825)]
    values = [value for key, value in picture.info.items() if key not in _NO_TEXT]
    values += [value for part in (exif, *inner) for value in part.values()]
    texts = (value.decode("utf-8", "replace") if isinstance(value, bytes) else value for value in values)
    return [text for text in texts if isinstance(text, str)]
