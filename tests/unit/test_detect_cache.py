from __future__ import annotations

import pytest

from hushgate.detect.cache import VerdictCache
from hushgate.detect.hit import Hit
from hushgate.detect.sighting import NOTHING, Seen, Sighting
from hushgate.values import Level

HIT = Hit(0, 1, "X", "pii", Level.INTERNAL, 0.5, "x", "", "f")
SIGHTING = Sighting(0, 1, "", "f", "salt", (3, 5))
SEEN = Seen((HIT,), (SIGHTING,))


def _cache(**more: int) -> VerdictCache:
    return VerdictCache(b"k" * 32, "r1", **more)


def test_a_verdict_comes_back_for_the_same_text_alone() -> None:
    cache = _cache()
    name = cache.name("alice", "en", "content", False, "text")
    assert cache.get(name) is None
    cache.put(name, SEEN)
    assert cache.get(cache.name("alice", "en", "content", False, "text")) == SEEN


def test_everything_that_matters_is_in_the_name() -> None:
    cache = _cache()
    names = {
        cache.name("alice", "en", "content", False, "text"),
        cache.name("bob", "en", "content", False, "text"),
        cache.name("alice", "de", "content", False, "text"),
        cache.name("alice", "en", "password", False, "text"),
        cache.name("alice", "en", "content", True, "text"),
        cache.name("alice", "en", "content", False, "text2"),
        cache.name("alice", "en", "contenttext", False, ""),
        VerdictCache(b"k" * 32, "r2").name("alice", "en", "content", False, "text"),
        VerdictCache(b"l" * 32, "r1").name("alice", "en", "content", False, "text"),
    }
    assert len(names) == 9


def test_the_number_of_entries_is_bounded_and_the_oldest_go() -> None:
    cache = _cache(entries=2)
    a, b, c = (cache.name("s", "en", "", False, t) for t in "abc")
    cache.put(a, NOTHING)
    cache.put(b, NOTHING)
    cache.get(a)
    cache.put(c, NOTHING)
    assert (cache.get(a), cache.get(b), cache.get(c), len(cache)) == (NOTHING, None, NOTHING, 2)


@pytest.mark.parametrize("seen", [Seen((HIT,) * 3), Seen((), (SIGHTING,) * 3)])
def test_the_bytes_are_bounded(seen: Seen) -> None:
    cache = _cache(size=5000)
    for i in range(100):
        cache.put(cache.name("s", "en", "", False, str(i)), seen)
    assert 1 <= len(cache) <= 5


def test_a_lone_surrogate_has_a_name() -> None:
    assert len(_cache().name("s", "en", "\ud800", False, "\ud800")) == 16
