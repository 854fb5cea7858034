"""The walker: every leaf of a document becomes a segment, or is named unread.

A dialect says who speaks and what a leaf is; what it does not know is walked
all the same. Left out are only: empty strings, booleans, null, keys from the
dialect's vocabulary, structural constants (`"type": "text"`) at opaque places:
fixed words carry no value; and of numbers of fewer than nine digits those of
the format itself, and those in long lists.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from typing import Final

from hushgate.errors import Malformed
from hushgate.files import Attachment
from hushgate.filetypes import file_type
from hushgate.values import Area, Direction, Embedded, Kind, Location, Role, Segment, Step, Unread
from hushgate.wire import inline
from hushgate.wire.base import Reading
from hushgate.wire.document import MAX_DEPTH, parse_text

type Path = tuple[Step, ...]
type Reader = Callable[[Walk, Path, object, Role], None]
"""Reads one field's value, whatever it holds."""

MAX_EMBEDDED: Final = 8
"""JSON in a string in JSON ...: deeper levels are read as plain text."""
NUMBER_DIGITS: Final = 9
"""Digits from which a number is read as text: a card or an SSN may be sent as a number."""
LONG_LIST: Final = 64
"""Items of a list, from which numbers of fewer digits in it are no values of a record's: a vector, a picture."""

_BLANK: Final = " \t\r\n"
_MAY_OPEN: Final = frozenset("{[" + _BLANK)
_LEAST: Final = 10 ** (NUMBER_DIGITS - 1)
_EXACT: Final = 2.0**63
_MEDIA: Final = frozenset({"image", "audio", "video"})
_DATA: Final = re.compile(r"[\0- ]*" + r"[\t\r\n]*".join("data:"), re.IGNORECASE)
_BASE64_URL: Final = re.compile(rf"{_DATA.pattern}[^,]*;\s*base64\s*,", re.IGNORECASE)
"""As URL parsers read it (WHATWG: Fetch, data URLs; URL, leading blanks and line ends), however long its head is."""
_OPENS_DATA: Final = frozenset("dD" + "".join(map(chr, range(33))))
_DIGITS: Final = frozenset("0123456789")


class Walk:
    """One reading in progress. `vocabulary`: keys, and `constants`: opaque words, that are not segments.

    `tool` is what segments are told of the tool they belong to. What no reader
    knows may be a tool's arguments as well, so there it is "".
    """

    __slots__ = (
        "_area",
        "_attachments",
        "_constants",
        "_direction",
        "_part",
        "_segments",
        "_signed",
        "_unread",
        "_vocabulary",
        "tool",
    )

    def __init__(
        self,
        direction: Direction,
        area: Area = Area.BODY,
        *,
        vocabulary: frozenset[str] = frozenset(),
        constants: frozenset[str] = frozenset(),
        tool: str | None = None,
        part: int | None = None,
    ) -> None:
        self._direction = direction
        self._part = part
        self._area = area
        self._vocabulary = vocabulary
        self._constants = constants
        self.tool = tool
        self._segments: list[Segment] = []
        self._unread: list[Unread] = []
        self._attachments: list[Attachment] = []
        self._signed: list[tuple[Location, Location]] = []

    @property
    def direction(self) -> Direction:
        return self._direction

    @property
    def part(self) -> int | None:
        return self._part

    @property
    def segments(self) -> tuple[Segment, ...]:
        return tuple(self._segments)

    @property
    def unread(self) -> tuple[Unread, ...]:
        return tuple(self._unread)

    def reading(self, *, model: str | None = None, stream: bool = False) -> Reading:
        attached, signed = tuple(self._attachments), tuple(self._signed)
        return Reading(self.segments, self.unread, model, stream, attached, signed=signed)

    def leaf(self, path: Path, text: str, role: Role, kind: Kind) -> None:
        """A string; JSON inside it is read inside, and a file in base64 is one, alone or amid a request's text."""
        if not text:
            return
        if kind is Kind.OPAQUE:
            if text in self._constants:
                return
        elif text[0] in _MAY_OPEN:
            inside = _embedded(text, path)
            if inside is not None:
                self.value((*path, Embedded.JSON), inside, role, kind)
                return
        elif text[0] in inline.OPENS and inline.is_one(text):
            self.attach(path, "", "", text, role)
            return
        self._add(Location(self._area, self._part, path), role, kind, text)
        if kind is not Kind.OPAQUE and self._direction is Direction.REQUEST:
            for index, file in enumerate(inline.files_in(text)):
                self.attach((*path, Embedded.INLINE, index), "", "", file, role)

    def key(self, path: Path, role: Role, kind: Kind) -> None:
        """The object key at the end of `path`."""
        key = path[-1]
        if isinstance(key, str) and key and key not in self._vocabulary:
            self._add(Location(self._area, self._part, path, True), role, kind, key)

    def value(self, path: Path, value: object, role: Role, kind: Kind) -> None:
        """Anything, leaf by leaf."""
        if isinstance(value, str):
            if value[:1] in _OPENS_DATA and _is_base64_url(value):
                self.attach(path, "", "", value, role)
            else:
                self.leaf(path, value, role, kind)
        elif isinstance(value, dict):
            vocabulary = self._vocabulary
            for key, inner in value.items():
                step = (*path, key)
                if key not in vocabulary:
                    self.key(step, role, kind)
                self.value(step, inner, role, kind)
        elif isinstance(value, list):
            if len(value) >= LONG_LIST:
                self._long_list(path, value, role, kind)
                return
            for index, inner in enumerate(value):
                self.value((*path, index), inner, role, kind)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._number(path, value, role, kind, short=kind is Kind.TOOL_ARGS or Embedded.JSON in path)

    def _long_list(self, path: Path, value: list[object], role: Role, kind: Kind) -> None:
        for index, inner in enumerate(value):
            if isinstance(inner, int | float):
                if not isinstance(inner, bool):
                    self._number((*path, index), inner, role, kind, short=False)
            else:
                self.value((*path, index), inner, role, kind)

    def fields(self, path: Path, value: object, table: Mapping[str, Reader], role: Role, kind: Kind) -> None:
        """An object whose known fields have readers of their own; the others are walked as `kind`."""
        if not isinstance(value, dict):
            self.value(path, value, role, kind)
            return
        for key, inner in value.items():
            step = (*path, key)
            reader = table.get(key)
            if reader is not None:
                reader(self, step, inner, role)
            else:
                outer = self.tool
                if outer is None:
                    self.tool = ""
                self.key(step, role, kind)
                self.value(step, inner, role, kind)
                self.tool = outer

    def items(self, path: Path, value: object, reader: Reader, role: Role, kind: Kind) -> None:
        """A list whose items have a reader; anything else is walked as `kind`."""
        if isinstance(value, list):
            for index, inner in enumerate(value):
                reader(self, (*path, index), inner, role)
        else:
            self.value(path, value, role, kind)

    def skip(self, path: Path, reason: str, text: str) -> None:
        """A string that holds something no text can be read from: named, never changed."""
        size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        self._unread.append(Unread(Location(self._area, self._part, path), reason, size))

    def sign(self, path: Path, value: Mapping[str, object], text: str) -> None:
        """Of an object that is read by itself: which string its `signature` is over, if it has both."""
        if isinstance(value.get(text), str) and isinstance(signature := value.get("signature"), str) and signature:
            places = (Location(self._area, self._part, (*path, key)) for key in (text, "signature"))
            self._signed.append((next(places), next(places)))

    def attach(
        self, path: Path, media_type: object, filename: object, base64_text: str, role: Role = Role.NONE
    ) -> None:
        """A file in base64, bare or as a data URL: unread, unless it can be read by those who know documents.

        What the message says of it may be anything; what is no string says nothing. The
        filename is read as text by whoever calls this. In a reply, which may be a frame that
        nobody looks at again, it is an image, sound or video only if its first bytes are.
        """
        if not base64_text:
            return
        said = _both(media_type.strip().lower() if isinstance(media_type, str) else "", _said_by(base64_text))
        family = said.partition("/")[0]
        media = family in _MEDIA and (self._direction is Direction.REQUEST or _is_media(base64_text, said))
        self.skip(path, family if media else "file", base64_text)
        name = filename if isinstance(filename, str) else ""
        where = Location(self._area, self._part, path)
        self._attachments.append(Attachment(where, said, name, base64_text, role, self.tool))

    def _add(self, location: Location, role: Role, kind: Kind, text: str, *, number: bool = False) -> None:
        tool = "" if self.tool is None and kind is Kind.TOOL_ARGS else self.tool
        self._segments.append(Segment(location, self._direction, role, kind, text, tool, number=number))

    def _number(self, path: Path, value: float, role: Role, kind: Kind, *, short: bool) -> None:
        """A number; of fewer digits if `short` says that it may be a value of a record's."""
        if isinstance(value, int):
            few = -_LEAST < value < _LEAST
            if few and not short:
                return
            text = str(value)
        else:
            # 4111111111111111.0 and 4.111111111111111e15 are a card as well.
            text = str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
            few = len(text) < NUMBER_DIGITS or sum(c in _DIGITS for c in text) < NUMBER_DIGITS
            if few and not short:
                return
        self._add(Location(self._area, self._part, path), role, kind, text, number=few)


