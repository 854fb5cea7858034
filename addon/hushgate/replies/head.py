"""The head of a reply: what is found in it is masked, or its header goes.

No placeholder ever turns back here: a value in a `Location` or a cookie would
be sent on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hushgate.errors import Malformed
from hushgate.transform.mask import Clash, mask
from hushgate.transform.placeholders import Placeholders
from hushgate.values import Kind, Segment, Verdict
from hushgate.wire.reply_headers import HeaderReading, Headers
from hushgate.wire.target import TOGETHER, edit_headers


@dataclass(frozen=True, slots=True)
class ReplyHead:
    """The head of a provider's reply. Status 0: there was none. `framing`: that of a stream whose type says nothing."""

    status: int
    content_type: str | None
    content_encoding: str | None
    framing: str | None = None

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case; empty where there is none."""
        return (self.content_type or "").partition(";")[0].strip().lower()


def judged(read: HeaderReading) -> tuple[Segment, ...]:
    """The segments as policy is to see them: each can be masked, if only by leaving its header out."""
    return tuple(Segment(s.location, s.direction, s.role, Kind.TEXT, s.text, s.tool) for s in read.segments)


def masked_headers(read: HeaderReading, verdicts: Sequence[Verdict], placeholders: Placeholders, scope: str) -> Headers:
    """The headers with findings masked, without those that cannot be masked and stay a header."""
    gone: set[int] = set()
    inside: list[Verdict] = []
    for verdict in verdicts:
        found = verdict.finding
        index = found.location.path[0]
        if not verdict.mask:
            continue
        if found.location == TOGETHER:
            gone |= {number for start, end, number in read.lines if start < found.end and found.start < end}
        elif isinstance(index, int) and index in read.fixed:
            gone.add(index)
        else:
            inside.append(verdict)
    headers = read.headers
    try:
        free = [s for s in judged(read) if s.location != TOGETHER and s.location.path[0] not in read.fixed]
        edits = mask(free, inside, placeholders=placeholders, scope=scope).edits
        headers = edit_headers(headers, edits) if edits else headers
    except (Clash, Malformed):
        gone |= {index for v in inside if isinstance(index := v.finding.location.path[0], int)}
    return tuple(pair for index, pair in enumerate(headers) if index not in gone)
