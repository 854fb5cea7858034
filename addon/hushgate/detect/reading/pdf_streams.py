"""A PDF's streams: files, metadata, drawings that no page shows; and fonts, which say what letters are.

What is none of these, and no part of how pages look, is a file to us: the
data of a form (XFA), a script, whatever a program keeps for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from io import BytesIO
from typing import Any, Final

from pypdf import PageObject, PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject, read_object

from hushgate.detect.reading.found import Found, Steps
from hushgate.files import BESIDE

_LOOKS: Final = frozenset(
    "/FontFile /FontFile2 /FontFile3 /ToUnicode /CIDToGIDMap /CIDSet /Encoding /ICCBased /DestOutputProfile /Indexed"
    .split()
)  # fmt: skip
"""How a stream is named where it only says what letters and colours look like."""
_FUNCTIONS: Final = frozenset({"/FunctionType", "/ShadingType", "/HalftoneType"})
_STRUCTURE: Final = frozenset({"/ObjStm", "/XRef"})
_INSTEAD: Final = re.compile(rb"/(?:ActualText|Alt|E)\s*(\((?:[^\\()]|\\.)*\)|<[0-9A-Fa-f\s]*>)", re.DOTALL)


_USED: Final = re.compile(rb"/([^\s/<>()\[\]%]+)\s+[-+.0-9]+\s+Tf")
_SHOWS: Final = re.compile(rb"[)>\]]\s*(?:T[jJ]|['\"])")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")


def instead(page: DictionaryObject) -> Iterator[str]:
    """What a page says is to be read in place of something it draws (ISO 32000, 14.9)."""
    for match in _INSTEAD.finditer(_content(page)):
        yield str(read_object(BytesIO(match[1] + b" "), None))


def shown(reader: PdfReader) -> set[int]:
    """The numbers of the streams whose text is read with the pages."""
    numbers: set[int] = set()
    for page in reader.pages:
        contents = page.raw_get("/Contents") if "/Contents" in page else None
        inside = _resolved(contents)
        pieces = inside if isinstance(inside, ArrayObject) else ()
        numbers |= _number(contents) | {n for one in pieces for n in _number(one)}
        numbers |= {n for form in forms(page) for n in _number(form.indirect_reference)}
    return numbers


def names(objects: Mapping[int, Any]) -> dict[int, set[str]]:
    """Of each object, the keys under which others refer to it."""
    found: dict[int, set[str]] = {}
    for thing in objects.values():
        waiting = [("", thing)]
        while waiting:
            key, one = waiting.pop()
            if isinstance(one, IndirectObject):
                found.setdefault(one.idnum, set()).add(key)
            elif isinstance(one, DictionaryObject):
                waiting += one.items()
            elif isinstance(one, ArrayObject):
                key = str(one[0]) if one and isinstance(one[0], NameObject) else key
                waiting += [(key, inner) for inner in one]
    return found


def read_stream(
    found: Found, steps: Steps, page: PageObject, stream: StreamObject, named: Set[str], depth: int
) -> None:
    """A stream that no page shows, and no picture. `named`: as `names` says; `page` is any."""
    from hushgate.detect.reading.files import read_inner

    kind, subtype = str(stream.get("/Type", "")), str(stream.get("/Subtype", ""))
    if subtype == "/Form" or "/PatternType" in stream:
        if "/Resources" not in stream:  # Those of the form that is filled in (ISO 32000, 12.7.3).
            root = page.pdf.root_object if page.pdf is not None else None
            stream[NameObject("/Resources")] = _dictionary(_dictionary(_dictionary(root).get("/AcroForm")).get("/DR"))
        found.text((*steps, "drawn", BESIDE), page.extract_xform_text(stream))  # type: ignore[arg-type]
        look_at_fonts(found, steps, stream)
    elif kind not in _STRUCTURE and not _FUNCTIONS & stream.keys() and not (named and named <= _LOOKS):
        data = stream.get_data()
        found.unpacked(len(data), len(stream._data))
        if kind == "/Metadata":
            found.text((*steps, BESIDE), data.decode("utf-8", "replace"))
            return
        media_type = subtype.removeprefix("/").replace("#2F", "/").lower() if kind == "/EmbeddedFile" else ""
        read_inner(found, steps, "", data, media_type if "/" in media_type else "", depth + 1)


def look_at_fonts(found: Found, steps: Steps, page: DictionaryObject) -> None:
    """Name fonts that are not there, or whose letters are numbers that nothing translates: no text in them is told."""
    drawn = (page, *forms(page))
    for index, one in enumerate(drawn):
        content, known = _content(one), resources(one, "/Font")
        used = {_ESCAPED.sub(lambda c: bytes.fromhex(c[1].decode()), name) for name in _USED.findall(content)}
        if _SHOWS.search(content) and not (used and all(f"/{name.decode('latin-1')}" in known for name in used)):
            found.skip((*steps, "content", index), "text in a font that is not there", len(content))
    fonts = [font for one in drawn for font in resources(one, "/Font").values()]
    for index, reference in enumerate(fonts):
        font = reference.get_object()
        if not isinstance(font, DictionaryObject) or "/ToUnicode" in font:
            continue
        kind, encoding = font.get("/Subtype"), font.get("/Encoding")
        by_number = kind == "/Type0" and str(encoding).startswith("/Identity")
        if by_number or kind == "/Type3":
            found.skip((*steps, "font", index), "letters of a font that does not say which they are", 0)


def _content(page: DictionaryObject) -> bytes:
    """What draws a page, or a form."""
    contents = page.get_contents() if isinstance(page, PageObject) else page
    return contents.get_data() if isinstance(contents, StreamObject) else b""


def forms(page: DictionaryObject) -> list[StreamObject]:
    """The forms (drawings) that a page may draw, and those in them."""
    forms: list[StreamObject] = []
    waiting, seen = [page], {id(page)}
    while waiting:
        for value in resources(waiting.pop(), "/XObject").values():
            form = value.get_object()
            if id(form) not in seen and isinstance(form, StreamObject) and form.get("/Subtype") == "/Form":
                seen.add(id(form))
                forms.append(form)
                waiting.append(form)
    return forms


def resources(page: DictionaryObject, kind: str) -> DictionaryObject:
    """What of a kind a page or a form may use, by name."""
    return _dictionary(_dictionary(page.get("/Resources")).get(kind))


def _number(reference: Any) -> set[int]:
    return {reference.idnum} if isinstance(reference, IndirectObject) else set()


def _resolved(value: Any) -> Any:
    return value.get_object() if value is not None else None


def _dictionary(value: Any) -> DictionaryObject:
    thing = _resolved(value)
    return thing if isinstance(thing, DictionaryObject) else DictionaryObject()
