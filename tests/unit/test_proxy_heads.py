"""What the head of a message has to say."""

from __future__ import annotations

import pytest
from mitmproxy import http
from mitmproxy.test import tflow

from hushgate.proxy.heads import misdirected, replace_body, say_length


@pytest.mark.parametrize(
    ("before", "body", "after"),
    [
        ({}, b"abc", {"content-length": "3"}),
        ({}, b"", {}),
        ({"content-length": "3"}, b"abc", {"content-length": "3"}),
        ({"content-length": "+3"}, b"abc", {"content-length": "3"}),
        ({"content-length": "3"}, b"", {"content-length": "0"}),
        ({"transfer-encoding": "chunked"}, b"abc", {"transfer-encoding": "chunked"}),
    ],
)
def test_a_request_says_its_length(before: dict[str, str], body: bytes, after: dict[str, str]) -> None:
    request = http.Request.make("POST", "https://api.openai.com/", b"", before)
    request.headers = http.Headers([(k.encode(), v.encode()) for k, v in before.items()])
    request.raw_content = body
    say_length(request)
    assert dict(request.headers) == after


@pytest.mark.parametrize(
    ("host", "authority", "path", "fine"),
    [
        ("api.openai.com", "", "/v1", True),
        ("api.openai.com", "", "*", True),
        ("api.openai.com", "api.openai.com", "/v1", True),
        ("api.openai.com", "evil.example", "/v1", False),
        ("api.openai.com", "", "https://evil.example/v1", False),
        ("evil.example", "", "/v1", False),
    ],
)
def test_every_name_of_a_request_is_the_connections(host: str, authority: str, path: str, fine: bool) -> None:
    flow = tflow.tflow()
    flow.client_conn.sni = "api.openai.com"
    flow.request.headers["host"] = host
    flow.request.authority, flow.request.path = authority, path
    assert (misdirected(flow, "api.openai.com") is None) is fine


def test_another_body_is_announced_as_it_is() -> None:
    reply = http.Response.make(200, b"old", {"etag": "x", "content-encoding": "gzip", "x-kept": "1"})
    replace_body(reply, b"newer")
    assert dict(reply.headers) == {"x-kept": "1", "content-length": "5"}
    assert reply.raw_content == b"newer"
