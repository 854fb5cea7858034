"""What is made of a rule or a pattern is made once, and kept as long as anybody uses it.

While changed rules are loaded, the rules in force are there, too: what both have in common, nearly all of it, costs
the new ones a look-up. Nothing outlives the last engine that holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from weakref import WeakValueDictionary


class Shared[K: Hashable, V]:
    """`make(key)`, or what came of it before, for as long as that is held. `make` is a pure function of the key."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[K], V]) -> None:
        self._make = make
        self._made: WeakValueDictionary[K, V] = WeakValueDictionary()

    def __call__(self, key: K) -> V:
        """Two threads that ask at once may both make it: either does."""
        value = self._made.get(key)
        if value is None:
            value = self._made[key] = self._make(key)
        return value

    def __len__(self) -> int:
        return len(self._made)
