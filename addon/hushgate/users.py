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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Protocol

from hushgate.consent import Person
from hushgate.errors import StateError
from hushgate.followed import Followed
from hushgate.identity.scope import ANY, scope_of, written
from hushgate.state import changing, read_private, write_private
from hushgate.values import Actor, Scope

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
_ARGON2ID: Final = "$argon2id$"
ID_LENGTH: Final = 12
"""Hex digits of a token's keyed hash that tell it from others, on record and in lists. They open nothing."""


@dataclass(frozen=True, slots=True)
class User:
    """One entry of `users.json`. `digest` and `deciding` are the two tokens' keyed hashes in hex, "" without one.

    `scope` holds for all that the user sends, with whichever token; `expires` in Unix seconds, 0 for never.
    `password` is what `identity.passwords` keeps of one; `subject` (`identity.arriving`) a
    keyed hash of who it is at an OpenID provider, which alone lets in whom it has `provided`.
    """

    name: str
    groups: tuple[str, ...]
    added: float
    digest: str = field(repr=False)
    roles: tuple[str, ...] = (DEVELOPER,)
    deciding: str = field(default="", repr=False)
    scope: Scope = ANY
    expires: float = 0.0
    password: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    provided: bool = False

    @property
    def id(self) -> str:
        """The proxy token's name on record; "" without one."""
        return self.digest[:ID_LENGTH]

    @property
    def actor(self) -> Actor:
        return Actor(self.name, self.groups, self.id, (self.scope,) if self.scope != ANY else ())

    @property
    def person(self) -> Person:
        return Person(self.name, self.groups, self.roles)

    def ended(self, now: float) -> bool:
        return 0 < self.expires <= now


