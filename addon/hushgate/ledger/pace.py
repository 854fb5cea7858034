"""Whether a commit may be made where it is asked for, on the event loop, instead of in the writer's thread.

Handing an event to the thread and being woken again costs about as much CPU as
the commit itself. So a small commit is made at once as long as the disk has
answered fast for a while; one slow answer, and the thread does them again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hushgate.ledger.writer import Entry

FAST: Final = 0.002
"""Seconds a commit may take on disk: about what the rest of a small request keeps the loop."""
STEADY: Final = 16
"""Fast commits in a row until the next may keep the loop: at most one in so many is a slow one."""
ROWS: Final = 256
BYTES: Final = 64 * 1024


class Pace:
    """How the last commits went."""

    __slots__ = ("_fast",)

    def __init__(self) -> None:
        self._fast = 0

    def took(self, seconds: float) -> None:
        """A commit was on disk after `seconds`."""
        self._fast = self._fast + 1 if seconds < FAST else 0

    def failed(self) -> None:
        """A commit was not made."""
        self._fast = 0

    @property
    def steady(self) -> bool:
        """Whether the next commit will be fast, as far as the last ones tell."""
        return self._fast >= STEADY


def small(entries: Iterable[Entry]) -> bool:
    """Whether writing these is a matter of a millisecond."""
    rows = size = 0
    for entry in entries:
        if entry.work is not None:
            return False
        rows += 1 + sum(len(each) for _, each in entry.rows)
        size += len(entry.payload) + (len(entry.transcript[2]) if entry.transcript is not None else 0)
    return rows <= ROWS and size <= BYTES
