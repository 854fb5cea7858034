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
        self._tickets = tickets
        self._fetch = fetch
        self._clock = clock
        self._rules: tuple[tuple[Workload, ...], dict[tuple[str, str], Issuer]] = (), {}
        self.use(workloads)

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """The rules in force."""
        return self._rules[0]

    def use(self, workloads: Sequence[Workload]) -> bool:
        """Put other rules in force; False where they say what is in force already. Known keys stay known."""
        before, known = self._rules
        fresh = tuple(workloads)
        places = {(one.issuer, one.keys) for one in fresh}
        self._rules = fresh, {at: known.get(at) or Issuer(*at, self._fetch) for at in places}
        return fresh != before

    def take(self, asked: Asked) -> Given:
        """The ticket that a token is good for, and no more than is asked.

        Malformed where it is good for none; StateError where none can be made.

        No key is asked for before a rule fits, so that nobody makes the gate fetch what no rule names.
        """
        signed, (workloads, issuers) = parse(asked.token), self._rules
        rule = next((one for one in workloads if one.fits(signed.claims)), None)
        if rule is None:
            raise Malformed(
                "no rule lets in a job with this issuer, audience and claims",
                hint="compare the token's claims with the gate's file of workloads",
            )
        key = issuers[rule.issuer, rule.keys].key(signed.kid)
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
