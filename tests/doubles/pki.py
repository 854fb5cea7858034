"""A throw-away certificate authority for servers on loopback."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Authority:
    """A CA whose key lives in memory. `folder` gets `ca.pem`, and a file for each server."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def create(cls, folder: Path, name: str = "provider double CA") -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            _blank(subject, subject, key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(folder, key, certificate)

    @property
    def path(self) -> Path:
        """The CA's certificate, PEM: what a client trusts."""
        return self.folder / "ca.pem"

    def issue(self, *names: str, expired: bool = False, client: str | None = None) -> Path:
        """A key and a certificate for host names and addresses, in one PEM file; for a `client`, that is its CN."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([] if client is None else [x509.NameAttribute(NameOID.COMMON_NAME, client)])
        use = ExtendedKeyUsageOID.SERVER_AUTH if client is None else ExtendedKeyUsageOID.CLIENT_AUTH
        own_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        certificate = (
            _blank(subject, self.certificate.subject, key.public_key(), days=-0.5 if expired else 30)
            .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
            .add_extension(own_key, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ) + certificate.public_bytes(serialization.Encoding.PEM)
        path = self.folder / f"{'server' if client is None else 'client'}-{certificate.serial_number:x}.pem"
        path.touch(mode=0o600)
        path.write_bytes(pem)
        return path

    def server_context(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        """What a TLS server for `names` needs."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.issue(*names, expired=expired))
        return context

    def client_context(self) -> ssl.SSLContext:
        """A client that trusts this authority, and no other."""
        return ssl.create_default_context(cafile=str(self.path))


def _blank(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, days: float = 30
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    serial = x509.random_serial_number()
    return x509.CertificateBuilder(issuer, subject, public_key, serial, now - DAY, now + days * DAY)


def _usage(**on: bool) -> x509.KeyUsage:
    off = dict.fromkeys(
        (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
            "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    return x509.KeyUsage(**{**off, **on})


def _general(name: str) -> x509.GeneralName:
    if "@" in name:
        return x509.RFC822Name(name)
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
