"""An OpenID provider without a socket: it keeps the rules for clients, and breaks those for providers when told."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from hushgate.errors import StateError
from hushgate.identity.single import SignOn
from tests.doubles.issuer import Private, b64, jwk, token

URL, CLIENT, SECRET = "https://login.example/realms/acme", "hushgate", "shh-" + "not a secret"
HERE = "http://127.0.0.1:8889"


def sign_on(**more: Any) -> SignOn:
    given: dict[str, Any] = {
        "issuer": URL, "client_id": CLIENT, "client_secret": SECRET, "url": HERE, "ca": None,
        "scopes": ("openid", "email"), "name": "email", "groups": "groups",
        "roles": {"approvers": ("approver",), "auditors": ("auditor",)}, "proxies": (), **more,
    }  # fmt: skip
    return SignOn(**given)


@dataclass
class Provider:
    """`claims` and `header` override what its ID tokens say (None leaves out); `says` what its discovery says."""

    keys: dict[str, Private] = field(default_factory=lambda: {"k1": ec.generate_private_key(ec.SECP256R1())})
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    says: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    signs_with: Private | None = None

    def authorize(self, place: str) -> dict[str, str]:
        """What a person who agrees is sent back with."""
        parts = urlsplit(place)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{URL}/auth"
        asked = dict(parse_qsl(parts.query))
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT and "openid" in asked["scope"].split()
        assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": URL}

    def fetch(self, url: str, form: bytes | None = None, headers: Mapping[str, str] | None = None, /) -> bytes:
        self.asked.append(url)
        match url.removeprefix(URL):
            case "/.well-known/openid-configuration":
                places = {"authorization_endpoint": "auth", "token_endpoint": "token", "userinfo_endpoint": "me",
                          "jwks_uri": "keys", "end_session_endpoint": "end"}  # fmt: skip
                said = {name: f"{URL}/{path}" for name, path in places.items()}
                more = {"issuer": URL, "authorization_response_iss_parameter_supported": True}
                merged = {**said, **more, **self.says}
                return json.dumps({name: one for name, one in merged.items() if one is not None}).encode()
            case "/keys":
                return json.dumps({"keys": [jwk(kid, key) for kid, key in self.keys.items()]}).encode()
            case "/token":
                assert form is not None
                return self._tokens(
                    {name: values[0] for name, values in parse_qs(form.decode()).items()}, headers or {}
                )
            case "/me":
                assert (headers or {})["authorization"] == "Bearer access"
                return json.dumps({"sub": "s-1", **self.told}).encode()
        raise StateError("there is no such place")

    def _tokens(self, form: dict[str, str], headers: Mapping[str, str]) -> bytes:
        asked = self.codes.pop(form["code"], None)
        challenge = b64(hashlib.sha256(form["code_verifier"].encode()).digest())
        if asked is None or challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            raise StateError("answered 400 (invalid_grant)")
        if "authorization" in headers:
            pair = base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode()
            assert pair == f"{CLIENT}:{SECRET.replace(' ', '%20')}" and "client_secret" not in form
        else:
            assert form["client_id"] == CLIENT
        now = time.time()
        half = b64(hashlib.sha256(b"access").digest()[:16])
        claims = {
            "iss": URL, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "at_hash": half, "email": "Carol@acme.example", "email_verified": True, "groups": ["approvers"],
            **self.claims,
        }  # fmt: skip
        key = self.signs_with or next(iter(self.keys.values()))
        kept = {name: value for name, value in claims.items() if value is not None}
        said = token(key, next(iter(self.keys)), kept, **self.header)
        return json.dumps({"access_token": "access", "token_type": "Bearer", "id_token": said}).encode()
