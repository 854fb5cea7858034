"""multipart/form-data (RFC 7578, RFC 2046): read strictly, and always written anew in one form.

Nothing is forwarded as it came, so a receiver can read no other parts than
were scanned: our boundary stands in none of them, each has one
Content-Disposition, and its parameters one spelling. What has more than one
reading is refused: a second name or filename, `filename*`, backslashes,
folded lines, other headers or line ends, text before or behind the parts,
nested multiparts, transfer encodings that change bytes, other charsets.

A field stands at its name in its part: `body[2]:/prompt`; of a file,
`body[0]:/file/filename` is its name, and `body[0]:/file` holds its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final

from hushgate.errors import Malformed
from hushgate.files import Attachment
from hushgate.filetypes import decoded
from hushgate.values import Area, Direction, Kind, Location, Role, Unread
from hushgate.wire.base import Reading
from hushgate.wire.document import parse_json
from hushgate.wire.edit import apply
from hushgate.wire.walk import Walk

MAX_PARTS: Final = 1000
FORM: Final = "multipart/form-data"

_BOUNDARY: Final = re.compile(
    r"multipart/form-data[ \t]*;[ \t]*boundary=(?:\"([0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-])\""
    r"|([0-9A-Za-z'+_.-]{1,70}))",
    re.I,
)
"""The whole content type: RFC 2046, 5.1.1; other parameters would be read by some."""
_HEADER: Final = re.compile(r"([A-Za-z-]{1,40}):[ \t]*([^\0-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]*?)[ \t]*")
_DISPOSITION: Final = re.compile(r"([A-Za-z-]{1,20})((?:[ \t]*;[ \t]*[A-Za-z]+=(?:\"[^\"\\]*\"|[^\s\"\\;,=]+))*)", re.I)
_PARAMETER: Final = re.compile(r";[ \t]*([A-Za-z]+)=(?:\"([^\"\\]*)\"|([^\s\"\\;,=]+))")
_TYPE: Final = re.compile(
    r"([a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80})"
    r"((?:[ \t]*;[ \t]*[a-z0-9_-]{1,40}=(?:\"[^\"\\]*\"|[^\s\"\\;,]+))*)",
    re.I,
)
_CHARSET: Final = re.compile(r";[ \t]*charset=\"?([^\s\";]*)", re.I)
_AS_IS: Final = frozenset({"binary", "8bit", "7bit"})
_TEXTUAL: Final = frozenset({"", "text/plain"})
_UNQUOTABLE: Final = {ord('"'): "%22", ord("\r"): "%0D", ord("\n"): "%0A", ord("\\"): "%5C", 0: "%00"}

FIELDS: Final = frozenset(
    "part model prompt file purpose image image[] mask language temperature response_format stream n size quality user"
    " background input_fidelity output_format output_compression partial_images moderation style include[]"
    " timestamp_granularities[] chunking_strategy data type expires_after[anchor] expires_after[seconds]".split()
)
"""Names of fields that carry no value of anyone's (OpenAI's reference: audio, images, files, uploads)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `text` is set for a field; a file has bytes alone, and may have no filename. Fields have no `id`."""

    name: str = field(repr=False)
    filename: str | None = field(repr=False)
    media_type: str = field(repr=False)
    data: bytes = field(repr=False)
    text: str | None = field(repr=False)
    id: str = field(default="", repr=False)

    def head(self) -> list[str]:
        """Its header lines."""
        disposition = f'Content-Disposition: form-data; name="{quoted(self.name)}"'
        if self.filename is not None:
            disposition += f'; filename="{quoted(self.filename)}"'
        return [disposition, *([f"Content-Type: {self.media_type}"] if self.media_type else [])]


@dataclass(frozen=True, slots=True)
class Multipart:
    """A body of parts. `kind` is its content type, `more` what that says behind the boundary."""

    parts: tuple[Part, ...] = field(repr=False)
    kind: str = FORM
    more: str = ""

    def reading(self) -> Reading:
        """All that the parts say; their files are attachments."""
        readings = [_read_part(index, part) for index, part in enumerate(self.parts)]
        models = [part.text for part in self.parts if part.name == "model" and part.text is not None]
        return Reading(
            tuple(segment for reading in readings for segment in reading.segments),
            tuple(unread for reading in readings for unread in reading.unread),
            model=models[0] if len(models) == 1 else None,
            stream=any(part.name == "stream" and part.text == "true" for part in self.parts),
            attachments=tuple(file for reading in readings for file in reading.attachments),
        )

    def write(
        self, edits: Mapping[Location, str], contents: Mapping[int, bytes], texts: Mapping[int, str]
    ) -> tuple[bytes, str]:
        """The body and its content type: fields edited, files with new `contents`, or `texts` in their place."""
        by_part: dict[int, dict[Location, str]] = {}
        for at, text in edits.items():
            if at.part is None or not 0 <= at.part < len(self.parts):
                raise LookupError("an edit of no part")
            by_part.setdefault(at.part, {})[at] = text
        pieces = []
        for index, part in enumerate(self.parts):
            edited = _edited(part, by_part.get(index, {}))
            if index in texts:
                filename = f"{edited.filename or 'file'}.txt"
                data = _utf8(texts[index])
                edited = replace(
                    edited, filename=filename, media_type="text/plain; charset=utf-8", data=data, text=None
                )
            elif index in contents:
                edited = replace(edited, data=contents[index], text=None)
            pieces.append(_utf8("\r\n".join(edited.head())) + b"\r\n\r\n" + edited.data)
        boundary = _boundary_for(pieces)
        mark = b"--" + boundary.encode()
        body = b"".join(mark + b"\r\n" + piece + b"\r\n" for piece in pieces) + mark + b"--\r\n"
        return body, f"{self.kind}; boundary={boundary}{self.more}"


def is_multipart(content_type: str | None) -> bool:
    """Whether a body says that it is a form of parts, however it says so."""
    return (content_type or "").lstrip().lower().startswith(FORM)


def parse(raw: bytes, content_type: str) -> Multipart:
    """The parts of a body; Malformed, with nothing of it, for what has no one reading."""
    found = _BOUNDARY.fullmatch(content_type.strip())
    if found is None:
        raise refused("its content type has no plain boundary, or says more")
    return Multipart(tuple(_part(*cut) for cut in between(raw, found[1] or found[2])))


def between(raw: bytes, boundary: str, end: bytes = b"\r\n") -> list[tuple[dict[str, str], bytes]]:
    """Headers, by their names in small letters, and data of each part; `end` ends a line."""
    pieces = raw.split(b"--" + boundary.encode("ascii"), MAX_PARTS + 2)
    if len(pieces) > MAX_PARTS + 2:
        raise refused(f"it has more than {MAX_PARTS} parts")
    if len(pieces) < 3 or pieces[-1] not in (b"--", b"--" + end):
        raise refused("its last boundary is missing, or followed by more")
    if pieces[0]:
        raise refused("something stands before its first boundary")
    cuts = []
    for piece in pieces[1:-1]:
        if len(piece) < 2 * len(end) or not piece.startswith(end) or not piece.endswith(end):
            raise refused("a boundary does not stand on a line of its own")
        head, blank, data = piece[len(end) : -len(end)].partition(end * 2)
        if not blank:
            raise refused("a part has no end of its headers")
        headers = _headers(head, end)
        if headers.pop("content-transfer-encoding", "binary").lower() not in _AS_IS:
            raise refused("a part has a transfer encoding")
        if headers.pop("content-length", str(len(data))) != str(len(data)):
            raise refused("a part says that it is longer or shorter than it is")
        cuts.append((headers, data))
    return cuts


def _part(headers: dict[str, str], data: bytes) -> Part:
    disposition = headers.pop("content-disposition", None)
    if disposition is None:
        raise refused("a part has no Content-Disposition")
    given = parameters(disposition, ("form-data",))
    if not given.get("name"):
        raise refused("a part has no name")
    if given["name"].lower() == "_charset_":
        raise refused("a field says that the others are in another charset")
    media_type = media_type_of(headers.pop("content-type", ""))
    if headers:
        raise refused("a part has a header that forms do not have")
    filename = given.get("filename")
    return Part(given["name"], filename, media_type, data, text_of(filename, media_type, data))


def _headers(head: bytes, end: bytes) -> dict[str, str]:
    text = decoded(head)
    if text is None or text[1] != "utf-8":
        raise refused("a part's headers are not plain UTF-8")
    headers: dict[str, str] = {}
    for line in text[0].split(end.decode()):
        found = _HEADER.fullmatch(line)
        if found is None:
            raise refused("a part has a header line that is folded or broken")
        if found[1].lower() in headers:
            raise refused("a part has a header twice")
        headers[found[1].lower()] = found[2]
    return headers


def parameters(disposition: str, kinds: tuple[str, ...]) -> dict[str, str]:
    """Name and filename of a part, as far as it has them."""
    found = _DISPOSITION.fullmatch(disposition)
    if found is None or found[1].lower() not in kinds:
        raise refused(f"a part's Content-Disposition is not plain {kinds[0]}")
    given: dict[str, str] = {}
    for key, in_quotes, bare in _PARAMETER.findall(found[2]):
        if key.lower() in given:
            raise refused("a part has a name or filename twice")
        given[key.lower()] = in_quotes or bare
    if not given.keys() <= {"name", "filename"}:
        raise refused("a part has other parameters than name and filename")
    return given


def media_type_of(written: str) -> str:
    if not written:
        return ""
    found = _TYPE.fullmatch(written)
    if found is None:
        raise refused("a part has a content type that is none")
    if written.lower().startswith("application/http"):
        raise Malformed("a part of the body is an HTTP request of its own", hint="send the requests one by one")
    if written.lower().startswith(("multipart/", "message/partial", "message/external-body")):
        raise refused("a part holds parts")
    return found[1].lower() + found[2]


def text_of(filename: str | None, media_type: str, data: bytes) -> str | None:
    """A field's text; None for a file."""
    kind = media_type.partition(";")[0].strip()
    is_json = kind == "application/json" or kind.endswith("+json")
    if filename is not None or not (kind in _TEXTUAL or is_json):
        return None
    if any(name.lower() not in ("utf-8", "us-ascii") for name in _CHARSET.findall(media_type)):
        raise refused("a field is in another charset than UTF-8")
    if is_json and data:
        parse_json(data)  # Malformed where it has no one reading.
    text = decoded(data)
    return text[0] if text is not None and text[1] == "utf-8" else None


