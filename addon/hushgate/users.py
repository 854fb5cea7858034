"""Who may use the gate, and who decides: names, groups, roles, and keyed hashes of their tokens.

A developer has a token for the proxy. Whoever decides or audits has another one, that opens the gate's control
socket and nothing else: an agent has its user's proxy token in its environment, and must not approve with it.

A token has 192 random bits and is shown once. What is kept is a keyed BLAKE2b
of name and token: with that much randomness a slow hash would add nothing, and
every request asks. `users.json` is written whole or not at all.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Protocol

from hushgate.consent import Person
from hushgate.errors import StateError
from hushgate.followed import Followed
from hushgate.state import changing, read_private, write_private
from hushgate.values import Actor

TOKEN_PREFIX: Final = "hg_"  # noqa: S105 - what tokens begin with
DECIDING_PREFIX: Final = "hga_"
TOKEN_BYTES: Final = 24
PROXY: Final = "proxy"
DECIDING: Final = "deciding"
DEVELOPER: Final = "developer"
ROLES: Final = (DEVELOPER, "approver", "auditor", "admin", "revealer")
"""A developer sends; approvers and admins decide; auditors read; a revealer may see a value he decides on."""
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}\Z", re.ASCII)
"""Names and groups. Without `;` and `:`, which part a proxy user name and its token."""

_NOBODY: Final = bytes(32)

type _Known = dict[str, tuple[dict[str, bytes], Person]]


@dataclass(frozen=True, slots=True)
class User:
    """One entry of `users.json`. `digest` and `deciding` are the two tokens' keyed hashes in hex, "" without one."""

    name: str
    groups: tuple[str, ...]
    added: float
    digest: str = field(repr=False)
    roles: tuple[str, ...] = (DEVELOPER,)
    deciding: str = field(default="", repr=False)


class Users:
    """Edits `users.json`; `key` is the tokens key. For the command line, not for every request."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key

    def add(self, name: str, groups: Sequence[str] = ()) -> str:
        """Add a developer and return the token, shown this once; StateError if the name is taken or unfit."""
        return self.enrol(name, groups)[PROXY]

    def enrol(self, name: str, groups: Sequence[str] = (), roles: Sequence[str] = (DEVELOPER,)) -> dict[str, str]:
        """Add a user with ROLES and return the tokens, by what they are for: PROXY, DECIDING."""
        for word in (name, *groups):
            if not NAME.match(word):
                raise StateError(
                    f"{word!r} cannot be a name",
                    hint="use letters, digits and . _ @ + - , beginning with a letter or digit",
                )
        if unknown := set(roles) - set(ROLES):
            raise StateError(f"there is no role {', '.join(sorted(unknown))}", hint=f"roles: {', '.join(ROLES)}")
        tokens = {}
        if DEVELOPER in roles:
            tokens[PROXY] = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        if set(roles) - {DEVELOPER}:
            tokens[DECIDING] = DECIDING_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        kept = {use: token_digest(self._key, name, token, use).hex() for use, token in tokens.items()}
        with self._changing() as users:
            if any(user.name == name for user in users):
                raise StateError(f"the user {name} exists", hint=f"hushgate users revoke {name} first, for a new token")
            held = tuple(role for role in ROLES if role in roles)
            fitting = tuple(dict.fromkeys(groups))
            users.append(User(name, fitting, time.time(), kept.get(PROXY, ""), held, kept.get(DECIDING, "")))
        return tokens

    def revoke(self, name: str) -> None:
        """Remove a user; StateError if there is none of that name."""
        with self._changing() as users:
            left = [user for user in users if user.name != name]
            if len(left) == len(users):
                raise StateError("there is no such user", hint="hushgate users list")
            users[:] = left

    def everyone(self) -> tuple[User, ...]:
        """All users in the order they were added."""
        return read_users(self._path)

    @contextmanager
    def _changing(self) -> Iterator[list[User]]:
        """The users, to be changed in place and written back, while nobody else changes them."""
        with changing(self._path):
            users = list(read_users(self._path))
            yield users
            write_private(self._path, _written(users))

    def __repr__(self) -> str:
        return f"Users({str(self._path)!r})"


class Others(Protocol):
    """What opens the gate beside users' own tokens. `user` is who has the name, if a user has."""

    def actor(self, name: str, token: str, user: Actor | None) -> Actor | None: ...


