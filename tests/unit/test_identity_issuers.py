"""An issuer's keys, fetched from a real one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from hushgate.errors import StateError
from hushgate.identity.issuers import AGAIN_SECONDS, LIFE_SECONDS, Issuer, fetcher
from tests.doubles.issuer import Issuer as Double
from tests.doubles.issuer import jwk
from tests.doubles.pki import Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.create(tmp_path_factory.mktemp("issuer"))


def test_keys_are_found_kept_and_change(authority: Authority) -> None:
    now = [0.0]
    with Double(authority.issue("127.0.0.1")) as double:
        issuer = Issuer(double.url, "", fetcher(authority.path), lambda: now[0])
        assert issuer.key("k1") is not None
        assert issuer.key("k1") is not None
        assert issuer.key("k2") is None
        assert double.asked == 1
        double.keys = {"k2": ec.generate_private_key(ec.SECP256R1())}
        assert issuer.key("k2") is None
        now[0] += AGAIN_SECONDS + 1
        assert issuer.key("k2") is not None
        assert issuer.key("k1") is None
        assert double.asked == 2
        double.answers["/keys"] = b"damaged"
        now[0] += LIFE_SECONDS + 1
        with pytest.raises(Exception, match="JSON"):
            issuer.key("k2")
        assert issuer.key("k2") is None  # of a former answer nothing lives on


def test_an_issuer_that_cannot_be_trusted(authority: Authority, tmp_path: Path) -> None:
    other = Authority.create(tmp_path)
    with Double(authority.issue("127.0.0.1")) as double:
        with pytest.raises(StateError, match="cannot be fetched"):
            Issuer(double.url, "", fetcher(other.path)).key("k1")
        for said, why in (
            ({"issuer": "https://other.example", "jwks_uri": f"{double.url}/keys"}, "another issuer"),
            ({"issuer": double.url, "jwks_uri": "http://127.0.0.1/keys"}, "https alone"),
            ({"issuer": double.url, "jwks_uri": "file:///etc/passwd"}, "https alone"),
            ({"issuer": double.url}, "does not say"),
        ):
            double.answers["/.well-known/openid-configuration"] = json.dumps(said).encode()
            with pytest.raises(StateError, match=why):
                Issuer(double.url, "", fetcher(authority.path)).key("k1")
        double.answers["/big"] = b" " * (1024 * 1024 + 1)
        with pytest.raises(StateError, match="too large"):
            Issuer(double.url, f"{double.url}/big", fetcher(authority.path)).key("k1")
    with pytest.raises(StateError, match="cannot be fetched"):
        Issuer(double.url, "", fetcher(authority.path)).key("k1")


def test_keys_of_a_file(tmp_path: Path) -> None:
    place = tmp_path / "keys.json"
    issuer = Issuer("https://ci.example", str(place), fetcher(None))
    with pytest.raises(StateError, match="cannot be read"):
        issuer.key("k")
    place.write_text(json.dumps({"keys": [jwk("k", ec.generate_private_key(ec.SECP256R1()))]}))
    assert Issuer("https://ci.example", str(place), fetcher(None)).key("k") is not None
