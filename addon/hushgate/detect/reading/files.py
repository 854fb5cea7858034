"""Any file: read by what it is, and the files in it by what they are."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final

from hushgate.detect.reading.found import MAX_DEPTH, Found, Steps, TooMuch
from hushgate.files import BESIDE, Contents
from hushgate.filetypes import (
    DOCUMENTS,
    DOCX,
    EPUB,
    HTML,
    IMAGE,
    JSON_LINES,
    MAIL,
    ODF,
    PDF,
    PPTX,
    RTF,
    TEXT,
    XLSX,
    ZIP,
    decoded,
    file_type,
    mismatch,
)  # fmt: skip

type Read = Callable[[Found, Steps, bytes, str, int], None]
"""Reads a file's bytes, of a type, so many files deep, into what was found."""

_READERS: Final = {
    PDF: "pdf", ZIP: "archive", DOCX: "office", XLSX: "office", PPTX: "office", HTML: "markup", RTF: "rtf",
    MAIL: "mail", IMAGE: "picture", ODF: "opendocument", EPUB: "archive",
}  # fmt: skip
_TEXTUAL: Final = frozenset({HTML, RTF})
"""What is text itself, so that its receiver may read all of it: what no parser of ours shows as well."""
NOT_INSTALLED: Final = "what reads it is not installed: pip install 'hushgate[docs]'"
BROKEN: Final = "it is broken"


def read_file(data: bytes, type: str, *, ocr: bool = False) -> Contents:
    """All that is in one file, with `ocr` in images, too.

    What is broken, encrypted or too much is unread as a whole.
    """
    found = Found(ocr=ocr)
    try:
        _read(found, (), data, type, 0)
    except TooMuch as why:
        return Contents((), (((), str(why), len(data)),))
    except MemoryError:
        return Contents((), (((), "it takes more memory than may be used", len(data)),))
    except ImportError:
        return Contents((), (((), f"{type}: {NOT_INSTALLED}", len(data)),))
    except Exception:  # noqa: BLE001  libraries raise anything for a broken file, with its text in the message
        return Contents((), (((), f"{type}: {BROKEN}", len(data)),))
    if not found.anything and type != IMAGE:
        found.skip((), f"no text was found in this {type}", len(data))
    return found.contents()


def read_inner(found: Found, steps: Steps, name: str, data: bytes, media_type: str, depth: int) -> None:
    """A file in a file, `depth` files deep. Its name is the outer one's to read."""
    type = file_type(data, media_type, name)
    if not data:
        return
    if type is None:
        found.skip(steps, mismatch(data, media_type, name), len(data))
    elif type in DOCUMENTS or (type == IMAGE and found.ocr):
        if depth >= MAX_DEPTH:
            found.skip(steps, f"{type}, too many files deep", len(data))
        else:
            _read_part(found, steps, data, type, depth)
    elif type in (TEXT, JSON_LINES) and (text := decoded(data)) is not None:
        found.text(steps, text[0])
    else:
        found.skip(steps, type, len(data))


def _read_part(found: Found, steps: Steps, data: bytes, type: str, depth: int) -> None:
    before = found.anything
    try:
        _read(found, steps, data, type, depth)
    except (TooMuch, MemoryError):
        raise
    except ImportError:
        found.skip(steps, f"{type}: {NOT_INSTALLED}", len(data))
    except Exception:  # noqa: BLE001  as above
        found.skip(steps, f"{type}: {BROKEN}", len(data))
    if found.anything == before and type != IMAGE:
        found.skip(steps, f"no text was found in this {type}", len(data))


def _read(found: Found, steps: Steps, data: bytes, type: str, depth: int) -> None:
    read: Read = import_module(f"hushgate.detect.reading.{_READERS[type]}").read
    read(found, steps, data, type, depth)
    if type in _TEXTUAL and found.anything:
        text = decoded(data)
        found.text((*steps, "source", BESIDE), text[0] if text is not None else data.decode("latin-1"))
