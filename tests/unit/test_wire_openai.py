"""The OpenAI dialect as the pipeline sees it."""

from __future__ import annotations

import json

from hushgate.values import Location
from hushgate.wire.base import Dialect, Refusal
from hushgate.wire.edit import apply
from hushgate.wire.openai import OpenAIChat

DIALECT: Dialect = OpenAIChat()
REFUSAL = Refusal(400, "policy_violation", "policy_violation", "No. hint: ask", "d-1", "r-1")


def test_names_itself_and_its_end() -> None:
    assert (DIALECT.name, DIALECT.sentinel) == ("openai-chat", "[DONE]")


def test_refuses_in_openais_shape() -> None:
    answer = DIALECT.refusal(REFUSAL)
    said = {"message": "No. hint: ask", "type": "policy_violation", "param": None, "code": "policy_violation"}
    assert json.loads(answer.body) == {"error": said}
    assert answer.headers == (("content-type", "application/json"),)
    frame = {"error": {**said, "decision": REFUSAL.decision_id}}
    assert DIALECT.refusal_frame(REFUSAL) == frame
    assert list(frame["error"])[-1] == "decision"


def test_reads_edits_and_writes_a_request() -> None:
    arguments = '{"to": "ann@acme.example", "n": 1}'
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
    doc = {"model": "m", "messages": [{"role": "assistant", "tool_calls": [call]}]}
    reading = DIALECT.read_request(doc)
    edits = {s.location: "<EMAIL_ADDRESS_aaaaaaaaaa>" for s in reading.segments if "@" in s.text}
    edited = apply(doc, edits)
    assert edited["messages"][0]["tool_calls"][0]["function"]["arguments"] == (  # type: ignore[index]
        '{"to": "<EMAIL_ADDRESS_aaaaaaaaaa>", "n": 1}'
    )


def test_a_frame_is_edited_at_its_deltas() -> None:
    frame = {"choices": [{"index": 0, "delta": {"content": "ann"}, "logprobs": {"content": [{"token": "ann"}]}}]}
    reading = DIALECT.read_frame(frame)
    edits = {delta.location: "X" for delta in reading.deltas}
    assert DIALECT.drop_echoes(apply(frame, edits), edits) == {
        "choices": [{"index": 0, "delta": {"content": "X"}, "logprobs": None}]
    }
    assert DIALECT.drop_echoes(frame, [Location(path=("model",))]) is frame


def test_reads_replies_and_makes_frames() -> None:
    assert DIALECT.read_reply({"model": "m"}).model == "m"
    made = DIALECT.delta_frame({}, ("choice", 0, "content"), "x")
    assert DIALECT.read_frame(made).deltas[0].text == "x"
