"""A streamed reply through a set of channels: frame in, frame out, as they come.

It knows formats, not policy: what becomes of a finding is asked of a `Bench`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from hushgate.errors import Malformed
from hushgate.framing.base import Framed, Framing
from hushgate.replies.channel import Channel, Detector, Hit, Released, Span, Streams
from hushgate.transform.restore import Restorer
from hushgate.values import Area, Direction, Finding, Kind, Location, Role, Segment, Unread, Verdict
from hushgate.wire import opaque
from hushgate.wire.base import Channel as ChannelName
from hushgate.wire.base import Delta, Dialect, Frame, Refusal
from hushgate.wire.document import dump_json, parse_json
from hushgate.wire.edit import apply
from hushgate.wire.leaving import notes, without

FIXED_KNOWN: Final = 1024
"""How many structural strings of a stream are remembered as read: every chunk repeats its ids."""

BESIDE_KNOWN: Final = 64
"""How many kinds of lines beside the data are remembered as read: names of events, mostly."""


WHOLE_KNOWN: Final = 512
LONGEST_KNOWN: Final = 64 * 1024
"""How many texts that are whole in themselves are remembered as judged, and up to how many code points: OpenAI's
Responses tell a request's instructions and tools three times."""

SAID_KNOWN: Final = 256
"""How many runs that have ended are remembered, in case a frame tells them again in full."""


class Bench(Protocol):
    """Judges what a stream finds. Either call may raise to end the stream."""

    def verdicts(self, segment: Segment, found: tuple[Finding, ...]) -> Sequence[Verdict]: ...

    def unreadable(self, unread: tuple[Unread, ...]) -> None: ...

    def replacement(self, verdict: Verdict, value: str) -> str: ...

    def signed(self, signature: str, said: str, given: str) -> None:
        """The provider said a text and signed it; the client was given that of it."""
        ...


