"""OpenID Connect, this console's side: the authorization code flow with PKCE, state and nonce.

OpenID Connect Core 1.0 (3.1), RFC 7636, RFC 9207, RFC 9700. Everything that is sent to the provider goes over
verified TLS, follows no redirect, and to the endpoints that its discovery document names. Blocks.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from ..errors import Malformed, StateError
from .issuers import DISCOVERY, LIFE_SECONDS, Fetch, Issuer
from .jws import Signed, parse
from .single import SignOn
from .workloads import in_time

MOST_GROUPS: Final = 500


@dataclass(frozen=True, slots=True)
class Pending:
    """What a browser that was sent to the provider has to come back with."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Arrived:
    """Who came back. `subject` never changes and is never another's; `leaving` is where to log out there, or ""."""

    subject: str
    name: str
    groups: tuple[str, ...]
    leaving: str = field(repr=False)


class Oidc:
    """One provider. For any thread."""

    def __init__(self, sign_on: SignOn, fetch: Fetch, clock: Callable[[], float] = time.time) -> None:
        self._on = sign_on
        self._fetch = fetch
        self._clock = clock
        self._keys = Issuer(sign_on.issuer, "", fetch)
        self._said: tuple[float, dict[str, Any]] = (0.0, {})

    def begin(self) -> tuple[str, Pending]:
        """Where to send a browser, and what it has to come back with; StateError where the provider is not there."""
        pending = Pending(*(secrets.token_urlsafe(32) for _ in range(3)))
        challenge = urlsafe_b64encode(hashlib.sha256(pending.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": self._on.client_id, "redirect_uri": self._on.callback,
            "scope": " ".join(self._on.scopes), "state": pending.state, "nonce": pending.nonce,
            "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        return _with(self._endpoint("authorization_endpoint"), asked), pending

    def finish(self, pending: Pending, answer: Mapping[str, str]) -> Arrived:
        """Who came back with an answer of the provider's; Malformed where it proves nothing.

        StateError where the provider cannot be asked, or does not take this console for its client.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), pending.state.encode()):
            raise Malformed("this log-in was not begun in this browser, or has been used")
        named = answer.get("iss")
        if named != self._on.issuer and (
            named is not None or self._discovered().get("authorization_response_iss_parameter_supported") is True
        ):
            raise Malformed("the answer is another provider's")
        if "error" in answer or not answer.get("code"):
            raise Malformed(f"the provider let nobody in{_code(answer.get('error', ''))}")
        tokens = self._redeem(answer["code"], pending.verifier)
        id_token, access = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str):
            raise Malformed("the provider gave no ID token")
        claims = self._checked(parse(id_token), pending.nonce, access)
        subject = claims["sub"]
        if not {self._on.name, self._on.groups} <= claims.keys() and isinstance(access, str):
            claims = {**self._told(access, subject), **claims}
        return Arrived(subject, self._name(claims), self._groups(claims), self._leaving(id_token))

    def _checked(self, signed: Signed, nonce: str, access: object) -> dict[str, Any]:
        """The claims of an ID token that is genuine, of now, for us and for this log-in (Core, 3.1.3.7)."""
        claims = dict(signed.claims)
        audience = claims.get("aud")
        if claims.get("iss") != self._on.issuer:
            raise Malformed("the ID token is another issuer's")
        if audience != self._on.client_id and audience != [self._on.client_id]:
            raise Malformed("the ID token is not for this client alone")
        if claims.get("azp", self._on.client_id) != self._on.client_id:
            raise Malformed("the ID token was asked for by another client")
        key = self._keys.key(signed.kid)
        if key is None or key.alg != signed.alg or not key.verify(signed.signature, signed.said):
            raise Malformed("the ID token is not signed with a key of its issuer")
        in_time(signed, self._clock())
        said = claims.get("nonce")
        if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
            raise Malformed("the ID token is of another log-in")
        if "at_hash" in claims and not (isinstance(access, str) and claims["at_hash"] == _half(access, key.alg)):
            raise Malformed("the access token is another one's than the ID token's")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject or len(subject) > 255:
            raise Malformed("the ID token says of nobody")
        return claims

    def _redeem(self, code: str, verifier: str) -> dict[str, Any]:
        """The tokens that a code is good for (Core, 3.1.3; RFC 6749, 2.3.1)."""
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self._on.callback,
            "code_verifier": verifier,
        }  # fmt: skip
        headers = {"accept": "application/json"}
        ways = self._discovered().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if self._on.client_secret and isinstance(ways, list) and "client_secret_basic" in ways:
            pair = f"{quote(self._on.client_id, safe='')}:{quote(self._on.client_secret, safe='')}"
            headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = self._on.client_id
            if self._on.client_secret:
                form["client_secret"] = self._on.client_secret
        return _object(self._fetch(self._endpoint("token_endpoint"), urlencode(form).encode(), headers))

    def _told(self, access: str, subject: str) -> dict[str, Any]:
        """What the provider tells beside the ID token (Core, 5.3.2: of the same subject)."""
        if not self._discovered().get("userinfo_endpoint"):
            return {}
        said = _object(self._fetch(self._endpoint("userinfo_endpoint"), None, {"authorization": f"Bearer {access}"}))
        if said.get("sub") != subject:
            raise Malformed("the provider tells of somebody else than the ID token")
        return said

    def _name(self, claims: Mapping[str, Any]) -> str:
        said = claims.get(self._on.name)
        if not isinstance(said, str) or not said:
            raise Malformed(f"the provider gave no {self._on.name}")
        if self._on.name != "email":
            return said
        if claims.get("email_verified") is not True:
            raise Malformed("the provider has not verified the e-mail address")
        return said.lower()

    def _groups(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        said = claims.get(self._on.groups, ())
        groups = [said] if isinstance(said, str) else said if isinstance(said, list) else []
        return tuple(group for group in groups if isinstance(group, str))[:MOST_GROUPS]

    def _leaving(self, id_token: str) -> str:
        """Where a browser logs out at the provider (OpenID Connect RP-Initiated Logout 1.0), "" where it cannot."""
        place = self._discovered().get("end_session_endpoint")
        if not isinstance(place, str) or not place.startswith("https://"):
            return ""
        back = {"id_token_hint": id_token, "post_logout_redirect_uri": f"{self._on.url}/login"}
        return _with(place, {**back, "client_id": self._on.client_id})

    def _endpoint(self, name: str) -> str:
        place = self._discovered().get(name)
        if not isinstance(place, str) or not place.startswith("https://"):
            raise StateError(f"the provider names no {name} behind https")
        return place

    def _discovered(self) -> dict[str, Any]:
        """What the provider says of itself (Discovery 1.0, 4.3), an hour old at most."""
        at, said = self._said
        if not said or self._clock() - at > LIFE_SECONDS:
            said = _object(self._fetch(self._on.issuer.rstrip("/") + DISCOVERY))
            if said.get("issuer") != self._on.issuer:
                raise StateError(
                    "the provider speaks for another issuer", hint="`issuer` has to be as it says, to the /"
                )
            self._said = self._clock(), said
        return said


def _with(place: str, query: Mapping[str, str]) -> str:
    return f"{place}{'&' if '?' in place else '?'}{urlencode(query)}"


def _half(access: str, alg: str) -> str:
    """The left half of the token's hash, by the ID token's algorithm (Core, 3.1.3.6)."""
    digest = (hashlib.sha512 if alg == "EdDSA" else hashlib.sha256)(access.encode()).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _code(said: str) -> str:
    """An error of RFC 6749's, where it is one: words of strangers are not repeated."""
    return f" ({said})" if 0 < len(said) <= 40 and said.isascii() and said.replace("_", "").isalpha() else ""


def _object(raw: bytes) -> dict[str, Any]:
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Malformed("the provider's answer is no JSON object")
    return said
