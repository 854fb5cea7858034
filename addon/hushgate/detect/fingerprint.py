"""Keyed fingerprints: the same value, however it is spelled, has the same one."""

from __future__ import annotations

import hmac
import re
import unicodedata
from typing import Final

_NUMBER: Final = re.compile(r"[0-9 ()+./-]+")
_CODE: Final = re.compile(r"[A-Za-z0-9 -]+")


def normalise(value: str) -> str:
    """The form under which values are compared.

    NFKC first. A number with six digits or more is its digits; letters and
    digits grouped by spaces or dashes lose the grouping and the case; anything
    else is case-folded with its white space collapsed.
    """
    text = unicodedata.normalize("NFKC", value)
    if text.isascii():
        if _NUMBER.fullmatch(text):
            digits = "".join(c for c in text if c.isdigit())
            if len(digits) >= 6:
                return digits
        if _CODE.fullmatch(text) and any(c.isdigit() for c in text):
            return text.replace(" ", "").replace("-", "").casefold()
    return " ".join(text.casefold().split())


class Fingerprinter:
    """HMAC-SHA256 of the normal form, cut to 128 bits, as 32 hex digits."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("a fingerprint key has at least 16 bytes")
        self._key = key

    def __call__(self, value: str) -> str:
        data = normalise(value).encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, data, "sha256")[:16].hex()
