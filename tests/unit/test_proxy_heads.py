"""What the head of a request has to say."""

from __future__ import annotations

import pytest
from mitmproxy.test import tflow

from hushgate.proxy.heads import misdirected


@pytest.mark.parametrize(
    ("host", "authority", "path", "fine"),
    [
        ("api.openai.com", "", "/v1", True),
        ("api.openai.com", "", "*", True),
        ("api.openai.com", "api.openai.com", "/v1", True),
        ("api.openai.com", "evil.example", "/v1", False),
        ("api.openai.com", "", "https://evil.example/v1", False),
        ("evil.example", "", "/v1", False),
        ("api.openai.com", "", "/v1 HTTP/1.1", False),
        ("api.openai.com", "", "/v1\t", False),
    ],
)
def test_every_name_of_a_request_is_the_connections(host: str, authority: str, path: str, fine: bool) -> None:
    flow = tflow.tflow()
    flow.client_conn.sni = "api.openai.com"
    flow.request.headers["host"] = host
    flow.request.authority, flow.request.path = authority, path
    assert (misdirected(flow, "api.openai.com") is None) is fine
