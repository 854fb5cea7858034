"""Tickets: proxy tokens with an end, of a user or of a CI job. Kept as keyed hashes in `tickets.json`.

A user's ticket lasts no longer than the user, and has the user's groups of now; a job's has its rule's. The token
that a job's ticket was given for is remembered, as a hash, until it has expired: it is good for one ticket.
"""

from __future__ import annotations

import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from ..errors import Malformed, StateError
from ..followed import Followed
from ..state import changing, read_private, write_private
from ..users import ID_LENGTH, NAME, TOKEN_BYTES, token_digest
from ..values import Actor, Scope
from .scope import ANY, scope_of, written

PREFIX: Final = "hgt_"
MOST: Final = 10_000
"""Tickets at a time, so that checking and writing them stays cheap."""
LONGEST: Final = 90 * 86400.0


@dataclass(frozen=True, slots=True)
class Ticket:
    """`expires` in Unix seconds. `job` is a CI job's, with groups of its own; `origin` the hash of its token.

    All of the `scopes` have to let it, and those of its user.
    """

    name: str
    digest: str = field(repr=False)
    expires: float
    groups: tuple[str, ...] = ()
    job: bool = False
    origin: str = field(default="", repr=False)
    origin_ends: float = 0.0
    scopes: tuple[Scope, ...] = ()

    @property
    def id(self) -> str:
        """The token's name on record."""
        return self.digest[:ID_LENGTH]

    def matters(self, now: float) -> bool:
        return now < max(self.expires, self.origin_ends)


class Tickets:
    """Gives out tickets and takes them back; `key` is the tokens key."""

    def __init__(self, path: Path, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._key = key
        self._clock = clock

    def give(self, name: str, seconds: float, scope: Scope = ANY) -> str:
        """A user's ticket; the token, shown this once. StateError where it would last too long."""
        if not 0 < seconds <= LONGEST:
            raise StateError("a ticket lasts up to 90 days", hint="hushgate users add makes tokens without an end")
        return self._give(Ticket(name, "", seconds, scopes=_limits(scope)))

    def give_job(
        self, name: str, seconds: float, groups: Sequence[str], origin: str, ends: float, scopes: Iterable[Scope] = ()
    ) -> str:
        """A job's ticket for the token whose name is `origin`; Malformed where that had one."""
        limits = _limits(*scopes)
        return self._give(Ticket(name, "", seconds, tuple(groups), True, self._origin(origin), ends, limits))

    def revoke(self, name: str, id: str | None = None) -> int:
        """Take a name's tickets back, or the one with this id; how many there were. What they were for stays used."""
        now = self._clock()

        def meant(one: Ticket) -> bool:
            return one.name == name and id in (None, one.id)

        with changing(self._path):
            kept = read_tickets(self._path)
            gone = sum(meant(one) and one.expires > now for one in kept)
            if gone:
                self._write(replace(one, expires=0.0) if meant(one) else one for one in kept)
        return gone

    def id_of(self, name: str, token: str) -> str:
        """A token's name on record."""
        return token_digest(self._key, name, token).hex()[:ID_LENGTH]

    def live(self) -> tuple[Ticket, ...]:
        """Those that open the gate now, but for the end of their users."""
        return tuple(one for one in read_tickets(self._path) if one.expires > self._clock())

    def _give(self, wanted: Ticket) -> str:
        """The token of a ticket that is to last `expires` seconds from now."""
        token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        digest = token_digest(self._key, wanted.name, token).hex()
        fresh = replace(wanted, digest=digest, expires=self._clock() + wanted.expires)
        with changing(self._path):
            kept = [one for one in read_tickets(self._path) if one.matters(self._clock())]
            if fresh.origin and any(hmac.compare_digest(one.origin, fresh.origin) for one in kept):
                raise Malformed("this token has been exchanged before", hint="ask the CI system for a new one")
            if len(kept) >= MOST:
                raise StateError("there are too many tickets", hint="wait until some have expired")
            self._write([*kept, fresh])
        return token

    def _origin(self, name: str) -> str:
        said = name.encode("utf-8", "surrogatepass")
        return blake2b(said, key=self._key, digest_size=32, person=b"hushgate-origin").hexdigest()

    def _write(self, tickets: Iterable[Ticket]) -> None:
        said = {"version": 1, "tickets": [_written(t) for t in tickets if t.matters(self._clock())]}
        write_private(self._path, json.dumps(said).encode("ascii") + b"\n")

    def __repr__(self) -> str:
        return f"Tickets({str(self._path)!r})"


class TicketBook:
    """Answers whose ticket a name and a token are, and follows the file; anything wrong with it means nobody's."""

    def __init__(self, path: Path, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._key = key
        self._clock = clock
        self._tickets = Followed[dict[str, Ticket]](path, _by_digest, {})

    def actor(self, name: str, token: str, user: Actor | None) -> Actor | None:
        """Who comes in; None where the ticket is unknown or over, or is of a user that there is no more."""
        ticket = self._tickets.now.get(token_digest(self._key, name, token).hex())
        if ticket is None or ticket.name != name or not ticket.expires > self._clock():
            return None
        if ticket.job:
            return Actor(name, ticket.groups, ticket.id, ticket.scopes)
        return None if user is None else replace(user, token=ticket.id, scopes=(*user.scopes, *ticket.scopes))

    def __repr__(self) -> str:
        return f"TicketBook({str(self._path)!r}, tickets={len(self._tickets.now)})"


def _by_digest(path: Path) -> dict[str, Ticket]:
    return {one.digest: one for one in read_tickets(path)}


def read_tickets(path: Path) -> tuple[Ticket, ...]:
    """The tickets in the file, none if it is missing; StateError if anything in it is not as we write it."""
    try:
        raw = read_private(path)
    except FileNotFoundError:
        return ()
    try:
        said = json.loads(raw)
        if said["version"] != 1:
            raise ValueError
        return tuple(_ticket(entry) for entry in said["tickets"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise StateError(f"{path} is damaged", hint="remove it: tickets are given anew") from None


def _ticket(entry: dict[str, Any]) -> Ticket:
    scopes = _limits(*map(scope_of, entry.get("scopes", ())))
    one = Ticket(**{**entry, "groups": tuple(entry["groups"]), "scopes": scopes})
    sizes = {len(bytes.fromhex(one.digest)), len(bytes.fromhex(one.origin)) or 32}
    times = isinstance(one.expires, int | float) and isinstance(one.origin_ends, int | float)
    if sizes != {32} or not times or not isinstance(one.job, bool) or not all(map(NAME.match, (one.name, *one.groups))):
        raise ValueError
    return one


def _written(one: Ticket) -> dict[str, Any]:
    # Earlier releases know no `scopes`, and let nobody in by a file that has them.
    entry = {field.name: getattr(one, field.name) for field in fields(one)}
    scopes = [written(scope) for scope in one.scopes]
    return {**entry, "scopes": scopes} if scopes else {k: v for k, v in entry.items() if k != "scopes"}


def _limits(*scopes: Scope) -> tuple[Scope, ...]:
    return tuple(scope for scope in scopes if scope != ANY)
