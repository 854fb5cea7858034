"""What a yes covers, for whom, where to and until when; and the gate's signature over it. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hushgate.consent import Asked, holding, is_held
from hushgate.values import Actor, Decision

ANYWHERE: Final = "*"
HEAD: Final = b"hushgate grant v1\n"


@dataclass(frozen=True, slots=True)
class Request:
    """A held request, as grants look at it. `rules` hold it; `held` are fingerprint and entity of what they found.

    `whole`: it is held, too, for something that is no finding.
    """

    actor: Actor
    destination: str
    digest: str
    rules: frozenset[str]
    held: tuple[tuple[str, str], ...]
    whole: bool

    @classmethod
    def of(cls, asked: Asked, digest: str) -> Self:
        """What is asked for; `digest` is its keyed one."""
        exchange = asked.exchange
        rules, held, spoken = _held(asked.decision)
        return cls(exchange.actor, exchange.route.endpoint, digest, rules, held, bool(rules - spoken))


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
    """A signed yes. `used` counts up and is not under the signature; all else is."""

    id: str
    approval: str
    asked_by: str
    by: tuple[str, ...]
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
        """Whether a request may go on it, but for time and uses: whoever said yes has none for himself, in no group."""
        return request.actor.name not in self.by and self.terms.covers(request)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        return cls(**{**said, "by": tuple(said["by"]), "terms": Terms.from_json(said["terms"])})


class Signer:
    """Signs grants, with the key that a 32 byte seed gives."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    def signed(self, grant: Grant) -> Grant:
        return replace(grant, signature=self._key.sign(_statement(grant)).hex())

    def verifies(self, grant: Grant) -> bool:
        """Whether this gate gave it, just so."""
        try:
            self._key.public_key().verify(bytes.fromhex(grant.signature), _statement(grant))
        except (InvalidSignature, ValueError):
            return False
        return True

    def __repr__(self) -> str:
        return "Signer()"


def _statement(grant: Grant) -> bytes:
    said = grant.to_json()
    for name in ("signature", "used", "revoked_at", "revoked_by"):
        del said[name]
    return HEAD + json.dumps(said, sort_keys=True, separators=(",", ":")).encode("ascii")
