"""Checks AWS signatures as AWS does: written from its documentation, with nothing of botocore's or the gate's.

Source: IAM user guide, "Create a signed AWS API request" (Signature Version 4).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from hmac import new
from urllib.parse import quote, unquote

type Headers = Sequence[tuple[str, str]]


class WrongSignature(Exception):
    """What AWS answers 403 to; `args` say the name of the error and why."""


def check(method: str, target: str, headers: Headers, body: bytes, secrets: dict[str, str]) -> str:
    """The access key's id of a request that is signed right; WrongSignature for any other."""
    given = {name.lower(): value for name, value in headers}
    path, _, query = target.partition("?")
    asked = {unquote(name): unquote(value) for name, _, value in (pair.partition("=") for pair in query.split("&"))}
    if "X-Amz-Signature" in asked:
        written = [asked.get(f"X-Amz-{name}", "") for name in ("Algorithm", "Credential", "SignedHeaders", "Signature")]
        given_as = "{} Credential={}, SignedHeaders={}, Signature={}".format(*written)
        date = asked.get("X-Amz-Date", "")
        query = "&".join(pair for pair in query.split("&") if not pair.startswith("X-Amz-Signature="))
    else:
        given_as, date = given.get("authorization", ""), given.get("x-amz-date", "")
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, *"
        r"SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})",
        given_as,
    )
    if found is None:
        raise WrongSignature("IncompleteSignatureException", "no signature")
    key_id, day, region, service, signed, signature = found.groups()
    names = signed.split(";")
    if names != sorted(names) or "host" not in names:
        raise WrongSignature("IncompleteSignatureException", "SignedHeaders")
    if missing := [name for name in names if name not in given]:
        raise WrongSignature("InvalidSignatureException", f"{missing} signed, and not there")
    if loose := [name for name in given if name.startswith("x-amz-") and name not in names]:
        raise WrongSignature("InvalidSignatureException", f"{loose} there, and not signed")
    if key_id not in secrets:
        raise WrongSignature("UnrecognizedClientException", "no such key")
    body_hash = sha256(body).hexdigest()
    if given.get("x-amz-content-sha256", body_hash) != body_hash:
        raise WrongSignature("InvalidSignatureException", "x-amz-content-sha256 is not the body's hash")
    lines = [
        method,
        quote(_normal(path), safe="/~-._"),
        _canonical_query(query),
        *(f"{name}:{_canonical(headers, name)}" for name in names),
        "",
        signed,
        body_hash,
    ]
    if date[:8] != day:
        raise WrongSignature("InvalidSignatureException", "dates differ")
    scope = f"{day}/{region}/{service}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", date, scope, sha256("\n".join(lines).encode()).hexdigest()])
    key = f"AWS4{secrets[key_id]}".encode()
    for part in (day, region, service, "aws4_request"):
        key = new(key, part.encode(), sha256).digest()
    if new(key, to_sign.encode(), sha256).hexdigest() != signature:
        raise WrongSignature("InvalidSignatureException", "The request signature we calculated does not match")
    return key_id


def _normal(path: str) -> str:
    """A path without dot segments and double slashes, as all services but S3 take it."""
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    open_ended = path.endswith(("/", "/.", "/..")) and bool(steps)
    return "/" + "/".join(steps) + ("/" if open_ended else "")


def _canonical(headers: Headers, name: str) -> str:
    return ",".join(re.sub(" +", " ", value.strip()) for key, value in headers if key.lower() == name)


def _canonical_query(query: str) -> str:
    pairs = [piece.partition("=") for piece in query.split("&") if piece]
    encoded = sorted((quote(unquote(n), safe="-_.~"), quote(unquote(v), safe="-_.~")) for n, _, v in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)
