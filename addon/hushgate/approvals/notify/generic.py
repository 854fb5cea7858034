"""The JSON of a message for any receiver, form 1: https://www.standardwebhooks.com has its outer shape. Pure.

{"type": "approval.opened", "timestamp": "2026-01-31T12:00:00Z", "version": 1, "data": {...}}
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from hushgate.approvals.cases import Approval
from hushgate.approvals.notify.channels import Step
from hushgate.approvals.notify.messages import LISTED, Message, entities, plain, rules

VERSION: Final = 1
_TYPES: Final = {Step.WAITING: "approvals.waiting", Step.TEST: "test"}


def payload(message: Message) -> dict[str, Any]:
    """What is sent. Names are shortened and on one line; they are no markup, and escaped by no rule but JSON's."""
    data: dict[str, Any] = {"text": message.title, "link": message.link, "command": message.command or None}
    if message.step is Step.WAITING:
        data |= {"count": len(message.approvals), "approvals": [_told(one) for one in message.approvals[:LISTED]]}
    elif message.approvals:
        data |= {"approval": _told(message.approvals[0])}
    return {
        "type": _TYPES.get(message.step, f"approval.{message.step}"),
        "timestamp": _stamp(message.at),
        "version": VERSION,
        "data": data,
    }


def _told(approval: Approval) -> dict[str, Any]:
    return {
        "id": plain(approval.id),
        "state": approval.state,
        "actor": plain(approval.actor),
        "destination": plain(approval.destination),
        "level": approval.level or None,
        "entities": [plain(entity) for entity in entities(approval)],
        "rules": [plain(rule) for rule in rules(approval)],
        "exchange": approval.exchange,
        "asked_at": _stamp(approval.at),
        "expires_at": _stamp(approval.expires_at),
        "needs": [{"approvers": one.approvers, "groups": list(map(plain, one.groups))} for one in approval.quorums],
        "agreed": [plain(name) for name in approval.yes],
        "decided_by": None if approval.decided_by is None else plain(approval.decided_by),
    }


def _stamp(at: float) -> str:
    return f"{datetime.fromtimestamp(int(at), UTC):%Y-%m-%dT%H:%M:%SZ}"
