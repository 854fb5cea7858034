"""Filters let every entry through, and little else; and say nothing to whoever has no key."""

from __future__ import annotations

import random
from pathlib import Path

from hushgate.detect.known_sieve import HASHED, Entries, Filter, Mix, filter_of
from hushgate.detect.known_tokens import Tokens
from hushgate.detect.spilling import Spill

KEY = b"k" * 32


def words(count: int, seed: int) -> list[bytes]:
    draw = random.Random(seed)
    return ["".join(draw.choices("abcdefgh", k=draw.randrange(9, 24))).encode() for _ in range(count)]


def made(folder: Path, entries: list[bytes], bits: int) -> Filter:
    mix = Mix(KEY)
    with Spill(folder, HASHED) as spill:
        waiting = Entries(mix.wholes, spill)
        for entry in entries:
            waiting.add(entry)
        waiting.settle()
        return Filter(filter_of(spill, bits))


def test_every_entry_is_let_through_and_of_others_few(tmp_path: Path) -> None:
    own, other = words(10_000, 1), words(10_000, 2)
    sieve, mix = made(tmp_path, own, 16), Mix(KEY)
    for entries, least, most in ((own, 10_000, 10_000), (other, 0, 400)):
        tokens = Tokens(b" ".join(entries))
        assert least <= len(sieve(mix.wholes(tokens, tokens.upto, tokens.sizes))) <= most


def test_of_nothing_nothing_is_let_through(tmp_path: Path) -> None:
    tokens = Tokens(b" ".join(words(100, 1)))
    assert not len(made(tmp_path, [], 8)(Mix(KEY).wholes(tokens, tokens.upto, tokens.sizes)))


def test_one_word_has_other_hashes_in_each_sense_and_under_each_key() -> None:
    tokens = Tokens(b"medlar quince 4711081599")
    given = (tokens, tokens.upto, tokens.sizes)
    hashes = [
        hashing(*given).tolist()
        for mix in (Mix(KEY), Mix(b"j" * 32))
        for hashing in (mix.words, mix.pairs, mix.numbers, mix.wholes)
    ]
    assert len({tuple(each) for each in hashes}) == 8
    assert len({one for each in hashes for one in each}) == 24


def test_the_size_tells_what_has_the_same_ends() -> None:
    tokens = Tokens(b"abcdefgh-xyzabcdefgh-abcdefghabcdefgh-abcdefghxabcdefgh")
    hashes = Mix(KEY).wholes(tokens, tokens.upto, tokens.sizes).tolist()
    assert len(set(hashes)) == 4
