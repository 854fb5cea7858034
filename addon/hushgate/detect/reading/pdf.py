"""PDF (ISO 32000): what its pages show, and every other string in it: forms, notes, outlines, metadata, scripts.

Pictures, letters of fonts that do not say which they are, files in it that
cannot be read, and earlier revisions that an incremental save has left stay
unread.
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
    StreamObject,
    TextStringObject,
)  # fmt: skip

from hushgate.detect.reading.found import Found, Steps
from hushgate.files import BESIDE

_OBJECT: Final = re.compile(rb"(?<![0-9])([0-9]{1,10})[ \t\r\n]+[0-9]{1,5}[ \t\r\n]+obj(?![a-z])")
_MAX_OBJECTS: Final = 500_000
_TEXTS: Final = frozenset({"/Metadata"})


def read(found: Found, steps: Steps, data: bytes, type: str, depth: int) -> None:
    """Everything that can be read. What is encrypted is unread."""
    reader = PdfReader(BytesIO(data), strict=False)
    if reader.is_encrypted:
        found.skip(steps, "it is encrypted", len(data))
        return
    for number, page in enumerate(reader.pages, 1):
        here = (*steps, "page", number)
        found.text(here, page.extract_text())
        _look_at_fonts(found, here, page)
        for index, name in enumerate(page.images.keys()):
            if "~" in str(name):  # Within the page's own content; the others are objects.
                found.skip((*here, "image", index), "image", 0)
    strings: dict[str, None] = {}
    for key, thing in _objects(reader):
        strings |= dict.fromkeys(_strings(thing))
        if isinstance(thing, DictionaryObject) and isinstance(script := _resolved(thing.get("/JS")), StreamObject):
            strings[script.get_data().decode("utf-8", "replace")] = None
        if isinstance(thing, StreamObject):
            _stream(found, (*steps, "object", key), thing, depth)
    strings |= dict.fromkeys(_strings(reader.trailer.get("/Info")))
    found.text((*steps, "strings", BESIDE), "\n".join(strings))
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
            text = bytes(one).decode("latin-1")
            if text.isprintable():
                yield text
        elif isinstance(one, DictionaryObject):
            waiting += [value for key, value in one.items() if key not in ("/ID", "/CheckSum")]
        elif isinstance(one, ArrayObject):
            waiting += one


def _stream(found: Found, steps: Steps, stream: StreamObject, depth: int) -> None:
    """A stream that is no page's content: a picture, a file, metadata, a script, or structure."""
    from hushgate.detect.reading.files import read_inner

    kind, subtype = str(stream.get("/Type", "")), str(stream.get("/Subtype", ""))
    if subtype == "/Image":
        found.skip(steps, "image", len(stream._data))
    elif kind == "/EmbeddedFile":
        data = stream.get_data()
        found.unpacked(len(data), len(stream._data))
        media_type = subtype.removeprefix("/").replace("#2F", "/").lower()
        read_inner(found, steps, "", data, media_type if "/" in media_type else "", depth + 1)
    elif kind in _TEXTS:
        data = stream.get_data()
        found.unpacked(len(data), len(stream._data))
        found.text((*steps, BESIDE), data.decode("utf-8", "replace"))


def _look_at_fonts(found: Found, steps: Steps, page: Any) -> None:
    """Name fonts whose letters are numbers that nothing translates: the text in them cannot be read."""
    for index, (_, reference) in enumerate(_resources(page, "/Font")):
        font = reference.get_object()
        if not isinstance(font, DictionaryObject) or "/ToUnicode" in font:
            continue
        kind, encoding = font.get("/Subtype"), font.get("/Encoding")
        by_number = kind == "/Type0" and str(encoding).startswith("/Identity")
        if by_number or kind == "/Type3":
            found.skip((*steps, "font", index), "letters of a font that does not say which they are", 0)


def _resources(page: Any, kind: str) -> Iterator[tuple[str, Any]]:
    """A page's resources of a kind, those of the forms it draws included."""
    waiting, seen = [page], set()
    while waiting:
        resources = _dictionary(waiting.pop().get("/Resources"))
        yield from _dictionary(resources.get(kind)).items()
        for value in _dictionary(resources.get("/XObject")).values():
            form = value.get_object()
            if id(form) not in seen and isinstance(form, StreamObject) and form.get("/Subtype") == "/Form":
                seen.add(id(form))
                waiting.append(form)


def _resolved(value: Any) -> Any:
    return value.get_object() if value is not None else None


def _dictionary(value: Any) -> DictionaryObject:
    thing = _resolved(value)
    return thing if isinstance(thing, DictionaryObject) else DictionaryObject()


def _look_for_revisions(found: Found, steps: Steps, reader: PdfReader, data: bytes) -> None:
    """Name objects that stand in the file and that no table of it points at any more."""
    known = {offset for each in reader.xref.values() for offset in each.values()}
    left = [match.start() for match in _OBJECT.finditer(data) if match.start() not in known]
    if left:
        found.skip((*steps, "revisions"), "objects of an earlier revision", len(data) - left[0])
