"""Files in base64, alone in a string or in the midst of a text: known by how base64 of their first bytes begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

SMALLEST: Final = 64
"""Characters of base64 from which a file is worth its name."""
_DOCUMENTS: Final = ("JVBERi", "UEsDB", "UEsFB", "0M8R4KGx", "e1xyd")
"""A PDF, a ZIP, an office document of before 2007, RTF."""
_PICTURES: Final = ("iVBORw0KGg", "/9j/", "R0lGO", "UklGR", "SUkqA", "TU0AK")
"""PNG, JPEG, GIF, what is in a RIFF (WebP, WAV, AVI), TIFF."""
_OTHERS: Final = (
    "H4sI", "N3q8ryc", "/Td6WFoA", "QlpoM", "QlpoN", "QlpoO", "KLUv/", "UmFyIRo", "T2dnUw", "ZkxhQ", "SUQzA",
    "U1FMaXRlIGZv",
)  # fmt: skip
"""gzip, 7z, xz, bzip2, zstd, RAR, Ogg, FLAC, MP3 with ID3, SQLite."""
_ALONE: Final = (*_DOCUMENTS, *_PICTURES, *_OTHERS)
_AMID: Final = (*_DOCUMENTS, *_PICTURES[:4], "H4sI")
OPENS: Final = frozenset(start[0] for start in _ALONE)
"""The first letters of all of them."""

_WHOLE: Final = re.compile(r"[A-Za-z0-9+/\r\n]+={0,2}[\r\n]*")
_LINES: Final = (
    r"(?:\r?\n[ \t]*[A-Za-z0-9+/]{16,})*+(?:\r?\n[ \t]*[A-Za-z0-9+/]{1,15}(?![\w+/]))?={0,2}"
)  # fmt: skip
"""What follows the first line of a run: full lines, and a shorter last one."""
_URL: Final = re.compile(
    rf"data:[^,\"'<>]{{0,200}}?;\s*base64\s*,\s*[A-Za-z0-9+/]{{{SMALLEST},}}{_LINES}", re.IGNORECASE
)
_BARE: Final = re.compile(rf"(?<![A-Za-z0-9+/,])(?:{'|'.join(map(re.escape, _AMID))})[A-Za-z0-9+/]{{48,}}{_LINES}")


def is_one(text: str) -> bool:
    """Whether a string is nothing but the base64 of a file of one of these types."""
    return len(text) >= SMALLEST and text.startswith(_ALONE) and _WHOLE.fullmatch(text) is not None


def files_in(text: str) -> Iterator[str]:
    """The files in a text: data URLs of base64 (RFC 2397) of any type, and bare base64 of the usual types."""
    if len(text) < SMALLEST:
        return
    if "ase64" in text or "ASE64" in text:
        yield from (_joined(url[0]) for url in _URL.finditer(text))
    if any(start in text for start in _AMID):
        yield from (_joined(run[0]) for run in _BARE.finditer(text))


def _joined(found: str) -> str:
    return "".join(found.split())
