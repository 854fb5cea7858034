"""multipart/related and multipart/mixed (RFC 2387, RFC 2046): parts by their content types, as strictly as forms.

Source: Google's "multipart" uploads, a JSON part with what is known of a file
and a part with the file. They are always written anew in one form; a part
that holds parts, or an HTTP request of its own (`application/http` of a
batch), is refused. Lines may end in LF alone, where all of them do:
Google's older client for Python writes them so.

A part has no name: it stands at `body[0]:/part`, its filename, where it has
one, at `body[0]:/part/filename`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from hushgate.wire.multipart import Multipart, Part, between, media_type_of, parameters, quoted, refused, text_of

NAME: Final = "part"
KINDS: Final = ("multipart/related", "multipart/mixed")

_TYPE: Final = re.compile(
    r"(multipart/(?:related|mixed))((?:[ \t]*;[ \t]*(?:boundary|type)=(?:\"[^\"\\]*\"|[^\s\"\\;,=]+))+)", re.I
)
_UNSAID: Final = "text/plain"
"""What a part is that does not say it (RFC 2046, 5.1)."""
_PARAMETER: Final = re.compile(r";[ \t]*(boundary|type)=(?:\"([^\"\\]*)\"|([^\s\"\\;,=]+))", re.I)
_BOUNDARY: Final = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_OF_PARTS: Final = frozenset({"", "application/json", "text/plain", "text/html"})
_ID: Final = re.compile(r"<?[0-9A-Za-z._:+@-]{1,100}>?")


@dataclass(frozen=True, slots=True)
class RelatedPart(Part):
    """One part. `id` is its Content-ID."""

    def head(self) -> list[str]:
        """Its header lines."""
        lines = [f"Content-Type: {self.media_type}", *([f"Content-ID: {self.id}"] if self.id else [])]
        named = (
            [] if self.filename is None else [f'Content-Disposition: attachment; filename="{quoted(self.filename)}"']
        )
        return [*lines, *named]


def is_related(content_type: str | None) -> bool:
    """Whether a body says that it is one of these, however it says so."""
    return (content_type or "").lstrip().lower().startswith(KINDS)


def parse(raw: bytes, content_type: str) -> Multipart:
    """The parts of a body; Malformed, with nothing of it, for what has no one reading."""
    found = _TYPE.fullmatch(content_type.strip())
    if found is None:
        raise refused("its content type says more than its boundary and the type of its parts")
    given: dict[str, str] = {}
    for key, in_quotes, bare in _PARAMETER.findall(found[2]):
        if key.lower() in given:
            raise refused("its content type says something twice")
        given[key.lower()] = in_quotes or bare
    boundary, of_parts = given.get("boundary", ""), given.get("type", "").lower()
    if not _BOUNDARY.fullmatch(boundary) or of_parts not in _OF_PARTS:
        raise refused("its content type has no plain boundary or type")
    after = raw[len(boundary) + 2 : len(boundary) + 4]
    cuts = between(raw, boundary, b"\n" if after[:1] == b"\n" else b"\r\n")
    more = f'; type="{of_parts}"' if of_parts else ""
    return Multipart(tuple(_part(*cut) for cut in cuts), found[1].lower(), more)


def _part(headers: dict[str, str], data: bytes) -> RelatedPart:
    if headers.pop("mime-version", "1.0") != "1.0":
        raise refused("a part is of another version of MIME")
    id = headers.pop("content-id", "")
    if id and not _ID.fullmatch(id):
        raise refused("a part's Content-ID is not plain")
    disposition = headers.pop("content-disposition", None)
    given = {} if disposition is None else parameters(disposition, ("attachment", "inline"))
    if "name" in given:
        raise refused("a part has a name, which only those of forms have")
    media_type = media_type_of(headers.pop("content-type", "")) or _UNSAID
    if headers:
        raise refused("a part has a header that is not read")
    filename = given.get("filename")
    return RelatedPart(NAME, filename, media_type, data, text_of(filename, media_type, data), id)
