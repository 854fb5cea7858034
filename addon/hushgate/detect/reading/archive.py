"""ZIP archives (PKWARE APPNOTE 6.3): every member, by what it is; what unpackers would see differently is unread."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from struct import pack
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from hushgate.detect.reading.found import Found, Steps
from hushgate.files import BESIDE
from hushgate.filetypes import DOCX, PPTX, XLSX

_ENCRYPTED: Final = 0x1
_LOCAL: Final = 30
_ENTRY: Final = 46
"""Bytes of a member's entry in the directory, before its name."""
_END: Final = b"PK\5\6"
_END_SIZE: Final = 22
_END_64: Final = b"PK\6\6"
_END_64_SIZE: Final = 56 + 20
"""The directory's end in 64 bits, and what points at it, as every packer writes them."""
_LONGEST_COMMENT: Final = 0xFFFF
_MOST_EXTRA: Final = 256
"""Bytes of an extra field: times, owners, long sizes and a name in Unicode take less."""
_SAYS: Final = re.compile(rb"[\x20-\x7e\x80-\xff]{5}")
"""What a time or an owner hardly has."""
_OPEN: Final = b"application/vnd.oasis.opendocument."
_OFFICE: Final = (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX))


def read(found: Found, steps: Steps, data: bytes, type: str, depth: int) -> None:
    """Every member; an archive that is an office document is read as one."""
    from hushgate.detect.reading.files import read_inner

    with ZipFile(BytesIO(data)) as archive:
        names = archive.namelist()
        if "[Content_Types].xml" in names:
            office = next((word for folder, word in _OFFICE if any(n.startswith(folder) for n in names)), type)
            from hushgate.detect.reading.office import read as read_office  # it may not be installed

            read_office(found, steps, data, office, depth)
            return
        if "mimetype" in names and archive.open("mimetype").read(len(_OPEN)) == _OPEN:
            from hushgate.detect.reading.opendocument import read as read_open_document  # as above

            read_open_document(found, steps, data, type, depth)
            return
        for index, info, member in members(found, steps, archive, data):
            found.text((*steps, index, "member"), info.filename)
            read_inner(found, (*steps, index), info.filename, member, "", depth + 1)


def members(found: Found, steps: Steps, archive: ZipFile, data: bytes) -> Iterator[tuple[int, ZipInfo, bytes]]:
    """Each member that can be unpacked, with its number; the others are unread."""
    seen: set[str] = set()
    _look_between(found, steps, archive, data)
    if archive.comment:
        found.text((*steps, "comment"), archive.comment.decode("utf-8", "replace"))
    for index, info in enumerate(archive.infolist()):
        here = (*steps, index)
        _look_beside(found, here, info, data)
        if info.filename.lower() in seen:
            found.text((*here, "member"), info.filename)
            found.skip(here, "a second file of the same name", info.file_size)
        elif info.flag_bits & _ENCRYPTED:
            found.text((*here, "member"), info.filename)
            found.skip(here, "it is encrypted", info.file_size)
        elif not info.is_dir() or info.file_size or info.compress_size:
            found.unpacked(info.file_size, info.compress_size)
            archive.open(info).close()  # BadZipFile where the member says something else than the directory
            yield index, info, _unpacked(info, data)
        else:
            found.text((*here, "member"), info.filename)
        seen.add(info.filename.lower())


def _unpacked(info: ZipInfo, data: bytes) -> bytes:
    """A member's bytes; BadZipFile where the directory lies about them, or more is packed than they are."""
    start = _content(info, data)
    packed = data[start : start + info.compress_size]
    if info.compress_type == ZIP_STORED:
        member, whole = packed, True
    elif info.compress_type == ZIP_DEFLATED:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        member = inflate.decompress(packed, info.file_size + 1)
        whole = inflate.eof and not inflate.unused_data
    else:
        raise BadZipFile("a member is packed in a way that few know")
    if not whole or len(member) != info.file_size or zlib.crc32(member) != info.CRC:
        raise BadZipFile("a member is longer, shorter or other than the directory says")
    return member


def _content(info: ZipInfo, data: bytes) -> int:
    """Where a member's bytes begin."""
    name, extra = _lengths(data, info.header_offset + 26)
    return info.header_offset + _LOCAL + name + extra


def _lengths(data: bytes, at: int, count: int = 2) -> list[int]:
    return [int.from_bytes(data[at + 2 * n : at + 2 * n + 2], "little") for n in range(count)]


def _look_beside(found: Found, here: Steps, info: ZipInfo, data: bytes) -> None:
    """A member's comment, and its extra fields: here and in the directory."""
    if info.comment:
        found.text((*here, "comment"), info.comment.decode("utf-8", "replace"))
    name, size = _lengths(data, info.header_offset + 26)
    start = info.header_offset + _LOCAL + name
    for extra in dict.fromkeys((data[start : start + size], info.extra)):
        said = extra.strip(b"\0")  # Office pads with zeros.
        if len(said) > _MOST_EXTRA:
            found.skip((*here, "extra"), "an extra field of an archive's member", len(said))
        elif _SAYS.search(said):
            found.text((*here, "extra", BESIDE), said.decode("latin-1"))


def _look_between(found: Found, steps: Steps, archive: ZipFile, data: bytes) -> None:
    """Name what stands before, between and behind the members and the directory: no unpacker shows it."""
    at, hidden = 0, 0
    behind: set[bytes] = set()
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        hidden += _hidden(data[at : info.header_offset], behind)
        at = _content(info, data) + info.compress_size
        behind = _descriptors(info)
    hidden += _hidden(data[at : archive.start_dir], behind)
    at = archive.start_dir
    for _ in archive.infolist():
        at += _ENTRY + sum(_lengths(data, at + 28, 3))
    end = data.rfind(_END, max(0, len(data) - _END_SIZE - _LONGEST_COMMENT))
    between = data[at:end]
    hidden += 0 if between.startswith(_END_64) and len(between) == _END_64_SIZE else len(between)
    hidden += len(data) - end - _END_SIZE - len(archive.comment)
    if hidden:
        found.skip((*steps, "between"), "bytes outside of its members", hidden)


def _hidden(gap: bytes, expected: set[bytes]) -> int:
    return 0 if gap in expected else len(gap)


def _descriptors(info: ZipInfo) -> set[bytes]:
    """What may stand behind a member: its CRC and sizes, with or without a signature, of 32 bits or of 64."""
    sizes = [pack("<QQ", info.compress_size, info.file_size)]
    if max(info.compress_size, info.file_size) <= 0xFFFFFFFF:
        sizes.append(pack("<II", info.compress_size, info.file_size))
    return {mark + pack("<I", info.CRC) + size for mark in (b"", b"PK\7\10") for size in sizes}
