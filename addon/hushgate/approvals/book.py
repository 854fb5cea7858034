"""Approvals and grants as they stand, in memory, and how they are told on record. Decided ones are bounded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from hushgate.approvals.cases import Approval
from hushgate.approvals.grants import Grant, Request, Signer
from hushgate.consent import Excerpt

DECIDED: Final = 1000
"""Approvals that are over and stay at hand; the record has all."""
TEXTS: Final = 200
"""Approvals whose masked excerpts stay at hand."""


class Journal(Protocol):
    """The record. `append` returns once the event is durable, or raises LedgerError."""

    async def append(self, kind: str, payload: dict[str, object]) -> None: ...


@dataclass(slots=True)
class Book:
    """What there is. Nothing changes in it before it is durable."""

    journal: Journal
    signer: Signer
    approvals: dict[str, Approval] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    excerpts: dict[str, tuple[Excerpt, ...]] = field(default_factory=dict, repr=False)

    def restore(self, approvals: list[dict[str, Any]], grants: list[dict[str, Any]]) -> int:
        """Take up what an earlier gate left, oldest first; how many grants were left out: this gate gave no such."""
        for said in approvals:
            approval = Approval.from_json(said)
            self.approvals[approval.id] = approval
        made = [Grant.from_json(said) for said in grants]
        self.grants = {grant.id: grant for grant in made if self.signer.verifies(grant)}
        return len(made) - len(self.grants)

    async def note(self, step: str, approval: Approval, at: float, by: str | None = None, **more: object) -> None:
        """Put a step of an approval on record, and take it up."""
        payload: dict[str, object] = {"step": step, "at": at, "by": by, "approval": approval.to_json(), **more}
        await self.journal.append("approval", payload)
        self.approvals[approval.id] = approval
        if approval.state != "pending":
            self.excerpts.pop(approval.id, None)
            self._bound()

    async def note_grant(self, step: str, grant: Grant, at: float, by: str | None = None, **more: object) -> None:
        """The same of a grant."""
        payload: dict[str, object] = {"step": step, "at": at, "by": by, "grant": grant.to_json(), **more}
        await self.journal.append("grant", payload)
        self.grants[grant.id] = grant
        if not grant.open_at(at) and len(self.grants) > DECIDED:
            del self.grants[grant.id]

    def show(self, approval: str, excerpts: tuple[Excerpt, ...]) -> None:
        """Keep what an approver may read of a request, for as long as it is pending."""
        if approval not in self.excerpts and len(self.excerpts) < TEXTS:
            self.excerpts[approval] = excerpts

    def pending(self) -> Iterator[Approval]:
        return (approval for approval in self.approvals.values() if approval.state == "pending")

    def of_digest(self, digest: str, now: float) -> Approval | None:
        """The latest approval of one content that is pending, or was rejected and has not run out."""
        for approval in reversed(self.approvals.values()):
            if approval.terms.digest == digest and approval.state in ("pending", "rejected"):
                return approval if now < approval.expires_at else None
        return None

    def grant_for(self, request: Request, now: float) -> Grant | None:
        """A grant that a request may go on: the narrowest kind first."""
        fitting = (g for g in self.grants.values() if g.open_at(now) and g.covers(request))
        return min(fitting, key=lambda grant: (grant.terms.digest is None, grant.at), default=None)

    def _bound(self) -> None:
        over = [one.id for one in self.approvals.values() if one.state != "pending"]
        for id in over[: max(0, len(over) - DECIDED)]:
            del self.approvals[id]
