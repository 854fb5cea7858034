"""Requests that wait on their connections: how many, how much, and what wakes them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hushgate.consent import Asked, Presence

PER_ACTOR: Final = 20
"""Connections of one actor that may wait."""
IN_ALL: Final = 400
MOST_BYTES: Final = 256 * 1024 * 1024
"""Of the bodies of all that wait."""


@dataclass(eq=False, slots=True)
class Parked:
    """One request that waits. `decided` is set once somebody has."""

    approval: str
    asked: Asked = field(repr=False)
    presence: Presence
    decided: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Parking:
    """All of them. What finds no room is answered at once; its approval can be redeemed all the same."""

    _parked: list[Parked] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._parked)

    def enter(self, approval: str, asked: Asked, presence: Presence) -> Parked | None:
        """A place, if there is room."""
        actor = asked.exchange.actor.name
        theirs = sum(parked.asked.exchange.actor.name == actor for parked in self._parked)
        held = sum(parked.asked.size for parked in self._parked)
        if theirs >= PER_ACTOR or len(self._parked) >= IN_ALL or held + asked.size > MOST_BYTES:
            return None
        parked = Parked(approval, asked, presence)
        self._parked.append(parked)
        return parked

    def leave(self, parked: Parked) -> None:
        self._parked.remove(parked)

    def of(self, approval: str) -> Iterator[Parked]:
        """Those that wait for one approval."""
        return (parked for parked in self._parked if parked.approval == approval)

    def wake(self, approval: str) -> None:
        """Somebody has decided."""
        for parked in self.of(approval):
            parked.decided.set()


async def decided_in_time(parked: Parked, seconds: float) -> bool:
    """Whether somebody decides before the time is over and the client has left."""
    waits = [asyncio.ensure_future(parked.decided.wait()), asyncio.ensure_future(parked.presence.gone())]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return parked.decided.is_set()
