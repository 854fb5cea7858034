"""Signed tokens: what is genuine, and what only looks so."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from hushgate.errors import Malformed
from hushgate.identity.jws import LONGEST, keys_of, parse
from tests.doubles.issuer import Private, b64, jwk, token

RSA = rsa.generate_private_key(65537, 2048)
P256 = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()


def keys(*entries: dict[str, object]) -> bytes:
    return json.dumps({"keys": list(entries)}).encode()


@pytest.mark.parametrize("key", [RSA, P256, ED], ids=["RS256", "ES256", "EdDSA"])
def test_a_genuine_token_verifies_and_a_changed_one_does_not(key: Private) -> None:
    known = keys_of(keys(jwk("k", key)))["k"]
    signed = parse(token(key, "k", {"sub": "a"}))
    assert (signed.kid, signed.alg, signed.claims) == ("k", known.alg, {"sub": "a"})
    assert known.verify(signed.signature, signed.said)
    assert not known.verify(signed.signature, signed.said + b"x")
    assert not known.verify(signed.signature[:-1], signed.said)
    assert not known.verify(b"", signed.said)


def test_nothing_of_a_token_is_in_its_repr() -> None:
    assert repr(parse(token(P256, "k", {"sub": "a"}))) == "Signed(kid='k', alg='ES256')"


GOOD = token(P256, "k", {"sub": "a"})
HEAD, BODY, SIGNATURE = GOOD.split(".")


@pytest.mark.parametrize(
    "text",
    [
        "", "a.b", "a.b.c.d", f"{HEAD}.{BODY}", f"{HEAD}=.{BODY}.{SIGNATURE}", f"{HEAD}.{BODY}.é",
        f"{HEAD}.{b64(b'[]')}.{SIGNATURE}", f"{HEAD}.{b64(b'{')}.{SIGNATURE}", "x" * (LONGEST + 1),
        f"{b64(b'{}')}.{BODY}.{SIGNATURE}", f"{HEAD}.{b64(b'{\"a\":1,\"a\":2}')}.{SIGNATURE}",
        f"{HEAD} .{BODY}.{SIGNATURE}", f"{HEAD}.{BODY}+.{SIGNATURE}", f"{HEAD}.{b64(b'[' * 9000)}.{SIGNATURE}",
        token(P256, "k", {}, crit=["b64"]), token(P256, "k", {}, kid=None), token(P256, "k", {}, alg=None),
    ],
)  # fmt: skip
def test_what_is_no_token(text: str) -> None:
    with pytest.raises(Malformed):
        parse(text)


def test_a_key_that_the_token_brings_along_is_not_looked_at() -> None:
    known = keys_of(keys(jwk("k", P256)))["k"]
    other = ec.generate_private_key(ec.SECP256R1())
    signed = parse(token(other, "k", {}, jwk=jwk("k", other), jku="https://127.0.0.1/keys"))
    assert not known.verify(signed.signature, signed.said)


def test_keys_of_other_kinds_are_left_out() -> None:
    secret = {"kid": "s", "kty": "oct", "k": b64(b"0" * 32)}
    encrypting = {**jwk("e", P256), "use": "enc"}
    named_else = {**jwk("n", RSA), "alg": "RS512"}
    small = jwk("small", rsa.generate_private_key(65537, 1024))  # noqa: S505 - too small on purpose
    assert keys_of(keys(secret, encrypting, named_else, small, {"kty": "EC"}, jwk("k", P256))).keys() == {"k"}


@pytest.mark.parametrize(
    "document",
    [b"", b"[]", b"{}", b'{"keys":1}', keys(jwk("k", P256), jwk("k", RSA)), keys({**jwk("k", P256), "x": b64(b"1")}),
     keys({**jwk("k", RSA), "n": 5}), keys(*[{}] * 101)],
)  # fmt: skip
def test_a_set_that_cannot_be_read(document: bytes) -> None:
    with pytest.raises(Malformed):
        keys_of(document)
