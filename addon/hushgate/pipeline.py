"""The life of one prompt: read, scan, decide, mask, record, and only then forward.

`Pipeline.screen_request` is the whole story. Whatever it cannot finish ends
in a refusal: malformed input in a 400, a decision against it in a 400, a
fault of the gate's own in a 503. What it lets go is the one form that was
scanned. `Pipeline.screen_reply` opens the way back (see `replies`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Set
from dataclasses import InitVar, dataclass, field, replace
from typing import Final, Protocol

from hushgate import records
from hushgate.consent import Answer, Outcome, Presence
from hushgate.errors import LedgerError, Malformed
from hushgate.holding import Approvals, answered, asked
from hushgate.outcome import Judged, Outcomes, Signer
from hushgate.policy.routing import own_words, settle
from hushgate.policy.rules import RuleSet
from hushgate.replies.chains import Chains, Table, joined
from hushgate.replies.channel import Detector
from hushgate.replies.head import ReplyHead
from hushgate.replies.kit import Documents, ReplyKit
from hushgate.replies.reply import Reply
from hushgate.replies.socket import SocketReply
from hushgate.requests import rerouting
from hushgate.requests.inbound import AsItCame, Inbound, Reader, ReadRequest, Written
from hushgate.requests.rerouting import Destination, Destinations
from hushgate.transform.mask import Masked
from hushgate.transform.placeholders import Placeholders
from hushgate.transform.restore import Restorer
from hushgate.turns import LARGE, MANY, aside_if
from hushgate.values import Decision, Exchange, Fault, Gate, Kind, Placeholder, Reason, Scan
from hushgate.wire.base import Refusal

FINDINGS: Final = 10_000
"""Findings that one request may have unless it is said otherwise."""


class Ledger(Protocol):
    """Keeps the record. `append` returns once the event is durable, or raises LedgerError."""

    async def append(self, kind: str, payload: dict[str, object], transcript: bytes | None = None) -> None: ...

    def append_soon(self, kind: str, payload: dict[str, object], transcript: bytes | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules and detection of one moment: an exchange begins and ends under the same."""

    rules: RuleSet = field(repr=False)
    detector: Detector = field(repr=False)
    destinations: Destinations = field(repr=False)


@dataclass(frozen=True, slots=True)
class Passage:
    """What becomes of a request: a refusal, or what goes out in its place, to its host or elsewhere (`to`).

    Not `recorded`: see `screen_request`.
    """

    exchange: Exchange
    under: InForce = field(repr=False)
    decision: Decision | None = None
    refusal: Refusal | None = None
    out: Written = AsItCame
    restorable: tuple[Placeholder, ...] = field(default=(), repr=False)
    recorded: bool = True
    to: Destination | None = None

    @property
    def sent(self) -> frozenset[str]:
        """Fingerprints of what the client said: not of what the provider had said and signed, which it was not told."""
        verdicts = () if self.decision is None else self.decision.verdicts
        return frozenset(v.finding.fingerprint for v in verdicts if not own_words(v))


