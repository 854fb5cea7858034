"""Google's interactions as the pipeline sees them."""

from __future__ import annotations

import json

from hushgate.wire.base import Dialect, Refusal
from hushgate.wire.edit import apply
from hushgate.wire.interactions import GoogleInteractions

DIALECT: Dialect = GoogleInteractions()
REFUSAL = Refusal(400, "policy_violation", "policy_violation", "No. hint: ask", "d-1", "r-1")


def test_names_itself_and_its_framing() -> None:
    assert (DIALECT.name, DIALECT.sentinel) == ("google-interactions", None)
    assert DIALECT.framing("text/event-stream") == "sse"
    assert DIALECT.framing("application/json") is None


def test_refuses_as_google_does_and_ends_a_stream_as_interactions_do() -> None:
    error = json.loads(DIALECT.refusal(REFUSAL).body)["error"]
    assert (error["code"], error["status"], error["message"]) == (400, "FAILED_PRECONDITION", "No. hint: ask")
    frame = DIALECT.refusal_frame(REFUSAL)
    assert frame == {"event_type": "error", "error": {"code": "policy_violation", "message": "No. hint: ask"}}
    assert DIALECT.event_name(frame) == "error"
    assert DIALECT.event_name("x") is None


def test_reads_edits_and_writes_a_request() -> None:
    doc = {"input": [{"type": "function_call", "name": "f", "arguments": {"to": "ann@acme.example", "n": 1}}]}
    edits = {s.location: "X" for s in DIALECT.read_request(doc).segments if "@" in s.text}
    assert apply(doc, edits)["input"][0]["arguments"] == {"to": "X", "n": 1}  # type: ignore[index]


def test_reads_replies_and_makes_frames() -> None:
    assert DIALECT.read_reply({"model": "m"}).model == "m"
    made = DIALECT.delta_frame({}, ("step", 0, "text"), "x")
    assert DIALECT.read_frame(made).deltas[0].text == "x"
    assert DIALECT.drop_echoes(made, []) is made
