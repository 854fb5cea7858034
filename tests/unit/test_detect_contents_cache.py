"""Documents seen before: found by their bytes and their actor, sealed, bounded."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from hushgate.detect.contents_cache import ContentsCache, seal, unseal
from hushgate.files import Contents, Document

ONE = Document("PDF", "a.pdf", b"one")
SAID = Contents(((("page", 1), "jane.roe@example.com \ud800"),), (((), "image", 7),))


def test_what_was_read_is_known_again() -> None:
    cache = ContentsCache()
    name = cache.name("alice", ONE)
    assert cache.get(name) is None
    cache.put(name, seal(name, SAID))
    again = cache.name("alice", Document("PDF", "other.pdf", b"one"))
    assert unseal(again, cache.get(again) or b"") == SAID


@pytest.mark.parametrize(
    ("scope", "document"),
    [("bob", ONE), ("alice", Document("PDF", "", b"two")), ("alice", Document("DOCX", "", b"one")), ("alic", ONE)],
)
def test_another_actor_or_document_knows_nothing(scope: str, document: Document) -> None:
    cache = ContentsCache()
    cache.put(cache.name("alice", ONE), b"sealed")
    assert cache.get(cache.name(scope, document)) is None


def test_an_entry_opens_with_the_document_alone() -> None:
    cache = ContentsCache()
    sealed = seal(cache.name("alice", ONE), SAID)
    assert b"jane" not in sealed
    with pytest.raises(InvalidTag):
        unseal(cache.name("alice", Document("PDF", "", b"two")), sealed)
    with pytest.raises(InvalidTag):
        unseal(ContentsCache().name("alice", ONE), sealed)


def test_the_oldest_go_first() -> None:
    cache = ContentsCache(size=2000)
    names = [cache.name("alice", Document("PDF", "", bytes([n]))) for n in range(4)]
    for name in (*names[:3], names[2]):
        cache.put(name, b"x" * 400)
    assert len(cache) == 3
    assert cache.get(names[0])
    cache.put(names[3], b"x" * 400)
    assert [cache.get(name) is None for name in names] == [False, True, False, False]
    cache.put(names[0], b"x" * 2000)
    assert len(cache) == 0
