"""Who looks at the pages, and what they may see.

A user of the gate logs in with a token, or with a password. The token for
deciding and reading opens the roles that the user has, as a password does; the
proxy's those of a developer, who sees what is their own. Where the gate has no
users, whoever is on this machine reads as an auditor does.
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
from hushgate.users import User, UserBook

IDLE_SECONDS: Final = 3600.0
LASTS_SECONDS: Final = 8 * 3600.0
MOST_SESSIONS: Final = 1000

WRONG_TRIES: Final = 10
"""How often one address may be wrong within `WRONG_SECONDS`."""

WRONG_SECONDS: Final = 60.0
WRONG_PASSWORDS: Final = 20
"""How many wrong passwords one name has within `PASSWORD_SECONDS`. Tokens, which nobody guesses, open meanwhile."""
PASSWORD_SECONDS: Final = 3600.0


class Role(StrEnum):
    """What a route asks for. An admin has all of them but REVEALER, which is given by itself.

    An auditor and an approver have that of a developer as well. DECIDING is nobody's own: whoever came in with a token
    for deciding has it, since a deputy may be of any role.
    """

    DEVELOPER = "developer"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"
    REVEALER = "revealer"
    DECIDING = "deciding"


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
        if role is Role.DECIDING:
            return self.named and bool(self.roles - {Role.DEVELOPER})
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


class Way(StrEnum):
    """How somebody came in."""

    TOKEN = "token"  # noqa: S105 - a word
    PASSWORD = "password"  # noqa: S105
    PROVIDER = "provider"

    def kept(self, user: User) -> str:
        """What of a user has to stay as it is for a log-in to last."""
        kept = {Way.TOKEN: user.digest + user.deciding, Way.PASSWORD: user.password, Way.PROVIDER: user.subject}
        return kept[self]


@dataclass(slots=True)
class _Session:
    """`roles` are those that the log-in opens, at most; what the user has of them is looked up each time.
    `leaving` is where to log out at the provider, "" for nowhere.
    """

    name: str
    way: Way
    kept: str
    roles: frozenset[Role]
    began: float
    seen: float
    leaving: str = field(default="", repr=False)


class TooMany(Exception):
    """Too many were wrong lately; `seconds` until the next may be tried."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class Door:
    """Lets visitors in and remembers them: sessions in memory, by the hash of what their cookie holds.

    `users_file` is the gate's; once it is there, or with `always`, nobody comes in unnamed.
    For one thread: the console's event loop.
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
        self._addresses = Pace(clock, tries=WRONG_TRIES, seconds=WRONG_SECONDS)
        self._names = Pace(clock, tries=WRONG_PASSWORDS, seconds=PASSWORD_SECONDS)

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
        user = self._book.standing(session.name)
        stale = at - session.began > LASTS_SECONDS or at - session.seen > IDLE_SECONDS
        if stale or user is None or session.way.kept(user) != session.kept:
            del self._sessions[key]
            return None
        session.seen = at if visits else session.seen
        return Visitor(session.name, session.roles & roles_of(user.person), self._form(key), groups=user.groups)

    def check(self, name: str, token: str, address: str) -> Visitor | None:
        """Who a name and a token belong to; TooMany after too many wrong ones of this address."""
        self.knock(address)
        person = self._book.person(name, token)
        if person is None:
            return None
        self.welcome(address)
        return Visitor(person.name, roles_of(person), groups=person.groups)

    def knock(self, address: str) -> None:
        """Something of this address is to be checked, and counts as wrong until it was right: `welcome`."""
        self._begin(self._addresses, host(address))

    def welcome(self, address: str) -> None:
        """It was."""
        self._addresses.right(host(address))

    def begin(self, name: str, address: str) -> None:
        """A password is to be checked, and counts as wrong until it was `right`; TooMany where it may not be."""
        if (seconds := self._names.waits(name[:64])) > 0:
            raise TooMany(seconds)
        self.knock(address)
        self._names.wrong(name[:64])

    def right(self, name: str, address: str) -> None:
        """The password was right."""
        self._names.right(name[:64])
        self.welcome(address)

    def enter(self, name: str, way: Way, roles: frozenset[Role] = frozenset(Role), leaving: str = "") -> str | None:
        """Begin a session with at most these roles: what its cookie is to hold. None where the user is gone by now."""
        if (user := self._book.standing(name)) is None:
            return None
        cookie, at = secrets.token_urlsafe(32), self._clock()
        self._sessions[_key(cookie)] = _Session(name, way, way.kept(user), roles, at, at, leaving)
        while len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return cookie

    def knows(self, name: str) -> bool:
        """Whether there is a user of that name."""
        return self._book.standing(name) is not None

    def log_out(self, cookie: str | None) -> str:
        """Forget a session; where to log out at the provider, "" for nowhere."""
        session = self._sessions.pop(_key(cookie), None) if cookie else None
        return session.leaving if session is not None else ""

    @staticmethod
    def _begin(pace: Pace, who: str) -> None:
        if (seconds := pace.waits(who)) > 0:
            raise TooMany(seconds)
        pace.wrong(who)

    def _form(self, key: bytes) -> str:
        return hmac.digest(self._secret, b"form\0" + key, "sha256").hex()


def _key(cookie: str) -> bytes:
    return sha256(cookie.encode("utf-8", "surrogatepass")).digest()
