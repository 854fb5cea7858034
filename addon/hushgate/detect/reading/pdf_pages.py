"""What a PDF's pages show: their text in its lines, and pictures, which OCR reads as they are turned.

Programs set letters and words one by one, each at its place. So a page's text is
read by where its letters stand; read in the order of the file it is beside that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from pypdf import PageObject, PdfReader
from pypdf.generic import IndirectObject, StreamObject

from hushgate.detect.reading.found import Found, Steps
from hushgate.detect.reading.pdf_streams import forms, resources
from hushgate.files import BESIDE

_GAP: Final = re.compile(r" {3,}")


def read_text(found: Found, steps: Steps, page: PageObject) -> None:
    """A page's text."""
    as_told = page.extract_text()
    if not as_told.strip():
        return
    try:
        lines = page.extract_text(
            extraction_mode="layout", layout_mode_space_vertically=False, layout_mode_strip_rotated=False
        )
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  the library raises anything for a page that it does not expect
        found.text(steps, as_told)
        found.skip((*steps, "places"), "letters whose places on the page cannot be told", 0)
        return
    placed = "\n".join(_GAP.sub("\t", line.strip()) for line in lines.split("\n") if line.strip())
    if Counter("".join(placed.split())) != Counter("".join(as_told.split())):
        placed = f"{placed}\n{as_told}"
    elif placed.split() != as_told.split():
        found.text((*steps, "told", BESIDE), as_told)
    found.text(steps, placed)


def turns(reader: PdfReader) -> dict[int, int]:
    """Of the pictures on pages that are turned, by their number, by how many degrees clockwise."""
    found: dict[int, int] = {}
    for page in reader.pages:
        if page.rotation % 360:
            for one in (page, *forms(page)):
                raw = (resources(one, "/XObject").raw_get(key) for key in resources(one, "/XObject"))
                found |= {each.idnum: page.rotation for each in raw if isinstance(each, IndirectObject)}
    return found


def read_inline(found: Found, steps: Steps, page: PageObject) -> None:
    """Pictures within a page's own content; the others are objects."""
    for index, name in enumerate(page.images.keys()):
        if "~" in str(name):
            here = (*steps, "image", index)
            _read_image(found, here, lambda name=name: page.images[name].image, 0, page.rotation)


def read_picture(found: Found, steps: Steps, number: int, stream: StreamObject, turned: Mapping[int, int]) -> None:
    """A picture that is an object."""
    _read_image(found, steps, stream.decode_as_image, len(stream._data), turned.get(number, 0))


def _read_image(found: Found, steps: Steps, decode: Any, size: int, turned: int) -> None:
    image = None
    if found.ocr:
        try:
            image = decode()
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  as above: of a kind that nobody here can open
            image = None
    if image is None:
        found.skip(steps, "image", size)
        return
    from hushgate.detect.reading.picture import read_scanned  # it may not be installed

    read_scanned(found, steps, image, turned)
