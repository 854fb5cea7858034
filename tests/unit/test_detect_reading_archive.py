"""Every member of an archive is read, or named."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from hushgate.detect.reading.files import read_file
from tests.made_files import PNG, docx, zipped


def test_members_by_what_they_are() -> None:
    contents = read_file(
        zipped({"ann.txt": "x", "folder/": "", "b.png": PNG, "c.zip": zipped({"d.md": "deep"})}), "ZIP"
    )
    assert contents.texts == (
        ((0, "member"), "ann.txt"), ((0,), "x"), ((1, "member"), "folder/"), ((2, "member"), "b.png"),
        ((3, "member"), "c.zip"), ((3, 0, "member"), "d.md"), ((3, 0), "deep"),
    )  # fmt: skip
    assert contents.unread == (((2,), "image", len(PNG)),)


def test_an_office_document_without_its_name_is_read_as_one() -> None:
    assert ((1, "text"), "ann") in read_file(docx("ann"), "ZIP").texts


def test_comments_are_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.comment = b"of the archive"
        info = zipfile.ZipInfo("a.txt")
        info.comment = b"of a member"
        archive.writestr(info, "x")
    assert {"of the archive", "of a member"} <= {text for _, text in read_file(out.getvalue(), "ZIP").texts}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_member_of_the_same_name_is_unread() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "first")
        archive.writestr("A.txt", "second")
    contents = read_file(out.getvalue(), "ZIP")
    assert contents.unread == (((1,), "a second file of the same name", 6),)
    assert "second" not in {text for _, text in contents.texts}


def test_an_encrypted_member_is_unread() -> None:
    raw = bytearray(zipped({"a.txt": "x", "b.txt": "y"}))
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1
    contents = read_file(bytes(raw), "ZIP")
    assert contents.unread == (((1,), "it is encrypted", 1),)
    assert ((0,), "x") in contents.texts


def test_bytes_between_the_members_are_named() -> None:
    raw = zipped({"a.txt": "x"})
    hidden = b"jane.roe@example.com" * 5
    start = raw.index(b"PK\x01\x02")
    end = raw.index(b"PK\x05\x06")
    moved = bytearray(raw[:start] + hidden + raw[start:])
    struct.pack_into("<I", moved, end + len(hidden) + 16, start + len(hidden))
    contents = read_file(bytes(moved), "ZIP")
    ((steps, reason, size),) = contents.unread
    assert (steps, reason) == (("between",), "bytes outside of its members")
    assert 0 < size <= len(hidden)


def test_a_member_that_lies_about_its_size_breaks_the_archive() -> None:
    raw = bytearray(zipped({"a.txt": "x" * 100}))
    struct.pack_into("<I", raw, raw.index(b"PK\x01\x02") + 24, 10)
    assert read_file(bytes(raw), "ZIP").unread == (((), "ZIP: it is broken", len(raw)),)
