"""The way back: a reply is scanned, masked, and given the client's own values again.

A stream (`Reply.feed`) goes through as it comes; text is held back only while
it may still turn into a match or a placeholder. A whole body (`Reply.whole`)
is read like a request. What a reply tells that the client had not sent itself
is masked for good; only placeholders of this very exchange come back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final
from weakref import proxy

from hushgate import records, transcripts
from hushgate.errors import Malformed
from hushgate.framing.registry import open_framing
from hushgate.policy.decide import decide
from hushgate.replies.body import ReplyBody
from hushgate.replies.channel import Detector, Plan
from hushgate.replies.head import ReplyHead, judged, masked_headers
from hushgate.replies.kit import Cut, ReplyKit
from hushgate.replies.rereading import MaskAll, masked_stream, moved, read_first, replacement_of
from hushgate.replies.stream import Bench, ReplyStream
from hushgate.requests.signed import signers_of
from hushgate.transform.mask import Clash
from hushgate.transform.restore import Restorer
from hushgate.turns import LARGE, MANY, aside_if
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
    Scan,
    Segment,
    Unread,
    Verdict,
)
from hushgate.wire.base import Dialect, Refusal
from hushgate.wire.encoding import StreamDecoder, decode_body
from hushgate.wire.opaque import plain_type
from hushgate.wire.registry import dialect
from hushgate.wire.reply_headers import Headers, read_reply_headers

KEPT_STREAM: Final = 4 * 1024 * 1024
"""How much of a stream is kept for a masked transcript, in bytes; none of a longer one."""


@dataclass(slots=True, weakref_slot=True)
class Reply:
    """The reply of one exchange: `screen_headers`; `feed` and `finish`, or `whole`; then `close`."""

    exchange: Exchange
    head: ReplyHead
    kit: ReplyKit
    table: tuple[Placeholder, ...] = field(repr=False)
    sent: Set[str] = field(repr=False)
    shared: Restorer | None = field(default=None, repr=False)
    verdicts_given: list[Verdict] = field(default_factory=list, repr=False)
    unread: list[Unread] = field(default_factory=list)
    gate: Gate = Gate.ALLOW
    outcome: str = "answered"
    size: int = 0
    read: int = 0
    opaque: int = 0
    _spoken: Dialect = field(init=False, repr=False)
    _restorer: Restorer = field(init=False, repr=False)
    _framing: str | None = field(init=False)
    _stream: ReplyStream = field(init=False, repr=False)
    _decoder: StreamDecoder = field(init=False, repr=False)
    _head: tuple[Segment, ...] = field(default=(), repr=False)
    _failure: Exception | None = field(default=None, repr=False)
    _streams: bool = False
    _texts: Sequence[Segment] = field(default=(), repr=False)
    _kept: bytes | None = field(default=None, repr=False)
    _pieces: list[bytes] = field(default_factory=list, repr=False)
    _room: int = KEPT_STREAM
    _closed: bool = False
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._spoken = dialect(self.exchange.route.format)
        self._restorer = self.shared or Restorer.of(self.table)
        self._framing = self.head.framing or self._spoken.framing(self.head.media_type)
        self._stream = self._opened(self.kit.detector, self._restorer, proxy(self))  # no cycle
        self._started = self.kit.clock()
        if self._framing is not None and not self.kit.strict:
            with suppress(Malformed):  # Its coding is not known: `whole` says so.
                self._decoder = StreamDecoder(self.head.content_encoding, self.kit.limit)
                self._streams = True

    def _opened(self, detector: Detector, restorer: Restorer, bench: Bench) -> ReplyStream:
        return ReplyStream(self._spoken, open_framing(self._framing or "sse"), detector, restorer, bench)

    @property
    def streams(self) -> bool:
        """Whether the body goes through `feed` as it comes."""
        return self._streams

    async def screen_headers(self, headers: Headers) -> Headers:
        """The headers that the client may have: none, where the reply may not go on. Never raises."""
        scope = self.exchange.actor.name
        try:
            read = read_reply_headers(headers)
            self._head = read.segments
            scan = await self.kit.detector.scan(read.segments, scope=scope)
            decision = self._decide(judged(read), (), scan.findings, scan.faults)
            if not decision.enforced or not any(verdict.mask for verdict in decision.verdicts):
                return headers
            return masked_headers(read, decision.verdicts, self.kit.placeholders, scope)
        except Exception as failure:
            self.gate, self.outcome, self._failure = Gate.BLOCK, "cut", failure
            return ()

    # A stream ---------------------------------------------------------------------------------------------------

    def feed(self, chunk: bytes) -> bytes:
        """Take a piece of the provider's body, give what the client may have. Never raises."""
        return self._pass(lambda: self._stream.feed(self._keep(self._decoder.feed(chunk))))

    def finish(self) -> bytes:
        """Give what was held back, at the end of the provider's body. Never raises."""
        return self._pass(lambda: self._stream.feed(self._keep(self._decoder.flush())) + self._stream.flush())

    def _pass(self, work: Callable[[], bytes]) -> bytes:
        if self._failure is not None:
            failure, self._failure = self._failure, None
            return self.stop(failure)
        if self.gate is Gate.BLOCK or self._closed:  # What has ended on record says nothing more.
            return b""
        try:
            out = work()
            if self._stream.kept:
                self.kit.remember(self._stream.kept)
                self._stream.kept.clear()
        except Exception as failure:
            out = self.stop(failure)
        self.size += len(out)
        return out

    def stop(self, failure: BaseException) -> bytes:
        """Let nothing more through: the frames before the failure, and what tells the client so in its format."""
        self.gate, self.outcome = Gate.BLOCK, "cut"
        return self._stream.ready() + self._stream.refused(self._refusal(failure))

    def _keep(self, piece: bytes) -> bytes:
        """Keep a piece of the stream where a masked transcript wants it."""
        if self.kit.transcripts == "masked":
            self._room -= len(piece)
            if self._room >= 0:
                self._pieces.append(piece)
            else:
                self._pieces.clear()
        return piece

    def _refusal(self, failure: BaseException) -> Refusal:
        if isinstance(failure, Cut):
            return records.cut(self.exchange, failure.decision)
        why = str(failure) if isinstance(failure, (Malformed, Clash)) else f"the gate failed ({type(failure).__name__})"
        return records.unreadable(self.exchange, why)

    # What the stream asks ---------------------------------------------------------------------------------------

    def verdicts(self, segment: Segment, found: tuple[Finding, ...]) -> Sequence[Verdict]:
        """What becomes of findings in a piece of text; raises Cut where the reply may not go on."""
        decision = self._decide((segment,), (), found)
        return decision.verdicts if decision.enforced else ()

    def unreadable(self, unread: tuple[Unread, ...]) -> None:
        """Note what could not be read; raises Cut where policy does not allow that."""
        self.unread += unread
        self._decide((), unread, ())

    def signed(self, signature: str, said: str, given: str) -> None:
        """Remember what the provider has to get back as it said it."""
        self.kit.signed.keep(signers_of(self.exchange.actor, self.exchange.route), signature, said, given)

    def replacement(self, verdict: Verdict, value: str) -> str:
        """What stands in a value's place."""
        return replacement_of(self.kit.placeholders, self.exchange.actor.name, verdict, value)

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
        self.verdicts_given += decision.verdicts
        if decision.enforced and decision.gate is not Gate.ALLOW:
            raise Cut(decision)
        return decision

    # A whole body -----------------------------------------------------------------------------------------------

    async def whole(self, raw: bytes) -> bytes | Refusal:
        """The body as the client may have it, decoded; or a refusal in its place. Never raises."""
        if self._failure is not None:
            return self._refusal(self._failure)
        try:
            large = len(raw) >= LARGE or self.head.content_encoding is not None
            plain, body = await aside_if(large, lambda: self._read(raw))
            if self._framing is not None:
                out = await self._whole_stream(plain)
            else:
                out = plain if body is None else await self._whole(body)
        except Exception as failure:
            self.gate, self.outcome = Gate.BLOCK, "cut"
            return self._refusal(failure)
        self.size = len(out)
        return out

    def _read(self, raw: bytes) -> tuple[bytes, ReplyBody | None]:
        """A body decoded and, unless it is a stream, parsed and read."""
        plain = decode_body(raw, self.head.content_encoding, self.kit.limit)
        if not plain or self._framing is not None:
            return plain, None
        return plain, ReplyBody.read(self._spoken, plain, self.head.content_type, ocr=self.kit.ocr)

    async def _whole(self, body: ReplyBody) -> bytes:
        scope = self.exchange.actor.name
        if self.kit.documents is not None and (waiting := body.documents):
            body = body.with_contents(await self.kit.documents.read(waiting, scope=scope))
        segments = body.reading.segments
        self._texts = segments
        self.opaque = sum(segment.kind is Kind.OPAQUE for segment in segments)
        self.read = len(segments) - self.opaque
        self.unread += body.reading.unread
        self.kit.remember(body.reading.kept)
        scan = await self.kit.detector.scan(segments, scope=scope)
        scan = Scan(scan.findings, (*body.faults, *scan.faults))
        large = len(body.plain) >= LARGE or len(segments) + len(scan.findings) > MANY
        return await aside_if(large, lambda: self._answer(body, scan))

    def _answer(self, body: ReplyBody, scan: Scan) -> bytes:
        """What the client may have of a body that was read and scanned."""
        scope = self.exchange.actor.name
        decision = self._decide(body.reading.segments, body.reading.unread, scan.findings, scan.faults)
        if self.kit.transcripts == "masked":
            self._kept = self._everything_masked(body, decision)
        if not decision.enforced:
            return body.plain
        replaced = self.kit.rules.attachments == "replace"
        masked = body.masked(decision.verdicts, self.kit.placeholders, scope, replaced=replaced)
        edits = body.restored(masked, self._restorer)
        for signature, said, given in body.signed(edits):
            self.signed(signature, said, given)
        return body.write(edits)

    def _everything_masked(self, body: ReplyBody, decision: Decision) -> bytes:
        """The transcript; without the body where that cannot be masked, as in a structural string."""
        try:
            every = transcripts.everything_masked(decision.verdicts)
            kept = body.kept(every, self.kit.placeholders, self.exchange.actor.name)
        except (Clash, Malformed):
            return transcripts.masked(left_out="it cannot be masked", status=self.head.status)
        return transcripts.body(kept, plain_type(self.head.content_type), self.head.status)

    async def _whole_stream(self, plain: bytes) -> bytes:
        """A stream that was collected (`replies: strict`): read once to find, once more to mask."""
        if (found := await self._read_first(plain)).faults:
            self._decide((), (), (), found.faults)
        self._stream = self._opened(Plan(found, moved), self._restorer, proxy(self))
        self._keep(plain)
        out = self._stream.feed(plain) + self._stream.flush()
        self.kit.remember(self._stream.kept)
        return out

    async def _read_first(self, plain: bytes) -> Scan:
        framing = open_framing(self._framing or "sse")
        return await read_first(self._spoken, framing, self.kit.detector, plain, self.exchange.actor.name)

    # The end ----------------------------------------------------------------------------------------------------

    async def close(self, outcome: str | None = None) -> None:
        """Put the end of the exchange on record, once. Never raises."""
        if self._closed:
            return
        self._closed = True
        if outcome is not None and self.outcome == "answered":
            self.outcome = outcome
        if self._stream.read or self._stream.opaque:
            self._texts = self._stream.texts
            self.read, self.opaque = self._stream.read, self._stream.opaque
        transcript = None
        try:
            await self._read_again()
            transcript = await self._transcript()
        except Exception as failure:
            self.unread.append(Unread(Location(Area.FRAME), f"read again: {type(failure).__name__}", 0))
        self.kit.ledger.append_soon("closed", self._record(), transcript)

    async def _read_again(self) -> None:
        """Read a streamed reply's text with the whole detector, names included, for the record alone."""
        if not self.streams or not (texts := [segment for segment in self._texts if segment.text]):
            return
        scan = await self.kit.detector.scan(texts, scope=self.exchange.actor.name)
        seen = {(v.finding.entity, v.finding.fingerprint, v.finding.rule_id) for v in self.verdicts_given}
        later = (f for f in scan.findings if (f.entity, f.fingerprint, f.rule_id) not in seen)
        self.verdicts_given += [Verdict(f, False, "", False, (records.AFTERWARDS,)) for f in later]

    async def _transcript(self) -> bytes | None:
        status, content_type = self.head.status, plain_type(self.head.content_type)
        if self.kit.transcripts == "none" or not self.head.status:
            return None
        if self.kit.transcripts == "structure":
            return await aside_if(
                len(self._texts) > MANY,
                lambda: transcripts.structure(
                    self._texts, self.verdicts_given, {}, status=status, content_type=content_type
                ),
            )
        if self._pieces:
            plain = b"".join(self._pieces)
            bench, framing = MaskAll(self.kit.placeholders, self.exchange.actor.name), self._framing or "sse"
            out = masked_stream(self._spoken, framing, await self._read_first(plain), bench, plain)
            return transcripts.stream(out, framing, status, content_type)
        return self._kept

    def _record(self) -> dict[str, object]:
        now = self.kit.clock()
        fixed = sum(segment.kind is Kind.OPAQUE for segment in self._head)
        return records.closed(
            self.exchange,
            self.verdicts_given,
            gate=self.gate,
            at=now,
            status=self.head.status,
            outcome=self.outcome,
            coverage=records.counted(self.read + len(self._head) - fixed, self.opaque + fixed, self.unread),
            bytes=self.size,
            seconds=round(now - self._started, 4),
            stream=self.streams,
        )