def reads(kind: Kind) -> Reader:
    """A reader that walks its field as `kind`."""

    def read(walk: Walk, path: Path, value: object, role: Role) -> None:
        walk.value(path, value, role, kind)

    return read


def is_data_url(text: str) -> bool:
    """Whether a string is a data URL, of base64 or not."""
    return text[:1] in _OPENS_DATA and _DATA.match(text) is not None


def _embedded(text: str, path: Path) -> object | None:
    """The object or array that `text` holds, if that is all it holds."""
    bare = text.strip(_BLANK)
    if not bare or (bare[0], bare[-1]) not in {("{", "}"), ("[", "]")}:
        return None
    if sum(isinstance(step, Embedded) for step in path) >= MAX_EMBEDDED:
        return None
    try:
        return parse_text(bare, max_depth=max(1, MAX_DEPTH - len(path)))
    except Malformed:
        return None


def _is_media(base64_text: str, said: str) -> bool:
    """Whether the first bytes of a file are of what it is said to be."""
    start = base64_text.find(",") + 1 if is_data_url(base64_text) else 0
    head = "".join(base64_text[start : start + 128].split())
    try:
        return file_type(a2b_base64(head[: len(head) // 4 * 4]), said, "") in _MEDIA
    except ValueError:
        return False


def _said_by(url: str) -> str:
    """The media type in a data URL's head; "" for bare base64."""
    opens = _DATA.match(url) if url[:1] in _OPENS_DATA else None
    comma = url.find(",") if opens is not None else -1
    return (
        ""
        if opens is None or comma < 0
        else url[opens.end() : comma].strip().lower().removesuffix("base64").rstrip("; ")
    )


def _both(said: str, head: str) -> str:
    """What two places say a file is; with a comma where they do not say the same."""
    if not said or not head:
        return said or head
    (one, _, _), (other, _, more) = said.partition(";"), head.partition(";")
    if one.strip() != other.strip() and not one.strip().endswith("/*"):
        return f"{said},{head}"
    return f"{said};{more}" if more else said


def _is_base64_url(url: str) -> bool:
    """Whether a data URL (RFC 2397) holds base64; text in one that is percent-encoded is read as text."""
    return _BASE64_URL.match(url) is not None
