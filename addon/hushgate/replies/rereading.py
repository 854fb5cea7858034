"""Reading a collected stream twice: once to find, once more to mask what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hushgate import transcripts
from hushgate.framing.base import Framing
from hushgate.framing.registry import open_framing
from hushgate.replies.channel import Collector, Detector, Hit, Plan
from hushgate.replies.stream import ReplyStream, placed
from hushgate.transform.placeholders import Placeholders
from hushgate.transform.restore import Restorer
from hushgate.transform.styles import render
from hushgate.values import Area, Direction, Finding, Kind, Location, Role, Scan, Segment, Unread, Verdict
from hushgate.wire.base import Dialect


@dataclass(frozen=True, slots=True)
class MaskAll:
    """A bench that masks whatever is found."""

    placeholders: Placeholders = field(repr=False)
    scope: str

    def verdicts(self, segment: Segment, found: tuple[Finding, ...]) -> Sequence[Verdict]:
        return transcripts.everything_masked([Verdict(one, True, "", False, ()) for one in found])

    def unreadable(self, unread: tuple[Unread, ...]) -> None:
        return None

    def signed(self, signature: str, said: str, given: str) -> None:
        return None

    def replacement(self, verdict: Verdict, value: str) -> str:
        return replacement_of(self.placeholders, self.scope, verdict, value)


async def read_first(spoken: Dialect, framing: Framing, detector: Detector, plain: bytes, scope: str) -> Scan:
    """What the whole detector finds in the texts of a collected stream, each at its number."""
    first = Collector()
    stream = ReplyStream(spoken, framing, first, Restorer({}), MaskAll(Placeholders(b"\0" * 32), scope))
    stream.feed(plain)
    stream.flush()
    sample = Segment(Location(Area.FRAME), Direction.REPLY, Role.ASSISTANT, Kind.TEXT, "")
    return await detector.scan(first.segments(sample), scope=scope)


def masked_stream(spoken: Dialect, framing: str, found: Scan, bench: MaskAll, plain: bytes) -> bytes:
    """A collected stream with what was found in it masked, and notes in place of what is unread."""
    stream = ReplyStream(spoken, open_framing(framing), Plan(found, moved), Restorer({}), bench, notes=True)
    return stream.feed(plain) + stream.flush()


def replacement_of(placeholders: Placeholders, scope: str, verdict: Verdict, value: str) -> str:
    found = verdict.finding
    return render(verdict.style, found.entity, value, placeholders=placeholders, scope=scope, plain=not found.layer)


def moved(hit: Hit, by: int) -> Hit:
    return placed(hit, Location(Area.FRAME), by)
