"""Who a running gate lets in: users where they are wanted, and nobody where they cannot be read."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from hushgate.consent import Person
from hushgate.identity.badge import Badge
from hushgate.identity.uses import Uses
from hushgate.users import UserBook
from hushgate.values import Actor


class Doorkeeper:
    """The users of a gate. Once users are wanted, a missing or broken file lets nobody in."""

    def __init__(
        self, book: UserBook, place: Path, *, always: bool, uses: Uses | None = None, names: str = "san"
    ) -> None:
        self._book = book
        self._place = place
        self._always = always
        self.uses = uses
        self._names = names

    @property
    def any(self) -> bool:
        """Whether a client has to name itself."""
        return self._always or self._place.exists()

    @property
    def configured(self) -> bool:
        """Whether anybody could be let in."""
        return self._book.configured

    def verify(self, name: str, token: str) -> Actor | None:
        """Who a name and a token belong to; that it was used is noted."""
        actor = self._book.verify(name, token)
        if actor is not None and self.uses is not None:
            self.uses.note(actor.token)
        return actor

    def certified(self, badge: Badge) -> Actor | None:
        """Whose a client's certificate is: the one user that it names; None for none or two, or where it has ended."""
        found = {name: actor for name in badge.names(self._names) if (actor := self._book.sender(name)) is not None}
        if len(found) != 1 or not time.time() < badge.ends:
            return None
        (actor,) = found.values()
        return replace(actor, token=badge.id)

    def person(self, name: str, token: str) -> Person | None:
        """Who a name and a token belong to, with the roles that the token opens."""
        return self._book.person(name, token)

    def everyone(self) -> list[Person]:
        """All who have a token."""
        return self._book.everyone()
