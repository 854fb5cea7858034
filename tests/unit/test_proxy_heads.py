"""What the head of a request has to say."""

from __future__ import annotations

import pytest
from mitmproxy.test import tflow

from hushgate.endpoints import Endpoint
from hushgate.proxy.clients import Identity
from hushgate.proxy.heads import inbound, misdirected
from hushgate.values import Actor


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


def test_what_is_asked_for_and_in_which_session() -> None:
    request = tflow.tflow().request
    request.path = "/v1/chat?x=1"
    endpoint = Endpoint("acme", "acme", ("llm.acme.example",), False, "https", (), "acme.yaml", 1)
    alice = Identity(Actor("alice", ()))
    made = inbound(request, endpoint, alice, "ex1", None)
    assert (made.id, made.route.path, made.target, made.route.format) == ("ex1", "/v1/chat", "/v1/chat?x=1", "generic")
    assert made.session is None
    assert inbound(request, endpoint, alice, "ex1", "replay").session == "replay"
    request.headers["upgrade"] = "websocket"
    assert inbound(request, endpoint, alice, "ex1", None).session == "alice-ex1", "a conversation of its own"
    assert inbound(request, endpoint, Identity(alice.actor, "nightly"), "ex1", "replay").session == "nightly"
