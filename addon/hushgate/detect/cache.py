"""Verdicts on texts seen before: keyed by a hash that nobody else can compute, bounded, one actor's its own."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Any, Final

from hushgate.detect.sighting import Seen

_ENTRY: Final = 160
_PER_HIT: Final = 320
_BEGUN: Final = 4096
_LABEL: Final = 32


class VerdictCache:
    """Least recently used entries go first, by count and by estimated bytes.

    The key is SHA-256, keyed, over the actor's scope, the detector's revision,
    the language, the text's label and kind, and the text: no bare hashes, and
    no timing that one actor could read of another.
    """

    __slots__ = ("_begun", "_bytes", "_entries", "_key", "_max_bytes", "_max_entries", "_revision")

    def __init__(self, key: bytes, revision: str, *, entries: int = 200_000, size: int = 64 << 20) -> None:
        self._key = key[:64]
        self._revision = revision
        self._max_entries = entries
        self._max_bytes = size
        self._bytes = 0
        self._entries: OrderedDict[bytes, Seen] = OrderedDict()
        self._begun: dict[tuple[str, str, str, bool], Any] = {}
        """Hashes into which all but the text has gone, by what has."""

    def name(self, scope: str, language: str, label: str, opaque: bool, text: str) -> bytes:
        """The entry's key, 16 bytes."""
        begun = self._begun.get((scope, language, label, opaque))
        if begun is None:
            begun = self._begin(scope, language, label, opaque)
        digest = begun.copy()
        digest.update(text.encode("utf-8", "surrogatepass"))
        name: bytes = digest.digest()[:16]
        return name

    def _begin(self, scope: str, language: str, label: str, opaque: bool) -> Any:
        # A key of a whole block goes first, as in HMAC's inner hash; nobody sees what comes out.
        begun = hashlib.sha256(self._key.ljust(64, b"\0"))
        for part in (scope, self._revision, language):
            raw = part.encode("utf-8", "surrogatepass")
            begun.update(len(raw).to_bytes(4) + raw)
        raw = label.encode("utf-8", "surrogatepass")
        begun.update(b"%d%c%b" % (len(raw), 49 if opaque else 48, raw))
        if len(self._begun) >= _BEGUN:
            self._begun.clear()
        if not label or (len(raw) <= _LABEL and label.isascii() and label.replace("_", "").isalpha()):
            self._begun[scope, language, label, opaque] = begun  # Any other label might be a value, and is not kept.
        return begun

    def get(self, name: bytes) -> Seen | None:
        """The verdict, or None where there is none (any more)."""
        seen = self._entries.get(name)
        if seen is not None:
            self._entries.move_to_end(name)
        return seen

    def put(self, name: bytes, seen: Seen) -> None:
        """Keep a verdict that no fault touched."""
        before = self._entries.pop(name, None)
        if before is not None:
            self._bytes -= _size(before)
        self._entries[name] = seen
        self._bytes += _size(seen)
        while len(self._entries) > self._max_entries or (self._bytes > self._max_bytes and len(self._entries) > 1):
            _, old = self._entries.popitem(last=False)
            self._bytes -= _size(old)

    def __len__(self) -> int:
        return len(self._entries)


def _size(seen: Seen) -> int:
    return _ENTRY + _PER_HIT * (len(seen.hits) + len(seen.sightings))
