"""The way back: a reply is scanned, masked, and given the client's own values again.

A stream (`Reply.feed`) goes through frame by frame; each run of text that
belongs together is a `Channel` that holds back only what may still turn into
a match or a placeholder. A whole body (`Reply.whole`) is read like a request.
What a reply tells that the client had not sent itself is masked for good;
only placeholders of this very exchange come back as values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from hushgate import records
from hushgate.channel import Channel, Collector, Detector, Hit, Plan, Released, Span
from hushgate.errors import Malformed
from hushgate.framing.sse import SSEDecoder, SSEEvent
from hushgate.policy.decide import decide
from hushgate.policy.rules import RuleSet
from hushgate.transform.mask import Clash, mask
from hushgate.transform.placeholders import Placeholders
from hushgate.transform.restore import Restorer
from hushgate.transform.styles import styled
from hushgate.values import (
    Area,
    Decision,
    Direction,
    Exchange,
    Fault,
    Finding,
    Gate,
    Kind,
    Location,
    Placeholder,
    Role,
    Scan,
    Segment,
    Unread,
    Verdict,
)
from hushgate.wire import opaque
from hushgate.wire.base import Channel as ChannelName
from hushgate.wire.base import Delta, Dialect, Frame, Refusal
from hushgate.wire.document import dump_json, parse_json
from hushgate.wire.edit import apply
from hushgate.wire.encoding import StreamDecoder, decode_body
from hushgate.wire.registry import dialect

LARGEST_REPLY: Final = 256 * 1024 * 1024
"""What a reply may decode to, in bytes."""

RECORDED_FINDINGS: Final = 1000
"""How many findings of one reply go on record one by one."""


class Ledger(Protocol):
    def append_soon(self, kind: str, payload: dict[str, object], transcript: bytes | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class ReplyHead:
    """The head of a provider's reply. Status 0: there was none."""

    status: int
    content_type: str | None
    content_encoding: str | None

    @property
    def is_event_stream(self) -> bool:
        """Whether the body is server-sent events."""
        return (self.content_type or "").partition(";")[0].strip().lower() == "text/event-stream"


@dataclass(frozen=True, slots=True)
class ReplyKit:
    """What a reply needs from the gate. `rules` are those that decided the request."""

    detector: Detector
    rules: RuleSet
    placeholders: Placeholders
    ledger: Ledger
    enforce: bool
    strict: bool
    transcripts: str
    clock: Callable[[], float]


class Cut(Exception):
    """The reply may not go on."""

    def __init__(self, decision: Decision) -> None:
        super().__init__("cut")
        self.decision = decision


