from __future__ import annotations

import asyncio
import http.client
import re
import shutil
import ssl
import stat
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from mitmproxy import options
from mitmproxy.addons.next_layer import NextLayer
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.addons.tlsconfig import TlsConfig
from mitmproxy.master import Master

from hushgate.errors import StateError
from hushgate.proxy.ca import Authority, folder_of, mint, open_authority, rotate, uncovered

NOW = datetime(2030, 5, 4, tzinfo=UTC)
GOVERNED = "api.openai.com"
FOREIGN = "bank.example"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def authority(state: Path) -> Authority:
    return open_authority(state, [GOVERNED, "*.openai.azure.com"], environ={})


def chain(authority: Authority) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(authority.signer.read_bytes())


def test_the_intermediate_is_as_narrow_as_it_says(authority: Authority) -> None:
    intermediate, root = chain(authority)
    held = intermediate.extensions.get_extension_for_class(x509.NameConstraints)
    assert held.critical
    assert [n.value for n in held.value.permitted_subtrees or ()] == [GOVERNED, "openai.azure.com"]
    assert {str(n.value) for n in held.value.excluded_subtrees or ()} == {"0.0.0.0/0", "::/0"}
    basic = intermediate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical
    assert basic.value.path_length == 0
    for cert in (intermediate, root):
        usage = cert.extensions.get_extension_for_class(x509.KeyUsage)
        assert usage.critical
        assert usage.value.key_cert_sign
        assert not usage.value.digital_signature
    assert isinstance(intermediate.public_key(), ec.EllipticCurvePublicKey)
    intermediate.verify_directly_issued_by(root)


def test_the_root_key_is_nowhere(authority: Authority, state: Path) -> None:
    intermediate, root = chain(authority)
    written = b"".join(f.read_bytes() for f in state.rglob("*") if f.is_file())
    blocks = re.findall(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*-----", written, re.S)
    keys = [serialization.load_pem_private_key(block, None).public_key() for block in blocks]
    assert keys == [intermediate.public_key()]
    assert root.public_key() not in keys


def test_everything_is_private(authority: Authority, state: Path) -> None:
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in [state, *state.rglob("*")]}
    assert all(mode == (0o700 if path.is_dir() else 0o600) for path, mode in modes.items())


@pytest.mark.parametrize("where", ["state", "folder", "signer"])
def test_looser_modes_are_refused_with_the_remedy(authority: Authority, state: Path, where: str) -> None:
    loose = {"state": state, "folder": authority.folder, "signer": authority.signer}[where]
    loose.chmod(0o755 if loose.is_dir() else 0o640)
    with pytest.raises(StateError) as caught:
        open_authority(state, [GOVERNED], environ={})
    assert "chmod" in caught.value.hint
    assert str(loose) in str(caught.value)


def test_a_second_opening_finds_the_same_ca(authority: Authority, state: Path) -> None:
    again = open_authority(state, ["other.example"], environ={})
    assert again == authority
    assert not again.permits("other.example")


@pytest.mark.parametrize(
    ("host", "fine"),
    [
        (GOVERNED, True),
        ("eu.api.openai.com", True),
        ("*.openai.azure.com", True),
        ("x.openai.azure.com", True),
        ("openai.com", False),
        ("evilapi.openai.com", False),
        (FOREIGN, False),
    ],
)
def test_permits(authority: Authority, host: str, fine: bool) -> None:
    assert authority.permits(host) is fine
    faults = uncovered(authority, [(host, "endpoints.yaml", 7)])
    assert bool(faults) is not fine
    for fault in faults:
        assert fault.line == 7
        assert "ca.permitted" in fault.hint
        assert "hushgate ca rotate" in fault.hint


def test_rotation_keeps_the_old_root_for_a_while(state: Path) -> None:
    first = open_authority(state, [GOVERNED], environ={}, now=NOW)
    second = rotate(state, [GOVERNED, FOREIGN], environ={}, now=NOW)
    assert second.root_fingerprint != first.root_fingerprint
    assert second.permits(FOREIGN)
    assert second.retired == ((first.root_fingerprint, NOW + timedelta(days=30)),)
    assert fingerprints(second.roots) == {first.root_fingerprint, second.root_fingerprint}
    assert fingerprints(second.roots) <= fingerprints(second.bundle)

    later = open_authority(state, [GOVERNED], environ={}, now=NOW + timedelta(days=31))
    assert later.retired == ()
    assert fingerprints(later.roots) == {second.root_fingerprint}
    assert first.root_fingerprint not in fingerprints(later.bundle)


def test_rotation_does_not_prolong_an_old_root(state: Path) -> None:
    open_authority(state, [GOVERNED], environ={}, now=NOW)
    end = NOW + timedelta(days=5 * 365)
    assert rotate(state, [GOVERNED], environ={}, now=end - timedelta(days=3)).retired[0][1] == end


def test_rotation_replaces_a_damaged_ca(authority: Authority, state: Path) -> None:
    authority.signer.write_bytes(b"damaged")
    with pytest.raises(StateError, match="cannot be|can be read"):
        open_authority(state, [GOVERNED], environ={})
    assert rotate(state, [GOVERNED], environ={}).permits(GOVERNED)


def test_a_ca_whose_key_is_gone_is_not_replaced_silently(authority: Authority, state: Path) -> None:
    authority.signer.unlink()
    with pytest.raises(StateError, match="is gone") as refused:
        open_authority(state, [GOVERNED], environ={})
    assert "ca rotate" in refused.value.hint
    rotate(state, [GOVERNED], environ={})
    open_authority(state, [GOVERNED], environ={})


