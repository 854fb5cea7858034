"""A CI job's signed token against a ticket: whose it is, whether it is genuine and of now, and never twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ..errors import Malformed
from .form import Asked, Unfit
from .issuers import Issuer, fetcher
from .jws import parse
from .scope import beyond, words
from .tickets import Tickets
from .workloads import Workload, in_time, load_workloads

HOST: Final = "gate.hushgate.invalid"
PATH: Final = "/token"
LATE: Final = 60.0
"""Seconds for which a token is remembered beyond its end: longer than clocks may differ."""


@dataclass(frozen=True, slots=True)
class Given:
    """A ticket as it is handed out. `seconds` it lasts; `scope` in the exchange's words; `claims` go on record."""

    name: str
    token: str = field(repr=False)
    seconds: int
    claims: Mapping[str, str]
    scope: str = ""
    id: str = ""


class Exchange:
    """The rules of a gate, and the keys of their issuers. Blocks for a fetch and for a file."""

    def __init__(
        self,
        workloads: Sequence[Workload],
        tickets: Tickets,
        fetch: Callable[[str], bytes],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._workloads = tuple(workloads)
        self._tickets = tickets
        self._clock = clock
        self._issuers = {(one.issuer, one.keys): Issuer(one.issuer, one.keys, fetch) for one in workloads}

    def take(self, asked: Asked) -> Given:
        """The ticket that a token is good for, and no more than is asked.

        Malformed where it is good for none; StateError where none can be made.

        No key is asked for before a rule fits, so that nobody makes the gate fetch what no rule names.
        """
        signed = parse(asked.token)
        rule = next((one for one in self._workloads if one.fits(signed.claims)), None)
        if rule is None:
            raise Malformed(
                "no rule lets in a job with this issuer, audience and claims",
                hint="compare the token's claims with the gate's file of workloads",
            )
        key = self._issuers[rule.issuer, rule.keys].key(signed.kid)
        if key is None or key.alg != signed.alg or not key.verify(signed.signature, signed.said):
            raise Malformed("the token is not signed with a key of its issuer")
        ends = in_time(signed, self._clock())
        once = signed.claims.get("jti")
        if not isinstance(once, str) or not once:
            raise Malformed("the token has no `jti`, by which it could be told from others")
        if (more := beyond(rule.scope, asked.scope)) is not None:
            raise Unfit("invalid_scope", f"the rule of this job does not give {more}", "ask for less, or for nothing")
        seconds, origin, scopes = rule.minutes * 60, f"{rule.issuer}\0{once}", (rule.scope, asked.scope)
        given = self._tickets.give_job(rule.actor, seconds, rule.groups, origin, ends + LATE, scopes)
        id = self._tickets.id_of(rule.actor, given)
        return Given(rule.actor, given, seconds, rule.told(signed.claims), words(scopes), id)


def open_exchange(rules: Path | None, tickets: Path, key: bytes, ca: Path | None) -> Exchange | None:
    """What lets CI jobs in by a file of rules, None without one; ConfigError where it cannot be used."""
    return None if rules is None else Exchange(load_workloads(rules), Tickets(tickets, key), fetcher(ca))
