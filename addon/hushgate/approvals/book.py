"""Approvals and grants as they stand, in memory, and how they are told on record. Decided ones are bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from hushgate.approvals.cases import Approval
from hushgate.approvals.deputies import Deputy
from hushgate.approvals.grants import Grant, Request
from hushgate.approvals.notify.links import Links, mark
from hushgate.approvals.signatures import Signer
from hushgate.consent import Excerpt
from hushgate.errors import Absent, Unfit

DECIDED: Final = 1000
"""Approvals that are over and stay at hand; the record has all."""
TEXTS: Final = 200
"""Approvals whose masked excerpts stay at hand."""


class Journal(Protocol):
    """The record. `append` returns once the event is durable, or raises LedgerError."""

    async def append(self, kind: str, payload: dict[str, object]) -> None: ...


@dataclass(slots=True)
class Book:
    """What there is. Nothing changes in it before it is durable; `hears` is told each step of an approval then."""

    journal: Journal
    signer: Signer
    approvals: dict[str, Approval] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    deputies: dict[str, Deputy] = field(default_factory=dict)
    """By whom they stand for."""
    excerpts: dict[str, tuple[Excerpt, ...]] = field(default_factory=dict, repr=False)
    links: Links | None = None
    hears: Callable[[str, Approval], None] | None = None

    def restore(
        self, approvals: list[dict[str, Any]], grants: list[dict[str, Any]], deputies: list[dict[str, Any]]
    ) -> int:
        """Take up what an earlier gate left, oldest first; how much was left out: this gate has not signed it."""
        asked = [Approval.from_json(said) for said in approvals]
        given = [Grant.from_json(said) for said in grants]
        named = [Deputy.from_json(said) for said in deputies]
        self.approvals = {one.id: one for one in asked if self.signer.verifies(one)}
        self.grants = {one.id: one for one in given if self.signer.verifies(one)}
        genuine = [one for one in named if self.signer.verifies(one)]
        self.deputies = {one.user: one for one in genuine}
        kept = len(self.approvals) + len(self.grants) + len(genuine)
        return len(asked) + len(given) + len(named) - kept

    async def note(self, step: str, approval: Approval, at: float, by: str | None = None, **more: object) -> None:
        """Put a step of an approval on record, signed, and take it up."""
        approval = self.signer.signed(approval)
        payload: dict[str, object] = {"step": step, "at": at, "by": by, "approval": approval.to_json(), **more}
        await self.journal.append("approval", payload)
        self.approvals[approval.id] = approval
        if approval.state != "pending":
            self.excerpts.pop(approval.id, None)
            self._bound()
        if self.hears is not None:
            self.hears(step, approval)

    async def note_grant(self, step: str, grant: Grant, at: float, by: str | None = None, **more: object) -> None:
        """The same of a grant."""
        payload: dict[str, object] = {"step": step, "at": at, "by": by, "grant": grant.to_json(), **more}
        await self.journal.append("grant", payload)
        self.grants[grant.id] = grant
        if not grant.open_at(at) and len(self.grants) > DECIDED:
            del self.grants[grant.id]

    async def note_deputy(self, step: str, deputy: Deputy, at: float) -> None:
        """Put on record whom somebody has decide in his place."""
        deputy = self.signer.signed(deputy)
        payload: dict[str, object] = {"step": step, "at": at, "by": deputy.user, "deputy": deputy.to_json()}
        await self.journal.append("deputy", payload)
        self.deputies[deputy.user] = deputy

    def show(self, approval: str, excerpts: tuple[Excerpt, ...]) -> None:
        """Keep what an approver may read of a request, for as long as it is pending."""
        if approval not in self.excerpts and len(self.excerpts) < TEXTS:
            self.excerpts[approval] = excerpts

    def pending(self) -> Iterator[Approval]:
        return (approval for approval in self.approvals.values() if approval.state == "pending")

    def of_content(self, request: Request, now: float) -> Approval | None:
        """The latest approval of one content that is pending, or was rejected and has not run out.

        One that waits for other approvers than it would now is left to run out.
        """
        for approval in reversed(self.approvals.values()):
            if approval.terms.digest == request.digest and approval.state in ("pending", "rejected"):
                fits = approval.state == "rejected" or approval.quorums == request.quorums
                return approval if fits and now < approval.expires_at else None
        return None

    def grant_for(self, request: Request, now: float) -> Grant | None:
        """A grant that a request may go on: the narrowest kind first."""
        fitting = (g for g in self.grants.values() if g.open_at(now) and g.covers(request))
        return min(fitting, key=lambda grant: (grant.terms.digest is None, grant.at), default=None)

    def follow(self, link: str, now: float) -> Approval:
        """What a notification's link leads to, for as long as it can be decided on by it; Refused in plain words."""
        if self.links is None:
            raise Absent("this gate sends no links", hint="hushgate approvals list")
        return self.links.check(link, self.approvals.get(self.links.read(link).approval), now)

    def through(self, link: str | None, id: str, now: float) -> dict[str, str]:
        """What goes on record of the link that a decision came by; Refused where it counts no more, or for another."""
        if link is None:
            return {}
        if self.follow(link, now).id != id:
            raise Unfit("this link is for another approval", hint=f"hushgate approvals show {id}")
        return {"link": mark(link)}

    def _bound(self) -> None:
        over = [one.id for one in self.approvals.values() if one.state != "pending"]
        for id in over[: max(0, len(over) - DECIDED)]:
            del self.approvals[id]
