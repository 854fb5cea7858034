from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from hushgate.console.guard import MOST_BYTES, POLICY, host_of, is_address, same_site


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("127.0.0.1:8889", "127.0.0.1"),
        ("[::1]:8889", "::1"),
        ("LocalHost", "localhost"),
        ("localhost.", "localhost"),
        ("evil.example:80", "evil.example"),
        ("", ""),
        ("[::1", ""),
        ("127.0.0.1:x@evil.example", "evil.example"),
    ],
)
def test_hosts(authority: str, host: str) -> None:
    assert host_of(authority) == host


@pytest.mark.parametrize(("host", "yes"), [("127.0.0.1", True), ("::1", True), ("1.2.3", False), ("a.test", False)])
def test_addresses(host: str, yes: bool) -> None:
    assert is_address(host) is yes


@pytest.mark.parametrize(
    ("headers", "fine"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:1", "host": "127.0.0.1:1"}, False),
        ({"origin": "http://127.0.0.1:1", "host": "127.0.0.1:1"}, True),
        ({"origin": "http://127.0.0.1:2", "host": "127.0.0.1:1"}, False),
        ({"origin": "null", "host": "127.0.0.1:1"}, False),
    ],
)
def test_who_may_send(headers: dict[str, str], fine: bool) -> None:
    assert same_site(Headers(headers)) is fine


def test_the_policy_lets_no_script_in_but_ours() -> None:
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
    assert MOST_BYTES < 1 << 20
