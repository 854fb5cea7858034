"""What goes on record, and what a refusal says. Pure: values in, JSON-ready values out.

Nothing here takes a segment's text but `transcript`, and that only in the
form that policy asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from hushgate.consent import Answer, Outcome, names_model
from hushgate.errors import HushgateError, Malformed, OutOfScope
from hushgate.policy.unread import told
from hushgate.values import (
    Area,
    Decision,
    Exchange,
    FileRead,
    Gate,
    Kind,
    Level,
    Reason,
    Segment,
    Unread,
    Verdict,
)
from hushgate.wire.base import Refusal

type Payload = dict[str, object]

LONGEST_MODEL: Final = 128
"""Characters of a model's name; anything longer is no name, and not recorded."""

MOST_STEPS: Final = 16
_NAME: Final = re.compile(r"(?:[A-Za-z0-9._:~$-]|%3[Aa]){0,64}")
_WORD: Final = re.compile(r"(?:v[0-9][0-9a-z]{0,8}|[A-Za-z][A-Za-z_-]{0,31})?")

RECORDED_FINDINGS: Final = 1000
"""How many findings of one reply go on record one by one."""

RECORDED_FILES: Final = 1000
"""How many files of one request go on record one by one."""

AFTERWARDS: Final = Reason("read-afterwards", "found when the streamed reply was complete, after it had gone")


def opened(exchange: Exchange, decision: Decision, *, at: float, size: int) -> Payload:
    """The event that is durable before the first byte leaves: the decision on a request. `size` in bytes."""
    head = _head(exchange) | {"path": path(exchange, decision)}
    if any(names_model(v.finding.location) for v in decision.verdicts):
        head["model"] = None
    places = {s.location: s for s in exchange.segments} if decision.verdicts else {}
    return {
        **head,
        "at": at,
        "source": exchange.source,
        "kinds": sorted(set(map(spoken, exchange.segments))),
        "direction": "request",
        "gate": decision.gate.word,
        "level": decision.level.word,
        "reasons": [_reason(r) for r in decision.reasons],
        "findings": [_finding(v, places.get(v.finding.location)) for v in decision.verdicts],
        "coverage": coverage(exchange.segments, exchange.unread, exchange.files),
        "revision": decision.ruleset_revision,
        "enforced": decision.enforced,
        "warnings": list(decision.warnings),
        "faults": [{"where": f.where, "reason": f.reason} for f in decision.faults],
        "bytes": size,
    }


def turned(record: Payload, decision: Decision, refusal: Refusal) -> Payload:
    """The record of a decision that was turned against the request after it had been taken."""
    return record | {
        "gate": decision.gate.word,
        "reasons": [_reason(r) for r in decision.reasons],
        "faults": [{"where": f.where, "reason": f.reason} for f in decision.faults],
        "status": refusal.status,
    }


def approval(answer: Answer) -> Payload:
    """What the record of a held request says of its approval."""
    said: Payload = {} if answer.approval is None else {"approval": answer.approval}
    if answer.outcome is Outcome.APPROVED:
        said["approved_by"] = ", ".join(answer.by)
    if answer.outcome is Outcome.LEFT:
        said["outcome"] = "client_left"
    return said


def path(exchange: Exchange, decision: Decision | None) -> str:
    """The path as it is recorded: `~` where something in it was found, and for steps that are prose, not names."""
    found = decision is not None and any(v.finding.location.area is Area.PATH for v in decision.verdicts)
    return "~" if found else _shown(exchange.route.path, _NAME)


def _shown(path: str, plain: re.Pattern[str]) -> str:
    return "/".join(step if plain.fullmatch(step) else "~" for step in path.split("/")[:MOST_STEPS])


def refused(exchange: Exchange, why: str, *, at: float, rule: str = "malformed") -> Payload:
    """The event of a request that was refused before anything could be decided."""
    head = _head(exchange) | {"path": _shown(exchange.route.path, _WORD)}  # Nobody has scanned it.
    return {**head, "at": at, "direction": "request", "gate": "block", "level": "public",
            "reasons": [{"rule": rule, "says": why}]}  # fmt: skip


def coverage(segments: Iterable[Segment], unread: Iterable[Unread], files: Iterable[FileRead] = ()) -> Payload:
    """How much was read: counts of scanned and opaque segments, each file, and each unread part with its reason."""
    scanned = opaque = 0
    for segment in segments:
        if segment.kind is Kind.OPAQUE:
            opaque += 1
        else:
            scanned += 1
    return counted(scanned, opaque, unread) | {"attachments": _attachments(tuple(files))}


