"""TLS to clients: which files make one, and which certificate was shown. Real clients: tests/e2e/test_mtls.py."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from mitmproxy.proxy import mode_servers
from mitmproxy.test import tflow

from hushgate.errors import StateError
from hushgate.proxy import listener
from hushgate.settings import ClientSettings
from tests.doubles.pki import Authority


def test_without_a_certificate_there_is_no_tls() -> None:
    plain = mode_servers.AsyncioServerInstance.listen
    assert listener.context(ClientSettings()) is None
    listener.install(None)
    assert mode_servers.AsyncioServerInstance.listen is plain


@pytest.mark.parametrize(
    ("with_ca", "require", "mode"),
    [(True, True, ssl.CERT_REQUIRED), (True, False, ssl.CERT_OPTIONAL), (False, True, ssl.CERT_NONE)],
)
def test_whether_a_certificate_is_asked_for(tmp_path: Path, with_ca: bool, require: bool, mode: ssl.VerifyMode) -> None:
    authority = Authority.create(tmp_path)
    pem = authority.issue("127.0.0.1")
    made = listener.context(ClientSettings(pem, None, authority.path if with_ca else None, require))
    assert made is not None and made.verify_mode is mode
    assert made.minimum_version is ssl.TLSVersion.TLSv1_2


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    authority = Authority.create(tmp_path)
    pem, other, empty = authority.issue("127.0.0.1"), authority.issue("127.0.0.1"), tmp_path / "empty.pem"
    empty.write_bytes(b"")
    for wrong in (
        ClientSettings(empty), ClientSettings(pem, other), ClientSettings(authority.path), ClientSettings(pem, empty),
        ClientSettings(pem, None, empty), ClientSettings(tmp_path / "missing.pem"),
    ):  # fmt: skip
        with pytest.raises(StateError, match="under `clients`") as refused:
            listener.context(wrong)
        assert refused.value.hint


def test_a_connection_without_tls_has_shown_nothing() -> None:
    class Writer:
        def get_extra_info(self, name: str) -> Any:
            return None

    client = tflow.tclient_conn()
    listener.seen(client, Writer())
    assert listener.badge_of(client) is None
