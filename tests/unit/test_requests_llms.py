"""Which LLMs a request names, and that a token which is good for some asks no other in any of these ways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hushgate.errors import Malformed, OutOfScope
from hushgate.policy.decide import decide
from hushgate.requests.inbound import Reader
from hushgate.values import Actor, Gate, Scan, Scope
from tests.gate_cases import CHAT, JSON, KEY, inbound, prompt
from tests.unit.test_policy_decide import policy

READER = Reader(KEY, 1 << 20)
GOOD, BAD = "gpt-4o-mini", "gpt-5-pro"
BODY = {**prompt("hello"), "model": GOOD}
AZURE = replace(CHAT, path="/openai/deployments/x/chat/completions", model=BAD)
SOCKET = {
    "body": b"", "headers": [("upgrade", "websocket")], "route": replace(CHAT, path="/v1/realtime", method="GET"),
}  # fmt: skip


def ask(body: object = BODY, scopes: tuple[Scope, ...] = (Scope(models=("gpt-4o*",)),), **changes: Any) -> None:
    READER.read(inbound(body, actor=Actor("alice", (), "", scopes), **changes))


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"route": replace(AZURE, model=GOOD)},
        {"body": {**BODY, "models": [GOOD, "gpt-4o"], "fallbacks": [{"model": GOOD}]}},
        {"body": {**BODY, "tools": [{"type": "function", "function": {"name": BAD}}, BAD]}},
        {"body": {**BODY, "metadata": {"model": BAD}}},
        {**SOCKET, "target": f"/v1/realtime?model={GOOD}"},
        {"body": b"", "headers": [], "route": replace(CHAT, path="/v1/models", method="GET")},
    ],
)
def test_what_names_no_other(request_: dict[str, Any]) -> None:
    ask(**request_)


@pytest.mark.parametrize(
    "request_",
    [
        {"body": {**BODY, "model": BAD}},
        {"body": {"messages": []}},
        {"route": AZURE},
        {"body": {**BODY, "models": [GOOD, BAD]}},
        {"body": {**BODY, "models": BAD}},
        {"body": {**BODY, "fallbacks": [{"model": BAD}]}},
        {"body": {**BODY, "tools": [{"type": "image_generation", "model": BAD}]}},
        {"target": f"/v1/chat/completions?model={BAD}"},
        {"target": f"/v1/chat/completions?deployment={BAD}"},
        {**SOCKET, "target": f"/v1/realtime?model={BAD}"},
        SOCKET,
        {"body": b"", "headers": list(JSON)},
    ],
)
def test_what_names_another_or_none(request_: dict[str, Any]) -> None:
    with pytest.raises(OutOfScope):
        ask(**request_)
    ask(**request_, scopes=())
    ask(**request_, scopes=(Scope(endpoints=("openai",)),))


@pytest.mark.parametrize(
    ("request_", "fine"),
    [
        ({}, True),
        ({"body": {**BODY, "model": BAD}}, False),
        ({"body": {**BODY, "models": [GOOD, BAD]}}, False),
        ({"body": {**BODY, "fallbacks": [{"model": BAD}]}}, False),
        ({"body": {**BODY, "fallbacks": [{"model": GOOD}]}}, True),
        ({"target": f"/v1/chat/completions?model={BAD}"}, False),
        ({**SOCKET, "target": f"/v1/realtime?model={GOOD}"}, True),
        ({**SOCKET, "target": f"/v1/realtime?model={BAD}"}, False),
        # An address goes before a body.
        ({"route": replace(AZURE, model=GOOD), "body": {**BODY, "model": BAD}}, True),
        ({"route": AZURE}, False),
        # A message has no address of its own.
        ({"route": replace(CHAT, model=GOOD), "target": "", "body": {**BODY, "model": BAD}}, False),
    ],
)
def test_policy_sees_every_one(request_: dict[str, Any], fine: bool) -> None:
    exchange = READER.read(
        inbound(request_.get("body", BODY), **{k: v for k, v in request_.items() if k != "body"})
    ).exchange
    listed = policy("\n  - {id: listed, when: {direction: request}, unless: {model: 'gpt-4o*'}, then: block}")
    denied = policy("\n  - {id: denied, when: {model: 'gpt-5*'}, then: block}")
    lifted = policy(
        "\n  - {id: all, when: {direction: request}, then: block}",
        "exceptions: [{id: some, lifts: all, when: {model: 'gpt-4o*'}, until: 2099-01-01, reason: agreed}]",
    )
    for rules in (listed, denied, lifted):
        assert (decide(exchange, Scan(), rules).gate is Gate.ALLOW) is fine


def test_a_query_without_end() -> None:
    with pytest.raises(Malformed, match="too many"):
        READER.read(inbound(BODY, target="/v1/chat/completions?" + "&".join(f"a{n}=1" for n in range(1100))))
