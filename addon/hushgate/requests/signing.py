"""Requests signed for AWS: none leaves with a signature that does not fit what is forwarded.

What the gate changed it signs anew, where it has credentials: for the client's
own key only once the client's signature is found right, so that the gate is of
no use to who does not have the secret; for another key of an account where a
profile is named for it. Without credentials such a request is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import compare_digest
from typing import Final, Literal, Protocol

from hushgate.errors import Unsigned
from hushgate.requests.aws import Credentials, NotInstalled
from hushgate.requests.inbound import Inbound, Written
from hushgate.requests.outbound import Outbound
from hushgate.wire.sigv4 import (
    ALGORITHM,
    BODY_HASH,
    NEVER_KEPT,
    UNSIGNED_BODY,
    Signature,
    read_signature,
    still_fits,
    values,
    with_parameters,
)

TOKEN: Final = "x-amz-security-token"  # noqa: S105 - a header's name
HOSTS: Final = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
"""What the names of AWS's hosts end in: no other host gets anything that the gate's credentials made."""

_HELP: Final = (
    "start the gate with the same AWS credentials as the client, name a profile for its key or account under "
    "aws.profiles, or give the client AWS_BEARER_TOKEN_BEDROCK, which signs nothing"
)


class Keyring(Protocol):
    async def find(self, key_id: str) -> Credentials | None: ...


@dataclass(frozen=True, slots=True)
class Signer:
    """Keeps signatures right. `resign` says what becomes of requests that the gate has no credentials for."""

    keyring: Keyring
    resign: Literal["block", "pass-if-clean"] = "block"

    async def seal(self, inbound: Inbound, out: Written, *, enforced: bool = True) -> Written:
        """What goes out, signed anew where that is needed.

        Unsigned where it cannot be; Malformed for a signature that cannot be read; anything else is a fault.
        """
        signature = read_signature(inbound.target, inbound.headers)
        if signature is None:
            return out
        if signature.in_chunks:
            raise Unsigned(
                "its body is signed piece by piece (STREAMING), and the gate does not read that",
                hint="send the body in one piece",
            )
        came = Outbound.as_it_came(inbound)
        goes = came.with_written(out)
        fits = still_fits(signature, came, goes)
        if fits and (self.resign == "pass-if-clean" or not enforced):
            return out
        if not inbound.route.host.endswith(HOSTS):
            raise Unsigned(
                "it is signed for AWS (SigV4), but its host is not one of AWS's, and the gate signs for no other",
                hint="use a key of that host's own, or set aws.resign: pass-if-clean",
            )
        try:
            credentials = await self.keyring.find(signature.key_id)
        except NotInstalled:
            raise Unsigned(
                "it is signed for AWS (SigV4), and what signs is not installed with the gate",
                hint=f"pip install 'hushgate[aws]', then {_HELP}",
            ) from None
        if credentials is None:
            what = "the gate has no credentials to sign it with" + ("" if fits else " after what it changed in it")
            raise Unsigned(f"it is signed for AWS (SigV4), and {what}", hint=_HELP)
        if fits:
            return out
        if signature.algorithm != ALGORITHM:
            raise Unsigned(
                f"it is signed for AWS in a way that the gate cannot renew: not with {ALGORITHM}",
                hint="let the client sign with SigV4, for one region",
            )
        if credentials.access_key == signature.key_id and not _is_right(credentials, signature, inbound):
            raise Unsigned("its AWS signature is wrong already", hint="check the client's AWS secret and clock")
        anew = _signed_anew(credentials, signature, inbound, goes)
        return replace(out, headers=anew.headers, target=anew.target if signature.in_query else out.target)


def _is_right(credentials: Credentials, signature: Signature, inbound: Inbound) -> bool:
    """Whether a request came with the signature that belongs to it: all of it, lest the gate sign for a stranger."""
    came = Outbound.as_it_came(inbound)
    covered = all(values(came.headers, name) for name in signature.signed if name != "host")
    hashed = signature.body in ("", UNSIGNED_BODY, sha256(came.body).hexdigest())
    if signature.in_query:
        came = replace(came, target=with_parameters(came.target, {"X-Amz-Signature": None}))
    given = _computed(credentials, signature, inbound, came, signature.signed)
    return covered and hashed and compare_digest(given, signature.value)


def _signed_anew(credentials: Credentials, before: Signature, inbound: Inbound, goes: Outbound) -> Outbound:
    """A request with a signature that fits it, in the place where it had one."""
    headers = [(name, value) for name, value in goes.headers if name.lower() not in ("authorization", TOKEN)]
    if before.body and before.body != UNSIGNED_BODY:
        body_hash = sha256(goes.body).hexdigest()
        headers = [(name, body_hash if name.lower() == BODY_HASH else value) for name, value in headers]
    if credentials.token and not before.in_query:
        headers.append((TOKEN, credentials.token))
    names = {name for name in before.signed if name not in NEVER_KEPT and values(headers, name)} | {"host"}
    names |= {TOKEN} if values(headers, TOKEN) else set()
    signed = tuple(sorted(names))
    scope = f"{credentials.access_key}/{before.date}/{before.region}/{before.service}/aws4_request"
    if before.in_query:
        said = {
            "X-Amz-Signature": None,
            "X-Amz-Credential": scope,
            "X-Amz-SignedHeaders": ";".join(signed),
            "X-Amz-Security-Token": credentials.token,
        }
        form = Outbound(with_parameters(goes.target, said), tuple(headers), goes.body)
        value = _computed(credentials, before, inbound, form, signed)
        return replace(form, target=f"{form.target}&X-Amz-Signature={value}")
    value = _computed(credentials, before, inbound, replace(goes, headers=tuple(headers)), signed)
    written = f"{ALGORITHM} Credential={scope}, SignedHeaders={';'.join(signed)}, Signature={value}"
    return replace(goes, headers=(*headers, ("Authorization", written)))


def _computed(
    credentials: Credentials, signature: Signature, inbound: Inbound, form: Outbound, signed: tuple[str, ...]
) -> str:
    """The signature of one form of a request, as botocore computes it; in a query, without the one it had."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.compat import HTTPHeaders

    host = ", ".join(values(form.headers, "host")) or inbound.route.host
    request = AWSRequest(inbound.route.method, f"https://{host}{form.target}", data=form.body)
    covered = HTTPHeaders()
    for name, value in form.headers:
        if name.lower() in signed:
            covered[name.lower()] = value
        if name.lower() == BODY_HASH:
            request.headers[name] = value
    if "host" in signed and "host" not in covered:
        covered["host"] = host
    request.context["timestamp"] = signature.at
    auth = SigV4Auth(credentials, signature.service, signature.region)
    auth.headers_to_sign = lambda _: covered
    return str(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))