@dataclass(slots=True)
class ReplyStream:
    """One streamed reply. `texts` are the runs of text that have ended, as the provider sent them.

    `kept` names what the provider keeps it as, as far as it was told. With `notes` what is unread is left out.
    """

    spoken: Dialect
    framing: Framing
    detector: Detector
    restorer: Restorer
    bench: Bench
    texts: list[Segment] = field(default_factory=list, repr=False)
    read: int = 0
    opaque: int = 0
    kept: list[str] = field(default_factory=list, repr=False)
    notes: bool = False
    _channels: dict[ChannelName, Channel] = field(default_factory=dict, repr=False)
    _fixed: dict[str, str] = field(default_factory=dict, repr=False)
    _tools: dict[ChannelName, str] = field(default_factory=dict, repr=False)
    _said: dict[ChannelName, tuple[str, str, str | None]] = field(default_factory=dict, repr=False)
    _whole: dict[tuple[str, str | None, Role, Kind], str] = field(default_factory=dict, repr=False)
    _beside: set[str] = field(default_factory=set, repr=False)
    _last: object = field(default=None, repr=False)
    _scans: Streams = field(init=False, repr=False)
    _ready: list[bytes] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self._scans = self.detector.streams()

    def feed(self, piece: bytes) -> bytes:
        """Take decoded bytes, give what can go. Where this raises, `ready` has what came before."""
        for event in self.framing.feed(piece):
            self._ready.append(self._event(event))
        return self.ready()

    def flush(self) -> bytes:
        """Give the rest; as `feed`."""
        for event in self.framing.flush():
            self._ready.append(self._event(event))
        self._ready.append(self._rest())
        return self.ready()

    def ready(self) -> bytes:
        """What can go, and has not been given."""
        out = b"".join(self._ready)
        self._ready.clear()
        return out

    @property
    def amid(self) -> bool:
        """Whether a run of text has begun and not ended."""
        return bool(self._channels)

    def go_on(self, bench: Bench, restorer: Restorer, detector: Detector) -> None:
        """From here on another bench judges what another detector finds, and other placeholders come back.

        What was judged before is forgotten; a run of text that has begun is read to its end as it was.
        """
        self.bench, self.restorer, self.detector = bench, restorer, detector
        self.texts, self.read, self.opaque = [], 0, 0
        self._whole.clear()
        self._fixed.clear()
        self._scans = self.detector.streams()

    def refused(self, refusal: Refusal) -> bytes:
        """The frame with which this format ends a stream in an error; empty where it has none."""
        error = self.spoken.refusal_frame(refusal)
        return b"" if error is None else self._frame(error, error=True)

    def _event(self, event: Framed) -> bytes:
        if event.beside and event.beside not in self._beside:
            self._read_beside(event.beside)
        ended = event.closes or (event.data is not None and event.data.strip() == self.spoken.sentinel)
        before = self._rest() if ended else b""
        if event.data is None or event.data.strip() == self.spoken.sentinel:
            return before + event.raw
        if not opaque.looks_like_json(event.data):
            text = self._text(Segment(Location(Area.FRAME), Direction.REPLY, Role.NONE, Kind.TEXT, event.data))
            return before + (event.raw if text == event.data else event.with_data(text))
        document = parse_json(event.data.encode("utf-8", "surrogatepass"))
        frame = self.spoken.read_frame(document)
        self._last = document
        self.kept += frame.kept
        held, edits = self._judged(document, frame)
        gone = notes(frame.unread) if self.notes else {}
        if not edits and not gone:
            return before + held + event.raw
        changed = without(self.spoken.drop_echoes(apply(document, edits), edits), gone)
        return before + held + event.with_data(dump_json(changed).decode())

    def _read_beside(self, lines: str) -> None:
        """Comments and names of events stay as they are, so Malformed where something in them would be masked."""
        scan = self._scans()
        sample = Delta((), Location(Area.FRAME), lines, Role.NONE, Kind.TEXT)
        for released in (scan.feed(lines), scan.flush()):
            if released.hits and self._spans(sample, released):
                raise Malformed("a line of the stream beside its data holds what must not pass")
        if len(self._beside) < BESIDE_KNOWN:
            self._beside.add(lines)

    def _judged(self, document: object, frame: Frame) -> tuple[bytes, dict[Location, str]]:
        """The edits of one frame, and the frames that have to go before it."""
        if frame.unread:
            self.bench.unreadable(frame.unread)
        self.read += len(frame.deltas)
        edits: dict[Location, str] = {}
        before = b""
        for name, tool in frame.tools:
            self._called(name, tool)
        for delta in frame.deltas:
            channel = self._channels.get(delta.channel)
            if channel is None:
                channel = self._channels[delta.channel] = self._open(delta)
            edits[delta.location] = channel.feed(delta.text)
        here = {delta.channel: delta.location for delta in frame.deltas}
        for name in [name for name in self._channels if frame.closes(name)] if frame.ends else ():
            rest = self._end(name)
            if rest and name in here:
                edits[here[name]] += rest
            elif rest:
                before += self._frame(self.spoken.delta_frame(document, name, rest))
        for repeat in frame.repeats:
            edits[repeat.location] = self._again(repeat)
        for name in [name for name in self._tools if frame.closes(name)] if frame.ends else ():
            del self._tools[name]
        for segment in frame.segments:
            if segment.number:
                continue
            if segment.kind is Kind.OPAQUE:
                edits[segment.location] = self._structural(segment)
            else:
                self.read += 1
                edits[segment.location] = self._text(segment)
        came = {d.location: d.text for d in (*frame.deltas, *frame.repeats)}
        came |= {s.location: s.text for s in frame.segments}
        for name, at in frame.signed:
            if name in self._said:
                self.bench.signed(came[at], *self._said[name][:2])
        return before, {at: text for at, text in edits.items() if text != came[at]}

    def _called(self, channel: ChannelName, tool: str) -> None:
        """A tool is named. Of two names nobody knows which one counts: together they are none that is known."""
        known = self._tools.setdefault(channel, tool)
        if known == tool:
            return
        open_for = self._channels.get(channel)
        if open_for is not None and self.restorer.into(known) is not self.restorer.into(""):
            raise Malformed("a tool is named anew behind its arguments")
        self._tools[channel] = ""

    def _open(self, sample: Delta, tool: str | None = None) -> Channel:
        if sample.kind is Kind.TOOL_ARGS and tool is None:
            tool = self._tools.setdefault(sample.channel, "") if sample.channel else ""
        return Channel(sample, self._scans(), self.restorer.into(tool), self._spans)

    def _end(self, name: ChannelName) -> str:
        channel = self._channels.pop(name)
        rest = channel.flush()
        self.texts.append(channel.segment())
        said = channel.said()
        if said is not None:
            self._said[name] = (*said, self._tools.get(name))
            if len(self._said) > SAID_KNOWN:  # The oldest goes: a connection may talk for hours.
                del self._said[next(iter(self._said))]
        return rest

    def _again(self, repeat: Delta) -> str:
        """What the client is given of a run that is told again: what it was given before, if it is the same run.

        It is not where the arguments of a tool are told as those of another one.
        """
        heard, given, called = self._said.get(repeat.channel, (None, "", None))
        if heard == repeat.text and self._tools.get(repeat.channel, called) == called:
            return given
        self.read += 1
        channel = self._open(repeat)
        return channel.feed(repeat.text) + channel.flush()

    def _rest(self) -> bytes:
        """Frames for the text of runs that nothing ended."""
        out = b""
        for name in list(self._channels):
            if rest := self._end(name):
                out += self._frame(self.spoken.delta_frame(self._last, name, rest), last=True)
        return out

    def _frame(self, document: object, *, error: bool = False, last: bool = False) -> bytes:
        """A frame of the gate's own."""
        data = dump_json(document).decode()
        return self.framing.frame(data, self.spoken.event_name(document), error=error, last=last or error)

    def _text(self, segment: Segment) -> str:
        """A text that is complete in itself; several events of a stream may tell the same."""
        key = (segment.text, segment.tool, segment.role, segment.kind)
        known = self._whole.get(key)
        if known is not None:
            return known
        channel = self._open(Delta((), segment.location, segment.text, segment.role, segment.kind), segment.tool)
        judged = channel.feed(segment.text) + channel.flush()
        if len(self._whole) < WHOLE_KNOWN and len(segment.text) <= LONGEST_KNOWN:
            self._whole[key] = judged
        return judged

    def _structural(self, segment: Segment) -> str:
        """A structural string, judged the first time it comes; nothing is ever restored in one."""
        text = segment.text
        known = self._fixed.get(text)
        if known is not None:
            return known
        self.opaque += 1
        sample = Delta((), segment.location, text, segment.role, segment.kind)
        channel = Channel(sample, self._scans(opaque=True), Restorer({}), self._spans)
        judged = channel.feed(text) + channel.flush()
        if len(self._fixed) < FIXED_KNOWN:
            self._fixed[text] = judged
        return judged

    def _spans(self, delta: Delta, released: Released) -> list[Span]:
        at = delta.location
        found = tuple(placed(hit, at) for hit in released.hits)
        segment = Segment(at, Direction.REPLY, delta.role, delta.kind, released.text)
        spans: list[Span] = []
        for verdict in self.bench.verdicts(segment, found):
            if verdict.mask:
                start, end = verdict.finding.start, verdict.finding.end
                spans.append((start, end, self.bench.replacement(verdict, released.text[start:end])))
        return spans


def placed(hit: Hit, at: Location, by: int = 0) -> Finding:
    """A hit as a finding at a place, `by` code points further left."""
    return Finding(
        at, hit.start - by, hit.end - by, hit.entity, hit.category, hit.level, hit.score, hit.rule_id, hit.layer,
        hit.fingerprint, hit.origin, hit.least,
    )  # fmt: skip
