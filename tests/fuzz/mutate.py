"""Inputs from other inputs, without anybody's help: where there is no atheris, and in the test suite."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final

from tests.fuzz.target import Target

LONGEST: Final = 4096
TRIES: Final = 2000


def inputs(target: Target, seed: int) -> Iterator[bytes]:
    """The seeds, then endlessly many changes of them; the same ones for the same `seed`."""
    yield from target.seeds
    chance = random.Random(seed)
    while True:
        data = bytearray(chance.choice(target.seeds))
        for _ in range(1 + int(chance.expovariate(0.5))):
            _change(data, chance, target)
        yield bytes(data[:LONGEST])


def _change(data: bytearray, chance: random.Random, target: Target) -> None:
    at = chance.randrange(len(data) + 1)
    size = 1 + int(chance.expovariate(0.2))
    match chance.randrange(7):
        case 0:
            data[at : at + 1] = chance.randbytes(1)
        case 1:
            data[at:at] = chance.randbytes(1 + chance.randrange(4))
        case 2:
            del data[at : at + size]
        case 3:  # the same once more, somewhere
            to = chance.randrange(len(data) + 1)
            data[to:to] = data[at : at + size]
        case 4 if target.words:
            data[at:at] = chance.choice(target.words)
        case 5:  # go on like another one
            other = chance.choice(target.seeds)
            data[at:] = other[chance.randrange(len(other) + 1) :]
        case _:
            if at < len(data):
                data[at] ^= 1 << chance.randrange(8)


def shrunk(data: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """`data` without what it does not need to fail; `fails` is asked a bounded number of times."""
    tries, size = 0, max(1, len(data) // 2)
    while tries < TRIES:
        at = changed = 0
        while at < len(data) and tries < TRIES:
            shorter = data[:at] + data[at + size :]
            tries += 1
            if fails(shorter):
                data, changed = shorter, 1
            else:
                at += size
        if size == 1 and not changed:
            break
        size = max(1, size // 2)
    return data