def _read_part(index: int, part: Part) -> Reading:
    walk = Walk(Direction.REQUEST, part=index, vocabulary=FIELDS)
    place = Location(Area.BODY, index, (part.name,))
    walk.key((part.name,), Role.NONE, Kind.OPAQUE)
    if part.media_type not in ("", "text/plain", "application/octet-stream"):
        walk.leaf((part.name, "type"), part.media_type, Role.NONE, Kind.OPAQUE)
    if part.id:
        walk.leaf((part.name, "id"), part.id, Role.NONE, Kind.OPAQUE)
    if part.filename:
        walk.leaf((part.name, "filename"), part.filename, Role.USER, Kind.TEXT)
    if part.text is not None:
        walk.leaf((part.name,), part.text, Role.USER, Kind.TEXT)
        return walk.reading()
    read = walk.reading()
    if not part.data:
        return read
    file = Attachment(place, part.media_type.lower(), part.filename or "", part.data, Role.USER)
    unread = Unread(place, "file", len(part.data))
    return Reading(read.segments, (*read.unread, unread), attachments=(*read.attachments, file))


def _edited(part: Part, edits: Mapping[Location, str]) -> Part:
    """A part with its filename and text edited; LookupError for an edit of anything else."""
    filename, inside = part.filename, {}
    for at, text in edits.items():
        if at.path == (part.name, "filename") and not at.is_key and filename is not None:
            filename = text
        else:
            inside[Location(Area.BODY, None, at.path[1:], at.is_key)] = text
    if not inside:
        return replace(part, filename=filename)
    if part.text is None or any(at.part is None or at.path[:1] != (part.name,) for at in edits):
        raise LookupError("an edit of a part that has no text")
    text = str(apply(part.text, inside))
    return replace(part, filename=filename, data=_utf8(text), text=text)


def _boundary_for(pieces: list[bytes]) -> str:
    """A boundary that stands in no part: the same parts always get the same one."""
    digest = blake2b(digest_size=16)
    for piece in pieces:
        digest.update(len(piece).to_bytes(8, "big") + piece)
    while True:
        boundary = digest.hexdigest()
        if not any(boundary.encode() in piece for piece in pieces):
            return boundary
        digest.update(b"again")


def quoted(text: str) -> str:
    """A parameter's value as it stands in quotes."""
    return text.translate(_UNQUOTABLE)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def refused(why: str) -> Malformed:
    """Why a body of parts is not read."""
    return Malformed(f"the multipart body cannot be read: {why}", hint="send it as RFC 7578 has it, with plain names")
