"""OpenDocument (ISO 26300; odt, ods, odp, odg): the text of every part, tables in rows, files in the package."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final
from zipfile import ZipFile

from hushgate.detect.reading.archive import members
from hushgate.detect.reading.found import Found, Steps
from hushgate.detect.reading.office import XML, local, read_tree, said
from hushgate.files import BESIDE

_CONTENT: Final = frozenset({"content.xml", "styles.xml"})
"""The parts that people read: headers and footers are styles."""
_PARAGRAPHS: Final = frozenset({"p", "h"})


def read(found: Found, steps: Steps, data: bytes, type: str, depth: int) -> None:
    """Everything in the package; ValueError where it is none."""
    from hushgate.detect.reading.files import read_inner

    with ZipFile(BytesIO(data)) as package:
        if "content.xml" not in package.namelist():
            raise ValueError("it is another kind of document")
        for index, info, member in members(found, steps, package, data):
            here = (*steps, index)
            if not info.filename.lower().endswith((*XML, ".rdf")):
                read_inner(found, here, info.filename, member, "", depth + 1)
            elif (tree := read_tree(found, here, member)) is not None:
                is_content = info.filename.rpartition("/")[2] in _CONTENT
                found.text((*here, "text" if is_content else BESIDE), "\n".join(_lines(tree)))
        found.text((*steps, "names", BESIDE), "\n".join(package.namelist()))


def _lines(element: Any) -> Iterator[str]:
    """Paragraphs; rows, their cells apart by tabs; and what text stands outside of any."""
    name = local(element)
    if name in _PARAGRAPHS:
        yield said(element)
        return
    if name == "table-row":
        yield "\t".join(" ".join(_lines(cell)) for cell in element)
        return
    if text := (element.text or "").strip():
        yield text
    for inner in element:
        yield from _lines(inner)
        if tail := (inner.tail or "").strip():
            yield tail
