"""What a request's AWS signature covers (Signature Version 4), and whether that is still so.

A signature covers the method, the path, the query, named headers and the body
(AWS, "Create a signed AWS API request"). It stands in `Authorization`, or in
the query of a URL signed beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import quote

from hushgate.errors import Malformed
from hushgate.wire.query import percent_decoded

type Headers = Sequence[tuple[str, str]]

ALGORITHM: Final = "AWS4-HMAC-SHA256"
BODY_HASH: Final = "x-amz-content-sha256"
UNSIGNED_BODY: Final = "UNSIGNED-PAYLOAD"

NEVER_KEPT: Final = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding"
    " upgrade".split()
)
"""Headers of one connection (RFC 9110, 7.6.1): whoever signed them, no proxy sends them on as they were."""

_HEADER: Final = re.compile(
    r"(AWS4-[A-Z0-9-]+) +Credential=([^,\s]+) *, *SignedHeaders=([a-z0-9;._-]+) *, *Signature=([0-9a-f]+)"
)
_SCOPE: Final = re.compile(r"([A-Za-z0-9]+)/([0-9]{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it is written.

    `signed` are names of headers, `at` is the moment that the request says it is from, and `body` what it calls
    its body's hash, "" where it calls it nothing.
    """

    algorithm: str
    key_id: str = field(repr=False)
    date: str
    region: str
    service: str
    signed: tuple[str, ...]
    value: str = field(repr=False)
    in_query: bool
    at: str
    body: str

    @property
    def in_chunks(self) -> bool:
        """Whether the body is signed piece by piece, and has the signatures inside."""
        return self.body.startswith("STREAMING-")


def read_signature(target: str, headers: Headers) -> Signature | None:
    """The signature of a request, None where it has none; Malformed for one that is broken, or for two."""
    written = [value for name, value in headers if name.lower() == "authorization"]
    asked = _parameters(target)
    in_header = any(value.lstrip()[:5].upper() == "AWS4-" for value in written)
    in_query = "x-amz-signature" in asked
    if not in_header and not in_query:
        return None
    if len(written) + in_query > 1:
        raise Malformed("the request is signed for AWS, and says in two ways who asks")
    body = ", ".join(values(headers, BODY_HASH))
    if in_query:
        names = ("x-amz-algorithm", "x-amz-credential", "x-amz-signedheaders", "x-amz-signature")
        algorithm, credential, signed, value = (asked.get(name, "") for name in names)
    else:
        found = _HEADER.fullmatch(written[0].strip())
        algorithm, credential, signed, value = found.groups() if found else ("", "", "", "")
    at = asked.get("x-amz-date", "") if in_query else ", ".join(values(headers, "x-amz-date"))
    scope = _SCOPE.fullmatch(credential)
    if scope is None or not signed or not value or not at.startswith(scope[2]):
        raise Malformed("the request's AWS signature cannot be read")
    key_id, date, region, service = scope.groups()
    headers_signed = tuple(signed.lower().split(";"))
    return Signature(algorithm, key_id, date, region, service, headers_signed, value, in_query, at, body)


class Form(Protocol):
    """A request, to the byte."""

    @property
    def target(self) -> str: ...

    @property
    def headers(self) -> Headers: ...

    @property
    def body(self) -> bytes: ...


def still_fits(signature: Signature, before: Form, after: Form) -> bool:
    """Whether nothing that a signature covers differs between two forms of a request.

    The host is not looked at: a request goes where it was sent.
    """
    if before.target != after.target or (before.body != after.body and signature.body != UNSIGNED_BODY):
        return False
    if values(before.headers, BODY_HASH) != values(after.headers, BODY_HASH):
        return False
    for name in signature.signed:
        had = values(before.headers, name)
        if name != "host" and (name in NEVER_KEPT or not had or had != values(after.headers, name)):
            return False
    return True


def values(headers: Headers, name: str) -> list[str]:
    """All values of a header, in their order."""
    return [value for key, value in headers if key.lower() == name]


def with_parameters(target: str, parameters: Mapping[str, str | None]) -> str:
    """A target with these in place of its query's parameters of the same names, in any case; None takes one out."""
    path, _, query = target.partition("?")
    names = {name.lower() for name in parameters}
    kept = [piece for piece in query.split("&") if percent_decoded(piece.partition("=")[0]).lower() not in names]
    added = [f"{name}={quote(value, safe='-_.~')}" for name, value in parameters.items() if value is not None]
    return f"{path}?{'&'.join([*kept, *added])}"


def _parameters(target: str) -> dict[str, str]:
    """The parameters of the query that belong to a signature, names in lower case; Malformed for one twice."""
    found: dict[str, str] = {}
    for piece in target.partition("?")[2].split("&"):
        name, _, value = piece.partition("=")
        name = percent_decoded(name).lower()
        if not name.startswith("x-amz-"):
            continue
        if name in found:
            raise Malformed("the request's AWS signature is there twice")
        found[name] = percent_decoded(value)
    return found
