"""Signatures by Standard Webhooks, version 1.0 (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body.

A receiver makes the signature anew, refuses a time that is minutes off, and an id that it has seen. Each try of a
message has its own time, and the same id. Pure.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from typing import Final

PREFIX: Final = "whsec_"
SHORTEST: Final = 24
LONGEST: Final = 64
"""Bytes of a secret."""

_SECRET: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def secrets_of(text: str) -> tuple[bytes, ...]:
    """The secrets in `whsec_BASE64`, or of several of them with spaces between: the new and the old one, while a
    receiver changes over. ValueError for anything else, without quoting it.
    """
    found = []
    for word in text.split():
        given = word.removeprefix(PREFIX)
        if given == word or not _SECRET.fullmatch(given):
            raise ValueError("a secret is written whsec_ and base64 behind it")
        try:
            secret = base64.b64decode(given, validate=True)
        except binascii.Error:
            raise ValueError("what stands behind whsec_ is no base64") from None
        if not SHORTEST <= len(secret) <= LONGEST:
            raise ValueError(f"a secret has {SHORTEST} to {LONGEST} bytes, and this has {len(secret)}")
        found.append(secret)
    if not found:
        raise ValueError("it holds no secret")
    return tuple(found)


def headers(secrets: tuple[bytes, ...], key: str, at: int, body: bytes) -> dict[str, str]:
    """The headers of one try: `key` names the message, `at` is now in Unix seconds."""
    said = f"{key}.{at}.".encode("ascii") + body
    signatures = [base64.b64encode(hmac.digest(secret, said, "sha256")).decode("ascii") for secret in secrets]
    return {
        "webhook-id": key,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
