"""The gate's own answers: right status, a hint, the provider's shape."""

from __future__ import annotations

import json

import pytest
from mitmproxy import http

from hushgate.proxy import answers
from hushgate.wire.base import Refusal


@pytest.mark.parametrize("format", ["openai-chat", "generic"])
def test_a_refusal_has_the_provider_s_shape_and_names_its_decision(format: str) -> None:
    said = answers.refusal(Refusal(400, "policy_violation", "policy_violation", "no. hint: less", "x1"), format)
    assert said.status_code == 400
    assert said.headers["x-hushgate-decision"] == "x1"
    assert said.headers["x-should-retry"] == "false"
    assert "retry-after" not in said.headers
    error = json.loads(said.content or b"")["error"]
    assert error["code"] == "policy_violation"
    assert error["message"].endswith("hint: less")


@pytest.mark.parametrize(("asked", "status"), [(7, 200), ("r-7", 200), (None, 400)])
def test_an_mcp_call_is_answered_and_anything_else_of_it_is_refused(asked: str | int | None, status: int) -> None:
    said = answers.refusal(Refusal(400, "policy_violation", "policy_violation", "no. hint: less", "x1", asked), "mcp")
    assert said.status_code == status
    assert json.loads(said.content or b"")["id"] == asked


def test_what_could_not_be_judged_may_be_tried_again() -> None:
    said = answers.refusal(Refusal(503, "unavailable", "gate_fault", "later", "x1"), "openai-chat")
    assert said.headers["retry-after"] == "5"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (answers.credentials_needed(), 407),
        (answers.turned_away("no", "use a name"), 403),
        (answers.misdirected("two names"), 421),
        (answers.no_upgrade("it is no WebSocket"), 426),
        (answers.stopping(), 503),
    ],
)
def test_every_answer_is_json_with_a_hint(answer: http.Response, status: int) -> None:
    assert answer.status_code == status
    assert "hint:" in json.loads(answer.content or b"")["error"]["message"]


def test_407_names_the_scheme() -> None:
    assert answers.credentials_needed().headers["proxy-authenticate"].startswith("Basic ")
