"""What a provider has signed, for as long as the conversation goes on.

Some providers sign what their model thought, and refuse a request that brings
it back changed (Anthropic: `thinking` with its `signature`). The client is
given the text restored and masked, and masking it again does not always give
the provider's own words: a value that the model made up was masked for good, a
name is found in a request that no stream looks for. So the gate remembers
which signed texts came with which words, and puts those back.

In memory alone, and bounded: where it is forgotten, the text is masked like
any other. What is kept is a keyed digest, and the text only where the client
was given another one.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from hashlib import blake2b
from threading import Lock
from typing import Final

from hushgate.values import Actor, Direction, Kind, Location, Role, Route, Segment
from hushgate.wire.base import Reading
from hushgate.wire.edit import apply, leaf

_ENTRY: Final = 160

type Scope = tuple[str, str]
"""Who was given a text, and by which endpoint."""


def signers_of(actor: Actor, route: Route) -> Scope:
    """Whose words may go back: what one endpoint said is known to that one, and to no other."""
    return actor.name, route.endpoint


class SignedTexts:
    """Signed texts by who was given them, and by whom; the least recently used ones go first, by estimated bytes."""

    def __init__(self, key: bytes, *, size: int = 16 << 20) -> None:
        self._key = key[: blake2b.MAX_KEY_SIZE]
        self._room = size
        self._entries: OrderedDict[bytes, str | None] = OrderedDict()
        self._lock = Lock()  # Large bodies are read beside the loop.

    def __repr__(self) -> str:
        return f"SignedTexts({len(self._entries)} texts)"

    def keep(self, scope: Scope, signature: str, said: str, given: str) -> None:
        """Remember that the provider `said` this under a signature, and that its actor was `given` that."""
        name, text = self._name(*scope, signature, given), None if said == given else said
        with self._lock:
            if name in self._entries:
                self._room += _size(self._entries.pop(name))
            self._entries[name] = text
            self._room -= _size(text)
            while self._room < 0:
                self._room += _size(self._entries.popitem(last=False)[1])

    def said(self, scope: Scope, signature: str, given: str) -> str | None:
        """What the provider said, if this actor was given just this text under just this signature."""
        name = self._name(*scope, signature, given)
        with self._lock:
            if name not in self._entries:
                return None
            self._entries.move_to_end(name)
            text = self._entries[name]
        return given if text is None else text

    def _name(self, *parts: str) -> bytes:
        digest = blake2b(key=self._key, digest_size=16, person=b"signed text")
        for part in parts:
            raw = part.encode("utf-8", "surrogatepass")
            digest.update(len(raw).to_bytes(8, "big") + raw)
        return digest.digest()


def put_back(
    known: SignedTexts, scope: Scope, document: object, reading: Reading
) -> tuple[object, Reading, frozenset[Location]]:
    """A request with the provider's own words where they are known, read as what cannot be changed; and where."""
    own: dict[Location, str] = {}
    for text, signature in reading.signed:
        said = known.said(scope, leaf(document, signature), leaf(document, text))
        if said is not None:
            own[text] = said
    if not own:
        return document, reading, frozenset()
    paths = {at.path for at in own}
    lengths = {len(path) for path in paths}
    others = [s for s in reading.segments if not any(s.location.path[:n] in paths for n in lengths)]
    words = [Segment(at, Direction.REQUEST, Role.ASSISTANT, Kind.OPAQUE, said) for at, said in own.items() if said]
    return apply(document, own), replace(reading, segments=(*others, *words)), frozenset(own)


def _size(text: str | None) -> int:
    """Bytes that an entry takes at most."""
    return _ENTRY + 4 * len(text or "")