@dataclass(slots=True)
class Reply:
    """The reply of one exchange: `feed` and `finish`, or `whole`; then `close`."""

    exchange: Exchange
    head: ReplyHead
    kit: ReplyKit
    table: tuple[Placeholder, ...] = field(repr=False)
    sent: frozenset[str] = field(repr=False)
    verdicts: list[Verdict] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    gate: Gate = Gate.ALLOW
    outcome: str = "answered"
    bytes_out: int = 0
    read: int = 0
    collected: bytes = field(default=b"", repr=False)
    _spoken: Dialect = field(init=False, repr=False)
    _restorer: Restorer = field(init=False, repr=False)
    _channels: dict[ChannelName, Channel] = field(default_factory=dict, repr=False)
    _ended: list[Segment] = field(default_factory=list, repr=False)
    _frames: SSEDecoder = field(default_factory=SSEDecoder, repr=False)
    _decoder: StreamDecoder = field(init=False, repr=False)
    _last: object = field(default=None, repr=False)
    _closed: bool = False
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._spoken = dialect(self.exchange.route.format)
        self._restorer = Restorer({p.token: p.original for p in self.table})
        self._started = self.kit.clock()
        self._decoder = StreamDecoder(self.head.content_encoding if self.streams else None, LARGEST_REPLY)

    @property
    def streams(self) -> bool:
        """Whether the body goes through `feed` as it comes."""
        return self.head.is_event_stream and not self.kit.strict

    # A stream ---------------------------------------------------------------------------------------------------

    def feed(self, chunk: bytes) -> bytes:
        """Take a piece of the provider's body, give what the client may have. Never raises."""
        return self._pass(lambda: self._events(self._decoder.feed(chunk)))

    def finish(self) -> bytes:
        """Give what was held back, at the end of the provider's body. Never raises."""
        return self._pass(lambda: self._events(self._decoder.flush(), last=True) + self._rest())

    def _pass(self, work: Callable[[], bytes]) -> bytes:
        if self.gate is Gate.BLOCK:
            return b""
        try:
            out = work()
        except Exception as failure:  # mitmproxy crashes on an exception here, and the client hangs.
            out = self._stop(failure)
        self.bytes_out += len(out)
        return out

    def _events(self, piece: bytes, *, last: bool = False) -> bytes:
        events = self._frames.feed(piece)
        if last:
            events = [*events, *self._frames.flush()]
        return b"".join([self._event(event) for event in events])

    def _event(self, event: SSEEvent) -> bytes:
        if event.data is None:
            return event.raw
        if event.data.strip() == self._spoken.sentinel:
            return self._rest() + event.raw
        if not opaque.looks_like_json(event.data):
            text = self._text(event.data, Location(Area.FRAME), Role.NONE, Kind.TEXT)
            return event.raw if text == event.data else event.with_data(text)
        document = parse_json(event.data.encode("utf-8", "surrogatepass"))
        frame = self._spoken.read_frame(document)
        self._last = document
        before, edits = self._frame(document, frame)
        if not edits:
            return before + event.raw
        changed = self._spoken.drop_echoes(apply(document, edits), edits)
        return before + event.with_data(dump_json(changed).decode())

    def _frame(self, document: object, frame: Frame) -> tuple[bytes, dict[Location, str]]:
        """The edits of one frame, and frames that have to go before it."""
        if frame.unread:
            self.unread += frame.unread
            self._decide((), frame.unread, ())
        self.read += len(frame.deltas) + len(frame.segments)
        edits: dict[Location, str] = {}
        for delta in frame.deltas:
            channel = self._channels.get(delta.channel)
            if channel is None:
                channel = Channel(delta, self.kit.detector.stream(), self._restorer, self._judge)
                self._channels[delta.channel] = channel
            edits[delta.location] = channel.feed(delta.text)
        for segment in frame.segments:
            if segment.kind is not Kind.OPAQUE:
                edits[segment.location] = self._text(segment.text, segment.location, segment.role, segment.kind)
        before = b""
        here = {delta.channel: delta.location for delta in frame.deltas}
        for name in [name for name in self._channels if frame.closes(name)]:
            rest = self._end(name)
            if rest and name in here:
                edits[here[name]] += rest
            elif rest:
                before += self._carry(document, name, rest)
        came = {d.location: d.text for d in frame.deltas} | {s.location: s.text for s in frame.segments}
        return before, {at: text for at, text in edits.items() if text != came[at]}

    def _end(self, name: ChannelName) -> str:
        channel = self._channels.pop(name)
        rest = channel.flush()
        self._ended.append(channel.segment())
        return rest

    def _rest(self) -> bytes:
        """Frames for the text of runs that nothing ended."""
        out = b""
        for name in list(self._channels):
            if rest := self._end(name):
                out += self._carry(self._last, name, rest)
        return out

    def _carry(self, template: object, channel: ChannelName, text: str) -> bytes:
        return b"data: " + dump_json(self._spoken.delta_frame(template, channel, text)) + b"\n\n"

    def _text(self, text: str, at: Location, role: Role, kind: Kind) -> str:
        """Scan, mask and restore a text that is complete."""
        channel = Channel(
            Delta((), at, text, role, kind), self.kit.detector.stream(), self._restorer, self._judge
        )
        return channel.feed(text) + channel.flush()

    def _judge(self, delta: Delta, released: Released) -> list[Span]:
        at = delta.location
        found = tuple(_placed(hit, at) for hit in released.hits)
        segment = Segment(at, Direction.REPLY, delta.role, delta.kind, released.text)
        decision = self._decide((segment,), (), found)
        if not decision.enforced:
            return []
        scope = self.exchange.actor.name
        return [
            (v.finding.start, v.finding.end, styled(v, released.text, self.kit.placeholders, scope))
            for v in decision.verdicts
            if v.mask
        ]

    def _decide(
        self,
        segments: tuple[Segment, ...],
        unread: tuple[Unread, ...],
        found: tuple[Finding, ...],
        faults: tuple[Fault, ...] = (),
    ) -> Decision:
        decision = decide(
            replace(self.exchange, segments=segments, unread=unread),
            Scan(found, faults),
            self.kit.rules,
            direction=Direction.REPLY,
            known=self.sent,
            enforce=self.kit.enforce,
        )
        self.verdicts += decision.verdicts
        if decision.enforced and decision.gate is not Gate.ALLOW:
            raise Cut(decision)
        return decision

    def _stop(self, failure: Exception) -> bytes:
        """End the stream the way the provider ends one with an error."""
        self.gate, self.outcome = Gate.BLOCK, "cut"
        self._channels.clear()
        error = self._spoken.refusal_frame(self._refusal(failure))
        return b"" if error is None else b"data: " + dump_json(error) + b"\n\n"

    def _refusal(self, failure: Exception) -> Refusal:
        if isinstance(failure, Cut):
            return records.cut(self.exchange, failure.decision)
        why = str(failure) if isinstance(failure, (Malformed, Clash)) else f"the gate failed ({type(failure).__name__})"
        return records.unreadable(self.exchange, why)

    # A whole body -----------------------------------------------------------------------------------------------

    async def whole(self, raw: bytes) -> bytes | Refusal:
        """The body as the client may have it, decoded; or a refusal in its place. Never raises."""
        try:
            plain = decode_body(raw, self.head.content_encoding, LARGEST_REPLY)
            out = await (self._whole_stream(plain) if self.head.is_event_stream else self._whole(plain))
        except Exception as failure:
            self.gate, self.outcome = Gate.BLOCK, "cut"
            return self._refusal(failure)
        self.bytes_out = len(out)
        return out

    async def _whole(self, plain: bytes) -> bytes:
        if not plain:
            return plain
        document: object
        if opaque.is_json(self.head.content_type, plain):
            document = parse_json(plain)
            reading = self._spoken.read_reply(document)
        else:
            document, reading = opaque.read(plain, self.head.content_type, Direction.REPLY)
        self.unread += reading.unread
        self.read += len(reading.segments)
        scope = self.exchange.actor.name
        scan = await self.kit.detector.scan(reading.segments, scope=scope)
        decision = self._decide(reading.segments, reading.unread, scan.findings, scan.faults)
        if not decision.enforced:
            return plain
        masked = mask(
            reading.segments, decision.verdicts, placeholders=self.kit.placeholders, scope=scope, issued=lambda _: True
        )
        edits = dict(masked.edits)
        for segment in reading.segments:
            if segment.kind is Kind.OPAQUE:
                continue
            text = edits.get(segment.location, segment.text)
            restored = self._restorer.whole(text)
            if restored != text:
                edits[segment.location] = restored
        if not edits:
            return plain
        if isinstance(document, opaque.Text):
            return document.write(edits)
        return dump_json(self._spoken.drop_echoes(apply(document, edits), edits))

    async def _whole_stream(self, plain: bytes) -> bytes:
        """A stream that was collected (`replies: strict`): read once to find, once more to mask."""
        first = Collector()
        self._read_stream(first, plain)
        sample = Segment(Location(Area.FRAME), Direction.REPLY, Role.ASSISTANT, Kind.TEXT, "")
        found = await self.kit.detector.scan(first.segments(sample), scope=self.exchange.actor.name)
        if found.faults:
            self._decide((), (), (), found.faults)
        second = self._read_stream(Plan(found, _moved), plain)
        self.verdicts, self.unread, self.read = second.verdicts, second.unread, second.read
        self.gate, self.outcome = second.gate, second.outcome
        return second.collected

    def _read_stream(self, detector: Detector, plain: bytes) -> Reply:
        kit = replace(self.kit, detector=detector, strict=False)
        head = replace(self.head, content_encoding=None)
        reading = Reply(self.exchange, head, kit, self.table, self.sent)
        reading.collected = reading.feed(plain) + reading.finish()
        return reading

    # The end ----------------------------------------------------------------------------------------------------

    async def read_again(self) -> None:
        """Read a streamed reply's text with the whole detector, names included, for the record alone."""
        texts, self._ended = [s for s in self._ended if s.text], []
        if not texts:
            return
        scan = await self.kit.detector.scan(texts, scope=self.exchange.actor.name)
        seen = {(v.finding.entity, v.finding.fingerprint) for v in self.verdicts}
        later = tuple(f for f in scan.findings if (f.entity, f.fingerprint) not in seen)
        self.verdicts += [Verdict(f, False, "", False, (records.AFTERWARDS,)) for f in later]

    def close(self, outcome: str | None = None) -> None:
        """Put the end of the exchange on record, once."""
        if self._closed:
            return
        self._closed = True
        if outcome is not None and self.outcome == "answered":
            self.outcome = outcome
        self.kit.ledger.append_soon("closed", self._record())

    def _record(self) -> dict[str, object]:
        now = self.kit.clock()
        return {
            "exchange": self.exchange.id,
            "at": now,
            "direction": "reply",
            "status": self.head.status,
            "outcome": self.outcome,
            "gate": self.gate.word,
            "findings": records.findings(self.verdicts[:RECORDED_FINDINGS]),
            "coverage": records.counted(self.read, 0, self.unread),
            "bytes": self.bytes_out,
            "seconds": round(now - self._started, 4),
            "stream": self.streams,
        }


def _placed(hit: Hit, at: Location) -> Finding:
    return Finding(
        at, hit.start, hit.end, hit.entity, hit.category, hit.level, hit.score, hit.rule_id, hit.layer, hit.fingerprint
    )


def _moved(hit: Hit, by: int) -> Hit:
    at = Location(Area.FRAME)
    return replace(_placed(hit, at), start=hit.start - by, end=hit.end - by)
