"""Who looks at the pages, and what they may see.

A user of the gate logs in with name and token. The token for deciding and
reading opens the roles that the user has, the proxy's those of a developer,
who sees what is their own. Where the gate has no users, whoever is
on this machine reads as an auditor does.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Final

from hushgate.consent import Person
from hushgate.identity.pace import Pace, host
from hushgate.users import UserBook

IDLE_SECONDS: Final = 3600.0
LASTS_SECONDS: Final = 8 * 3600.0
MOST_SESSIONS: Final = 1000

WRONG_TRIES: Final = 10
"""How many wrong tokens one address, or one name, has within `WRONG_SECONDS`."""

WRONG_SECONDS: Final = 60.0


class Role(StrEnum):
    """What a route asks for. An admin has all of them but the last, which is given by itself.

    An auditor and an approver have that of a developer as well.
    """

    DEVELOPER = "developer"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"
    REVEALER = "revealer"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. `form` is what their forms have to carry; `named` is False where the gate has no users."""

    name: str
    roles: frozenset[Role]
    form: str = field(default="", repr=False)
    named: bool = True
    groups: tuple[str, ...] = ()

    def may(self, role: Role) -> bool:
        """Whether a route that asks for `role` is theirs."""
        return role in self.roles or (Role.ADMIN in self.roles and role is not Role.REVEALER)

    @property
    def person(self) -> Person:
        """Who it is to those who decide on approvals, with the roles of this log-in alone."""
        return Person(self.name, self.groups, tuple(sorted(role.value for role in self.roles)))

    @property
    def sees(self) -> str | None:
        """Whose exchanges they see: their own, or (None) everybody's."""
        return None if self.may(Role.AUDITOR) else self.name


def roles_of(person: Person) -> frozenset[Role]:
    """What a person may see here: what is their own in any case."""
    return frozenset({Role.DEVELOPER, *(role for role in Role if role.value in person.roles)})


@dataclass(slots=True)
class _Session:
    name: str
    kept: bytes
    roles: frozenset[Role]
    began: float
    seen: float


class TooMany(Exception):
    """Too many wrong tokens lately; `seconds` until the next may be tried."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class Door:
    """Lets visitors in and remembers them: sessions in memory, by the hash of what their cookie holds.

    `users_file` is the gate's; once it is there, or with `always`, nobody comes in unnamed.
    For one thread.
    """

    def __init__(
        self, book: UserBook, users_file: Path, *, always: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._book = book
        self._users_file = users_file
        self._always = always
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._sessions: OrderedDict[bytes, _Session] = OrderedDict()
        self._pace = Pace(clock, tries=WRONG_TRIES, seconds=WRONG_SECONDS)

    @property
    def asks(self) -> bool:
        """Whether a visitor has to log in."""
        return self._always or self._users_file.exists()

    def visitor(self, cookie: str | None, *, visits: bool = True) -> Visitor | None:
        """Who a cookie belongs to, by users and groups as they are now; None for nobody. `visits`: it is a page that is
        looked at, which keeps the log-in.
        """
        if not self.asks:
            return Visitor("local", frozenset({Role.DEVELOPER, Role.AUDITOR}), self._form(b"local"), named=False)
        if not cookie:
            return None
        at, key = self._clock(), _key(cookie)
        session = self._sessions.get(key)
        if session is None:
            return None
        standing = self._book.standing(session.name)
        stale = at - session.began > LASTS_SECONDS or at - session.seen > IDLE_SECONDS
        if stale or standing is None or not hmac.compare_digest(standing[0], session.kept):
            del self._sessions[key]
            return None
        session.seen = at if visits else session.seen
        return Visitor(session.name, session.roles & roles_of(standing[1]), self._form(key), groups=standing[1].groups)

    def log_in(self, name: str, token: str, address: str) -> str | None:
        """What the cookie is to hold, or None for a wrong name or token; TooMany after too many of those."""
        visitor, standing = self.check(name, token, address), self._book.standing(name)
        if visitor is None or standing is None:
            return None
        cookie, at = secrets.token_urlsafe(32), self._clock()
        self._sessions[_key(cookie)] = _Session(name, standing[0], visitor.roles, at, at)
        while len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return cookie

    def check(self, name: str, token: str, address: str) -> Visitor | None:
        """Who a name and a token belong to; TooMany after too many wrong ones of this address or for this name."""
        watched = (f"address {host(address)}", f"name {name[:64]}")
        if (seconds := self._pace.waits(*watched)) > 0:
            raise TooMany(seconds)
        person = self._book.person(name, token)
        if person is None:
            self._pace.wrong(*watched)
            return None
        return Visitor(person.name, roles_of(person), groups=person.groups)

    def log_out(self, cookie: str | None) -> None:
        """Forget a session."""
        if cookie:
            self._sessions.pop(_key(cookie), None)

    def _form(self, key: bytes) -> str:
        return hmac.digest(self._secret, b"form\0" + key, "sha256").hex()


def _key(cookie: str) -> bytes:
    return sha256(cookie.encode("utf-8", "surrogatepass")).digest()