class Users:
    """Edits `users.json`; `key` is the tokens key. For the command line, not for every request."""

    def __init__(self, path: Path, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._key = key
        self._clock = clock

    def add(self, name: str, groups: Sequence[str] = ()) -> str:
        """Add a developer and return the token, shown this once; StateError if the name is taken or unfit."""
        return self.enrol(name, groups)[PROXY]

    def enrol(
        self,
        name: str,
        groups: Sequence[str] = (),
        roles: Sequence[str] = (DEVELOPER,),
        scope: Scope = ANY,
        seconds: float = 0.0,
    ) -> dict[str, str]:
        """Add a user with ROLES and return the tokens, by what they are for: PROXY, DECIDING. `seconds` 0: for good.

        Who ended has left the name to others.
        """
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
        with self.changing() as users:
            now = self._clock()
            users[:] = [user for user in users if user.name != name or not user.ended(now)]
            if any(user.name == name for user in users):
                raise StateError(f"the user {name} exists", hint=f"hushgate users revoke {name} first, for a new token")
            held = tuple(role for role in ROLES if role in roles)
            fitting = tuple(dict.fromkeys(groups))
            ends = now + seconds if seconds else 0.0
            users.append(User(name, fitting, now, kept.get(PROXY, ""), held, kept.get(DECIDING, ""), scope, ends))
        return tokens

    def revoke(self, name: str) -> None:
        """Remove a user; StateError if there is none of that name."""
        with self.changing() as users:
            left = [user for user in users if user.name != name]
            if len(left) == len(users):
                raise StateError("there is no such user", hint="hushgate users list")
            users[:] = left

    def revoke_token(self, name: str, id: str) -> bool:
        """Take a user's own proxy token back, and leave the user; whether it was that one."""
        with self.changing() as users:
            at = next((n for n, user in enumerate(users) if user.name == name and id and user.id == id), None)
            if at is not None:
                users[at] = replace(users[at], digest="")
        return at is not None

    def keep_password(self, name: str, kept: str, *, instead_of: str | None = None) -> None:
        """Keep the hash of a user's password, "" for none; only where `instead_of` is still kept, if that is given."""
        with self.changing() as users:
            at = next((n for n, user in enumerate(users) if user.name == name), None)
            if at is None:
                raise StateError("there is no such user", hint="hushgate users list")
            if instead_of is None or users[at].password == instead_of:
                users[at] = replace(users[at], password=kept)

    def everyone(self) -> tuple[User, ...]:
        """All users in the order they were added, those that have ended among them."""
        return read_users(self._path)

    @contextmanager
    def changing(self) -> Iterator[list[User]]:
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

    def __init__(
        self, path: Path, key: bytes, others: Others | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._path = path
        self._others = others
        self._key = key
        self._clock = clock
        self._known = Followed[dict[str, User]](path, _known, {})

    @property
    def fault(self) -> str | None:
        """Why the file could not be used, if it could not."""
        return self._known.fault

    def verify(self, name: str, token: str) -> Actor | None:
        """The actor, or None. Takes as long for an unknown name as for a wrong token."""
        user = self._sender(name)
        given = token_digest(self._key, name, token)
        if hmac.compare_digest(_kept(user, PROXY), given) and user is not None:
            return user.actor
        others = self._others
        return None if others is None else others.actor(name, token, None if user is None else user.actor)

    def person(self, name: str, token: str) -> Person | None:
        """Who a name and either of its tokens belong to; with the proxy's alone he is a developer, and no more.

        A user with a scope has a proxy token that is good for the proxy alone.
        """
        user = self.standing(name)
        fits = {
            use: hmac.compare_digest(_kept(user, use), token_digest(self._key, name, token, use))
            for use in (PROXY, DECIDING)
        }
        if user is None or not any(fits.values()):
            return None
        if fits[DECIDING]:
            return user.person
        return Person(user.name, user.groups, (DEVELOPER,)) if user.scope == ANY else None

    def everyone(self) -> list[Person]:
        """Everybody who may come in now."""
        now = self._clock()
        return [user.person for user in self._known.now.values() if not user.ended(now)]

    def standing(self, name: str) -> User | None:
        """What is kept of a user as of now: whether who came in earlier may stay, and as whom."""
        user = self._known.now.get(name)
        return None if user is None or user.ended(self._clock()) else user

    @property
    def configured(self) -> bool:
        """Whether any user can be verified now."""
        return any(self._sender(name) is not None for name in self._known.now)

    def sender(self, name: str) -> Actor | None:
        """Who is called that and may send, for whoever has shown in another way who it is."""
        user = self._sender(name)
        return None if user is None else user.actor

    def _sender(self, name: str) -> User | None:
        user = self.standing(name)
        return user if user is not None and DEVELOPER in user.roles else None

    def __repr__(self) -> str:
        return f"UserBook({str(self._path)!r}, users={len(self._known.now)})"


def token_digest(key: bytes, name: str, token: str, use: str = PROXY) -> bytes:
    """What is kept of a token: 32 bytes, bound to the user's name and to what it is for."""
    whose = name if use == PROXY else f"{name};{use}"  # no name has a `;`
    said = whose.encode("utf-8", "surrogatepass") + b"\0" + token.encode("utf-8", "surrogatepass")
    return blake2b(said, key=key, digest_size=32, person=b"hushgate-users").digest()


def _known(path: Path) -> dict[str, User]:
    return {user.name: user for user in read_users(path)}


def _kept(user: User | None, use: str) -> bytes:
    """The keyed hash of a user's token; one that no token has, where there is none."""
    digest = "" if user is None else user.digest if use == PROXY else user.deciding
    return bytes.fromhex(digest) or _NOBODY


def read_users(path: Path) -> tuple[User, ...]:
    """The users in the file, none if it is missing; StateError if anything in it is not as we write it."""
    try:
        raw = read_private(path)
    except FileNotFoundError:
        return ()
    try:
        said = json.loads(raw)
        if said["version"] not in (1, 2):
            raise StateError(f"{path} was written by a newer release", hint="upgrade hushgate")
        users = tuple(_user(entry, said["version"]) for entry in said["users"])
        if len({user.name for user in users}) != len(users):
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise StateError(f"{path} is damaged", hint="restore it, or remove it and add the users again") from None
    return users


def _user(entry: dict[str, Any], version: int) -> User:
    roles, own, deciding = tuple(entry.get("roles", (DEVELOPER,))), entry["digest"], entry.get("deciding", "")
    scope, expires = scope_of(entry.get("scope", {})), float(entry.get("expires", 0))
    password, subject, provided = entry.get("password", ""), entry.get("subject", ""), entry.get("provided", False)
    added, groups = float(entry["added"]), tuple(entry["groups"])
    user = User(entry["name"], groups, added, own, roles, deciding, scope, expires, password, subject, provided)
    kept = {use: bytes.fromhex(digest) for use, digest in ((PROXY, own), (DECIDING, deciding)) if digest}
    wanted = {PROXY if role == DEVELOPER else DECIDING for role in roles}
    missing = {PROXY} if version > 1 else set()  # a token that was taken back
    missing |= {DECIDING} if provided is True and version > 1 else set()
    fine = kept.keys() <= wanted <= kept.keys() | missing and all(len(digest) == 32 for digest in kept.values())
    fine = (
        fine
        and (not password or password.startswith(_ARGON2ID))
        and len(bytes.fromhex(subject)) == (32 if subject or provided else 0)
        and expires >= 0
        and bool(roles)
        and not set(roles) - set(ROLES)
    )
    if not fine or not all(NAME.match(w) for w in (user.name, *user.groups)):
        raise ValueError
    return user


def _written(users: Sequence[User]) -> bytes:
    entries = [
        {"name": u.name, "groups": u.groups, "roles": u.roles, "added": u.added, "digest": u.digest,
         "deciding": u.deciding, "scope": written(u.scope), "expires": u.expires, "password": u.password,
         "subject": u.subject, "provided": u.provided}
        for u in users
    ]  # fmt: skip
    # Earlier releases know no limits, and must not take a user for one without any.
    limited = any(u.scope != ANY or u.expires or u.provided or (DEVELOPER in u.roles and not u.digest) for u in users)
    return json.dumps({"version": 2 if limited else 1, "users": entries}, indent=1).encode("ascii") + b"\n"
