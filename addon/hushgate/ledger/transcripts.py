"""What a transcript's body is on disk.

`structure`: the skeleton's JSON as it is, since it holds no text. `masked`:
encrypted with the session's own random key (ChaCha20-Poly1305, RFC 8439),
which is itself kept encrypted under the transcripts key; without that wrapped
key nobody reads the session again, so erasing it erases the session, in every
copy of the file too. `none`: nothing is kept.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from hushgate.errors import LedgerError

MODES: Final = ("structure", "masked", "none")
KEY_SIZE: Final = 32
_NONCE: Final = 12


def digest(key: bytes, body: bytes) -> str:
    """What an event says of its transcript, so that an altered one shows: keyed BLAKE2b, hex."""
    return blake2b(body, key=key, digest_size=32, person=b"hushgate-script").hexdigest()


def new_session_key() -> bytes:
    return secrets.token_bytes(KEY_SIZE)


def wrap(key: bytes, session_key: bytes, session: str, actor: str) -> bytes:
    """The session key, encrypted under the transcripts key and bound to its session."""
    return _seal(key, session_key, _bound("key", session, actor))


def unwrap(key: bytes, wrapped: bytes, session: str, actor: str) -> bytes:
    """The reverse of `wrap`; LedgerError under another key or for another session."""
    return _open(key, wrapped, _bound("key", session, actor))


def seal(session_key: bytes, body: bytes, exchange: str, direction: str) -> bytes:
    """A transcript, encrypted and bound to its exchange."""
    return _seal(session_key, body, _bound("body", exchange, direction))


def unseal(session_key: bytes, sealed: bytes, exchange: str, direction: str) -> bytes:
    """The reverse of `seal`; LedgerError if it was altered or moved."""
    return _open(session_key, sealed, _bound("body", exchange, direction))


def _bound(*words: str) -> bytes:
    return b"".join(len(raw).to_bytes(4) + raw for raw in (word.encode("utf-8", "surrogatepass") for word in words))


def _seal(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, bound)


def _open(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        return ChaCha20Poly1305(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
    except (InvalidTag, ValueError):
        hint = "name the right master key with `keys`; hushgate verify tells an altered record"
        says = "a transcript cannot be decrypted: altered, or written under another key"
        raise LedgerError(says, hint=hint) from None
