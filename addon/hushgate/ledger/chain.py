"""What makes the record tamper-evident. Pure: no clock, no files, no randomness.

An event's hash covers its place in the chain and a *commitment* to its
payload, SHA-256 over a random salt and the payload's exact text. So a payload
can be erased with its salt, and the chain still verifies, while nobody can
guess what it said. Every so often the chain's head is signed (Ed25519,
RFC 8032): a checkpoint. All hashes are SHA-256 in lower-case hex.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Final

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

GENESIS: Final = "0" * 64
"""The previous hash of a chain's first event."""
SALT_SIZE: Final = 16
CHAIN_SPAN: Final = 1 << 32
"""Event `seq` of chain number `n` has the row id `n * CHAIN_SPAN + seq`: a chain is a range, without an index."""

_encode = json.JSONEncoder(separators=(",", ":"), sort_keys=True, allow_nan=False).encode
_PLAIN: Final = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)


def canonical(value: object) -> str:
    """Compact ASCII JSON with sorted keys; ValueError or TypeError for what JSON cannot hold."""
    return _encode(value)


def compact(value: object) -> str:
    """As `canonical`, at a fraction of the cost; only a number's exponent may be written otherwise.

    For texts that are kept as they are written, and never made anew to be compared.
    """
    try:
        text = orjson.dumps(value, option=_PLAIN)
    except TypeError:
        return _encode(value)
    # orjson writes NaN as null, and what is not ASCII as it is.
    return text.decode("ascii") if text.isascii() and b"null" not in text else _encode(value)


def commitment(salt: bytes, payload: str) -> str:
    """What the chain holds of a payload."""
    return sha256(salt + payload.encode("ascii")).hexdigest()


def event_hash(chain_id: str, seq: int, prev_hash: str, at: float, kind: str, committed: str) -> str:
    """The hash over one event's canonical head.

    Written out because it runs for every event; `kind` and the ids are plain
    ASCII words, so this is exactly what `canonical` gives (there is a test).
    """
    head = (
        f'{{"at":{at!r},"chain_id":"{chain_id}","commitment":"{committed}",'
        f'"kind":"{kind}","prev_hash":"{prev_hash}","seq":{seq}}}'
    )
    return sha256(head.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement: at `at`, chain `chain_id` stood at `seq` with `hash`."""

    chain_id: str
    seq: int
    hash: str
    at: float
    public_key: str
    signature: str

    def statement(self) -> bytes:
        """The bytes that are signed."""
        return _statement(self.chain_id, self.seq, self.hash, self.at)

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def _statement(chain_id: str, seq: int, head: str, at: float) -> bytes:
    body = {"at": at, "chain_id": chain_id, "hash": head, "seq": seq}
    return b"hushgate checkpoint v1\n" + canonical(body).encode("ascii")


class Signer:
    """Signs checkpoints with the key that a 32 byte seed gives."""

    __slots__ = ("_key", "public_key")

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw().hex()

    def sign(self, chain_id: str, seq: int, head: str, at: float) -> Checkpoint:
        signature = self._key.sign(_statement(chain_id, seq, head, at)).hex()
        return Checkpoint(chain_id, seq, head, at, self.public_key, signature)

    def __repr__(self) -> str:
        return f"Signer(public_key={self.public_key!r})"


def signed_by(checkpoint: Checkpoint, public_key: str) -> bool:
    """Whether the checkpoint carries a good signature of that key (hex)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(checkpoint.signature), checkpoint.statement())
    except (InvalidSignature, ValueError, TypeError):
        return False
    return checkpoint.public_key == public_key
