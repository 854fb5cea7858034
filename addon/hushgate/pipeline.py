"""The life of one prompt: read, scan, decide, mask, record, and only then forward.

`Pipeline.screen_request` is the whole story. Whatever it cannot finish ends
in a refusal: malformed input in a 400, a decision against it in a 400, a
fault of the gate's own in a 503. What it returns is the one form that was
scanned. `Pipeline.screen_reply` opens the way back (see `replies`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from hushgate. import records
from hushgate.channel import Detector
from hushgate.errors import LedgerError, Malformed
from hushgate.inbound import Inbound, Reader
from hushgate.policy.decide import decide
from hushgate.policy.rules import RuleSet
from hushgate.replies import Reply, ReplyHead, ReplyKit
from hushgate.transform.mask import Clash, Masked, mask
from hushgate.transform.memory import Memory
from hushgate.transform.placeholders import Placeholders
from hushgate.values import Decision, Exchange, Fault, Gate, Reason, Scan, Segment
from hushgate.wire.base import Refusal


class Ledger(Protocol):
    """Keeps the record. `append` returns once the event is durable, or raises LedgerError."""

    async def append(self, kind: str, payload: dict[str, object], transcript: bytes | None = None) -> None: ...

    def append_soon(self, kind: str, payload: dict[str, object], transcript: bytes | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class Passage:
    """What becomes of a request: a refusal, or the parts that go to the provider.

    `body`, `target` and `headers` are None where they leave as they came.
    """

    exchange: Exchange
    decision: Decision | None
    refusal: Refusal | None
    body: bytes | None = field(default=None, repr=False)
    target: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
    masked: Masked | None = field(default=None, repr=False)
    streams: bool = False


@dataclass(slots=True)
class Pipeline:
    """Screens exchanges. `rules` gives the rule set in force; an exchange is decided by one of them."""

    reader: Reader
    detector: Detector
    ledger: Ledger
    rules: Callable[[], RuleSet]
    placeholders: Placeholders
    memory: Memory
    enforce: bool = True
    transcripts: str = "structure"
    strict_replies: bool = False
    clock: Callable[[], float] = time.time

    async def screen_request(self, inbound: Inbound) -> Passage:
        """Judge one request. Never raises for what is in it; a fault of ours comes back as a refusal."""
        rules, scope = self.rules(), inbound.actor.name
        try:
            reading = self.reader.read(inbound)
        except Malformed as malformed:
            return await self._malformed(inbound, malformed)
        exchange = reading.exchange

        scan = await self._scan(exchange.segments, scope)
        decision = decide(exchange, scan, rules, enforce=self.enforce)
        masked = None
        if decision.gate is Gate.ALLOW and decision.enforced:
            try:
                masked = mask(
                    exchange.segments,
                    decision.verdicts,
                    placeholders=self.placeholders,
                    scope=scope,
                    issued=lambda token: self.memory.issued(scope, token),
                )
                edited = self.reader.write(reading, masked.edits)
            except (Clash, Malformed) as clash:
                decision = _blocked(decision, Reason("placeholder-clash", str(clash)))

        try:
            await self.ledger.append(
                "opened",
                records.opened(exchange, decision, at=self.clock(), bytes_in=len(inbound.body)),
                records.transcript(self.transcripts, "request", reading, masked) if decision.gate is Gate.ALLOW else None,
            )
        except LedgerError:
            return Passage(exchange, decision, records.unrecorded(exchange))

        if decision.enforced and decision.gate is not Gate.ALLOW:
            return Passage(exchange, decision, records.refusal(exchange, decision))
        if masked is None:
            return Passage(exchange, decision, None, body=reading.plain_body, streams=reading.streams)
        self.memory.note(scope, [p.token for p in masked.placeholders])
        return Passage(exchange, decision, None, edited.body, edited.target, edited.headers, masked, reading.streams)

    def screen_reply(self, passage: Passage, head: ReplyHead) -> Reply:
        """Open the way back for a forwarded request."""
        kit = ReplyKit(
            detector=self.detector,
            rules=self.rules(),
            placeholders=self.placeholders,
            ledger=self.ledger,
            enforce=self.enforce,
            strict=self.strict_replies,
            transcripts=self.transcripts,
            clock=self.clock,
        )
        table = passage.masked.placeholders if passage.masked else ()
        sent = frozenset(v.finding.fingerprint for v in passage.decision.verdicts) if passage.decision else frozenset()
        return Reply(passage.exchange, head, kit, table, sent)

    async def _scan(self, segments: Sequence[Segment], scope: str) -> Scan:
        try:
            return await self.detector.scan(segments, scope=scope)
        except Exception as failure:  # A detector that breaks is a fault, never a clean text.
            return Scan((), (Fault("detect", f"the detector failed ({type(failure).__name__})"),))

    async def _malformed(self, inbound: Inbound, malformed: Malformed) -> Passage:
        exchange = inbound.unread_exchange()
        refusal = records.malformed(exchange, malformed)
        try:
            await self.ledger.append("refused", records.refused(exchange, str(malformed), at=self.clock()))
        except LedgerError:
            refusal = records.unrecorded(exchange)
        return Passage(exchange, None, refusal)


def _blocked(decision: Decision, reason: Reason) -> Decision:
    return replace(decision, gate=Gate.BLOCK, reasons=(*decision.reasons, reason))
