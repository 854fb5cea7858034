"""Passwords of local accounts: which may be chosen (NIST SP 800-63B-4, 3.1.1.2), and what is kept of them.

What is kept is argon2id (RFC 9106, 4: its second recommended choice, 64 MiB and three passes) over a keyed hash of
name and password: `users.json` without the gate's keys is nothing to guess at. A password is read as RFC 8265's
OpaqueString (4.2): NFC, and every space the same one.
"""

from __future__ import annotations

import hmac
import unicodedata
from base64 import b64encode
from itertools import pairwise
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.profiles import RFC_9106_LOW_MEMORY

from ..consent import Person
from ..errors import StateError
from ..users import UserBook, Users

SHORTEST: Final = 15
"""Characters of a password that nothing else stands beside (SP 800-63B-4, 3.1.1.2)."""
LONGEST: Final = 256

TOKENS: Final = ("hg_", "hga_", "hgt_")
"""What tokens begin with, and no password does: which of the two is given is told by its beginning."""

_STALE: Final = (
    "hushgate", "password", "passwort", "passw0rd", "p@ssw0rd", "welcome", "letmein", "changeme", "iloveyou", "admin",
    "secret", "login", "qwertyuiop", "qwerty", "asdfghjkl", "zxcvbnm", "correcthorsebatterystaple",
)  # fmt: skip
_LEFT: Final = 6
"""Letters and digits that have to be left of a password without names, stale words and runs."""


class Passwords:
    """Checks and keeps passwords. `key` is the tokens key. Blocks: a check takes 64 MiB and tens of milliseconds."""

    def __init__(self, users: Users, book: UserBook, key: bytes, hasher: PasswordHasher | None = None) -> None:
        self._users = users
        self._book = book
        self._key = key
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._nobody = self._hasher.hash(b64encode(key))

    def keep(self, name: str, password: str) -> None:
        """Make it the user's password; StateError where it may not be one, or there is no such user."""
        fitting(name, password)
        self._users.keep_password(name, self._hash(name, password))

    def check(self, name: str, password: str) -> Person | None:
        """Whose name and password these are. Takes as long for who has none, and for nobody, as for a wrong one.

        What was kept with other parameters than today's is kept anew.
        """
        user = self._book.standing(name)
        kept = user.password if user is not None else ""
        try:
            self._hasher.verify(kept or self._nobody, self._said(name, password))
        except (Argon2Error, InvalidHashError):
            return None
        if user is None or not kept:
            return None
        if self._hasher.check_needs_rehash(kept):
            self._users.keep_password(name, self._hash(name, password), instead_of=kept)
        return user.person

    def _hash(self, name: str, password: str) -> str:
        return self._hasher.hash(self._said(name, password))

    def _said(self, name: str, password: str) -> bytes:
        """The keyed hash that stands for a password of any length."""
        said = b"password\0" + name.encode("utf-8", "surrogatepass") + b"\0"
        return b64encode(hmac.digest(self._key, said + _plain(password).encode("utf-8", "surrogatepass"), "sha256"))

    def __repr__(self) -> str:
        return "Passwords()"


def fitting(name: str, password: str) -> None:
    """StateError where it cannot be a user's password."""
    if why := unfit(name, password):
        raise StateError(f"this cannot be a password: {why}", hint="a few words that belong to no sentence do well")


def unfit(name: str, password: str) -> str | None:
    """Why it cannot be a user's password; None if it can. Asks for length, never for kinds of characters."""
    said = _plain(password)
    if len(said) < SHORTEST:
        return f"it needs {SHORTEST} characters"
    if len(said) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    if said.startswith(TOKENS):
        return "it begins as tokens do"
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Cn") for sign in said):
        return "it has a sign that cannot be typed again"
    left = "".join(filter(str.isalnum, said.casefold()))
    for word in sorted({*_STALE, *_words(name)}, key=len, reverse=True):
        left = left.replace(word, "")
    steps = [abs(ord(after) - ord(before)) for before, after in pairwise(left)]
    if len(set(left)) < _LEFT or sum(step > 1 for step in steps) < _LEFT - 1:
        return "little is left of it without names, well-known words and runs"
    return None


def _words(name: str) -> set[str]:
    """A user's name and its parts, as they may be part of a password."""
    parts = {part for part in "".join(c if c.isalnum() else " " for c in name.casefold()).split() if len(part) > 2}
    return {*parts, "".join(filter(str.isalnum, name.casefold()))} - {""}


def _plain(password: str) -> str:
    spaces = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in password)
    return unicodedata.normalize("NFC", spaces)
