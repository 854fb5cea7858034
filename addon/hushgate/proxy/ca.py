"""The certificate authority that clients trust: narrow, and unable to widen itself.

A root is made in memory, signs one intermediate and is forgotten: its private
key never reaches a disk. The intermediate carries critical name constraints
(RFC 5280, 4.2.1.10) that permit only the governed hosts and exclude every IP
address, path length 0, and server authentication as its one use. Who steals
it can impersonate LLM providers to those who trust this root, and nobody else.

A permitted DNS name permits its subdomains too: that is how RFC 5280 reads.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hushgate.errors import ConfigFault, StateError
from hushgate.proxy.trust import certificates, system_roots, write_bundle
from hushgate.state import private_folder, read_private, write_private

SIGNER: Final = "mitmproxy-ca.pem"
"""The name mitmproxy reads: key, intermediate, root."""
ROOTS: Final = "hushgate-ca.pem"
BUNDLE: Final = "ca-bundle.pem"
RETIRED: Final = "retired"

ROOT_DAYS: Final = 5 * 365
SIGNER_DAYS: Final = 2 * 365
OVERLAP: Final = timedelta(days=30)
WARN_BEFORE: Final = timedelta(days=30)
_BACKDATE: Final = timedelta(days=2)  # mitmproxy backdates its leaves by as much, for clocks that lag
_EVERY_ADDRESS: Final = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, slots=True)
class Authority:
    """A CA in its folder. `permitted` are DNS names, each with its subdomains."""

    folder: Path
    permitted: tuple[str, ...]
    root_fingerprint: str
    signer_fingerprint: str
    root_ends: datetime
    signer_ends: datetime
    retired: tuple[tuple[str, datetime], ...] = ()

    @property
    def signer(self) -> Path:
        return self.folder / SIGNER

    @property
    def roots(self) -> Path:
        return self.folder / ROOTS

    @property
    def bundle(self) -> Path:
        return self.folder / BUNDLE

    def permits(self, host: str) -> bool:
        """Whether a certificate for the host (or for `*.sub.domain`) can be signed."""
        name = host.removeprefix("*.")
        return any(name == p or name.endswith("." + p) for p in self.permitted)

    def warning(self, now: datetime | None = None) -> str | None:
        """What to say when the end is near."""
        left = min(self.signer_ends, self.root_ends) - (now or datetime.now(UTC))
        if left > WARN_BEFORE:
            return None
        return f"the CA ends in {max(left.days, 0)} days: run `hushgate ca rotate` and restart the gate"


def folder_of(state: Path) -> Path:
    """Where a state folder keeps its CA: mitmproxy's `confdir`."""
    return state / "ca"


def open_authority(
    state: Path, permitted: Iterable[str], *, environ: Mapping[str, str] = os.environ, now: datetime | None = None
) -> Authority:
    """The CA of a state folder, made on the first call; its trust files are brought up to date.

    An existing CA keeps its constraints whatever `permitted` says: see
    `uncovered`. StateError for loose file modes, a foreign or an expired CA,
    and one whose key is gone: only `rotate` replaces what clients trust.
    """
    now = now or datetime.now(UTC)
    folder = _open_folder(state)
    signer = folder / SIGNER
    if not signer.exists():
        if (folder / ROOTS).exists():
            raise StateError(
                f"{signer} is gone, and clients trust its root", hint="restore it, or run `hushgate ca rotate`"
            )
        with contextlib.suppress(FileExistsError):  # another process was first: theirs stands
            write_private(signer, mint(permitted, now), replace=False)
    authority = _read(folder, now)
    _publish(authority, environ, now)
    return authority


def rotate(
    state: Path, permitted: Iterable[str], *, environ: Mapping[str, str] = os.environ, now: datetime | None = None
) -> Authority:
    """Mint a new CA. The old root stays in the trust files for 30 days, never past its own end."""
    now = now or datetime.now(UTC)
    fresh = mint(permitted, now)
    folder = _open_folder(state)
    with contextlib.suppress(FileNotFoundError, ValueError):  # none yet, or none that can be read
        root = x509.load_pem_x509_certificates(read_private(folder / SIGNER))[-1]
        until = min(now + OVERLAP, root.not_valid_after_utc)
        name = f"{int(until.timestamp())}-{root.fingerprint(hashes.SHA256()).hex()[:16]}.pem"
        write_private(private_folder(folder / RETIRED) / name, root.public_bytes(serialization.Encoding.PEM))
    write_private(folder / SIGNER, fresh)
    authority = _read(folder, now)
    _publish(authority, environ, now)
    return authority


