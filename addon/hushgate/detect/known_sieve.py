"""What tells at little cost that most tokens are none of a file's: Bloom filters that arrays are tested against.

A filter is words of 64 bits; a hash has one of them, and two bits in it (Putze, Sanders and Singler, Cache-, Hash- and
Space-Efficient Bloom Filters, 2007). So that a hash costs little it is a product with a secret number (Dietzfelbinger
and others, A Reliable Randomized Algorithm for the Closest-Pair Problem, 1997). That alone hides nothing, so neither
filters nor such hashes are written down but under a stream (`covering`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from hashlib import shake_256
from typing import Final

import numpy as np

from hushgate.detect.catalog_file import CatalogFile
from hushgate.detect.covering import WHOLE, Cover
from hushgate.detect.known_tokens import Hashes, Joined, Numbers, Tokens
from hushgate.detect.spilling import Spill

HASHED: Final = np.dtype([("hash", "<u8")])
BITS: Final = {"anchors": 64, "wholes": 8}
"""Bits of each filter for an entry, at least: every word of a text is looked for among the anchors, which are few."""
_LEAST: Final = 4
"""Words of a filter, at least, as a power of two."""
_LONGEST: Final = 128
_AT_ONCE: Final = 8192
_SHIFTS: Final = np.array([64 - 8 * min(max(size, 1), 8) for size in range(_LONGEST)], np.uint64)
_ONE: Final = np.uint64(1)
_BIT: Final = np.uint64(63)
_BITS: Final = np.uint64(4095)
_PAIRS: Final[Hashes] = np.array([1 << (n >> 6) | 1 << (n & 63) for n in range(4096)], np.uint64)
"""Two bits of a word, by their numbers one after the other."""

type Hashing = Callable[[Joined, Numbers, Numbers], Hashes]
"""Of stretches of a text: the text, where each stretch ends, how long it is."""


class Mix:
    """The hashes of one file, other ones for what is looked up in another sense.

    Of anchors that are words or pairs the last eight bytes count, of numbers and of whole values the first eight as
    well, and the size.
    """

    def __init__(self, key: bytes) -> None:
        drawn: Hashes = np.frombuffer(shake_256(b"%b mix" % key).digest(8 * (3 + 2 * _LONGEST)), "<u8")
        self._last, self._first, self._pair = drawn[:3] | _ONE
        self._numbers, self._wholes = drawn[3:].reshape(2, _LONGEST)

    def words(self, text: Joined, upto: Numbers, sizes: Numbers) -> Hashes:
        out: Hashes = text.last[upto]
        out >>= _SHIFTS.take(sizes, mode="clip")
        out *= self._last
        return out

    def pairs(self, text: Joined, upto: Numbers, sizes: Numbers) -> Hashes:
        out = self.words(text, upto, sizes)
        out += self._pair
        return out

    def numbers(self, text: Joined, upto: Numbers, sizes: Numbers) -> Hashes:
        return self._long(text, upto, sizes, self._numbers)

    def wholes(self, text: Joined, upto: Numbers, sizes: Numbers) -> Hashes:
        return self._long(text, upto, sizes, self._wholes)

    def _long(self, text: Joined, upto: Numbers, sizes: Numbers, of_size: Hashes) -> Hashes:
        shifts = _SHIFTS.take(sizes, mode="clip")
        out: Hashes = text.first[upto - sizes]
        out <<= shifts
        out *= self._first
        last = text.last[upto]
        last >>= shifts
        last *= self._last
        out += last
        out += of_size.take(sizes, mode="clip")
        return out


class Sieve:
    """The filters of a file, opened. Each method gives the numbers of stretches that may be what it is called for."""

    __slots__ = ("_anchors", "_mix", "_wholes")

    def __init__(self, file: CatalogFile) -> None:
        self._mix = Mix(file.sieve)
        self._anchors, self._wholes = (Filter(_uncovered(file, name)) for name in BITS)

    def words(self, tokens: Tokens) -> Numbers:
        return self._anchors(self._mix.words(tokens, tokens.upto, tokens.sizes))

    def pairs(self, tokens: Tokens, low: Numbers, high: Numbers) -> Numbers:
        return self._anchors(self._mix.pairs(tokens, *tokens.stretches(low, high)))

    def numbers(self, tokens: Tokens, upto: Numbers, sizes: Numbers) -> Numbers:
        return self._wholes(self._mix.numbers(tokens, upto, sizes))

    def wholes(self, tokens: Tokens, upto: Numbers, sizes: Numbers) -> Numbers:
        return self._wholes(self._mix.wholes(tokens, upto, sizes))


def _uncovered(file: CatalogFile, name: str) -> Hashes:
    return np.frombuffer(Cover(file.sieve, name, WHOLE).over(file.arrays[name]), np.uint64)


class Filter:
    """Which hashes may be of its entries."""

    __slots__ = ("_both", "_word", "_words")

    def __init__(self, words: Hashes) -> None:
        self._words = words
        self._word, _, self._both = _shifts(words)

    def __call__(self, hashes: Hashes) -> Numbers:
        """Those that may, by number. The hashes are used up."""
        found = self._words.take((hashes >> self._word).view(np.int64))
        hashes >>= self._both
        hashes &= _BITS
        bits = _PAIRS.take(hashes.view(np.int64))
        found &= bits
        out: Numbers = (found == bits).nonzero()[0]
        return out


def _shifts(words: Hashes) -> tuple[np.uint64, np.uint64, np.uint64]:
    """What leaves of a hash the number of its word, and those of its two bits at the end."""
    at = 64 - (len(words) - 1).bit_length()
    return np.uint64(at), np.uint64(at - 6), np.uint64(at - 12)


class Entries:
    """What a filter is made of, hashed many at a time."""

    def __init__(self, hashing: Hashing, spill: Spill) -> None:
        self._hashing = hashing
        self._spill = spill
        self._waiting: list[bytes] = []

    def add(self, joined: bytes) -> None:
        """One that is looked for."""
        self._waiting.append(joined)
        if len(self._waiting) >= _AT_ONCE:
            self.settle()

    def settle(self) -> None:
        """Hash those that wait."""
        sizes = np.fromiter(map(len, self._waiting), np.int64, len(self._waiting))
        self._spill.extend(self._hashing(Joined(b"".join(self._waiting)), sizes.cumsum(), sizes).view(HASHED))
        self._waiting.clear()


def filter_of(spill: Spill, bits: int) -> Hashes:
    """The words of a filter of all hashes in a spill, with so many bits for each at least."""
    with closing(spill.veiled()) as kept:
        count = 0
        for part in spill.parts():
            hashes = np.unique(part["hash"])
            kept.write(hashes.tobytes())
            count += len(hashes)
        words = np.zeros(1 << max(_LEAST, (count * bits // 64).bit_length()), np.uint64)
        word, one, other = _shifts(words)
        for piece in kept.pieces():
            hashes = np.frombuffer(piece, np.uint64)
            np.bitwise_or.at(words, hashes >> word, _ONE << (hashes >> one & _BIT) | _ONE << (hashes >> other & _BIT))
    return words
