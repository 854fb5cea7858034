"""Signed tokens of others (JWT, RFC 7519; JWS compact, RFC 7515), read strictly.

Three algorithms, and each key has one: RS256 for RSA, ES256 for P-256, EdDSA
for Ed25519 (RFC 7518, 3.1; RFC 8037). The key says which, never the token:
`none` and a public key used as an HMAC secret (RFC 8725, 2.1) have no way in.
Keys come from the issuer's set alone; `jwk`, `jku` and `x5c` of a header are
not looked at, and `crit` refuses the token.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from ..errors import Malformed

LONGEST: Final = 16 * 1024
MOST_KEYS: Final = 100
RSA_BITS: Final = range(2048, 8193)

type PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an issuer, and the one algorithm it is for."""

    alg: str
    public: PublicKey = field(repr=False)

    def verify(self, signature: bytes, said: bytes) -> bool:
        """Whether the holder of this key has signed `said`."""
        try:
            match self.public:
                case rsa.RSAPublicKey():
                    self.public.verify(signature, said, padding.PKCS1v15(), SHA256())
                case ec.EllipticCurvePublicKey():
                    if len(signature) != 64:
                        return False
                    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
                    self.public.verify(encode_dss_signature(r, s), said, ec.ECDSA(SHA256()))
                case _:
                    self.public.verify(signature, said)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signed:
    """A token taken apart, of which nothing is believed yet."""

    kid: str
    alg: str
    claims: Mapping[str, Any] = field(repr=False)
    said: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def parse(token: str) -> Signed:
    """Take a compact token apart; Malformed where it has no one reading."""
    if len(token) > LONGEST or token.count(".") != 2:
        raise Malformed("this is no signed token", hint="send the OIDC token of the job, as it was issued")
    head, body, signature = token.split(".")
    header, claims = _object(_bytes(head)), _object(_bytes(body))
    kid, alg = header.get("kid"), header.get("alg")
    if not isinstance(kid, str) or not isinstance(alg, str) or "crit" in header:
        raise Malformed("the token's header names no key, or asks for more than a signature")
    return Signed(kid, alg, claims, f"{head}.{body}".encode("ascii"), _bytes(signature))


def keys_of(document: bytes) -> dict[str, Key]:
    """The signing keys of a JWK set (RFC 7517) by `kid`; keys of other kinds are left out, Malformed for a bad set."""
    said = _object(document).get("keys")
    if not isinstance(said, list) or len(said) > MOST_KEYS:
        raise Malformed("this is no set of keys")
    found: dict[str, Key] = {}
    for entry in said:
        kid = entry.get("kid") if isinstance(entry, dict) else None
        if not isinstance(kid, str) or entry.get("use", "sig") != "sig":
            continue
        key = _key(entry)
        if key is None or entry.get("alg", key.alg) != key.alg:
            continue
        if kid in found:
            raise Malformed("two keys of the set have one name")
        found[kid] = key
    return found


def _key(entry: Mapping[str, Any]) -> Key | None:
    try:
        match entry.get("kty"), entry.get("crv"):
            case "RSA", _:
                n, e = (int.from_bytes(_bytes(entry[name]), "big") for name in ("n", "e"))
                return Key("RS256", rsa.RSAPublicNumbers(e, n).public_key()) if n.bit_length() in RSA_BITS else None
            case "EC", "P-256":
                x, y = (int.from_bytes(_bytes(entry[name]), "big") for name in ("x", "y"))
                return Key("ES256", ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key())
            case "OKP", "Ed25519":
                return Key("EdDSA", ed25519.Ed25519PublicKey.from_public_bytes(_bytes(entry["x"])))
    except (KeyError, TypeError, ValueError):
        raise Malformed("a key of the set is damaged") from None
    return None


def _bytes(text: str) -> bytes:
    """Base64url without padding, in its one form."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("the token is not base64url") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != text:
        raise Malformed("the token is not base64url")
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError
        return found

    try:
        said = json.loads(raw.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise Malformed("this is not JSON, or names something twice") from None
    if not isinstance(said, dict):
        raise Malformed("this is no JSON object")
    return said
