"""How often somebody may be wrong: by address, and by anything else that is named, in bounded memory.

The one limiter of the gate. Asked where a check begins, on one thread:

    if (wait := pace.waits(*who)) > 0: refuse, "try again in `wait` seconds"
    pace.wrong(*who)                   # at once where the check takes time, so that many at a time are no way around
    ... the check ...
    pace.right(*who)                   # takes it back
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque
from collections.abc import Callable
from math import inf
from typing import Final

MOST_WATCHED: Final = 10_000
HOST_BITS: Final = 64
"""An IPv6 host has all the addresses of its /64 (RFC 4291, 2.5.1), and counts as one."""


class Pace:
    """Counts what went wrong. `tries` within `seconds` are had; whoever has had them waits until the first is over.

    Of the `MOST_WATCHED` that were wrong last: where more are, the longest quiet are forgotten.
    """

    def __init__(self, clock: Callable[[], float], *, tries: int, seconds: float) -> None:
        self._clock = clock
        self._tries = tries
        self._seconds = seconds
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def waits(self, *who: str) -> float:
        """Seconds until all of `who` may try again; 0 for now."""
        full = (times for one in who if (times := self._wrong.get(one)) and len(times) >= self._tries)
        return max(0.0, max((times[0] for times in full), default=-inf) + self._seconds - self._clock())

    def wrong(self, *who: str) -> None:
        """Note one more for each of them."""
        for one in who:
            self._wrong.setdefault(one, deque(maxlen=self._tries)).append(self._clock())
            self._wrong.move_to_end(one)
        while len(self._wrong) > MOST_WATCHED:
            self._wrong.popitem(last=False)

    def right(self, *who: str) -> None:
        """Take back the latest of each."""
        for one in who:
            if times := self._wrong.get(one):
                times.pop()
                if not times:
                    del self._wrong[one]


def host(address: str) -> str:
    """What an address counts as: itself, or the network of an IPv6 host; what is no address counts as it is."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, HOST_BITS), strict=False))
