"""The gate's signature over what was agreed: who can write to the database alone can make none of it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import Field, replace
from typing import Any, ClassVar, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Signed(Protocol):
    """A dataclass with a signature (hex, "" without one) over its statement."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def signature(self) -> str: ...

    def statement(self) -> bytes:
        """What is signed."""


class Signer:
    """Signs with the Ed25519 key that a 32 byte seed gives."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    def signed[S: Signed](self, one: S) -> S:
        return replace(one, signature=self._key.sign(one.statement()).hex())

    def verifies(self, one: Signed) -> bool:
        """Whether this gate signed it, just so."""
        try:
            self._key.public_key().verify(bytes.fromhex(one.signature), one.statement())
        except (InvalidSignature, ValueError):
            return False
        return True

    def __repr__(self) -> str:
        return "Signer()"


def statement(head: str, said: Mapping[str, Any], *, without: tuple[str, ...] = ()) -> bytes:
    """A line that says what it is, and compact JSON with sorted keys; no signature, and nothing of `without`."""
    left = {key: value for key, value in said.items() if key != "signature" and key not in without}
    return f"hushgate {head} v1\n{json.dumps(left, sort_keys=True, separators=(',', ':'))}".encode("ascii")