def _attachments(files: Sequence[FileRead]) -> list[Payload]:
    """Each file; of very many the first, and how many more there were."""
    named: list[Payload] = [
        {"where": str(file.location), "type": file.type, "size": file.size} for file in files[:RECORDED_FILES]
    ]
    if rest := files[RECORDED_FILES:]:
        named.append({"where": "body", "type": f"{len(rest)} more files", "size": sum(file.size for file in rest)})
    return named


def counted(scanned: int, opaque: int, unread: Iterable[Unread]) -> Payload:
    """Coverage from counts."""
    return {
        "scanned": scanned,
        "opaque": opaque,
        "unread": [{"where": str(u.location), "reason": u.reason, "size": u.size} for u in unread],
    }


def _head(exchange: Exchange) -> Payload:
    route = exchange.route
    return {
        "exchange": exchange.id,
        "session": exchange.session,
        "actor": exchange.actor.name,
        "groups": list(exchange.actor.groups),
        **({"token": exchange.actor.token} if exchange.actor.token else {}),
        "endpoint": route.endpoint,
        "provider": route.provider,
        "host": route.host,
        "path": route.path,
        "method": route.method,
        "format": route.format,
        "model": route.model if route.model is None or len(route.model) <= LONGEST_MODEL else None,
        "self_hosted": route.self_hosted,
    }


def _reason(reason: Reason) -> Payload:
    return {"rule": reason.rule, "says": reason.says}


def spoken(segment: Segment) -> str:
    """Who spoke and what, as it is recorded: `user/text`."""
    return f"{segment.role.value}/{segment.kind.value}"


def _finding(verdict: Verdict, segment: Segment | None = None) -> Payload:
    finding = verdict.finding
    more: Payload = {} if segment is None else {"segment": spoken(segment)}
    if finding.origin is not None:
        more["origin"] = str(finding.origin)
    if verdict.own is not None:
        more["own_level"] = verdict.own.word
    return more | {
        "entity": finding.entity,
        "category": finding.category,
        "level": finding.level.word,
        "rule": finding.rule_id,
        "where": str(finding.location),
        "verdict": "mask" if verdict.mask else "keep",
        "style": verdict.style if verdict.mask else None,
        "score": round(finding.score, 2),
        "layer": finding.layer,
        "fingerprint": finding.fingerprint,
        "reasons": [r.rule for r in verdict.reasons],
    }


def closed(exchange: Exchange, verdicts: Sequence[Verdict], *, gate: Gate, **said: object) -> Payload:
    """The event of an exchange's end: what became of the reply, and the first findings in it."""
    return {
        "exchange": exchange.id,
        "direction": "reply",
        "gate": gate.word,
        "findings": [_finding(v) for v in verdicts[:RECORDED_FINDINGS]],
        **said,
    }


# Refusals ------------------------------------------------------------------------------------------------------------


def refusal(exchange: Exchange, decision: Decision, answer: Answer | None = None) -> Refusal:
    """What the client is told when the decision went against its request."""
    if decision.faults:
        what = "; ".join(sorted({f"{f.where}: {f.reason}" for f in decision.faults}))
        return Refusal(
            503, "unavailable", "gate_fault",
            f"hushgate could not judge this request ({what}), so nothing was forwarded. hint: try again; "
            f"`hushgate show {exchange.id}` has the record",
            exchange.id, exchange.asked,
        )  # fmt: skip
    named = "; ".join(dict.fromkeys(_spoken(r) for r in decision.reasons)) or "policy"
    own = f"{decision.message} " if decision.message else ""
    if decision.gate is Gate.HOLD:
        return _approval_required(exchange, decision, answer, f"{own}hushgate holds this request for approval", named)
    return Refusal(
        400, "policy_violation", "policy_violation",
        f"{own}hushgate blocked this request: {named}; level {decision.level.word}. "
        f"hint: {_hint(exchange, decision)}; `hushgate show {exchange.id}` has the record",
        exchange.id, exchange.asked,
    )  # fmt: skip


_NOT_YET: Final = {
    Outcome.PENDING: ("is not decided yet", "`hushgate approvals approve {id}` says yes; then send the same again"),
    Outcome.LEFT: ("is not decided yet", "`hushgate approvals approve {id}` says yes; then send the same again"),
    Outcome.EXPIRED: ("was not decided in time", "send it again to ask anew"),
    Outcome.USED: ("was given, and another request has used it", "send it again to ask anew"),
}


