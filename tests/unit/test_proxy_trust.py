from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hushgate.errors import StateError
from hushgate.proxy.ca import mint, open_authority
from hushgate.proxy.trust import certificates, read_roots, system_roots, upstream_roots, write_bundle


def root() -> bytes:
    return certificates(mint(["x.example"], datetime.now(UTC)))[-1]


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    files = [tmp_path / f"{n}.pem" for n in range(3)]
    for file in files:
        file.write_bytes(root())
    return files


def test_certificates_are_taken_out_of_whatever_stands_around_them() -> None:
    first, second = root(), root()
    text = b"# a comment\n" + first.replace(b"\n", b"\r\n") + b"subject=CN\n" + second
    assert certificates(text) == [first, second]
    assert certificates(b"nothing") == []


def test_ssl_cert_file_replaces_the_systems_roots(three: list[Path]) -> None:
    assert system_roots({"SSL_CERT_FILE": str(three[0])}) == [three[0].read_bytes()]


def test_other_variables_add(three: list[Path]) -> None:
    environ = {
        "SSL_CERT_FILE": str(three[0]),
        "REQUESTS_CA_BUNDLE": str(three[1]),
        "NODE_EXTRA_CA_CERTS": str(three[2]),
        "CURL_CA_BUNDLE": str(three[0]),
    }
    assert system_roots(environ) == [f.read_bytes() for f in three]


def test_a_variable_that_leads_nowhere_falls_back() -> None:
    assert len(system_roots({"SSL_CERT_FILE": "/nowhere"})) > 20
    assert system_roots({"SSL_CERT_FILE": "/nowhere"}) == system_roots({})


def test_a_folder_of_certificates_counts_once(tmp_path: Path) -> None:
    folder = tmp_path / "certs"
    folder.mkdir()
    (folder / "one.pem").write_bytes(root())
    (folder / "hash.0").symlink_to(folder / "one.pem")
    assert system_roots({"SSL_CERT_FILE": str(folder)}) == [(folder / "one.pem").read_bytes()]


def test_our_own_bundle_does_not_feed_itself(tmp_path: Path) -> None:
    state = tmp_path / "state"
    first = open_authority(state, ["x.example"], environ={})
    before = first.bundle.read_bytes()
    inside = {"SSL_CERT_FILE": str(first.bundle), "NODE_EXTRA_CA_CERTS": str(first.bundle)}
    again = open_authority(state, ["x.example"], environ=inside)
    assert again.bundle.read_bytes() == before


def test_a_bundle_is_rewritten_only_if_it_changes(tmp_path: Path, three: list[Path]) -> None:
    bundle = tmp_path / "bundle.pem"
    pems = [f.read_bytes() for f in three]
    write_bundle(bundle, [*pems, pems[0]])
    assert certificates(bundle.read_bytes()) == pems
    first = bundle.stat().st_ino
    write_bundle(bundle, pems)
    assert bundle.stat().st_ino == first


def test_upstream_trust_holds_the_operators_ca_and_never_our_own(tmp_path: Path, three: list[Path]) -> None:
    authority = open_authority(tmp_path / "state", ["x.example"], environ={})
    environ = {"SSL_CERT_FILE": str(three[0]), "NODE_EXTRA_CA_CERTS": str(authority.bundle)}
    file = upstream_roots(authority.folder, three[1], environ, own=authority.roots)
    held = certificates(file.read_bytes())
    assert three[0].read_bytes() in held
    assert three[1].read_bytes() in held
    assert certificates(authority.roots.read_bytes())[0] not in held
    assert three[1].read_bytes() not in certificates(authority.bundle.read_bytes())


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_an_upstream_ca_without_certificates_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(StateError) as caught:
        read_roots(file)
    assert caught.value.hint
