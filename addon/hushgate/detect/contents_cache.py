"""What was read of documents seen before: a conversation sends them again with every turn.

An entry is sealed with a key that comes from the document's own bytes: who
has not got those reads nothing in it, not even with this process's memory.
One actor's entries are its own, so no timing tells one of another's files.
"""

from __future__ import annotations

import json
import os
import zlib
from collections import OrderedDict
from hashlib import blake2b
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from hushgate.detect.document_worker import answer, contents_of
from hushgate.files import Contents, Document

SIZE: Final = 32 * 1024 * 1024
"""Bytes of all entries."""
_ENTRY: Final = 256
_NONCE: Final = bytes(12)  # A key seals one text: what is read of one document.

type Name = tuple[bytes, bytes]
"""An entry's name, and the key that opens it."""


class ContentsCache:
    """Least recently used entries go first. What takes time for a large document is to name, `seal` and `unseal`."""

    def __init__(self, size: int = SIZE) -> None:
        self._salt = os.urandom(32)
        self._size = size
        self._bytes = 0
        self._entries: OrderedDict[bytes, bytes] = OrderedDict()

    def name(self, scope: str, document: Document) -> Name:
        """Of one document of one actor."""
        digest = blake2b(key=self._salt)
        for part in (scope, document.type):
            raw = part.encode("utf-8", "surrogatepass")
            digest.update(len(raw).to_bytes(4) + raw)
        digest.update(document.data)
        made = digest.digest()
        return made[:32], made[32:]

    def get(self, name: Name) -> bytes | None:
        """What was read, sealed; None where that is not known (any more)."""
        sealed = self._entries.get(name[0])
        if sealed is not None:
            self._entries.move_to_end(name[0])
        return sealed

    def put(self, name: Name, sealed: bytes) -> None:
        """Keep what was read without a fault."""
        before = self._entries.pop(name[0], None)
        self._bytes += len(sealed) + _ENTRY - (0 if before is None else len(before) + _ENTRY)
        self._entries[name[0]] = sealed
        while self._bytes > self._size and self._entries:
            _, old = self._entries.popitem(last=False)
            self._bytes -= len(old) + _ENTRY

    def __len__(self) -> int:
        return len(self._entries)


def seal(name: Name, contents: Contents) -> bytes:
    """Contents, for those who have the document."""
    return ChaCha20Poly1305(name[1]).encrypt(_NONCE, zlib.compress(answer(contents), 1), None)


def unseal(name: Name, sealed: bytes) -> Contents:
    """The contents; InvalidTag where the name is another document's."""
    opened = ChaCha20Poly1305(name[1]).decrypt(_NONCE, sealed, None)
    return contents_of(json.loads(zlib.decompress(opened)))
