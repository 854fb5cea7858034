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


HIDDEN = b"jane@example.com"


def stored(data: bytes = b"x", extra: bytes = b"", name: str = "a.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.extra = extra
        archive.writestr(info, data)
    return out.getvalue()


def moved(raw: bytes, at: bytes, more: bytes, by: int = 0) -> bytes:
    """The archive with `more` before the last `at`, and a directory that is found where it begins `by` later."""
    place = raw.rindex(at)
    out = bytearray(raw[:place] + more + raw[place:])
    end = out.rindex(b"PK\x05\x06")
    struct.pack_into("<I", out, end + 16, raw.index(b"PK\x01\x02") + by)
    return bytes(out)


@pytest.mark.parametrize(
    "raw",
    [
        moved(zipped({"a.txt": "x"}), b"PK\x01\x02", HIDDEN, len(HIDDEN)),
        moved(zipped({"a.txt": "x"}), b"PK\x05\x06", HIDDEN),
        zipped({"a.txt": "x"}) + HIDDEN,
        stored(extra=b"\x99\x99" + struct.pack("<H", 400) + HIDDEN * 25),
    ],
    ids=["where a descriptor may be", "behind the directory", "behind its end", "in an extra field"],
)
def test_bytes_that_no_unpacker_shows_are_named(raw: bytes) -> None:
    assert len(read_file(raw, "ZIP").unread) == 1


def test_extra_fields_and_content_of_folders_are_read() -> None:
    short = stored(extra=b"\x99\x99" + struct.pack("<H", len(HIDDEN)) + HIDDEN)
    assert HIDDEN.decode() in "".join(text for _, text in read_file(short, "ZIP").texts)
    assert ((0,), HIDDEN.decode()) in read_file(stored(HIDDEN, name="folder/"), "ZIP").texts


class Pipe(io.BytesIO):
    """What packers do where they cannot go back: descriptors behind the members."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation

    tell = seek


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("out", [io.BytesIO, Pipe])
def test_archives_as_packers_write_them_have_nothing_unread(
    out: type[io.BytesIO], long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if long:
        monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    made = out()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.txt", "b.txt", "empty.txt"):
            with archive.open(name, "w", force_zip64=long) as member:
                member.write(b"ann" * (name != "empty.txt"))
        archive.mkdir("folder")
    contents = read_file(made.getvalue(), "ZIP")
    assert contents.unread == ()
    assert ((1,), "ann") in contents.texts


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_more_packed_than_is_unpacked_breaks_the_archive(method: int) -> None:
    raw = stored() if method == zipfile.ZIP_STORED else zipped({"a.txt": "x"})
    longer = bytearray(moved(raw, b"PK\x01\x02", HIDDEN, len(HIDDEN)))
    for header, at in ((b"PK\x03\x04", 18), (b"PK\x01\x02", 20)):
        place = longer.index(header) + at
        size = struct.unpack_from("<I", longer, place)[0]
        struct.pack_into("<I", longer, place, size + len(HIDDEN))
    assert read_file(bytes(longer), "ZIP").unread == (((), "ZIP: it is broken", len(longer)),)


def test_a_member_packed_in_an_unusual_way_breaks_the_archive() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.txt", "x")
    assert [reason for _, reason, _ in read_file(out.getvalue(), "ZIP").unread] == ["ZIP: it is broken"]


def test_a_member_that_lies_about_its_size_breaks_the_archive() -> None:
    raw = bytearray(zipped({"a.txt": "x" * 100}))
    struct.pack_into("<I", raw, raw.index(b"PK\x01\x02") + 24, 10)
    assert read_file(bytes(raw), "ZIP").unread == (((), "ZIP: it is broken", len(raw)),)
