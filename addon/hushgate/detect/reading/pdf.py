"""PDF (ISO 32000): what its pages show, and every other string in it: forms, notes, outlines, metadata, scripts.

Letters of fonts that do not say which they are, files in it that cannot be
read, earlier revisions that an incremental save has left, and pictures where
OCR is off stay unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
    TextStringObject,
)  # fmt: skip

from hushgate.detect.reading.found import Found, Steps
from hushgate.detect.reading.labels import label_lines
from hushgate.detect.reading.pdf_pages import read_inline, read_picture, read_text, turns
from hushgate.detect.reading.pdf_streams import instead, look_at_fonts, names, read_stream, shown
from hushgate.files import BESIDE

_OBJECT: Final = re.compile(rb"(?<![0-9])([0-9]{1,10})[ \t\r\n]+[0-9]{1,5}[ \t\r\n]+obj(?![a-z])")
_MAX_OBJECTS: Final = 500_000
_PRINTABLE: Final = re.compile(r"[\x20-\x7e\xa0-\xff]{5,}")
"""What can be text in a string of bytes."""
_PLAIN: Final = re.compile(r"/[A-Za-z0-9+_.:*\[\]-]*")
"""A name as programs make them; any other may be somebody's word."""


def read(found: Found, steps: Steps, data: bytes, type: str, depth: int) -> None:
    """Everything that can be read. What is encrypted is unread."""
    reader = PdfReader(BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):  # Many open for anybody, and only ask not to be printed.
        found.skip(steps, "it is encrypted", len(data))
        return
    strings: dict[str, None] = {}
    for number, page in enumerate(reader.pages, 1):
        here = (*steps, "page", number)
        read_text(found, here, page)
        strings |= dict.fromkeys(instead(page))
        look_at_fonts(found, here, page)
        read_inline(found, here, page)
    objects = dict(_objects(reader))
    known, named, turned = shown(reader), names(objects), turns(reader)
    for key, thing in objects.items():
        strings |= dict.fromkeys(_strings(thing))
        here = (*steps, "object", key)
        if isinstance(thing, StreamObject) and thing.get("/Subtype") == "/Image":
            read_picture(found, here, key, thing, turned)
        elif isinstance(thing, StreamObject) and key not in known:
            read_stream(found, here, reader.pages[0], thing, named.get(key, set()), depth)
    strings |= dict.fromkeys(_strings(reader.trailer))
    found.text((*steps, "strings", BESIDE), "\n".join(strings))
    info = reader.metadata
    lines = label_lines((str(key), str(value)) for key, value in info.items()) if info is not None else []
    found.text((*steps, "labels", BESIDE), "\n".join(lines))
    _look_for_revisions(found, steps, reader, data)


def _objects(reader: PdfReader) -> Iterator[tuple[int, Any]]:
    keys = {key for each in reader.xref.values() for key in each} | set(reader.xref_objStm)
    if len(keys) > _MAX_OBJECTS:
        raise ValueError("it has too many objects")
    generations = {key: generation for generation, each in reader.xref.items() for key in each}
    for key in sorted(keys):
        yield key, reader.get_object(IndirectObject(key, generations.get(key, 0), reader))


def _strings(thing: Any) -> Iterator[str]:
    """Every string in an object, without following what it refers to: those are objects as well."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, TextStringObject):
            yield str(one)
        elif isinstance(one, ByteStringObject):
            yield from _PRINTABLE.findall(bytes(one).decode("latin-1"))
        elif isinstance(one, NameObject):
            if not _PLAIN.fullmatch(one):
                yield str(one)
        elif isinstance(one, DictionaryObject):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, ArrayObject):
            waiting += one


def _look_for_revisions(found: Found, steps: Steps, reader: PdfReader, data: bytes) -> None:
    """Name objects that stand in the file and that no table of it points at any more."""
    known = {offset for each in reader.xref.values() for offset in each.values()}
    left = [match.start() for match in _OBJECT.finditer(data) if match.start() not in known]
    if left:
        found.skip((*steps, "revisions"), "objects of an earlier revision", len(data) - left[0])
