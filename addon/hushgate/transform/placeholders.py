"""Placeholders: typed, keyed names that stand for values.

A token is `<FAMILY_xxxxxxxxxx>`: the family names the kind of entity, the ten
characters are base32 (RFC 4648, lower case, no padding) of a keyed BLAKE2b
(RFC 7693) over the scope and the exact value, so 50 bits. The family is not
hashed: one value keeps its ten characters whatever it is taken for.

Nothing is remembered: a token costs less to make than to look up, and what
is not kept cannot leak.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b
from itertools import count
from typing import Final

FAMILY_LIMIT: Final = 41
SUFFIX_LENGTH: Final = 10

_SCOPES: Final = 4096
"""Scopes whose half-made hash is kept."""

FAMILIES: Final[dict[str, str]] = {
    # Presidio and spaCy speak of the same things under other names.
    "PER": "PERSON",
    "LOC": "LOCATION",
    "GPE": "LOCATION",
    "ORG": "ORGANIZATION",
    "EMAIL": "EMAIL_ADDRESS",
    "PHONE": "PHONE_NUMBER",
}
"""Entities whose placeholders carry another name than their own."""

_FITS: Final = re.compile(r"[A-Z](?:_?[A-Z0-9])+")
_PAIRS: Final = tuple(a + b for a in "abcdefghijklmnopqrstuvwxyz234567" for b in "abcdefghijklmnopqrstuvwxyz234567")
_families: dict[str, str] = {}


def family(entity: str) -> str:
    """The family of an entity: its own name where that fits a token, else the nearest one that does."""
    known = _families.get(entity)
    if known is None:
        known = FAMILIES.get(entity) or _fitted(entity)
        if len(_families) < 4096:  # Entities come from rules, so there are few.
            _families[entity] = known
    return known


def _fitted(entity: str) -> str:
    if len(entity) <= FAMILY_LIMIT and _FITS.fullmatch(entity):
        return entity
    name = re.sub(r"[^A-Z0-9]+", "_", entity.upper()).strip("_")
    if not name[:1].isalpha() or len(name) < 2:
        name = f"ENTITY_{name}".strip("_")
    return name[:FAMILY_LIMIT].strip("_")


class Placeholders:
    """Makes tokens. `key` is 16 to 64 bytes and decides all of them."""

    __slots__ = ("_key", "_scopes")

    def __init__(self, key: bytes) -> None:
        if not 16 <= len(key) <= blake2b.MAX_KEY_SIZE:
            raise ValueError("a placeholder key is 16 to 64 bytes")
        self._key = key
        self._scopes: dict[str, blake2b] = {}

    def __repr__(self) -> str:
        return "Placeholders(key=...)"

    def token(self, scope: str, entity: str, value: str) -> str:
        """The token of a value: the same for as long as key, scope, entity and value are."""
        return f"<{family(entity)}_{self.suffix(scope, value)}>"

    def suffix(self, scope: str, value: str) -> str:
        """The ten keyed characters of a value in a scope."""
        digest = (self._scopes.get(scope) or self._begun(scope)).copy()
        digest.update(value.encode("utf-8", "surrogatepass"))
        n = int.from_bytes(digest.digest()) >> 6
        pairs = _PAIRS
        return pairs[n >> 40] + pairs[n >> 30 & 1023] + pairs[n >> 20 & 1023] + pairs[n >> 10 & 1023] + pairs[n & 1023]

    def drawn(self, scope: str, value: str) -> Iterator[int]:
        """Bytes without end that only the key's holder can tell: the same for the same value and scope."""
        seed = f"{len(scope)}:{scope}{value}".encode("utf-8", "surrogatepass")
        for n in count():
            yield from blake2b(n.to_bytes(8) + seed, key=self._key, person=b"surrogate").digest()

    def _begun(self, scope: str) -> blake2b:
        """The hash with key and scope taken in; the scope's length stands first, so that no two pairs read alike."""
        head = scope.encode("utf-8", "surrogatepass")
        digest = blake2b(b"%d:%b" % (len(head), head), key=self._key, digest_size=7, person=b"placeholder")
        if len(self._scopes) >= _SCOPES:
            self._scopes.clear()
        self._scopes[scope] = digest
        return digest
