"""What a decision makes of a request: the body that goes out, or the refusal, and what of it goes on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from hushgate import records, transcripts
from hushgate.consent import Answer
from hushgate.errors import Malformed, Unroutable, Unsigned
from hushgate.files import in_document
from hushgate.policy.rules import RuleSet
from hushgate.requests import rerouting
from hushgate.requests.inbound import Inbound, Reader, ReadRequest, Written
from hushgate.requests.rerouting import Destination
from hushgate.transform.mask import Clash, Masked, mask
from hushgate.transform.placeholders import Placeholders
from hushgate.values import Decision, Fault, Gate, Reason
from hushgate.wire.base import Refusal


class Signer(Protocol):
    """Keeps the signature of what goes out right. Unsigned or Malformed where it cannot."""

    async def seal(self, inbound: Inbound, out: Written, *, enforced: bool) -> Written: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision, what it makes of the request, and what of it goes on record. `read`: as it goes where it goes."""

    decision: Decision
    read: ReadRequest
    masked: Masked
    out: Written
    record: records.Payload = field(repr=False)
    transcript: bytes | None = field(repr=False)
    refusal: Refusal | None
    to: Destination | None = None


@dataclass(slots=True)
class Outcomes:
    """Carries decisions out. `mask_everything` masks as transcripts do, whatever policy decided."""

    reader: Reader
    placeholders: Placeholders
    transcripts: str
    clock: Callable[[], float]
    signer: Signer | None = None
    mask_everything: bool = False

    def of(
        self,
        read: ReadRequest,
        decision: Decision,
        rules: RuleSet,
        to: Destination | None,
        answer: Answer | None = None,
    ) -> Judged:
        """The outcome of a decision; `answer` is what people said to it, `to` where it goes instead."""
        exchange, size = read.exchange, len(read.inbound.body)
        masked, out = Masked({}, (), (), 0), Written(read.plain_body)
        if decision.gate is Gate.ALLOW and decision.enforced:
            try:
                masked, out = self._masked(read, decision, rules, to)
                if to is not None:
                    out = rerouting.sent(out, read.inbound, exchange.route, to)
            except (Clash, Malformed, Unroutable) as why:
                decision = _against(decision, why)
        forwarded = decision.gate is Gate.ALLOW or not decision.enforced
        refusal = None if forwarded else records.refusal(exchange, decision, answer)
        record = records.opened(exchange, decision, at=self.clock(), size=size)
        if to is not None:
            record["routed_from"] = read.inbound.route.endpoint
        if answer is not None:
            record |= records.approval(answer)
        if refusal is not None:
            record["status"] = read.dialect.refusal(refusal).status or refusal.status
        transcript = self._transcript(read, decision, masked) if forwarded else None
        return Judged(decision, read, masked, out, record, transcript, refusal, to)

    async def sealed(self, read: ReadRequest, judged: Judged) -> Judged:
        """The same with its signature renewed, where it has one that needs it; refused where that cannot be done."""
        if self.signer is None or judged.refusal is not None or self.mask_everything:
            return judged
        exchange, decision = read.exchange, judged.decision
        try:
            out = await self.signer.seal(read.inbound, judged.out, enforced=decision.enforced)
        except (Unsigned, Malformed) as why:
            decision = replace(decision, gate=Gate.BLOCK, reasons=(Reason("aws-signature", str(why)),))
            refusal = records.unsigned(exchange, why)
        except Exception as failure:  # Credentials that do not come are a fault: nothing leaves.
            fault = Fault("signing for AWS", f"it failed with {type(failure).__name__}")
            decision = replace(decision, gate=Gate.BLOCK, faults=(*decision.faults, fault))
            refusal = records.refusal(exchange, decision)
        else:
            renewed = {} if out is judged.out else {"signature": "renewed"}
            return replace(judged, out=out, record=judged.record | renewed)
        record = records.turned(judged.record, decision, refusal)
        return replace(judged, decision=decision, record=record, transcript=None, refusal=refusal)

    def _masked(
        self, read: ReadRequest, decision: Decision, rules: RuleSet, to: Destination | None
    ) -> tuple[Masked, Written]:
        if self.mask_everything:
            return transcripts.mask_body(self.reader, read, decision.verdicts, self.placeholders)
        segments, scope = read.exchange.segments, read.inbound.actor.name
        masked = mask(segments, decision.verdicts, placeholders=self.placeholders, scope=scope)
        if rules.attachments != "replace" and any(map(in_document, masked.edits)):
            raise Clash("a masked value stands in a document, too, where nothing can be masked")
        edits = masked.edits
        if to is not None and to.model is not None:
            edits = {**edits, **rerouting.asks_for(read, to.model)}
        return masked, self.reader.write(read, edits)

    def _transcript(self, read: ReadRequest, decision: Decision, masked: Masked) -> bytes | None:
        if self.transcripts == "none":
            return None
        if self.transcripts == "structure":
            return transcripts.structure(read.exchange.segments, decision.verdicts, masked.edits)
        return transcripts.request(self.reader, read, decision.verdicts, self.placeholders)


def _against(decision: Decision, why: Exception) -> Decision:
    rule = "route" if isinstance(why, Unroutable) else "placeholder-clash"
    return replace(decision, gate=Gate.BLOCK, reasons=(Reason(rule, str(why)),))
