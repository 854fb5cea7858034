"""Mistral's conversations as the pipeline sees them."""

from __future__ import annotations

import json

from hushgate.wire.base import Dialect, Refusal
from hushgate.wire.edit import apply
from hushgate.wire.mistral import MistralConversations

DIALECT: Dialect = MistralConversations()
REFUSAL = Refusal(400, "policy_violation", "policy_violation", "No. hint: ask", "d-1", "r-1")


def test_names_itself_and_its_framing() -> None:
    assert (DIALECT.name, DIALECT.sentinel) == ("mistral-conversations", "[DONE]")
    assert DIALECT.framing("text/event-stream") == "sse"
    assert DIALECT.framing("application/json") is None


def test_refuses_with_an_error() -> None:
    answer = DIALECT.refusal(REFUSAL)
    said = json.loads(answer.body)
    assert (said["object"], said["message"], said["code"]) == ("error", "No. hint: ask", "policy_violation")
    assert answer.headers == (("content-type", "application/json"),)
    frame = DIALECT.refusal_frame(REFUSAL)
    assert frame == {"type": "conversation.response.error", "message": "No. hint: ask", "code": 400}
    assert DIALECT.event_name(frame) == "conversation.response.error"
    assert DIALECT.event_name("x") is None


def test_reads_edits_and_writes_a_request() -> None:
    call = {"type": "function.call", "name": "f", "arguments": '{"to": "ann@acme.example", "n": 1}'}
    doc = {"inputs": [call]}
    edits = {s.location: "X" for s in DIALECT.read_request(doc).segments if "@" in s.text}
    assert apply(doc, edits)["inputs"][0]["arguments"] == '{"to": "X", "n": 1}'  # type: ignore[index]


def test_reads_replies_and_makes_frames() -> None:
    assert [s.text for s in DIALECT.read_reply({"conversation_id": "c-1"}).segments] == ["c-1"]
    made = DIALECT.delta_frame({}, ("message", 0, 0, "m-1", "text"), "x")
    assert DIALECT.read_frame(made).deltas[0].text == "x"
    assert DIALECT.drop_echoes(made, []) is made