@dataclass(slots=True)
class Pipeline:
    """Screens exchanges. `rules`, `detector` and `destinations` may be replaced at any time, together.

    `mask_everything` masks as transcripts do, whatever policy decided: what goes out can be held against them.
    """

    reader: Reader
    detector: Detector
    ledger: Ledger
    rules: RuleSet
    placeholders: Placeholders
    documents: Documents | None = None
    enforce: bool = True
    transcripts: str = "structure"
    strict_replies: bool = False
    signer: Signer | None = None
    approvals: Approvals | None = None
    most_findings: int = FINDINGS
    destinations: Destinations = field(default=lambda _: None, repr=False)
    clock: Callable[[], float] = time.time
    chains: Chains = field(default_factory=Chains, repr=False)
    mask_everything: InitVar[bool] = False
    outcomes: Outcomes = field(init=False)

    def __post_init__(self, mask_everything: bool) -> None:
        self.outcomes = Outcomes(
            self.reader, self.placeholders, self.transcripts, self.clock, self.signer, mask_everything
        )

    @property
    def in_force(self) -> InForce:
        """What an exchange that begins now goes by."""
        return InForce(self.rules, self.detector, self.destinations)

    async def screen_request(
        self, inbound: Inbound, *, settled: frozenset[str] | None = None, presence: Presence | None = None
    ) -> Passage:
        """Judge one request. Never raises for what is in it; a fault of ours comes back as a refusal.

        `presence`: its client, which waits while the request is held; without it a held request is answered at once.
        `settled`: for a message of a connection that is on record, what could not be read
        of earlier ones and was let through. One that adds nothing to it is not recorded.
        """
        under = self.in_force
        try:
            read = await self._read(inbound)
        except Malformed as why:
            return await self._malformed(inbound, under, why)

        scan = await self._scan(read, under.detector)
        large = len(read.exchange.segments) + len(scan.findings) > MANY
        judged = await aside_if(large, lambda: self._judge(read, scan, under, movable=settled is None))
        read, exchange = judged.read, judged.read.exchange
        if judged.decision.gate is Gate.HOLD and judged.decision.enforced:
            try:
                judged = await self._held(judged, under.rules, presence)
            except LedgerError:
                return Passage(exchange, under, judged.decision, records.unrecorded(exchange))
        judged = await self.outcomes.sealed(read, judged)
        decision = judged.decision
        if settled is not None and judged.refusal is None and _adds_nothing(read, decision, settled):
            return Passage(exchange, under, decision, None, judged.out, recorded=False)
        try:
            await self.ledger.append("opened", judged.record, judged.transcript)
        except LedgerError:
            return Passage(exchange, under, decision, records.unrecorded(exchange))
        if judged.refusal is not None:
            return Passage(exchange, under, decision, judged.refusal)
        table = self._chained(read, judged.masked, under.rules)
        return Passage(exchange, under, decision, None, judged.out, table, to=judged.to)

    def _judge(self, read: ReadRequest, scan: Scan, under: InForce, *, movable: bool) -> Judged:
        """Everything between the scan and the record. A message of a WebSocket is not `movable`."""
        found = len(scan.findings)
        if found > self.most_findings:
            scan = Scan(scan.findings[: self.most_findings], scan.faults)
        rules, destinations = under.rules, under.destinations if movable else _nowhere
        decision, exchange = settle(
            read.exchange, scan, rules, lambda name: rerouting.there(read, name, destinations),
            own=read.own, enforce=self.enforce,
        )  # fmt: skip
        read, to = rerouting.moved(read, exchange, destinations)
        if found > self.most_findings:
            decision = _too_many(decision, found, self.most_findings)
        return self.outcomes.of(read, decision, rules, to)

    async def _held(self, judged: Judged, rules: RuleSet, presence: Presence | None) -> Judged:
        """A held request once it is decided on, or nobody has in time. LedgerError where that cannot be recorded."""
        read, decision, answer = judged.read, judged.decision, Answer(Outcome.NOBODY)
        if self.approvals is not None and not self.outcomes.mask_everything:
            large = len(read.exchange.segments) + len(decision.verdicts) > MANY
            request = await aside_if(large, lambda: asked(read, decision, rules, self.placeholders))
            answer = await self.approvals.ask(request, presence)
        return self.outcomes.of(read, answered(decision, answer), rules, judged.to, answer)

    def _chained(self, read: ReadRequest, masked: Masked, rules: RuleSet) -> Table:
        """The placeholders that the reply may hold: this request's, and those of what it goes on from."""
        scope, at = _scope(read.exchange, rules), self.clock()
        table = joined(masked.placeholders, self.chains.found(scope, (*read.follows, *read.kept), at))
        self.chains.keep(scope, read.kept, table, at)
        return table

    def never_read(self, inbound: Inbound, why: str, outcome: str) -> None:
        """Put on record a request that ended before all of it was there."""
        payload = records.refused(inbound.unread_exchange(), why, at=self.clock())
        reasons = [{"rule": "incomplete", "says": why}]
        self.ledger.append_soon("refused", payload | {"outcome": outcome, "reasons": reasons})

    def screen_reply(self, passage: Passage, head: ReplyHead) -> Reply:
        """Open the way back for a request that was forwarded."""
        return Reply(passage.exchange, head, self._kit(passage), passage.restorable, passage.sent)

    def screen_socket(
        self, passage: Passage, head: ReplyHead, *, known: Set[str] | None = None, restorer: Restorer | None = None
    ) -> SocketReply:
        """The same for a WebSocket. `known` are fingerprints of what was sent on the connection, `restorer` knows its
        placeholders; both hold this passage's, and grow.
        """
        sent = passage.sent if known is None else known
        kit = self._kit(passage)
        return SocketReply(passage.exchange, head, kit, passage.restorable, sent, shared=restorer)

    def _kit(self, passage: Passage) -> ReplyKit:
        scope = _scope(passage.exchange, passage.under.rules)
        return ReplyKit(
            detector=passage.under.detector,
            rules=passage.under.rules,
            placeholders=self.placeholders,
            ledger=self.ledger,
            enforce=self.enforce,
            strict=self.strict_replies,
            transcripts=self.transcripts,
            limit=self.reader.decoded_limit,
            clock=self.clock,
            remember=lambda names: self.chains.keep(scope, names, passage.restorable, self.clock()),
            signed=self.reader.signed,
            documents=self.documents,
            ocr=self.reader.ocr,
        )

    async def _read(self, inbound: Inbound) -> ReadRequest:
        large = len(inbound.body) >= LARGE or inbound.header("content-encoding") is not None
        read = await aside_if(large, lambda: self.reader.read(inbound))
        if self.documents is None or not (waiting := read.documents):
            return read
        return self.reader.with_contents(read, await self.documents.read(waiting, scope=inbound.actor.name))

    async def _scan(self, read: ReadRequest, detector: Detector) -> Scan:
        try:
            scan = await detector.scan(read.exchange.segments, scope=read.inbound.actor.name)
        except Exception as failure:  # A detector that breaks is a fault, never a clean text.
            scan = Scan((), (Fault("detection", f"it failed with {type(failure).__name__}"),))
        return Scan(scan.findings, (*read.faults, *scan.faults))

    async def _malformed(self, inbound: Inbound, under: InForce, why: Malformed) -> Passage:
        exchange = inbound.unread_exchange()
        refusal = records.malformed(exchange, why)
        payload = records.refused(exchange, str(why), at=self.clock(), rule=why.rule) | {"status": refusal.status}
        try:
            await self.ledger.append("refused", payload)
        except LedgerError:
            return Passage(exchange, under, None, records.unrecorded(exchange))
        return Passage(exchange, under, None, refusal)


def _scope(exchange: Exchange, rules: RuleSet) -> tuple[str, ...]:
    return exchange.actor.name, exchange.route.endpoint, rules.revision


def _adds_nothing(read: ReadRequest, decision: Decision, settled: frozenset[str]) -> bool:
    """Whether a message says nothing that anybody would look up, and is let through as others were before it."""
    return (
        decision.gate is Gate.ALLOW
        and not decision.verdicts
        and not decision.warnings
        and not read.follows
        and all(segment.kind is Kind.OPAQUE for segment in read.exchange.segments)
        and settled.issuperset(unread.reason for unread in read.exchange.unread)
    )


def _too_many(decision: Decision, found: int, most: int) -> Decision:
    says = (
        f"{found} values were found, and limits.findings lets {most} of one request through; "
        f"the first {most} are on record: send it in several requests"
    )
    return replace(decision, gate=Gate.BLOCK, reasons=(Reason("too-many-findings", says),))


def _nowhere(_: str) -> None:
    return None
