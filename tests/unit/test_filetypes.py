"""Content, media type and filename say the same, or the file has no one reading."""

from __future__ import annotations

import pytest

from hushgate.filetypes import MISMATCH, PROTECTED, UNKNOWN_TEXT, content, decoded, encoded, file_type, mismatch
from tests.made_files import OOXML, protected_office

PDF = b"%PDF-1.7\nplain"
ZIP = b"PK\x03\x04rest"


@pytest.mark.parametrize(
    ("data", "media_type", "filename", "expected"),
    [
        (b"ann", "", "", "text"),
        (b"ann", "text/csv", "a.csv", "text"),
        (b"ann", "text/anything", "a.unknown", "text"),
        (b"ann", "application/octet-stream", "Makefile", "text"),
        (b"ann", "application/ld+json", "", "text"),
        (b"ann", "image/svg+xml", "a.svg", "text"),
        (b"ann", "text/plain; charset=UTF-8", "", "text"),
        (b"ann", "text/plain; charset=latin1", "", "text"),
        ("é".encode(), "text/plain; charset=latin1", "", None),
        (b"ann", "text/plain; charset=utf-7", "", None),
        (b"ann", "text/plain; charset=utf-8; charset=utf-7", "", None),
        ("ann".encode("utf-16"), "text/plain; charset=utf-16", "", "text"),
        (b"ann", "text/plain", "a.jsonl", "JSON lines"),
        (b"ann", "application/jsonl", "", "JSON lines"),
        (b"ann", "text/html", "", "HTML"),
        (b"<!DOCTYPE html><p>ann", "", "", "HTML"),
        (b"<!DOCTYPE html><p>ann", "text/plain", "", "text"),
        (b"ann", "text/html", "a.eml", None),
        (b"ann", "message/rfc822", "", "e-mail"),
        (b"{\\rtf1 ann}", "", "", "RTF"),
        (b"{\\rtf1 ann}", "text/plain", "", None),
        (PDF, "application/pdf", "a.PDF", "PDF"),
        (PDF, "application/octet-stream", "", "PDF"),
        (PDF, "text/plain", "", None),
        (PDF, "application/pdf,text/plain", "", None),
        (b"ann", "text/plain,application/pdf", "", None),
        (PDF, "", "a.txt", None),
        (b"ann", "application/pdf", "", None),
        (b"ann", "image/png", "", None),
        (b"ann", "application/x-unheard-of", "", None),
        (ZIP, "", "", "ZIP"),
        (ZIP, "application/zip", "a.zip", "ZIP"),
        (ZIP, "", "a.docx", "DOCX"),
        (ZIP, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "", "XLSX"),
        (ZIP, "application/zip", "a.docx", None),
        (ZIP, "application/pdf", "", None),
        (b"\x89PNG\r\n\x1a\n\0", "image/png", "a.png", "image"),
        (b"\x89PNG\r\n\x1a\n\0", "text/plain", "a.png", None),
        (b"\0\0\0\x20ftypisom", "audio/mp4", "a.m4a", "video"),
        (b"\xd0\xcf\x11\xe0\0", "application/msword", "a.doc", "unknown binary"),
        (b"a\0b", "", "", "unknown binary"),
        (b"a\0b", "text/plain", "", None),
        (b"a\0b", "audio/pcm; rate=24000", "", "audio"),
        (b"a\0b", "audio/mpeg", "", None),
        (PDF, "audio/pcm", "", None),
        (ZIP, "application/vnd.oasis.opendocument.text", "a.odt", "OpenDocument"),
        (ZIP, "application/epub+zip", "a.epub", "EPUB"),
        (b"Subject: hi\r\nMIME-Version: 1.0\r\n\r\nann", "", "", "e-mail"),
        (b"Received: from x\n by y\nMessage-ID: <z>\n\nann", "", "", "e-mail"),
        (b"Subject: hi\nMIME-Version: 1.0\n\nann", "text/plain", "", "text"),
        (b"Subject: a memo\n\nContent-Type: as you like it", "", "", "text"),
    ],
)
def test_types(data: bytes, media_type: str, filename: str, expected: str | None) -> None:
    assert file_type(data, media_type, filename) == expected


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
def test_a_text_is_written_as_it_was_read(codec: str) -> None:
    raw = encoded("né\r\n", codec)
    assert decoded(raw) == ("né\r\n", codec)
    assert content(raw) == "text"


@pytest.mark.parametrize(
    "raw", [b"\xff", b"\xff\xfea", b"a\0", b"a\x7f", "ann".encode("utf-16-le"), b"\xef\xbb\xbf\xff"]
)
def test_what_is_no_text(raw: bytes) -> None:
    assert decoded(raw) is None


@pytest.mark.parametrize(
    ("data", "media_type", "filename", "why"),
    [
        ("né".encode("latin-1"), "text/csv", "a.csv", UNKNOWN_TEXT),
        ("né".encode("latin-1"), "text/plain; charset=latin1", "", UNKNOWN_TEXT),
        (b"a\0b", "text/plain", "", MISMATCH),
        (b"ann", "application/pdf", "", MISMATCH),
        (PDF, "text/plain", "", MISMATCH),
        (protected_office(), OOXML + "wordprocessingml.document", "plan.docx", PROTECTED),
        (protected_office(), "", "plan.xls", PROTECTED),
    ],
)
def test_why_there_is_no_type(data: bytes, media_type: str, filename: str, why: str) -> None:
    assert file_type(data, media_type, filename) is None
    assert mismatch(data, media_type, filename) == why


def test_a_protected_document_that_nobody_names_is_one() -> None:
    assert file_type(protected_office(), "", "") == PROTECTED
