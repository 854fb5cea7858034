"""Files by what they are; what is broken, encrypted or too much is unread, and never empty."""

from __future__ import annotations

import sys

import pytest

from hushgate.detect.reading.files import read_file, read_inner
from hushgate.detect.reading.found import Found
from tests.made_files import PNG, bomb, docx, encrypted_pdf, pdf, xlsx, zipped


@pytest.mark.parametrize(
    ("data", "type", "reason"),
    [
        (b"%PDF-1.7\nno more", "PDF", "PDF: it is broken"),
        (encrypted_pdf("ann"), "PDF", "it is encrypted"),
        (pdf("ann")[:-300], "PDF", "PDF: it is broken"),
        (pdf(""), "PDF", "no text was found in this PDF"),
        (b"PK\x03\x04no more", "ZIP", "ZIP: it is broken"),
        (docx("ann")[:-30], "DOCX", "DOCX: it is broken"),
        (xlsx(["ann"]), "DOCX", "DOCX: it is broken"),
        (zipped({}), "ZIP", "no text was found in this ZIP"),
        (bomb(), "ZIP", "more in it than is unpacked"),
        (bomb(60 * 1024 * 1024), "ZIP", "packed so tightly that it may be a bomb"),
        (b"{\\rtf1 ann", "RTF", "RTF: it is broken"),
        (b"<p></p>", "HTML", "no text was found in this HTML"),
    ],
)
def test_what_cannot_be_read_is_unread_as_a_whole(data: bytes, type: str, reason: str) -> None:
    contents = read_file(data, type)
    assert contents.texts == ()
    assert contents.unread == (((), reason, len(data)),)


@pytest.mark.parametrize(("type", "module"), [("PDF", "pypdf"), ("DOCX", "defusedxml.common")])
def test_a_reader_that_is_not_installed_says_what_to_do(
    type: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for loaded in [name for name in sys.modules if name.startswith("hushgate.detect.reading.")]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    for contents in (read_file(pdf("ann") if type == "PDF" else docx("ann"), type),):
        assert [reason for _, reason, _ in contents.unread] == [
            f"{type}: what reads it is not installed: pip install 'hushgate[docs]'"
        ]
    inner = read_file(zipped({"a.pdf": pdf("ann"), "b.docx": docx("ann"), "c.txt": "bob"}), "ZIP")
    assert "bob" in [text for _, text in inner.texts]
    assert any("hushgate[docs]" in reason for _, reason, _ in inner.unread)


@pytest.mark.parametrize(
    ("name", "data", "depth", "text", "reason"),
    [
        ("a.csv", b"ann,1", 2, "ann,1", None),
        ("a.jsonl", b'{"a": 1}', 2, '{"a": 1}', None),
        ("a.docx", docx("ann"), 1, "ann", None),
        ("a.docx", docx("ann"), 4, None, "DOCX, too many files deep"),
        ("a.docx", xlsx(["ann"]), 1, None, "DOCX: it is broken"),
        ("a.pdf", pdf(), 1, None, "no text was found in this PDF"),
        ("a.zip", zipped({}), 1, None, "no text was found in this ZIP"),
        ("a.png", PNG, 1, None, "image"),
        ("a.txt", PNG, 1, None, "its content, media type and filename do not say the same"),
        ("a.bin", b"\0\1", 1, None, "unknown binary"),
        ("empty.pdf", b"", 1, None, "its content, media type and filename do not say the same"),
    ],
)
def test_a_file_in_a_file(name: str, data: bytes, depth: int, text: str | None, reason: str | None) -> None:
    found = Found()
    read_inner(found, (7,), name, data, "", depth)
    assert (text is None) == (text not in [text for _, text in found.texts])
    wanted = [] if reason is None or not data else [((7,), reason, len(data))]
    assert found.unread == wanted
