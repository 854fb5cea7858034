"""An approval from its asking to its end, who may decide on it, and when enough have. Pure: no clock, nothing kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Self

from hushgate.approvals.grants import FOR, Grant, Request, Terms, voices
from hushgate.approvals.signatures import statement
from hushgate.consent import Asked, Person, Quorum, is_held, names_model
from hushgate.errors import Refused, TooLate, Unfit

DECIDERS: Final = frozenset({"approver", "admin"})
READERS: Final = frozenset({"approver", "auditor", "admin"})
REVEALER: Final = "revealer"
FINDINGS: Final = 200
"""Findings of one request that an approver is shown."""


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

    `terms` are what a plain yes gives; once somebody has said yes, what he said yes to. `yes` are those who did, and
    `agreed` has the groups of each. All `quorums` have to be met.
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
    quorums: tuple[Quorum, ...]
    state: str = "pending"
    yes: tuple[str, ...] = ()
    agreed: tuple[tuple[str, ...], ...] = ()
    decided_at: float | None = None
    decided_by: str | None = None
    reason: str = ""
    signature: str = field(default="", repr=False)

    @property
    def wanted(self) -> int:
        """How many have to agree at least."""
        return max(quorum.approvers for quorum in self.quorums)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "wanted": self.wanted}

    def statement(self) -> bytes:
        return statement("approval", self.to_json())

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        made = {
            **said,
            "groups": tuple(said["groups"]),
            "reasons": tuple((rule, says) for rule, says in said["reasons"]),
            "findings": tuple(Found(**found) for found in said["findings"]),
            "terms": Terms.from_json(said["terms"]),
            "quorums": tuple(Quorum(tuple(one["groups"]), one["approvers"]) for one in said["quorums"]),
            "yes": tuple(said["yes"]),
            "agreed": tuple(map(tuple, said["agreed"])),
        }
        made.pop("wanted", None)
        return cls(**made)


def opened(id: str, request: Request, asked: Asked, now: float, expires_at: float) -> Approval:
    """What is asked of those who decide on a held request."""
    exchange, decision = asked.exchange, asked.decision
    found = tuple(
        Found(
            v.finding.entity, v.finding.level.word, str(v.finding.location), v.finding.fingerprint,
            is_held(v, request.rules),
        )
        for v in decision.verdicts[:FINDINGS]
    )  # fmt: skip
    model = exchange.route.model
    named = any(names_model(v.finding.location) for v in decision.verdicts)
    return Approval(
        id=id, exchange=exchange.id, session=exchange.session, actor=exchange.actor.name,
        groups=exchange.actor.groups, destination=exchange.route.endpoint,
        model=None if model is None or named or len(model) > 128 else model, level=decision.level.word,
        reasons=tuple((reason.rule, reason.says) for reason in decision.reasons), findings=found,
        unmaskable=asked.unmaskable, revision=decision.ruleset_revision,
        terms=Terms(exchange.actor.name, None, exchange.route.endpoint, request.digest), why="", at=now,
        expires_at=expires_at, quorums=request.quorums,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seat:
    """Who decides, and in whose place: his own, or that of somebody whose deputy he is."""

    person: Person
    of: Person | None = None

    @property
    def name(self) -> str:
        """As it goes on record: `dave`, or `dave for carol`."""
        return self.person.name if self.of is None else f"{self.person.name}{FOR}{self.of.name}"

    @property
    def groups(self) -> tuple[str, ...]:
        return self.person.groups if self.of is None else self.of.groups


def may_decide(person: Person, quorums: Iterable[Quorum]) -> bool:
    """Whether this is an approver who counts for one of `quorums`."""
    return not DECIDERS.isdisjoint(person.roles) and any(quorum.takes(person.groups) for quorum in quorums)


def seat(person: Person, approval: Approval, stands_for: Sequence[Person]) -> Seat:
    """In whose place a person decides on this: his own, or that of one of those whom he `stands_for`.

    The first place that is still missing counts. Refused, with the reason, where he may not.
    """
    spoken = voices(approval.yes)
    others = [of for of in stands_for if of.name != approval.actor and of.name not in spoken]
    places = [Seat(person), *(Seat(person, of) for of in others)]
    fitting = [place for place in places if may_decide(place.of or person, approval.quorums)]
    if not fitting:
        named = sorted({group for quorum in approval.quorums for group in quorum.groups})
        of = f" in {', '.join(named)}" if named else ""
        raise Refused(f"{person.name} is no approver{of}", hint="hushgate users add NAME --role approver")
    if person.name == approval.actor:
        raise Refused("nobody decides on what he asked for himself", hint="ask another approver")
    if approval.state != "pending":
        by = f" by {approval.decided_by}" if approval.decided_by else ""
        raise TooLate(f"{approval.id} is {approval.state}{by} already", hint=f"hushgate approvals show {approval.id}")
    missing = [quorum for quorum in approval.quorums if not quorum.met(approval.agreed)]
    return next((place for place in fitting if any(quorum.takes(place.groups) for quorum in missing)), fitting[0])


def refusal(person: Person, approval: Approval, stands_for: Sequence[Person]) -> str:
    """Why this person may not decide on this, or nothing."""
    try:
        check_voice(seat(person, approval, stands_for), approval)
    except Refused as why:
        return str(why)
    return ""


def check_voice(place: Seat, approval: Approval) -> None:
    """TooLate for who has said yes already: one person is one voice, in whatever place."""
    if place.person.name in voices(approval.yes):
        raise TooLate(f"{place.person.name} has said yes already", hint="another approver has to agree")


def tally(approval: Approval) -> list[str]:
    """How many have agreed of those who have to: `1 of 2`, `0 of 1 of security`."""
    return [
        f"{sum(map(quorum.takes, approval.agreed))} of {quorum.approvers}"
        + (f" of {', '.join(quorum.groups)}" if quorum.groups else "")
        for quorum in approval.quorums
    ]


def with_yes(approval: Approval, place: Seat, terms: Terms, now: float) -> Approval:
    """The approval with one more yes; approved with the last that is wanted. All say yes to the same terms."""
    check_voice(place, approval)
    if approval.yes and replace(terms, until=approval.terms.until) != approval.terms:
        hint = "give the same terms to agree (`hushgate approvals show` has them), or reject"
        raise Unfit(f"{', '.join(approval.yes)} said yes on other terms", hint=hint)
    agreed = replace(
        approval, yes=(*approval.yes, place.name), agreed=(*approval.agreed, place.groups),
        terms=approval.terms if approval.yes else terms,
    )  # fmt: skip
    if not all(quorum.met(agreed.agreed) for quorum in agreed.quorums):
        return agreed
    return replace(agreed, state="approved", decided_at=now, decided_by=", ".join(agreed.yes))


def granted(approval: Approval, id: str, now: float) -> Grant:
    """What an approved approval gives, not signed yet."""
    return Grant(id, approval.id, approval.actor, approval.yes, approval.agreed, now, approval.why, approval.terms)
