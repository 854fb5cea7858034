"""Which roots a client, and the gate itself, believe: plain PEM files, written atomically.

The environment variables that clients offer (SSL_CERT_FILE and its like)
*replace* their roots, so a bundle holds the machine's own roots as well.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from hushgate.errors import StateError
from hushgate.state import write_private

_CERTIFICATE: Final = re.compile(rb"-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
_ADDING: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""Variables that name further roots which this environment already believes."""


def certificates(pem: bytes) -> list[bytes]:
    """The PEM certificates in a text, one item each, each ending in a newline."""
    return [m.group().replace(b"\r", b"") + b"\n" for m in _CERTIFICATE.finditer(pem)]


def system_roots(environ: Mapping[str, str], *, leave_out: Path | None = None) -> list[bytes]:
    """The roots this environment believes, as PEM, without repeats.

    The first of these that holds any: SSL_CERT_FILE, OpenSSL's own file or
    folder, certifi; and then what the variables of other clients name.
    `leave_out` is a bundle of ours, which must not feed itself.
    """
    found: dict[bytes, None] = {}
    for place in _places(environ):
        pems = _read(place, leave_out)
        if pems:
            found.update(dict.fromkeys(pems))
            break
    for name in _ADDING:
        if environ.get(name):
            found.update(dict.fromkeys(_read(Path(environ[name]), leave_out)))
    return list(found)


def _places(environ: Mapping[str, str]) -> Iterable[Path]:
    paths = ssl.get_default_verify_paths()
    if environ.get("SSL_CERT_FILE"):
        yield Path(environ["SSL_CERT_FILE"])
    yield Path(paths.openssl_cafile)
    yield from map(
        Path, ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
    )
    yield Path(paths.openssl_capath)
    try:
        import certifi
    except ImportError:
        return
    yield Path(certifi.where())


def _read(place: Path, leave_out: Path | None) -> list[bytes]:
    try:
        if leave_out is not None and place.exists() and leave_out.exists() and place.samefile(leave_out):
            return []
        if place.is_dir():
            # A folder of hashed names holds each certificate again under a link.
            files = sorted({f.resolve() for f in place.iterdir() if f.is_file()})
            return [pem for f in files for pem in certificates(f.read_bytes())]
        return certificates(place.read_bytes()) if place.is_file() else []
    except OSError:
        return []


def read_roots(path: Path) -> list[bytes]:
    """The certificates of a file the operator named; StateError if it holds none."""
    try:
        pems = certificates(path.read_bytes())
    except OSError as error:
        raise StateError(f"cannot read the certificates in {path}: {error.strerror}", "check the path") from None
    if not pems:
        raise StateError(f"{path} holds no PEM certificate", "name a file of -----BEGIN CERTIFICATE----- blocks")
    return pems


def write_bundle(path: Path, pems: Iterable[bytes]) -> Path:
    """Write certificates to one file, without repeats, unless it holds just these already."""
    content = b"".join(dict.fromkeys(pems))
    if not path.is_file() or path.read_bytes() != content:
        write_private(path, content)
    return path


def upstream_roots(folder: Path, upstream_ca: Path | None, environ: Mapping[str, str], *, own: Path) -> Path:
    """The file of roots the gate believes when it speaks to providers.

    System roots and the operator's `egress.upstream_ca`; never our own root,
    so that one gate cannot be talked to through another one by mistake.
    """
    extra = read_roots(upstream_ca) if upstream_ca else []
    ours = set(certificates(own.read_bytes())) if own.is_file() else set()
    pems = [p for p in [*system_roots(environ), *extra] if p not in ours]
    return write_bundle(folder / "upstream-roots.pem", pems)