def _approval_required(exchange: Exchange, decision: Decision, answer: Answer | None, says: str, named: str) -> Refusal:
    """What the client is told of a request that nobody has approved. The same content, sent again, redeems a yes."""
    if answer is None or answer.approval is None:
        stands, hint = "too many requests wait for approval", "have those decided first: `hushgate approvals list`"
    else:
        state, hint = _NOT_YET[answer.outcome]
        stands, hint = f"approval {answer.approval} {state}", hint.format(id=answer.approval)
    return Refusal(
        400, "approval_required", "approval_required",
        f"{says}: {named}; level {decision.level.word}; {stands}. hint: {hint}, or take the value out of the prompt",
        exchange.id, exchange.asked, None if answer is None else answer.approval,
    )  # fmt: skip


def malformed(exchange: Exchange, why: Malformed) -> Refusal:
    """What the client is told when its request has no one reading, or its token is not for it."""
    if isinstance(why, OutOfScope):
        says = f"hushgate did not forward this request: {why}. hint: {why.hint}"
        return Refusal(400, "out_of_scope", "out_of_scope", says, exchange.id, exchange.asked)
    return Refusal(
        400, "malformed_request", "malformed_request",
        f"hushgate refused this request because it cannot be read in just one way: {why}. "
        f"hint: {why.hint or 'send plain UTF-8 JSON with unique keys'}",
        exchange.id, exchange.asked,
    )  # fmt: skip


def unsigned(exchange: Exchange, why: HushgateError) -> Refusal:
    """What the client is told when its request's AWS signature cannot be kept right."""
    return Refusal(
        400, "policy_violation", "policy_violation",
        f"hushgate did not forward this request: {why}. hint: {why.hint or 'sign it with SigV4 in one header'}; "
        f"`hushgate show {exchange.id}` has the record",
        exchange.id,
    )  # fmt: skip


def unrecorded(exchange: Exchange) -> Refusal:
    """What the client is told when the decision could not be made durable."""
    return Refusal(
        503, "unavailable", "ledger_unavailable",
        "hushgate could not record its decision, so nothing was forwarded. "
        "hint: check the disk of the state folder (`hushgate doctor`), then try again",
        exchange.id, exchange.asked,
    )  # fmt: skip


def cut(exchange: Exchange, decision: Decision) -> Refusal:
    """What the client is told when the decision went against the reply."""
    if decision.faults:
        return unreadable(exchange, "; ".join(sorted({f"{f.where}: {f.reason}" for f in decision.faults})))
    named = "; ".join(dict.fromkeys(_spoken(r) for r in decision.reasons)) or "policy"
    return Refusal(
        400, "policy_violation", "policy_violation",
        f"hushgate stopped the provider's reply: {named}; level {decision.level.word}. "
        f"hint: `hushgate show {exchange.id}` has the record",
        exchange.id, exchange.asked,
    )  # fmt: skip


def unreadable(exchange: Exchange, why: str) -> Refusal:
    """What the client is told when the reply could not be judged."""
    return Refusal(
        503, "unavailable", "unreadable_reply",
        f"hushgate stopped the provider's reply: {why}. hint: `hushgate show {exchange.id}` has the record",
        exchange.id, exchange.asked,
    )  # fmt: skip


def _spoken(reason: Reason) -> str:
    return f"rule {reason.rule}: {reason.says}"


def _hint(exchange: Exchange, decision: Decision) -> str:
    spoken = {reason.rule for reason in decision.reasons}
    if "no-approver" in spoken:
        return "ask whoever runs the gate for an approver (`hushgate users add NAME --role approver`)"
    found = [v.finding for v in decision.verdicts if v.finding.level >= Level.CONFIDENTIAL]
    entities = sorted({finding.entity for finding in found if finding.category != "label"})
    if found and not entities:
        return "leave out the text that is labelled so, not the label alone, or ask who answers for it"
    if not entities or spoken == {"unread"}:
        stopped = {reason.says for reason in decision.reasons}
        kinds = sorted({kind for says, kind in told(exchange.unread).items() if says in stopped})
        way_out = f" (`unread: {{{', '.join(f'{kind}: allow' for kind in kinds)}}}`)" if kinds else ""
        return f"send only what the gate can read, or ask for a policy that allows it{way_out}"
    way_out = ", or ask for a policy that sends a document's masked text (`attachments: replace`)"
    return f"take out or replace {', '.join(entities)}{way_out if 'attachment' in spoken else ''}"
