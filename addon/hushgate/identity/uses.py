"""When a token was last used, to the hour: enough to see which are not needed, and no record of anybody's day."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ..errors import StateError
from ..state import read_private, write_private

COARSE: Final = 3600
MOST: Final = 20_000
"""Tokens that are remembered: more than there can be tickets. Of more, those that were used last."""


class Uses:
    """Notes uses in memory, and writes them down when told to; for one thread each."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._last = read_uses(path)
        self._fresh = False

    def note(self, id: str) -> None:
        """A token was used now."""
        hour = int(self._clock()) // COARSE * COARSE
        if id and self._last.get(id) != hour:
            self._last[id] = hour
            self._fresh = True

    def save(self) -> None:
        """Write down what is new, if anything is. StateError where that cannot be; then it is for the next time."""
        if not self._fresh:
            return
        last = sorted(self._last.items(), key=lambda one: one[1])[-MOST:]
        write_private(self._path, json.dumps({"version": 1, "uses": dict(last)}).encode("ascii") + b"\n")
        self._fresh = False


def read_uses(path: Path) -> dict[str, int]:
    """Token ids and when each was used last (Unix seconds of that hour); none of a file that nobody can read."""
    try:
        said = json.loads(read_private(path))["uses"]
        return {str(id): int(hour) for id, hour in said.items()}
    except (OSError, StateError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
