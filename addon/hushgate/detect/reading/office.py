"""DOCX, XLSX and PPTX (ECMA-376): the text of every part, and the files in the package.

A document's parts are XML: paragraphs are lines, whatever they are made of
(runs, fields, deleted and hidden text), and attributes that say something are
lines as well (alternative texts, link targets, authors), comments of the XML
too. Cells are read as what they show, in rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final
from xml.etree.ElementTree import Element, TreeBuilder
from zipfile import ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from hushgate.detect.reading.archive import members
from hushgate.detect.reading.found import Found, Steps
from hushgate.detect.reading.labels import office_lines
from hushgate.detect.reading.sheets import Book
from hushgate.files import ATTRIBUTES, BESIDE
from hushgate.filetypes import DOCX, PPTX, XLSX

_FOLDERS: Final = {DOCX: "word/", XLSX: "xl/", PPTX: "ppt/"}
_AUTHORS: Final = frozenset({"author", "userName", "userId", "displayName", "lastModifiedBy"})
_PARAGRAPHS: Final = frozenset({"p", "si", "is"})
_SPACES: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "s": " ", "line-break": "\n"}
_SAYS_NOTHING: Final = re.compile(
    r"[A-Za-z0-9 #.,%-]{0,8}|[-+]?[0-9]{1,10}|\{[0-9A-Fa-f-]{36}\}"
    r"|(?:http://schemas\.|http://purl\.org/|http://www\.w3\.org/|urn:schemas)(?:[A-Za-z./_:#-]|(?<![0-9])[0-9]{1,6})*"
)
"""Words, revision ids, measures, ids of 32 bits, GUIDs, and names of schemas."""
_CONTENT: Final = re.compile(
    r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml"
    r"|ppt/(?:slides/slide|notesSlides/notesSlide|comments/\w*)\d*\.xml|xl/(?:comments/?\w*|threadedComments/\w*)\.xml"
)
"""The parts that people read, beside sheets."""
XML: Final = (".xml", ".rels", ".vml")


def read(found: Found, steps: Steps, data: bytes, type: str, depth: int) -> None:
    """Everything in the package; ValueError where it is not of this type."""
    from hushgate.detect.reading.files import read_inner

    with ZipFile(BytesIO(data)) as package:
        if not any(name.startswith(_FOLDERS[type]) for name in package.namelist()):
            raise ValueError("it is another kind of document")
        book = Book()
        trees: list[tuple[int, str, Any]] = []
        for index, info, member in members(found, steps, package, data):
            if not info.filename.lower().endswith(XML):
                read_inner(found, (*steps, index), info.filename, member, "", depth + 1)
                continue
            tree = read_tree(found, (*steps, index), member)
            if tree is not None and not book.takes(info.filename, tree):
                trees.append((index, info.filename, tree))
        for index, name, tree in sorted(trees, key=lambda part: (not part[1].endswith("document.xml"), part[0])):
            rows = book.rows(tree)
            is_content = rows is not None or _CONTENT.fullmatch(name) is not None
            lines = "\n".join(rows if rows is not None else _paragraphs(tree))
            found.text((*steps, index, "text" if is_content else BESIDE), lines)
        parts = {name.lower(): tree for _, name, tree in trees}
        said = office_lines(parts.get("docprops/custom.xml"), parts.get("docmetadata/labelinfo.xml"))
        found.text((*steps, "labels", BESIDE), "\n".join(said))
        found.text((*steps, "strings", BESIDE), "\n".join(book.unused()))
        found.text((*steps, "names", BESIDE), "\n".join(package.namelist()))


def read_tree(found: Found, steps: Steps, xml: bytes) -> Any | None:
    """A part's tree, its attributes read and what stands beside it; None, and unread, where it has no one reading."""
    try:
        tree, beside = _parsed(xml)
    except (ParseError, DefusedXmlException, ValueError):
        found.skip(steps, "XML that cannot be read", len(xml))
        return None
    found.text((*steps, ATTRIBUTES, BESIDE), "\n".join(_attributes(tree, beside)))
    for n, author in enumerate(_authors(tree)):
        found.text((*steps, n, "author"), author)
    return tree


class _Builder(TreeBuilder):
    """A tree, and beside it what a tree leaves out: comments, instructions, the namespaces that are named."""

    def __init__(self) -> None:
        super().__init__()
        self.beside: list[str] = []

    def comment(self, text: str | None, /) -> Element:
        self.beside.append(text or "")
        return Element("comment")

    def pi(self, target: str, text: str | None = None, /) -> Element:
        self.beside.append(f"{target} {text or ''}")
        return Element("pi")

    def start_ns(self, _: str, uri: str) -> None:
        self.beside.append(uri or "")


def _parsed(xml: bytes) -> tuple[Any, list[str]]:
    """A part's tree, and what is said beside it; raises for XML with more than one reading."""
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    parser.feed(xml)
    return parser.close(), builder.beside


def local(element: Any) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def said(element: Any) -> str:
    """All text in an element, as it is read: in order, whatever it is made of."""
    pieces = [_SPACES.get(local(element), ""), element.text or ""]
    for inner in element:
        pieces += (said(inner), inner.tail or "")
    return "".join(pieces)


def _paragraphs(element: Any) -> Iterator[str]:
    """The lines of a part: paragraphs, and what text stands outside of any."""
    if local(element) in _PARAGRAPHS:
        yield said(element)
        return
    if text := (element.text or "").strip():
        yield text
    for inner in element:
        yield from _paragraphs(inner)
        if tail := (inner.tail or "").strip():
            yield tail


def _authors(tree: Any) -> Iterator[str]:
    """Who has written or changed something, each once: the attributes that hold names."""
    values = ((name.rpartition("}")[2], value) for element in tree.iter() for name, value in element.attrib.items())
    yield from dict.fromkeys(value for name, value in values if name in _AUTHORS and value)


def _attributes(tree: Any, beside: list[str]) -> Iterator[str]:
    """The attributes that may say something, and what is said beside the tree, each once."""
    values = dict.fromkeys(value for element in tree.iter() for value in element.attrib.values())
    return (value for value in dict.fromkeys((*values, *beside)) if not _SAYS_NOTHING.fullmatch(value))
