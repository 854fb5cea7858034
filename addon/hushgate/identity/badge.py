"""A client's certificate, once TLS has found that the operator's CA signed it: whose names it bears, and until when."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

_PEOPLE: Final = ("email", "DNS")
"""The kinds of alternative names that can be a user's (RFC 5280, 4.2.1.6)."""


@dataclass(frozen=True, slots=True)
class Badge:
    """`id` is its name on record; `ends` in Unix seconds."""

    id: str
    san: tuple[str, ...]
    cn: tuple[str, ...]
    ends: float

    def names(self, by: str) -> tuple[str, ...]:
        """The names in the place that the operator chose: "san" or "cn"."""
        return self.san if by == "san" else self.cn


def read(certificate: Mapping[str, Any], der: bytes) -> Badge:
    """The badge of a verified certificate, as `ssl.SSLSocket.getpeercert` tells it."""
    subject: Iterable[Any] = certificate.get("subject", ())
    cn = tuple(value for part in subject for key, value in part if key == "commonName")
    san = tuple(value for kind, value in certificate.get("subjectAltName", ()) if kind in _PEOPLE)
    return Badge(f"x509:{sha256(der).hexdigest()[:12]}", san, cn, ssl.cert_time_to_seconds(certificate["notAfter"]))
