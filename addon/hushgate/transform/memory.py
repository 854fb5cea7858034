"""Which tokens were issued lately, per scope. Tokens only: a value is never remembered here."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final

ENTRIES: Final = 65_536
BYTES: Final = 16 << 20
TTL: Final = 8 * 3600.0

_OVERHEAD: Final = 200
"""Roughly what an entry costs beside its own characters, in bytes."""


class Memory:
    """Bounded in entries and bytes, oldest out first; an entry expires `ttl` seconds after it was last noted.

    `clock` gives seconds and never goes back.
    """

    __slots__ = ("_bytes", "_bytes_limit", "_clock", "_entries_limit", "_seen", "_ttl")

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        ttl: float = TTL,
        entries: int = ENTRIES,
        size: int = BYTES,
    ) -> None:
        self._clock = clock
        self._ttl = ttl
        self._entries_limit = entries
        self._bytes_limit = size
        self._seen: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._seen)

    def issued(self, scope: str, token: str) -> bool:
        """Whether this token was noted in this scope and has not expired."""
        until = self._seen.get((scope, token))
        return until is not None and self._clock() < until

    def note(self, scope: str, tokens: Iterable[str]) -> None:
        """Remember tokens as issued, from now on."""
        now = self._clock()
        for token in tokens:
            key = (scope, token)
            if key in self._seen:
                self._seen.move_to_end(key)
            else:
                self._bytes += _cost(key)
            self._seen[key] = now + self._ttl
        self._shed(now)

    def forget(self, scope: str) -> None:
        """Drop all of a scope."""
        for key in [k for k in self._seen if k[0] == scope]:
            del self._seen[key]
            self._bytes -= _cost(key)

    def _shed(self, now: float) -> None:
        # Entries stand in the order they were last noted, so the first ones expire first.
        while self._seen:
            key, until = next(iter(self._seen.items()))
            if until > now and len(self._seen) <= self._entries_limit and self._bytes <= self._bytes_limit:
                return
            del self._seen[key]
            self._bytes -= _cost(key)


def _cost(key: tuple[str, str]) -> int:
    return len(key[0]) + len(key[1]) + _OVERHEAD
