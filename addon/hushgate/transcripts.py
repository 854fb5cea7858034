"""What is kept of a text, if the user asked for it. Values in, bytes out; the ledger encrypts them.

`structure` keeps no text at all: where, who, how long, and which placeholders
stand there. `masked` keeps the bodies with every finding masked, whatever its
level and whatever policy decided, without headers, URLs and credentials. What
nobody has read may hold anything: it is left out, and so are files that are no text.

    {"mode": "structure", "segments": [{"where", "role", "kind", "length", "placeholders", "entities"}]}
    {"mode": "masked", "body": JSON or null, "text": str or null, "frames": [...] or null, "framing",
     "status", "content_type"}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from hushgate.errors import Malformed
from hushgate.framing.registry import open_framing
from hushgate.requests.inbound import Reader, ReadRequest, Written
from hushgate.transform.mask import Clash, Masked, mask
from hushgate.transform.placeholders import Placeholders
from hushgate.transform.styles import PLACEHOLDER
from hushgate.values import PLACEHOLDER_PATTERN, Area, Kind, Location, Segment, Verdict
from hushgate.wire.document import dump_json, parse_json
from hushgate.wire.leaving import Place, dumped, notes, place, stays, without

_TOKEN: Final = re.compile(PLACEHOLDER_PATTERN)


def structure(
    segments: Iterable[Segment], verdicts: Iterable[Verdict], edits: Mapping[Location, str], **head: object
) -> bytes:
    """The shape of segments, without any of their text."""
    entities: dict[Location, set[str]] = {}
    for verdict in verdicts:
        entities.setdefault(verdict.finding.location, set()).add(verdict.finding.entity)
    rows: list[dict[str, Any]] = []
    for segment in segments:
        if segment.kind is Kind.OPAQUE:
            continue
        location = segment.location
        row: dict[str, Any] = {
            "where": str(location),
            "role": segment.role,
            "kind": segment.kind,
            "length": len(segment.text),
        }
        if (edited := edits.get(location)) and (tokens := _TOKEN.findall(edited)):
            row["placeholders"] = tokens
        if (named := entities.get(location)) is not None:
            row["entities"] = sorted(named)
        rows.append(row)
    return dump_json({"mode": "structure", **head, "segments": rows})


def everything_masked(verdicts: Sequence[Verdict], *, restorable: bool = False) -> list[Verdict]:
    """Verdicts that mask every finding by its placeholder."""
    return [replace(v, mask=True, style=PLACEHOLDER, restorable=restorable) for v in verdicts]


def mask_body(
    reader: Reader, read: ReadRequest, verdicts: Sequence[Verdict], placeholders: Placeholders
) -> tuple[Masked, Written]:
    """A request's body with every finding masked, restorably; Clash or Malformed where that cannot be done."""
    found = {place(verdict.finding.location) for verdict in verdicts}
    files = [f.read for f in read.files if f.content is None and place(f.attachment.location) not in found]
    gone = notes((u for u in read.exchange.unread if u.location.area is Area.BODY), files)
    if gone:
        document = without(read.document, gone)
        read = replace(read, document=document, plain_body=dumped(document))
    inside = [v for v in everything_masked(verdicts, restorable=True) if _kept(v.finding.location, gone)]
    segments = [s for s in read.exchange.segments if _kept(s.location, gone)]
    done = mask(segments, inside, placeholders=placeholders, scope=read.inbound.actor.name)
    return done, reader.write(read, done.edits)


def _kept(location: Location, gone: Mapping[Place, str]) -> bool:
    return location.area is Area.BODY and stays(location, gone)


def request(reader: Reader, read: ReadRequest, verdicts: Sequence[Verdict], placeholders: Placeholders) -> bytes:
    """A request's body with every finding masked; without it where that cannot be done."""
    try:
        _, written = mask_body(reader, read, verdicts, placeholders)
    except (Clash, Malformed):
        return masked(left_out="it cannot be masked")
    raw = read.inbound.body if written.body is None else written.body
    return body(raw, read.inbound.header("content-type"))


def body(plain: bytes, content_type: str | None, status: int | None = None) -> bytes:
    """A masked body as it is kept."""
    try:
        return masked(body=parse_json(plain), content_type=content_type, status=status)
    except Malformed:
        return masked(text=plain.decode("utf-8", "replace"), content_type=content_type, status=status)


def stream(plain: bytes, framing: str, status: int, content_type: str | None) -> bytes:
    """A masked stream as it is kept: the data of each frame."""
    frames = open_framing(framing)
    data = [frame.data for frame in (*frames.feed(plain), *frames.flush()) if frame.data is not None]
    return masked(frames=data, framing=framing, content_type=content_type, status=status)


def masked(**parts: object) -> bytes:
    """A transcript of mode `masked`."""
    return dump_json({"mode": "masked", "body": None, "text": None, "frames": None, **parts})
