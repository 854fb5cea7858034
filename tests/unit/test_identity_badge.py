"""What a certificate says of its client, from a real one."""

from __future__ import annotations

import ssl
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from hushgate.identity.badge import read
from tests.doubles.pki import Authority


def test_names_and_the_end(tmp_path: Path) -> None:
    pem = Authority.create(tmp_path).issue("alice@acme.example", "builder", "192.0.2.7", client="Alice A.")
    der = x509.load_pem_x509_certificate(pem.read_bytes()).public_bytes(Encoding.DER)
    told = ssl._ssl._test_decode_cert(str(pem))  # type: ignore[attr-defined]
    badge = read(told, der)
    assert (badge.san, badge.cn) == (("alice@acme.example", "builder"), ("Alice A.",))
    assert (badge.names("san"), badge.names("cn")) == (badge.san, badge.cn)
    assert time.time() + 29 * 86400 < badge.ends < time.time() + 31 * 86400
    assert badge.id.startswith("x509:") and len(badge.id) == 17


def test_a_certificate_that_names_nobody() -> None:
    badge = read({"notAfter": "Jan  5 09:34:43 2030 GMT"}, b"x")
    assert (badge.san, badge.cn, badge.ends) == ((), (), 1893836083.0)
    with pytest.raises(KeyError):
        read({}, b"")
