from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.cli.programs import UNKNOWN, examine, kind_of
from hushgate.proxy.ca import Authority, open_authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return open_authority(tmp_path / "state", ["api.openai.com"], environ={})


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("/usr/bin/python3.13", "Python"),
        ("node", "Node"),
        ("CURL", "curl"),
        ("claude", "Claude Code"),
        ("codex", "Codex"),
    ],
)
def test_kinds(command: str, kind: str) -> None:
    assert kind_of(command).kind == kind


def test_an_unknown_kind() -> None:
    assert kind_of("frobnicate") is UNKNOWN


def told(command: str, environ: dict[str, str], authority: Authority) -> list[tuple[bool | None, str]]:
    return [(f.good, f"{f.says} {f.hint}") for f in examine([command], environ, authority)]


def test_what_is_not_there(authority: Authority) -> None:
    assert told("no-such-program-here", {}, authority) == [(False, "is not found check PATH")]


def test_without_a_proxy_nothing_is_wrong_yet(authority: Authority) -> None:
    found = told("python3", {}, authority)
    assert [good for good, _ in found] == [None, None]
    assert "hushgate run" in found[-1][1]


def test_a_proxy_without_trust(authority: Authority) -> None:
    found = told("python3", {"HTTPS_PROXY": "http://127.0.0.1:1", "SSL_CERT_FILE": "/nowhere"}, authority)
    assert found[-1][0] is False
    assert f"export SSL_CERT_FILE={authority.bundle}" in found[-1][1]


def test_a_proxy_with_trust(authority: Authority) -> None:
    environ = {"https_proxy": "http://127.0.0.1:1", "SSL_CERT_FILE": str(authority.bundle)}
    assert all(good is not False for good, _ in told("python3", environ, authority))


def test_everything_past_the_proxy(authority: Authority) -> None:
    environ = {"HTTPS_PROXY": "x", "NO_PROXY": "a,*", "SSL_CERT_FILE": str(authority.bundle)}
    assert any(good is False and "NO_PROXY" in says for good, says in told("python3", environ, authority))
