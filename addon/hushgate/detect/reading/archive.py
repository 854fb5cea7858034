"""ZIP archives (PKWARE APPNOTE 6.3): every member, by what it is; what unpackers would see differently is unread."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from hushgate.detect.reading.found import Found, Steps
from hushgate.filetypes import DOCX, PPTX, XLSX

_ENCRYPTED: Final = 0x1
_LOCAL: Final = 30
_DESCRIPTOR: Final = 24
"""The longest data descriptor behind a member: signature, CRC and two sizes of 64 bits."""
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
        if info.comment:
            found.text((*here, "comment"), info.comment.decode("utf-8", "replace"))
        if info.filename.lower() in seen:
            found.text((*here, "member"), info.filename)
            found.skip(here, "a second file of the same name", info.file_size)
        elif info.flag_bits & _ENCRYPTED:
            found.text((*here, "member"), info.filename)
            found.skip(here, "it is encrypted", info.file_size)
        elif not info.is_dir():
            found.unpacked(info.file_size, info.compress_size)
            with archive.open(info) as packed:
                # The directory may lie about the size: never more than it says is unpacked.
                member = packed.read(info.file_size + 1)
            if len(member) != info.file_size:
                raise BadZipFile("a member is longer or shorter than the directory says")
            yield index, info, member
        else:
            found.text((*here, "member"), info.filename)
        seen.add(info.filename.lower())


def _look_between(found: Found, steps: Steps, archive: ZipFile, data: bytes) -> None:
    """Name what stands before, between and behind the members: no unpacker shows it."""
    at, hidden = 0, 0
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        start = info.header_offset
        hidden += max(0, start - at - (_DESCRIPTOR if at else 0))
        name, extra = (int.from_bytes(data[start + n : start + n + 2], "little") for n in (26, 28))
        at = start + _LOCAL + name + extra + info.compress_size
    hidden += max(0, archive.start_dir - at - _DESCRIPTOR)
    if hidden:
        found.skip((*steps, "between"), "bytes outside of its members", hidden)
