"""detect.reading: any bytes are read or named unread, within bounds and without an error; and so is what they pack."""

from __future__ import annotations

import logging
from base64 import b64encode
from typing import Final

from hushgate.detect.reading.files import read_file, read_inner
from hushgate.detect.reading.found import MAX_CHARACTERS, MAX_TEXTS, Found, TooMuch
from hushgate.filetypes import DOCUMENTS, file_type
from tests.fuzz.target import Target
from tests.made_files import docx, pdf, pptx, stream, xlsx, zipped

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it says much of broken files
_TYPES: Final = sorted(DOCUMENTS)
_SECRET: Final = "jane.roe@example.com"


def check(data: bytes) -> str:
    """The first byte says as what the rest is read; from 128 on, it is read as a member of an archive."""
    first, raw = (data[0], data[1:]) if data else (0, b"")
    type = _TYPES[first % len(_TYPES)]
    contents = read_file(raw, type)
    assert contents.fault is None
    assert contents.texts or contents.unread, "neither read nor unread"
    assert all(text.strip() for _, text in contents.texts), "a text of nothing"
    assert sum(len(text) for _, text in contents.texts) <= MAX_CHARACTERS and len(contents.texts) <= MAX_TEXTS
    assert all(isinstance(step, str | int) for steps, _ in contents.texts for step in steps)
    _inner(raw, "" if first < 128 else "a.txt")
    if any(not steps for steps, *_ in contents.unread):
        return "unread"
    return "in part" if contents.unread else "read"


def _inner(raw: bytes, name: str) -> None:
    """The same file in another one: found, or named."""
    found = Found()
    try:
        read_inner(found, (0,), name, raw, "", 1)
    except TooMuch:
        return
    if raw and raw.strip() and file_type(raw, "", name) is not None:
        assert found.texts or found.unread, "a file in a file is lost"


def _as(type: str, raw: bytes) -> bytes:
    return bytes([_TYPES.index(type)]) + raw


_MAIL: Final = (
    b"From: jane.roe@example.com\nContent-Type: multipart/mixed; boundary=X\n\n--X\n\nhi\n--X\nContent-Type: text/csv; "
    b"charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + b64encode(b"ann,1") + b"\n--X--\n"
)
SEEDS: Final = (
    _as("PDF", pdf(_SECRET, "two", info="Jane", objects=[b"<< /T (note) >>", stream("/Type /EmbeddedFile", b"ann")])),
    _as("PDF", pdf("x", objects=[stream("/Subtype /Image", b"\0")])),
    _as("ZIP", zipped({"a.txt": _SECRET, "b.docx": docx("in it"), "c/": "", "d.zip": zipped({"e.csv": "x"})})),
    _as("DOCX", docx(_SECRET, "two")),
    _as("XLSX", xlsx(["Name", _SECRET], [29347.0, 4e15])),
    _as("PPTX", pptx(_SECRET)),
    _as("HTML", b"<p>jane.<b>roe</b>@example.com<!-- x --><img src='data:text/csv;base64,YQ=='><script>y</script>"),
    _as("RTF", rb"{\rtf1\ansi jane\'e9 \u233? {\pict 00}\par \bin2 xx}"),
    _as("e-mail", _MAIL),
    _as("PDF", b"%PDF-1.7\nno more"),
    _as("PDF", pdf()),
)
WORDS: Final = (
    b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"%PDF-1.7", b" 0 obj\n", b"endobj", b"stream\n", b"endstream", b"<<",
    b">>", b"/Type", b"/JS", b"/Kids", b"/Contents", b"1 0 R", b"{\\", b"\\u-1", b"\\'zz", b"\\bin9", b"<![CDATA[",
    b"<!--", b"&#64;", b"Content-Type: ", b"--X", b"=?utf-8?b?", b"\n\n", b"\0", b"\xff",
)  # fmt: skip

TARGET: Final = Target(check, SEEDS, WORDS, short=400)
