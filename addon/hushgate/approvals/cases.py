"""An approval from its asking to its end, who may decide on it, and when enough have. Pure: no clock, nothing kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Self

from hushgate.approvals.grants import Grant, Terms
from hushgate.consent import Person
from hushgate.errors import Refused, TooLate, Unfit

DECIDERS: Final = frozenset({"approver", "admin"})
READERS: Final = frozenset({"approver", "auditor", "admin"})
REVEALER: Final = "revealer"


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as an approver sees it: never its value. `held`: it is one that the request waits for."""

    entity: str
    level: str
    where: str
    fingerprint: str
    held: bool


@dataclass(frozen=True, slots=True)
class Approval:
    """Something that was asked for. `exchange` is None where it was asked beforehand, without a request.

    `terms` are what a plain yes gives; once somebody has said yes, what he said yes to. `yes` are those who did.
    """

    id: str
    exchange: str | None
    session: str | None
    actor: str
    groups: tuple[str, ...]
    destination: str
    model: str | None
    level: str
    reasons: tuple[tuple[str, str], ...]
    findings: tuple[Found, ...]
    unmaskable: bool
    revision: str
    terms: Terms
    why: str
    at: float
    expires_at: float
    wanted: int
    state: str = "pending"
    yes: tuple[str, ...] = ()
    decided_at: float | None = None
    decided_by: str | None = None
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        made = {
            **said,
            "groups": tuple(said["groups"]),
            "reasons": tuple((rule, says) for rule, says in said["reasons"]),
            "findings": tuple(Found(**found) for found in said["findings"]),
            "terms": Terms.from_json(said["terms"]),
            "yes": tuple(said["yes"]),
        }
        return cls(**made)


def may_decide(person: Person, groups: Iterable[str]) -> bool:
    """Whether this is an approver; of one of `groups`, where any are named."""
    wanted = set(groups)
    return not DECIDERS.isdisjoint(person.roles) and (not wanted or not wanted.isdisjoint(person.groups))


def check_decider(person: Person, approval: Approval, groups: Iterable[str]) -> None:
    """Refused, with the reason, where this person may not decide on this."""
    named = tuple(groups)
    if not may_decide(person, named):
        of = f" in {', '.join(named)}" if named else ""
        hint = "hushgate users add NAME --role approver"
        raise Refused(f"{person.name} is no approver{of}", hint=hint)
    if person.name == approval.actor:
        raise Refused("nobody decides on what he asked for himself", hint="ask another approver")
    if approval.state != "pending":
        by = f" by {approval.decided_by}" if approval.decided_by else ""
        raise TooLate(f"{approval.id} is {approval.state}{by} already", hint=f"hushgate approvals show {approval.id}")


def refusal(person: Person, approval: Approval, groups: Iterable[str]) -> str:
    """Why this person may not decide on this, or nothing."""
    try:
        check_decider(person, approval, groups)
    except Refused as why:
        return str(why)
    return "" if person.name not in approval.yes else f"{person.name} has said yes already"


def deciders(people: Iterable[Person], approval: Approval, groups: Iterable[str]) -> list[str]:
    """Who may decide on this, and has not yet."""
    named = tuple(groups)
    return [one.name for one in people if not refusal(one, approval, named)]


def with_yes(approval: Approval, person: Person, terms: Terms, now: float) -> Approval:
    """The approval with one more yes; approved with the last that is wanted. All say yes to the same terms."""
    if person.name in approval.yes:
        raise TooLate(f"{person.name} has said yes already", hint="another approver has to agree")
    if approval.yes and replace(terms, until=approval.terms.until) != approval.terms:
        hint = "give the same terms to agree (`hushgate approvals show` has them), or reject"
        raise Unfit(f"{', '.join(approval.yes)} said yes on other terms", hint=hint)
    agreed = replace(approval, yes=(*approval.yes, person.name), terms=approval.terms if approval.yes else terms)
    if len(agreed.yes) < approval.wanted:
        return agreed
    return replace(agreed, state="approved", decided_at=now, decided_by=", ".join(agreed.yes))


def granted(approval: Approval, id: str, now: float) -> Grant:
    """What an approved approval gives, not signed yet."""
    return Grant(id, approval.id, approval.actor, approval.yes, now, approval.why, approval.terms)
