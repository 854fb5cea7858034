"""Files in a body: texts are read here, documents named for those who can read them, and edits put back into both.

What is read of a file stands below an `Embedded` step behind the place of its
data, in a part of its own: `body[0]:/messages/0/content/1/file/file_data/(text)`.
"""

from __future__ import annotations

import binascii
from base64 import b64encode
from collections import deque
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from hushgate.files import BESIDE, Attachment, Contents, Document
from hushgate.filetypes import DOCUMENTS, IMAGE, JSON_LINES, TEXT, decoded, encoded, file_type, mismatch
from hushgate.values import Area, Direction, Embedded, Fault, FileRead, Kind, Location, Segment, Step, Unread
from hushgate.wire.base import Reading
from hushgate.wire.edit import apply
from hushgate.wire.json_lines import read_lines
from hushgate.wire.walk import Walk

type _Name = tuple[int, tuple[Step, ...]]
_INTO: Final = frozenset({Embedded.TEXT, Embedded.DOCUMENT})
_EMPTY: Final = "(a file without text)"
_BASE64: Final = "it is not base64 with one reading"


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that can be read. `content` is its text, or its lines; None for a document."""

    attachment: Attachment
    part: int
    type: str
    data: bytes = field(repr=False)
    codec: str = ""
    content: str | list[str] | None = field(default=None, repr=False)

    @property
    def prefix(self) -> tuple[Step, ...]:
        """What the path of everything in it begins with."""
        step = Embedded.DOCUMENT if self.content is None else Embedded.TEXT
        return (*self.attachment.location.path, step)

    @property
    def document(self) -> Document:
        """It, for those who can read it."""
        return Document(self.type, self.attachment.filename, self.data)

    @property
    def read(self) -> FileRead:
        """That it was read."""
        type = f"{self.type}, by OCR" if self.type == IMAGE else self.type
        return FileRead(self.attachment.location, type, len(self.data))


@dataclass(frozen=True, slots=True)
class Folded:
    """Edits, with those inside of files made edits of the files.

    `contents` are new bytes of multipart parts, `texts` what stands in the place of whole documents.
    """

    edits: dict[Location, str] = field(repr=False)
    contents: dict[int, bytes] = field(repr=False)
    texts: dict[Location, str] = field(repr=False)


def open_files(
    reading: Reading, *, ocr: bool = False, direction: Direction = Direction.REQUEST
) -> tuple[Reading, tuple[Opened, ...]]:
    """The reading with all text in its files; what is no text stays unread, documents until `with_contents`.

    With `ocr` images are documents. A file in a file of text (a batch's line, a data URL) comes behind that one.
    """
    if not reading.attachments:
        return reading, ()
    opened: list[Opened] = []
    reasons: dict[Location, str | None] = {}
    segments, unread = list(reading.segments), list(reading.unread)
    waiting = deque(enumerate(reading.attachments))
    while waiting:
        index, attachment = waiting.popleft()
        where = attachment.location
        file = _opened(attachment, index if where.part is None else where.part, ocr=ocr)
        if isinstance(file, str):
            reasons[where] = file
        elif _said_around(file):
            reasons[where] = None
        else:
            opened.append(file)
            if file.content is not None:
                inside = _read_text(file, file.content, direction)
                segments += inside.segments
                unread += inside.unread
                waiting += [(index, deeper) for deeper in inside.attachments]
                reasons[where] = None
    named = [replace(u, reason=reasons.get(u.location) or u.reason) for u in unread]
    left = tuple(u for u in named if reasons.get(u.location, "") is not None)
    return replace(reading, segments=tuple(segments), unread=left), tuple(opened)


def with_contents(
    files: Sequence[Opened], contents: Sequence[Contents], direction: Direction = Direction.REQUEST
) -> Iterator[tuple[Opened, tuple[Segment, ...], tuple[Unread, ...]]]:
    """Of each document, what its contents are as segments, and what of it stays unread."""
    for file, read in zip((f for f in files if f.content is None), contents, strict=True):
        role, tool = file.attachment.role, file.attachment.tool
        texts = tuple(
            Segment(file_place(file, steps), direction, role, Kind.ATTACHMENT, text, tool) for steps, text in read.texts
        )
        yield file, texts, tuple(Unread(file_place(file, steps), reason, size) for steps, reason, size in read.unread)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the documents of a message say. One of `faults` could not be judged; the others are `files`."""

    segments: tuple[Segment, ...]
    unread: tuple[Unread, ...]
    files: tuple[FileRead, ...]
    faults: tuple[Fault, ...]

    def left(self, unread: Sequence[Unread]) -> tuple[Unread, ...]:
        """What of a message is unread now that these are read."""
        done = {file.location for file in self.files}
        return (*(u for u in unread if u.location not in done), *self.unread)


def gathered(
    files: Sequence[Opened], contents: Sequence[Contents], direction: Direction = Direction.REQUEST
) -> Gathered:
    """The contents of all documents, in their order."""
    segments, left, done, faults = list[Segment](), list[Unread](), list[FileRead](), list[Fault]()
    for (file, texts, unread), content in zip(with_contents(files, contents, direction), contents, strict=True):
        if content.fault is not None:
            faults.append(Fault(f"the {file.type} at {file.attachment.location}", content.fault))
            continue
        segments += texts
        left += unread
        done.append(file.read)
    return Gathered(tuple(segments), tuple(left), tuple(done), tuple(faults))


def file_place(file: Opened, steps: Sequence[Step]) -> Location:
    """Where in a message something stands that stands at `steps` in a file."""
    return Location(Area.BODY, file.part, (*file.prefix, *steps))


def fold(files: Sequence[Opened], segments: Sequence[Segment], edits: Mapping[Location, str]) -> Folded:
    """Make edits inside of files edits of the files, inner ones first; errors as `wire.edit.apply`."""
    known = {(file.part, file.prefix): file for file in files}
    inside: dict[_Name, dict[Location, str]] = {}
    folded = Folded({}, {}, {})

    def put(at: Location, text: str) -> None:
        name = _file_of(at, known)
        (folded.edits if name is None else inside.setdefault(name, {}))[at] = text

    for at, text in edits.items():
        put(at, text)
    replaced: dict[_Name, list[str]] = {name: [] for name in inside if known[name].content is None}
    for segment in segments if replaced else ():
        name = _file_of(segment.location, known)
        if name in replaced and segment.location.path[-1] != BESIDE:
            replaced[name].append(edits.get(segment.location, segment.text))
    for file in reversed(files):
        name, where = (file.part, file.prefix), file.attachment.location
        if name not in inside:
            continue
        if file.content is None:
            folded.texts[where] = "\n".join(replaced[name]) or _EMPTY
        elif isinstance(file.attachment.data, str):
            raw = _rewritten(file, inside[name])
            put(where, _head(file.attachment.data) + b64encode(raw).decode("ascii"))
        else:
            folded.contents[file.part] = _rewritten(file, inside[name])
    return folded


def _file_of(location: Location, known: Container[_Name]) -> _Name | None:
    """The part and prefix of the innermost file that something stands in; None, if it stands in no file."""
    path, part = location.path, location.part or 0
    ends = (n for n in range(len(path), 0, -1) if path[n - 1] in _INTO)
    return next(((part, path[:n]) for n in ends if (part, path[:n]) in known), None)


def _said_around(file: Opened) -> bool:
    """Whether it is text in the midst of a text, whose encodings are undone where that is scanned."""
    return file.codec == "utf-8" and Embedded.INLINE in file.attachment.location.path[-2:]


def _opened(attachment: Attachment, part: int, *, ocr: bool) -> Opened | str:
    """A file that can be read, or why it cannot."""
    data = attachment.data if isinstance(attachment.data, bytes) else _bytes(attachment.data)
    if data is None:
        return _BASE64
    kind = file_type(data, attachment.media_type, attachment.filename)
    if kind is None:
        return mismatch(data, attachment.media_type, attachment.filename)
    if kind in DOCUMENTS or (kind == IMAGE and ocr):
        return Opened(attachment, part, kind, data)
    text = decoded(data) if kind in (TEXT, JSON_LINES) else None
    if text is None:
        return kind
    lines = kind == JSON_LINES
    return Opened(attachment, part, kind, data, text[1], text[0].split("\n") if lines else text[0])


def _bytes(text: str) -> bytes | None:
    bare = text[len(_head(text)) :].replace("\r", "").replace("\n", "")  # Line ends mean nothing to anybody.
    try:
        return binascii.a2b_base64(bare, strict_mode=True)
    except (binascii.Error, ValueError):
        return None


def _head(text: str) -> str:
    """The head of a data URL, its comma included; "" for bare base64."""
    return text[: text.index(",") + 1] if text[:5].lower() == "data:" and "," in text else ""


def _read_text(file: Opened, content: str | list[str], direction: Direction) -> Reading:
    walk = Walk(direction, tool=file.attachment.tool, part=file.part)
    if isinstance(content, str):
        walk.leaf(file.prefix, content, file.attachment.role, Kind.ATTACHMENT)
        return walk.reading()
    return read_lines(walk, file.prefix, content, file.attachment.role)


def _rewritten(file: Opened, edits: Mapping[Location, str]) -> bytes:
    depth = len(file.prefix)
    inner = {Location(Area.BODY, None, at.path[depth:], at.is_key): text for at, text in edits.items()}
    edited = apply(file.content, inner)
    text = "\n".join(map(str, edited)) if isinstance(edited, list) else str(edited)
    return encoded(text, file.codec)
