"""What a fuzz target is: a check that any bytes must pass, and what to begin with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to fuzz.

    `check` raises where a law is broken, and else says in a word what came of the input: a target whose
    inputs all come to the same tests nothing. `seeds` are inputs to begin with, each outcome among them;
    `words` are put into inputs. `short` is how many inputs the test suite tries.
    """

    check: Callable[[bytes], str]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()
    short: int = 500
