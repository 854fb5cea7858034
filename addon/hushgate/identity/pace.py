"""How often somebody may be wrong: by address, and by anything else that is named, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

MOST_WATCHED: Final = 10_000


class Pace:
    """Counts what went wrong. `tries` within `seconds` are had; whoever has had them waits until the first is over.

    Of the `MOST_WATCHED` that were wrong last: where more are, the longest quiet are forgotten.
    """

    def __init__(self, clock: Callable[[], float], *, tries: int, seconds: float) -> None:
        self._clock = clock
        self._tries = tries
        self._seconds = seconds
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def waits(self, who: str) -> float:
        """Seconds until `who` may try again; 0 for now."""
        times = self._wrong.get(who)
        if times is None or len(times) < self._tries:
            return 0.0
        return max(0.0, times[0] + self._seconds - self._clock())

    def wrong(self, who: str) -> None:
        """Note one more."""
        self._wrong.setdefault(who, deque(maxlen=self._tries)).append(self._clock())
        self._wrong.move_to_end(who)
        while len(self._wrong) > MOST_WATCHED:
            self._wrong.popitem(last=False)
