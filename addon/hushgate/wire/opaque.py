"""Bodies that are not JSON: text and forms are read, anything else is a file.

What a body says it is counts for little: one that parses as a JSON object or
array is JSON whatever its content type says, since a provider may take it so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hushgate.errors import Malformed
from hushgate.files import Attachment
from hushgate.values import Area, Direction, Kind, Location, Role, Unread
from hushgate.wire.base import Reading
from hushgate.wire.document import parse_json
from hushgate.wire.edit import apply
from hushgate.wire.query import edit_query, read_query
from hushgate.wire.walk import Walk

_FORM: Final = "application/x-www-form-urlencoded"
_ALSO_TEXT: Final = frozenset({"", "application/xml", "application/yaml", "application/x-yaml"})
_UTF8: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})
_LIKE_ASCII: Final = frozenset({"iso-8859-1", "latin1", "windows-1252"})
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]*)", re.IGNORECASE)
_PLAIN_TYPE: Final = re.compile(
    r"(?:application|audio|font|image|message|model|multipart|text|video)/[a-z+.-]{0,40}[0-9]{0,2}[a-z+.-]{1,40}[0-9]?"
)
"""What may be repeated of a content type: nothing that a client could write a value into."""
_JSON_OPENS: Final = re.compile(r"[ \t\r\n]*[{\[]")
_JSON_OPENS_RAW: Final = re.compile(rb"[ \t\r\n]*[{\[]")


@dataclass(frozen=True, slots=True)
class Text:
    """A body of text, or a form, as it was read."""

    body: str = field(repr=False)
    is_form: bool

    def write(self, edits: Mapping[Location, str]) -> bytes:
        """The body edited, in UTF-8; errors as `wire.edit.apply`."""
        edited = edit_query(self.body, edits, Area.BODY) if self.is_form else str(apply(self.body, edits))
        return edited.encode("utf-8", "replace")


def plain_type(content_type: str | None) -> str | None:
    """What may be kept of a content type: the type, and that it is UTF-8; None for none that is known."""
    kind = _type(content_type)
    if not _PLAIN_TYPE.fullmatch(kind):
        return None
    return f"{kind}; charset=utf-8" if _charset(content_type or "") == "utf-8" else kind


def looks_like_json(text: str) -> bool:
    """Whether `text` opens like an object or an array."""
    return _JSON_OPENS.match(text) is not None


def is_json(content_type: str | None, plain: bytes) -> bool:
    """Whether a body is to be read as JSON: it says so, or it parses as an object or array."""
    kind = _type(content_type)
    if kind == "application/json" or kind.endswith("+json") or kind == "text/json":
        return True
    if _JSON_OPENS_RAW.match(plain) is None:
        return False
    try:
        parse_json(plain)
    except Malformed:
        return False
    return True


def refuse_other_charset(content_type: str | None, plain: bytes) -> None:
    """Malformed for JSON that says it is in another charset: its receiver might read other text than we do."""
    charset = _charset(content_type or "")
    if charset not in _UTF8 and not (charset in _LIKE_ASCII and plain.isascii()):
        raise Malformed("the JSON says it is in another charset than UTF-8")


def read(
    plain: bytes, content_type: str | None, direction: Direction = Direction.REQUEST
) -> tuple[Text | None, Reading]:
    """What a body that is not JSON says. Malformed for a broken form.

    What does not say that it is text is a file, and unread until somebody has read it: then there is no `Text`.
    """
    kind = _type(content_type)
    text = _decoded(plain, kind, content_type or "")
    if text is None:
        shown = kind if _PLAIN_TYPE.fullmatch(kind) else "unknown content type"
        place = Location(Area.BODY)
        file = Attachment(place, (content_type or "").lower(), "", plain, Role.USER)
        return None, Reading((), (Unread(place, shown, len(plain)),), attachments=(file,))
    walk = Walk(direction)
    if kind == _FORM:
        read_query(walk, text, form=True)
    else:
        walk.leaf((), text, Role.NONE, Kind.TEXT)
    return Text(text, kind == _FORM), walk.reading()


def _decoded(plain: bytes, kind: str, content_type: str) -> str | None:
    if not (kind.startswith("text/") or kind == _FORM or kind in _ALSO_TEXT):
        return None
    if b"\0" in plain or _charset(content_type) not in _UTF8:
        return None
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _charset(content_type: str) -> str:
    found = _CHARSET.findall(content_type)
    # Of several nobody knows which one counts: together they are none that is known.
    return ",".join(dict.fromkeys(name.lower() for name in found))


def _type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()
