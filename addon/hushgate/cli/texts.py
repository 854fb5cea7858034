"""What `hushgate scan` reads: files, folders, documents, lines of JSON; in pieces, so that memory stays flat."""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Final

from hushgate.cli.context import say
from hushgate.errors import StateError
from hushgate.files import Contents, Document
from hushgate.filetypes import DOCUMENTS, HTML, IMAGE, file_type
from hushgate.values import Step

CHUNK: Final = 64 * 1024
OVERLAP: Final = 4 * 1024
"""Code points of a large file that are read in one piece, and again with the next."""
STDIN: Final = "<stdin>"
HEAD: Final = 8 * 1024
"""Bytes of a file that tell what it is; whether it is binary, as git tells it."""
MAX_FILE: Final = 128 * 1024 * 1024
"""Bytes of a document; any other file may be as large as it likes."""
_NOT_ENTERED: Final = frozenset({".git", ".hg", ".svn"})
_DOCUMENTS: Final = DOCUMENTS - {HTML}
"""Of HTML the source is read, where lines are lines."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text on its way: `name` an id or a path, `start` code points and `line` lines before it.

    `again` is where in `text` the next piece begins; None in the last one. In a document a
    text stands at `where`, and `more` follow; the last has what is `unread`: where, why, bytes. `file` is its file's
    name, where its rules may ask for that.
    """

    name: Any
    text: str = field(repr=False)
    start: int = 0
    line: int = 0
    again: int | None = None
    where: str = ""
    more: bool = False
    unread: tuple[tuple[str, str, int], ...] = ()
    faults: tuple[str, ...] = ()
    file: str | None = None

    @property
    def last(self) -> bool:
        """Whether nothing more comes of its name."""
        return self.again is None and not self.more

    def holds(self, start: int, end: int) -> bool:
        """Whether a finding here is whole. What touches a cut is seen whole by the other piece."""
        if self.start and start == 0:
            return False
        return self.again is None or end < len(self.text) or start <= self.again


@dataclass(frozen=True, slots=True)
class Sealed:
    """A document that nobody has read yet."""

    name: str
    document: Document = field(repr=False)


type Texts = Iterator[Piece | Sealed]


def json_lines(names: Iterable[str]) -> Texts:
    """A text a line; StateError for a line that holds none."""
    for name in names:
        with _opened(name) as file:
            for number, raw in enumerate(file, 1):
                if not raw.strip():
                    continue
                try:
                    said = json.loads(raw)
                    piece = Piece(said["id"], said["text"])
                    fine = isinstance(piece.text, str)
                except (ValueError, TypeError, KeyError, RecursionError):
                    fine = False
                if not fine:
                    hint = 'each line is a JSON object {"id": ..., "text": "..."}'
                    raise StateError(f"{_called(name)}:{number} cannot be read", hint=hint)
                yield piece


def file_texts(names: Iterable[str], *, ocr: bool, left: list[str] | None = None) -> Texts:
    """Texts of files and folders. Documents wait to be read, with `ocr` images, too.

    Other binary files in folders are added to `left`, or counted on stderr.
    """
    for name in names:
        walked, binary = name != "-" and Path(name).is_dir(), 0
        for path in _files(name):
            with _opened(path) as file:
                head, whole = _begun(file)
                type = file_type(_lines(head), "", "" if path == "-" else path)
                if type in _DOCUMENTS or (ocr and type == IMAGE):
                    data = whole.read(MAX_FILE + 1)
                    if len(data) > MAX_FILE:
                        yield Piece(_called(path), "", faults=(f"it is a {type} of more than {MAX_FILE >> 20} MiB",))
                    else:
                        yield Sealed(_called(path), Document(type, path, data))
                elif walked and b"\0" in head:
                    binary += 1
                    if left is not None:
                        left.append(_called(path))
                else:
                    yield from _chunks(_called(path), whole)
        if binary and left is None:
            many = "1 binary file" if binary == 1 else f"{binary} binary files"
            say(f"{name}: {many} not read\nhint: name a file to have its bytes read as text")


def document_texts(name: object, contents: Contents) -> Iterator[Piece]:
    """What was read of a document. What of it could not be read is told with the last text."""
    faults = (contents.fault,) if contents.fault is not None else ()
    whole = [reason for steps, reason, _ in contents.unread if not steps]
    for steps, text in contents.texts:
        for piece in _chunks(name, io.BytesIO(text.encode("utf-8", "replace"))):
            yield replace(piece, where=_shown(steps), more=True)
    unread = tuple((_shown(steps), reason, size) for steps, reason, size in contents.unread if steps)
    yield Piece(name, "", unread=unread, faults=(*faults, *whole))


def _shown(steps: Iterable[Step]) -> str:
    return "/".join(map(str, steps))


def _lines(head: bytes) -> bytes:
    """A file's first bytes, without a line that they cut, and maybe a character."""
    return head[:end] if len(head) == HEAD and (end := head.rfind(b"\n")) > 64 else head


def _begun(file: IO[bytes]) -> tuple[bytes, IO[bytes]]:
    """A file's first bytes, and a file that begins with them."""
    if file.seekable():
        head = file.read(HEAD)
        file.seek(0)
        return head, file
    head = file.read(HEAD)
    return head, io.BufferedReader(_Joined(head, file))


class _Joined(io.RawIOBase):
    """Bytes that were read already, and those that follow."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        """As any raw file."""
        piece, self._head = self._head[: len(into)], self._head[len(into) :]
        piece = piece or self._rest.read(len(into))
        into[: len(piece)] = piece
        return len(piece)


def _chunks(name: object, file: IO[bytes]) -> Iterator[Piece]:
    """A file in pieces that overlap, so that what stands on a cut is seen whole. Cuts are at line ends if possible."""
    file_name = name if isinstance(name, str) and name != STDIN else None
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    text, start, line = "", 0, 0
    while raw := file.read(CHUNK):
        text += decoder.decode(raw)
        while len(text) > CHUNK:
            again = text.rfind("\n", 1, CHUNK - OVERLAP) + 1 or CHUNK - OVERLAP
            yield Piece(name, text[:CHUNK], start, line, again, file=file_name)
            line += text.count("\n", 0, again)
            start += again
            text = text[again:]
    yield Piece(name, text + decoder.decode(b"", True), start, line, file=file_name)


def _files(name: str) -> Iterator[str]:
    path = Path(name)
    if name == "-" or not path.is_dir():
        yield name
        return
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(f for f in folders if f not in _NOT_ENTERED)
        yield from (str(Path(folder, f)) for f in sorted(files) if Path(folder, f).is_file())


def _opened(name: str) -> contextlib.AbstractContextManager[IO[bytes]]:
    if name == "-":
        return contextlib.nullcontext(sys.stdin.buffer)
    try:
        return Path(name).open("rb")
    except OSError as error:
        hint = "name files or folders, or - for stdin"
        raise StateError(f"{name} cannot be read: {error.strerror}", hint=hint) from None


def _called(name: str) -> str:
    return STDIN if name == "-" else name
