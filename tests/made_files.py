"""Files made for tests: the smallest of each kind that its readers open."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

_W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_S: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_A: Final = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
TYPES: Final = "[Content_Types].xml"
_TYPES_XML: Final = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
OOXML: Final = "application/vnd.openxmlformats-officedocument."
WIDTHS: Final = {
    ".": 278,
    "s": 500,
    "m": 833,
    "i": 222,
    "t": 278,
    "@": 1015,
    "x": 500,
    "l": 222,
    "c": 500,
    "k": 500,
    "r": 333,
}
"""Of letters in Helvetica, those of 556 left out (Adobe's font metrics)."""
PNG: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, ZIP_DEFLATED)
    return out.getvalue()


def docx(*paragraphs: str, **more: bytes | str) -> bytes:
    """Each paragraph in runs of three characters, as editors leave them."""
    body = "".join(
        "<w:p>"
        + "".join(
            f'<w:r><w:t xml:space="preserve">{escape(text[i : i + 3])}</w:t></w:r>' for i in range(0, len(text), 3)
        )
        + "</w:p>"
        for text in paragraphs
    )
    document = f"<w:document {_W}><w:body>{body}</w:body></w:document>"
    return zipped({TYPES: _TYPES_XML, "word/document.xml": document, **more})


def xlsx(*rows: Sequence[str | float], **more: bytes | str) -> bytes:
    """Texts as shared strings, numbers as they are; style 1 shows dates."""
    strings = list(dict.fromkeys(value for row in rows for value in row if isinstance(value, str)))
    cells = "".join(
        "<row>"
        + "".join(
            f'<c t="s"><v>{strings.index(value)}</v></c>' if isinstance(value, str) else f"<c><v>{value!r}</v></c>"
            for value in row
        )
        + "</row>"
        for row in rows
    )
    items = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    return zipped(
        {
            TYPES: _TYPES_XML,
            "xl/workbook.xml": f'<workbook {_S}><sheets><sheet name="People of Acme" sheetId="1"/></sheets></workbook>',
            "xl/worksheets/sheet1.xml": f"<worksheet {_S}><sheetData>{cells}</sheetData></worksheet>",
            "xl/sharedStrings.xml": f"<sst {_S}>{items}</sst>",
            "xl/styles.xml": f'<styleSheet {_S}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
            **more,
        }
    )


def pptx(*lines: str, **more: bytes | str) -> bytes:
    text = "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in lines)
    slide = f"<p:sld xmlns:p='p' {_A}>{text}</p:sld>"
    return zipped({TYPES: _TYPES_XML, "ppt/slides/slide1.xml": slide, **more})


def pdf(
    *pages: str | bytes,
    info: str = "",
    objects: Sequence[bytes] = (),
    fonts: str = "",
    page: str = "",
    pictures: str = "",
) -> bytes:
    """A page for each text, in Helvetica; bytes are what draws it. Further `objects` get the numbers from 100 on.

    `info` is the author, or where it begins with a slash all of the information dictionary.
    """
    known = f"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> {fonts} >>"
    known += f" /XObject << {pictures} >>" if pictures else ""
    made: dict[int, bytes] = {1: b"<< /Type /Catalog /Pages 2 0 R >>"}
    kids = []
    for n, text in enumerate(pages):
        number = 10 + 2 * n
        kids.append(f"{number} 0 R")
        content = text if isinstance(text, bytes) else drawn(text)
        made[number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << {known} >> "
            f"/Contents {number + 1} 0 R {page} >>"
        ).encode()
        made[number + 1] = stream("", content)
    made[2] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>".encode()
    made[3] = f"<< {info if info.startswith('/') else f'/Author ({info})'} >>".encode()
    made |= {100 + n: raw for n, raw in enumerate(objects)}
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, raw in sorted(made.items()):
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + raw + b"\nendobj\n"
    table, last = len(out), max(made)
    out += f"xref\n0 {last + 1}\n0000000000 65535 f \n".encode()
    for number in range(1, last + 1):
        out += f"{places.get(number, 0):010d} {'00000 n' if number in places else '65535 f'} \n".encode()
    out += f"trailer\n<< /Size {last + 1} /Root 1 0 R /Info 3 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def drawn(text: str, x: float = 72, y: float = 700) -> bytes:
    """What draws a text on a page, at a place."""
    shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F1 12 Tf {x:g} {y:g} Td ({shown}) Tj ET\n".encode("latin-1")


def spelled(text: str, size: int = 1) -> bytes:
    """The same by so many letters at a time, each where the ones before it end."""
    pieces = [(text[:at], text[at : at + size]) for at in range(0, len(text), size)]
    return b"".join(drawn(piece, 72 + sum(0.012 * WIDTHS.get(c, 556) for c in before)) for before, piece in pieces)


def labelled(guid: str, **said: str) -> dict[str, str]:
    """The parts of an Office file that say its sensitivity label; `said` by the ends of MSIP_Label_ names."""
    about = {"Enabled": "true", "SetDate": "2027-03-01T08:00:00Z", "Method": "Privileged", "ContentBits": "2"} | said
    properties = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{n}" name="MSIP_Label_{guid}_{name}">'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for n, (name, value) in enumerate(about.items(), 2)
    )
    space = "http://schemas.openxmlformats.org/officeDocument/2006/"
    head = f'<Properties xmlns="{space}custom-properties" xmlns:vt="{space}docPropsVTypes">'
    return {"docProps/custom.xml": f"{head}{properties}</Properties>"}


def labelled_by_id(guid: str) -> dict[str, str]:
    """The part that newer Office writes instead: it knows no name."""
    space = "http://schemas.microsoft.com/office/2020/mipLabelMetadata"
    label = (
        f'<clbl:label id="{{{guid}}}" enabled="1" method="Privileged" siteId="{{{guid}}}" contentBits="2" removed="0"/>'
    )
    return {"docMetadata/LabelInfo.xml": f'<clbl:labelList xmlns:clbl="{space}">{label}</clbl:labelList>'}


def protected_office() -> bytes:
    """The head and the directory of a compound file that holds an encrypted document."""
    entry = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0") + b"\x22\0\x02"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + entry.ljust(512, b"\0") + bytes(range(256)) * 4


def stream(head: str, data: bytes) -> bytes:
    return f"<< {head} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def encrypted_pdf(text: str) -> bytes:
    """One that opens with a password alone."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(text))))
    writer.encrypt("a password", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def bomb(size: int = 200 * 1024 * 1024) -> bytes:
    """A small ZIP of a file that is large."""
    return zipped({"zeros.txt": b"0" * size})
