"""Who may use the gate: names, groups, and keyed hashes of their tokens.

A token has 192 random bits and is shown once. What is kept is a keyed BLAKE2b
of name and token: with that much randomness a slow hash would add nothing, and
every request asks. `users.json` is written whole or not at all.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from hushgate.errors import StateError
from hushgate.state import read_private, write_private
from hushgate.values import Actor

TOKEN_PREFIX: Final = "hg_"  # noqa: S105 - what tokens begin with
TOKEN_BYTES: Final = 24
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}\Z", re.ASCII)
"""Names and groups. Without `;` and `:`, which part a proxy user name and its token."""

_NOBODY: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class User:
    """One entry of `users.json`. `digest` is the token's keyed hash in hex."""

    name: str
    groups: tuple[str, ...]
    added: float
    digest: str = field(repr=False)


class Users:
    """Edits `users.json`; `key` is the tokens key. For the command line, not for every request."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key

    def add(self, name: str, groups: Sequence[str] = ()) -> str:
        """Add a user and return the token, shown this once; StateError if the name is taken or unfit."""
        for word in (name, *groups):
            if not NAME.match(word):
                raise StateError(
                    f"{word!r} cannot be a name",
                    hint="use letters, digits and . _ @ + - , beginning with a letter or digit",
                )
        token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        with self._changing() as users:
            if any(user.name == name for user in users):
                raise StateError(f"the user {name} exists", hint=f"hushgate users revoke {name} first, for a new token")
            users.append(
                User(name, tuple(dict.fromkeys(groups)), time.time(), token_digest(self._key, name, token).hex())
            )
        return token

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
        try:
            fd = os.open(
                self._path.with_name("users.lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
            )
        except OSError as error:
            raise StateError(f"cannot change {self._path}: {error.strerror}") from None
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            users = list(read_users(self._path))
            yield users
            write_private(self._path, _written(users))
        finally:
            os.close(fd)

    def __repr__(self) -> str:
        return f"Users({str(self._path)!r})"


class UserBook:
    """Answers who a name and a token belong to, and follows changes of the file.

    Anything wrong with the file means nobody: no user of an earlier version lives on.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key
        self._stamp: tuple[int, ...] = ()
        self._known: dict[str, tuple[bytes, Actor]] = {}
        self.fault: str | None = None
        """Why the file could not be used, if it could not."""

    def verify(self, name: str, token: str) -> Actor | None:
        """The actor, or None. Takes as long for an unknown name as for a wrong token."""
        self._follow()
        expected, actor = self._known.get(name, (_NOBODY, None))
        given = token_digest(self._key, name, token)
        return actor if hmac.compare_digest(expected, given) else None

    @property
    def configured(self) -> bool:
        """Whether any user can be verified now."""
        self._follow()
        return bool(self._known)

    def _follow(self) -> None:
        try:
            found = self._path.stat()
            stamp = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            if stamp == self._stamp:
                return
            self._known, self._stamp, self.fault = {}, stamp, None
            self._known = {
                user.name: (bytes.fromhex(user.digest), Actor(user.name, user.groups))
                for user in read_users(self._path)
            }
        except FileNotFoundError:
            self._known, self._stamp, self.fault = {}, (), None
        except (StateError, OSError) as error:
            # The stamp stays: the file is read again once it changes.
            self._known, self.fault = {}, str(error)

    def __repr__(self) -> str:
        return f"UserBook({str(self._path)!r}, users={len(self._known)})"


def token_digest(key: bytes, name: str, token: str) -> bytes:
    """What is kept of a token: 32 bytes, bound to the user's name."""
    said = name.encode("utf-8", "surrogatepass") + b"\0" + token.encode("utf-8", "surrogatepass")
    return blake2b(said, key=key, digest_size=32, person=b"hushgate-users").digest()


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
    except (ValueError, TypeError, KeyError, RecursionError):
        raise StateError(f"{path} is damaged", hint="restore it, or remove it and add the users again") from None
    return users


def _user(entry: dict[str, Any]) -> User:
    user = User(entry["name"], tuple(entry["groups"]), float(entry["added"]), entry["digest"])
    if len(bytes.fromhex(user.digest)) != 32 or not all(NAME.match(word) for word in (user.name, *user.groups)):
        raise ValueError
    return user


def _written(users: Sequence[User]) -> bytes:
    entries = [{"name": u.name, "groups": u.groups, "added": u.added, "digest": u.digest} for u in users]
    return json.dumps({"version": 1, "users": entries}, indent=1).encode("ascii") + b"\n"