def uncovered(authority: Authority, hosts: Iterable[tuple[str, str, int]]) -> list[ConfigFault]:
    """Faults for governed hosts, each `(host, file, line)`, that this CA may not sign for."""
    return [
        ConfigFault(
            file,
            line,
            f"the CA's name constraints do not cover {host}",
            f"add {host.removeprefix('*.')} to ca.permitted and run `hushgate ca rotate`",
        )
        for host, file, line in hosts
        if not authority.permits(host)
    ]


def mint(permitted: Iterable[str], now: datetime) -> bytes:
    """A new CA as PEM: the intermediate's key, the intermediate, the root. The root's key dies here."""
    names = _smallest(permitted)
    if not names:
        raise StateError("a CA without permitted hosts is not made", "govern at least one host")
    root_key = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    made = now.strftime("%Y-%m-%d")
    root_name = _name(f"hushgate root {made} {x509.random_serial_number() & 0xFFFFFF:06x}")
    root = (
        _builder(root_name, root_name, root_key.public_key(), now, ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    intermediate = (
        _builder(_name(f"hushgate {made}"), root_name, key.public_key(), now, SIGNER_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.NameConstraints(
                permitted_subtrees=[x509.DNSName(name) for name in names],
                excluded_subtrees=[x509.IPAddress(ip_network(n)) for n in _EVERY_ADDRESS],
            ),
            critical=True,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + intermediate.public_bytes(pem) + root.public_bytes(pem)


def _open_folder(state: Path) -> Path:
    private_folder(state)
    return private_folder(folder_of(state))


def _read(folder: Path, now: datetime) -> Authority:
    signer = folder / SIGNER
    again = "run `hushgate ca rotate`"
    try:
        raw = read_private(signer)
        key = serialization.load_pem_private_key(raw, None)
        chain = x509.load_pem_x509_certificates(raw)
    except ValueError:
        raise StateError(f"{signer} is not a CA that can be read", again) from None
    if len(chain) != 2 or chain[0].public_key() != key.public_key():
        raise StateError(f"{signer} is not a CA that hushgate made", again)
    intermediate, root = chain
    permitted = _constraints(intermediate)
    if not permitted:
        raise StateError(f"the CA in {signer} has no name constraints", again)
    try:
        intermediate.verify_directly_issued_by(root)
    except Exception:
        raise StateError(f"the chain in {signer} does not hold together", again) from None
    if now >= min(intermediate.not_valid_after_utc, root.not_valid_after_utc):
        raise StateError(f"the CA in {signer} has expired", again)
    return Authority(
        folder=folder,
        permitted=permitted,
        root_fingerprint=_fingerprint(root),
        signer_fingerprint=_fingerprint(intermediate),
        root_ends=root.not_valid_after_utc,
        signer_ends=intermediate.not_valid_after_utc,
        retired=tuple((_fingerprint(cert), until) for cert, until in _retired(folder, now)),
    )


def _constraints(cert: x509.Certificate) -> tuple[str, ...]:
    """The permitted DNS names, or nothing if the certificate is wider than what `mint` makes."""
    try:
        held = cert.extensions.get_extension_for_class(x509.NameConstraints)
        basic = cert.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return ()
    excluded = {str(n.value) for n in held.value.excluded_subtrees or () if isinstance(n, x509.IPAddress)}
    if not held.critical or basic.path_length != 0 or excluded != set(_EVERY_ADDRESS):
        return ()
    return tuple(n.value for n in held.value.permitted_subtrees or () if isinstance(n, x509.DNSName))


def _retired(folder: Path, now: datetime) -> Sequence[tuple[x509.Certificate, datetime]]:
    kept = []
    for file in sorted((folder / RETIRED).glob("*.pem")):
        stamp = file.name.partition("-")[0]
        if stamp.isdecimal() and (until := datetime.fromtimestamp(int(stamp), UTC)) > now:
            kept.append((x509.load_pem_x509_certificate(file.read_bytes()), until))
    return kept


def _publish(authority: Authority, environ: Mapping[str, str], now: datetime) -> None:
    root = certificates(authority.signer.read_bytes())[-1]
    pem = serialization.Encoding.PEM
    old = [cert.public_bytes(pem) for cert, _ in _retired(authority.folder, now)]
    write_bundle(authority.roots, [root, *old])
    write_bundle(authority.bundle, [*system_roots(environ, leave_out=authority.bundle), root, *old])


def _smallest(permitted: Iterable[str]) -> list[str]:
    """Names without `*.`, without those that another one covers."""
    names = sorted({p.removeprefix("*.") for p in permitted})
    return [n for n in names if not any(n.endswith("." + other) for other in names)]


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "hushgate"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATE)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(usage, critical=True)
    )


def _fingerprint(cert: x509.Certificate) -> str:
    """SHA-256 of the DER form, as browsers and openssl show it."""
    return cert.fingerprint(hashes.SHA256()).hex(":").upper()
