"""Wrong proxy credentials: how many are borne, from an address and for a name, and who waits then.

Who has been wrong too often from an address waits, for that name or, much
later, for any; the right token is not looked at meanwhile. A name that is
tried from many addresses keeps nobody out who has its token.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from hushgate.identity.pace import Pace, host

logger = logging.getLogger(__name__)

SECONDS: Final = 60.0
TRIES: Final = 20
"""Of one name from one address, in that time."""
MOST_TRIES: Final = 200
"""From one address, or for one name: there may be many people behind either."""


@dataclass(slots=True)
class Guesses:
    """What went wrong lately. `clock` in seconds, monotonic."""

    clock: Callable[[], float] = time.monotonic
    _pairs: Pace = field(init=False)
    _sides: Pace = field(init=False)
    _told: Pace = field(init=False)

    def __post_init__(self) -> None:
        self._pairs = Pace(self.clock, tries=TRIES, seconds=SECONDS)
        self._sides = Pace(self.clock, tries=MOST_TRIES, seconds=SECONDS)
        self._told = Pace(self.clock, tries=1, seconds=SECONDS)

    def waits(self, address: str, name: str) -> float:
        """Seconds until credentials for a name are looked at again that come from this address; 0 for now."""
        place = host(address)
        return max(self._pairs.waits(f"{place} {name}"), self._sides.waits(f"from {place}"))

    def wrong(self, address: str, name: str) -> float:
        """Note one more; seconds that whoever sent it is to wait. The log hears of an address once in a while."""
        place = host(address)
        self._pairs.wrong(f"{place} {name}")
        self._sides.wrong(f"from {place}", f"for {name}")
        wait = max(self.waits(address, name), self._sides.waits(f"for {name}"))
        line = "wrong and too many" if wait else "wrong"  # each of both once; a name may be a token in the wrong place
        if not self._told.waits(f"{place} {line}"):
            self._told.wrong(f"{place} {line}")
            logger.warning(
                "proxy credentials from %s are %s\nhint: `hushgate users list` tells who has which token", place, line
            )
        return wait
