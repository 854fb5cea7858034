"""Ollama's dialect as the pipeline sees it."""

from __future__ import annotations

import json

from hushgate.wire.base import Dialect, Refusal
from hushgate.wire.edit import apply
from hushgate.wire.ollama import Ollama

DIALECT: Dialect = Ollama()
REFUSAL = Refusal(400, "policy_violation", "policy_violation", "No. hint: ask", "d-1", "r-1")


def test_names_itself_and_its_framing() -> None:
    assert (DIALECT.name, DIALECT.sentinel) == ("ollama", None)
    assert DIALECT.framing("application/x-ndjson") == "ndjson"
    assert DIALECT.framing("application/json") is None


def test_refuses_with_an_error() -> None:
    answer = DIALECT.refusal(REFUSAL)
    assert json.loads(answer.body) == DIALECT.refusal_frame(REFUSAL) == {"error": "No. hint: ask"}
    assert answer.headers == (("content-type", "application/json"),)
    assert DIALECT.event_name({"error": "x"}) is None


def test_reads_edits_and_writes_a_request() -> None:
    call = {"function": {"name": "f", "arguments": {"to": "ann@acme.example", "n": 1}}}
    doc = {"model": "m", "messages": [{"role": "assistant", "tool_calls": [call]}]}
    edits = {s.location: "X" for s in DIALECT.read_request(doc).segments if "@" in s.text}
    edited = apply(doc, edits)
    assert edited["messages"][0]["tool_calls"][0]["function"]["arguments"] == {"to": "X", "n": 1}  # type: ignore[index]


def test_reads_replies_and_makes_frames() -> None:
    assert DIALECT.read_reply({"model": "m"}).model == "m"
    made = DIALECT.delta_frame({}, ("response",), "x")
    assert DIALECT.read_frame(made).deltas[0].text == "x"
    assert DIALECT.drop_echoes({"response": "x"}, []) == {"response": "x"}
