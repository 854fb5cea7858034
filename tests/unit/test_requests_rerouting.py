"""Where a request can be sent in place of its host, and in what form it goes there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hushgate.endpoints import Endpoints, load_endpoints
from hushgate.errors import Unroutable
from hushgate.requests.inbound import Inbound, Reader, Written
from hushgate.requests.rerouting import MODEL, Destination, asks_for, destination, moved, sent, there, wrong
from hushgate.values import Route
from tests.gate_cases import CHAT, KEY, inbound, prompt

OWN = """
version: 1
endpoints:
  - id: own
    hosts: ["*.pool.acme.example", llama.acme.example]
    self_hosted: true
    scheme: http
    token: env:OWN_TOKEN
    openai: [/v1]
    routes: [{path: "/any/{model}/chat", format: openai-chat}, {path: /chat, method: POST, format: ollama}]
  - {id: pool, hosts: ["*.acme.example"]}
"""
ENVIRON = {"OWN_TOKEN": "own-" + "token"}
AZURE = replace(CHAT, endpoint="azure", path="/openai/deployments/gpt/chat/completions", model="gpt")


@pytest.fixture
def endpoints(tmp_path: Path) -> Endpoints:
    path = tmp_path / "own.yaml"
    path.write_text(OWN)
    return load_endpoints([path])


def route_of(endpoints: Endpoints, request: Inbound, name: str = "own", environ: dict[str, str] = ENVIRON) -> Route:
    read = Reader(KEY, 1 << 20).read(request)
    return there(read, name, lambda one: destination(endpoints, one, environ))


def test_the_same_format_at_the_same_path(endpoints: Endpoints) -> None:
    route = route_of(endpoints, inbound(prompt("hi")))
    assert route == Route(
        "own", "own", "llama.acme.example", "/v1/chat/completions", "openai-chat", "POST", "gpt-x", self_hosted=True
    )


def test_another_path_that_is_written_out(endpoints: Endpoints) -> None:
    ollama = Route("o", "o", "ollama.example", "/api/chat", "ollama")
    assert route_of(endpoints, inbound(prompt("hi"), route=ollama)).path == "/chat"
    elsewhere = replace(CHAT, path="/proxy/chat/completions")
    assert route_of(endpoints, inbound(prompt("hi"), route=elsewhere)).path == "/v1/chat/completions"


@pytest.mark.parametrize(
    ("changes", "name", "says"),
    [
        ({}, "nobody", "no endpoint is called so"),
        ({}, "pool", "no endpoint is called so"),
        ({"headers": (("upgrade", "websocket"),)}, "own", "a WebSocket"),
        ({"headers": (("Authorization", "AWS4-HMAC-SHA256 Credential=x"),)}, "own", "signed for AWS"),
        ({"target": "/v1/chat/completions?X-Amz-Signature=0"}, "own", "signed for AWS"),
        ({"route": replace(CHAT, path="/v1/things", format="generic")}, "own", "does not speak generic"),
        ({"route": replace(CHAT, format="anthropic-messages", method="GET")}, "own", "does not speak"),
        ({"route": AZURE, "target": AZURE.path}, "own", "its path names the LLM"),
        ({"route": replace(CHAT, path="/v1/responses", format="openai-responses"),
          "body": {"model": "m", "input": "go on", "previous_response_id": "resp_1"}}, "own", "goes on from"),
    ],
)  # fmt: skip
def test_what_cannot_go_there(endpoints: Endpoints, changes: dict[str, Any], name: str, says: str) -> None:
    request = inbound(changes.pop("body", prompt("hi")), **changes)
    with pytest.raises(Unroutable, match=says):
        route_of(endpoints, request, name)


def test_without_its_token_nothing_goes_there(endpoints: Endpoints) -> None:
    with pytest.raises(Unroutable, match="token is not set"):
        route_of(endpoints, inbound(prompt("hi")), environ={})


def test_it_goes_without_the_first_ones_key_account_and_query(endpoints: Endpoints) -> None:
    headers = (
        ("content-type", "application/json"), ("Authorization", "Bearer first"), ("x-api-key", "first"),
        ("Cookie", "first"), ("OpenAI-Organization", "first"), ("x-portkey-api-key", "first"), ("user-agent", "kept"),
    )  # fmt: skip
    request = inbound(prompt("hi"), headers=headers, target="/v1/chat/completions?key=first&alt=sse")
    end = destination(endpoints, "own", ENVIRON)
    assert end is not None and "own-token" not in repr(end)
    route = route_of(endpoints, request)
    out = sent(Written(b"body"), request, route, end)
    assert out.body == b"body" and out.target == "/v1/chat/completions?alt=sse"
    assert out.headers == (
        ("content-type", "application/json"), ("user-agent", "kept"), ("authorization", "Bearer own-token")
    )  # fmt: skip
    masked = sent(Written(headers=(("user-agent", "masked"),), target="/v1/other?a=b"), request, route, end)
    assert (masked.target, masked.headers) == (
        "/v1/chat/completions", (("user-agent", "masked"), ("authorization", "Bearer own-token"))
    )  # fmt: skip
    bare = sent(Written(), request, route, Destination(end.endpoint, end.host))
    assert "authorization" not in dict(bare.headers or ())


def test_what_is_judged_for_another_place_goes_there_or_nowhere(endpoints: Endpoints) -> None:
    read = Reader(KEY, 1 << 20).read(inbound(prompt("hi")))
    end = destination(endpoints, "own", ENVIRON)
    assert moved(read, read.exchange, lambda _: end) == (read, None)
    for model, asked in (("gpt-x", None), ("llama", "llama")):
        there = replace(read.exchange, route=replace(CHAT, endpoint="own", model=model))
        gone, to = moved(read, there, lambda _: end)
        assert gone.exchange is there and to is not None
        assert (to.host, to.model) == ("llama.acme.example", asked)
        with pytest.raises(Unroutable):
            moved(read, there, lambda _: None)


def test_another_llm_is_asked_for_in_the_body_alone() -> None:
    reader = Reader(KEY, 1 << 20)
    read = reader.read(inbound(prompt("hi")))
    edits = asks_for(read, "llama")
    assert edits == {MODEL: "llama"}
    assert b'"llama"' in (reader.write(read, edits).body or b"")
    for body in (b"[]", b'{"model": 7}', b""):
        with pytest.raises(Unroutable, match="does not name its LLM"):
            asks_for(reader.read(inbound(body)), "llama")
    with pytest.raises(Unroutable, match="does not name its LLM"):
        asks_for(reader.read(inbound(prompt("hi"), route=AZURE)), "llama")


def test_what_is_wrong_with_the_endpoints_that_a_policy_names(endpoints: Endpoints) -> None:
    named = [("nobody", "p.yaml", 1), ("pool", "p.yaml", 2), ("own", "p.yaml", 3)]
    assert [(fault.line, fault.message) for fault in wrong(endpoints, named, {})] == [
        (1, "routes to nobody, and no endpoint is called so"),
        (2, "routes to pool, which has no host but patterns"),
        (3, "routes to own, and OWN_TOKEN is not set"),
    ]
    assert wrong(endpoints, named[2:], ENVIRON) == []
