"""What a yes covers, for whom, where to and until when. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

from hushgate.approvals.signatures import statement
from hushgate.consent import Asked, Quorum, holding, is_held
from hushgate.values import Actor, Decision

ANYWHERE: Final = "*"
FOR: Final = " for "
"""Between a deputy and whom he decides for, on record. No name has a space."""


@dataclass(frozen=True, slots=True)
class Request:
    """A held request, as grants look at it. `rules` hold it; `held` are fingerprint and entity of what they found.

    `whole`: it is held, too, for something that is no finding. All `quorums` have to have agreed.
    """

    actor: Actor
    destination: str
    digest: str
    rules: frozenset[str]
    held: tuple[tuple[str, str], ...]
    whole: bool
    quorums: tuple[Quorum, ...] = ()

    @classmethod
    def of(cls, asked: Asked, digest: str, quorums: tuple[Quorum, ...]) -> Self:
        """What is asked for; `digest` is its keyed one, `quorums` as they are in force here."""
        exchange = asked.exchange
        rules, held, spoken = _held(asked.decision)
        return cls(exchange.actor, exchange.route.endpoint, digest, rules, held, bool(rules - spoken), quorums)


def _held(decision: Decision) -> tuple[frozenset[str], tuple[tuple[str, str], ...], frozenset[str]]:
    rules = holding(decision)
    found = [v for v in decision.verdicts if is_held(v, rules)]
    held = dict.fromkeys((v.finding.fingerprint, v.finding.entity) for v in found)
    return rules, tuple(held), frozenset(reason.rule for v in found for reason in v.reasons)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a yes covers. `actor` or `group`; `digest` of one content, or None for what `entities` and `rules` cover.

    `raw`: what was found goes as it is: of one content the `released` fingerprints, of any the `entities`.
    `uses` None: as many as there are; `until` in seconds since the epoch.
    """

    actor: str | None
    group: str | None
    destination: str
    digest: str | None
    entities: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    raw: bool = False
    released: tuple[str, ...] = ()
    uses: int | None = 1
    until: float = 0.0

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        lists = {name: tuple(said[name]) for name in ("entities", "rules", "released")}
        return cls(**{**said, **lists})

    def covers(self, request: Request) -> bool:
        """Whether a request may go on these terms, but for time and uses."""
        theirs = self.actor == request.actor.name if self.group is None else self.group in request.actor.groups
        if not theirs or self.destination not in (ANYWHERE, request.destination):
            return False
        if self.digest is not None:
            return self.digest == request.digest
        if not self.entities and not self.rules:
            return False
        if self.rules and not request.rules <= set(self.rules):
            return False
        if self.entities and not {entity for _, entity in request.held} <= set(self.entities):
            return False
        return bool(self.rules) or not request.whole

    def releases(self, request: Request) -> frozenset[str]:
        """The fingerprints that may go as they are."""
        if not self.raw:
            return frozenset()
        if self.digest is not None:
            return frozenset(self.released)
        return frozenset(print_of for print_of, entity in request.held if entity in self.entities)


@dataclass(frozen=True, slots=True)
class Grant:
    """A signed yes. `by` and `agreed`: who gave it, and the groups of each.

    What changes later is not under the signature: `used` counts up, and it may be revoked.
    """

    id: str
    approval: str
    asked_by: str
    by: tuple[str, ...]
    agreed: tuple[tuple[str, ...], ...]
    at: float
    reason: str
    terms: Terms
    signature: str = field(default="", repr=False)
    used: int = 0
    revoked_at: float | None = None
    revoked_by: str | None = None

    def open_at(self, now: float) -> bool:
        """Whether it can be used."""
        left = self.terms.uses is None or self.used < self.terms.uses
        return left and self.revoked_at is None and now < self.terms.until

    def covers(self, request: Request) -> bool:
        """Whether a request may go on it, but for time and uses.

        Whoever said yes has none for himself, in no group; those who did are enough for what holds it now.
        """
        if request.actor.name in voices(self.by):
            return False
        return self.terms.covers(request) and all(quorum.met(self.agreed) for quorum in request.quorums)

    def statement(self) -> bytes:
        return statement("grant", self.to_json(), without=("used", "revoked_at", "revoked_by"))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        lists = {"by": tuple(said["by"]), "agreed": tuple(map(tuple, said["agreed"]))}
        return cls(**{**said, **lists, "terms": Terms.from_json(said["terms"])})


def voices(by: Iterable[str]) -> set[str]:
    """Everybody who has a part in a yes: whoever gave it, and in whose place."""
    return {name for said in by for name in said.split(FOR)}