class UserBook:
    """Answers who a name and a token belong to, and follows changes of the file. `others` are asked behind it.

    Anything wrong with the file means nobody: no user of an earlier version lives on.
    """

    def __init__(self, path: Path, key: bytes, others: Others | None = None) -> None:
        self._path = path
        self._others = others
        self._key = key
        self._known = Followed[_Known](path, _known, {})

    @property
    def fault(self) -> str | None:
        """Why the file could not be used, if it could not."""
        return self._known.fault

    def verify(self, name: str, token: str) -> Actor | None:
        """The actor, or None. Takes as long for an unknown name as for a wrong token."""
        kept, person = self._known.now.get(name, ({}, None))
        fits = hmac.compare_digest(kept.get(PROXY, _NOBODY), token_digest(self._key, name, token))
        actor = Actor(name, person.groups) if person is not None and PROXY in kept else None
        if fits and actor is not None:
            return actor
        return self._others.actor(name, token, actor) if self._others is not None else None

    def person(self, name: str, token: str) -> Person | None:
        """Who a name and either of its tokens belong to; with the proxy's alone he is a developer, and no more."""
        kept, person = self._known.now.get(name, ({}, None))
        given = {use: token_digest(self._key, name, token, use) for use in (PROXY, DECIDING)}
        fits = {use: hmac.compare_digest(kept.get(use, _NOBODY), given[use]) for use in given}
        if person is None or not any(fits.values()):
            return None
        return person if fits[DECIDING] else Person(person.name, person.groups, (DEVELOPER,))

    def everyone(self) -> list[Person]:
        """Everybody who has a token."""
        return [person for _, person in self._known.now.values()]

    def standing(self, name: str) -> tuple[bytes, Person] | None:
        """What is kept of a user's tokens, and who it is, as of now: whether who came in earlier may stay."""
        kept, person = self._known.now.get(name, ({}, None))
        return None if person is None else (b"".join(kept[use] for use in sorted(kept)), person)

    @property
    def configured(self) -> bool:
        """Whether any user can be verified now."""
        return any(PROXY in kept for kept, _ in self._known.now.values())

    def __repr__(self) -> str:
        return f"UserBook({str(self._path)!r}, users={len(self._known.now)})"


class Doorkeeper:
    """The users of a gate. Once users are wanted, a missing or broken file lets nobody in."""

    def __init__(self, book: UserBook, place: Path, *, always: bool) -> None:
        self._book = book
        self._place = place
        self._always = always

    @property
    def any(self) -> bool:
        """Whether a client has to name itself."""
        return self._always or self._place.exists()

    @property
    def configured(self) -> bool:
        """Whether anybody could be let in."""
        return self._book.configured

    def verify(self, name: str, token: str) -> Actor | None:
        """Who a name and a token belong to."""
        return self._book.verify(name, token)

    def person(self, name: str, token: str) -> Person | None:
        """Who a name and a token belong to, with the roles that the token opens."""
        return self._book.person(name, token)

    def everyone(self) -> list[Person]:
        """All who have a token."""
        return self._book.everyone()


def token_digest(key: bytes, name: str, token: str, use: str = PROXY) -> bytes:
    """What is kept of a token: 32 bytes, bound to the user's name and to what it is for."""
    whose = name if use == PROXY else f"{name};{use}"  # no name has a `;`
    said = whose.encode("utf-8", "surrogatepass") + b"\0" + token.encode("utf-8", "surrogatepass")
    return blake2b(said, key=key, digest_size=32, person=b"hushgate-users").digest()


def _known(path: Path) -> _Known:
    return {user.name: (_tokens(user), Person(user.name, user.groups, user.roles)) for user in read_users(path)}


def _tokens(user: User) -> dict[str, bytes]:
    kept = {PROXY: user.digest, DECIDING: user.deciding}
    return {use: bytes.fromhex(digest) for use, digest in kept.items() if digest}


def read_users(path: Path) -> tuple[User, ...]:
    """The users in the file, none if it is missing; StateError if anything in it is not as we write it."""
    try:
        raw = read_private(path)
    except FileNotFoundError:
        return ()
    try:
        said = json.loads(raw)
        if said["version"] != 1:
            raise StateError(f"{path} was written by a newer release", hint="upgrade hushgate")
        users = tuple(_user(entry) for entry in said["users"])
        if len({user.name for user in users}) != len(users):
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise StateError(f"{path} is damaged", hint="restore it, or remove it and add the users again") from None
    return users


def _user(entry: dict[str, Any]) -> User:
    roles = tuple(entry.get("roles", (DEVELOPER,)))
    user = User(
        entry["name"], tuple(entry["groups"]), float(entry["added"]), entry["digest"], roles, entry.get("deciding", "")
    )
    kept = _tokens(user)
    wanted = {PROXY if role == DEVELOPER else DECIDING for role in roles}
    fine = kept.keys() == wanted and all(len(digest) == 32 for digest in kept.values())
    if not roles or set(roles) - set(ROLES) or not fine or not all(NAME.match(w) for w in (user.name, *user.groups)):
        raise ValueError
    return user


def _written(users: Sequence[User]) -> bytes:
    entries = [
        {"name": u.name, "groups": u.groups, "roles": u.roles, "added": u.added, "digest": u.digest,
         "deciding": u.deciding}
        for u in users
    ]  # fmt: skip
    return json.dumps({"version": 1, "users": entries}, indent=1).encode("ascii") + b"\n"
