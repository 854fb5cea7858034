"""JSON lines: each line a document of its own, as batches are sent (`{"custom_id", "method", "url", "body"}`).

Source: OpenAI's batch input format. A line's body is read in the format of its `url`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from hushgate.errors import Malformed
from hushgate.values import Area, Embedded, Kind, Location, Role
from hushgate.wire.base import Reading
from hushgate.wire.document import parse_text
from hushgate.wire.registry import FORMATS, dialect
from hushgate.wire.walk import Path, Walk

SPOKEN: Final = {
    "/v1/chat/completions": "openai-chat",
    "/v1/responses": "openai-responses",
    "/v1/completions": "openai-completions",
    "/v1/embeddings": "openai",
    "/v1/moderations": "openai",
}
"""The formats that batches' urls name; of any other, and where it is not known, the body is read as any JSON."""
_STRUCTURE: Final = frozenset({"custom_id", "method", "url", "body"})
_BLANK: Final = " \t\r"


def read_lines(walk: Walk, path: Path, lines: Sequence[str], role: Role) -> Reading:
    """Every line, with `walk`; a line that is no JSON is read as text."""
    more = [_body(walk, (*path, n), line, role) for n, line in enumerate(lines) if line.strip(_BLANK)]
    read = walk.reading()
    segments = [s for each in more if each is not None for s in each.segments]
    unread = [u for each in more if each is not None for u in each.unread]
    files = [file for each in more if each is not None for file in each.attachments]
    return replace(
        read,
        segments=(*read.segments, *segments),
        unread=(*read.unread, *unread),
        attachments=(*read.attachments, *files),
    )


def _body(walk: Walk, path: Path, line: str, role: Role) -> Reading | None:
    """Read a line; what its `body` says, where a format is known for that."""
    spoken = _spoken(line)
    if spoken is None:
        walk.leaf(path, line, role, Kind.ATTACHMENT)
        return None
    name, document = spoken
    for key, value in document.items():
        if key not in _STRUCTURE:
            walk.key((*path, Embedded.JSON, key), role, Kind.ATTACHMENT)
        if key != "body":
            # An id is told back by the provider: its client knows a line by it.
            kind = Kind.OPAQUE if key in _STRUCTURE else Kind.ATTACHMENT
            walk.value((*path, Embedded.JSON, key), value, role, kind)
    below = (*path, Embedded.JSON, "body")
    said = dialect(name).read_request(document["body"])
    return Reading(
        tuple(replace(s, location=_moved(s.location, walk.part, below)) for s in said.segments),
        tuple(replace(u, location=_moved(u.location, walk.part, below)) for u in said.unread),
        attachments=tuple(replace(f, location=_moved(f.location, walk.part, below)) for f in said.attachments),
    )


def _spoken(line: str) -> tuple[str, dict[str, object]] | None:
    try:
        document = parse_text(line.strip(_BLANK))
    except Malformed:
        return None
    if not isinstance(document, dict) or not isinstance(document.get("body"), dict):
        return None
    url = document.get("url")
    name = SPOKEN.get(url) if isinstance(url, str) else None
    return (name, document) if name in FORMATS and name is not None else None


def _moved(location: Location, part: int | None, below: Path) -> Location:
    return Location(Area.BODY, part, (*below, *location.path), location.is_key)