def test_lifetimes(state: Path) -> None:
    authority = open_authority(state, [GOVERNED], environ={}, now=NOW)
    assert authority.signer_ends == NOW + timedelta(days=730)
    assert authority.root_ends > authority.signer_ends
    assert authority.warning(NOW) is None
    assert "in 10 days" in (authority.warning(authority.signer_ends - timedelta(days=10)) or "")
    with pytest.raises(StateError, match="expired"):
        open_authority(state, [GOVERNED], environ={}, now=authority.signer_ends)


def test_a_ca_without_constraints_is_refused(authority: Authority, state: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "wide")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=9))
    wide = builder.add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = wide.public_bytes(serialization.Encoding.PEM)
    authority.signer.write_bytes(private + pem + pem)
    with pytest.raises(StateError, match="no name constraints"):
        open_authority(state, [GOVERNED], environ={}, now=NOW)
    authority.signer.write_bytes(private + pem)
    with pytest.raises(StateError, match="not a CA that hushgate made"):
        open_authority(state, [GOVERNED], environ={}, now=NOW)


def test_a_ca_for_nothing_is_not_made() -> None:
    with pytest.raises(StateError):
        mint([], NOW)


def fingerprints(file: Path) -> set[str]:
    return {c.fingerprint(hashes.SHA256()).hex(":").upper() for c in x509.load_pem_x509_certificates(file.read_bytes())}


# What follows is a real mitmproxy with this CA, and real clients that trust nothing but the root.


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Authority]]:
    authority = open_authority(tmp_path_factory.mktemp("ca") / "state", [GOVERNED, "*.openai.azure.com"], environ={})
    ready = threading.Event()
    at: dict[str, Any] = {}

    class Answer:
        """Answers every request itself: no upstream."""

        def running(self) -> None:
            nonlocal at
            at |= {"port": server.listen_addrs()[0][1], "loop": asyncio.get_running_loop()}
            ready.set()

        def request(self, flow: object) -> None:
            from mitmproxy import http

            flow.response = http.Response.make(200, b"hello")  # type: ignore[attr-defined]

    server = Proxyserver()

    async def run() -> None:
        master = Master(
            options.Options(confdir=str(authority.folder), listen_host="127.0.0.1", listen_port=0),
            asyncio.get_running_loop(),
        )
        master.addons.add(server, NextLayer(), TlsConfig(), Answer())
        master.options.update(upstream_cert=False, connection_strategy="lazy")
        at["stop"] = master.shutdown
        await master.run()
        await server.servers.update([])  # It does not close what it listens on by itself.

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert ready.wait(20)
    yield at["port"], authority
    at["loop"].call_soon_threadsafe(at["stop"])
    thread.join(10)


def python_fetch(port: int, authority: Authority, host: str) -> bytes:
    connection = http.client.HTTPSConnection(
        "127.0.0.1", port, context=ssl.create_default_context(cafile=str(authority.roots)), timeout=10
    )
    connection.set_tunnel(host, 443)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read()
    finally:
        connection.close()


@pytest.mark.parametrize("host", [GOVERNED, "eu.api.openai.com", "mine.openai.azure.com"])
def test_python_trusts_governed_hosts(proxy: tuple[int, Authority], host: str) -> None:
    assert python_fetch(*proxy, host) == b"hello"


@pytest.mark.parametrize("host", [FOREIGN, "openai.com", "127.0.0.1"])
def test_python_refuses_others(proxy: tuple[int, Authority], host: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="subtree|certificate verify failed"):
        python_fetch(*proxy, host)


def commands(port: int, roots: Path, host: str) -> dict[str, list[str]]:
    script = (
        "const net=require('net'),tls=require('tls'),fs=require('fs');const [p,c,h]=process.argv.slice(1);"
        "const s=net.connect(+p,'127.0.0.1',()=>s.write(`CONNECT ${h}:443 HTTP/1.1\\r\\nHost: ${h}:443\\r\\n\\r\\n`));"
        "s.once('data',()=>{const t=tls.connect({socket:s,servername:h,ca:fs.readFileSync(c)},()=>process.exit(0));"
        "t.on('error',e=>{console.error(e.code);process.exit(1)})});"
    )
    through = ["-proxy", f"127.0.0.1:{port}", "-connect", f"{host}:443", "-servername", host]
    return {
        "curl": ["curl", "-sS", "-m", "10", "--cacert", str(roots), "-x", f"127.0.0.1:{port}", f"https://{host}/"],
        "openssl": ["openssl", "s_client", *through, "-CAfile", str(roots), "-no-CApath", "-verify_return_error"],
        "node": ["node", "-e", script, str(port), str(roots), host],
    }


@pytest.mark.parametrize("program", ["curl", "openssl", "node"])
def test_other_clients_agree(proxy: tuple[int, Authority], program: str) -> None:
    if not shutil.which(program):
        pytest.skip(f"{program} is not here")
    port, authority = proxy
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    for host, fine in ((GOVERNED, True), (FOREIGN, False)):
        command = commands(port, authority.roots, host)[program]
        done = subprocess.run(command, env=env, input=b"", capture_output=True, timeout=20, check=False)
        assert (done.returncode == 0) is fine, done.stderr.decode()


def test_folder_of(state: Path) -> None:
    assert folder_of(state) == state / "ca"
