"""The OpenAI Responses dialect as the pipeline sees it."""

from __future__ import annotations

import json

from hushgate.values import Location
from hushgate.wire.base import Dialect, Refusal
from hushgate.wire.edit import apply
from hushgate.wire.responses import OpenAIResponses

DIALECT: Dialect = OpenAIResponses()
REFUSAL = Refusal(400, "policy_violation", "policy_violation", "No. hint: ask", "d-1", "r-1")
SAID = {"message": "No. hint: ask", "type": "policy_violation", "param": None, "code": "policy_violation"}


def test_names_itself_and_its_streams() -> None:
    assert (DIALECT.name, DIALECT.sentinel) == ("openai-responses", "[DONE]")
    assert DIALECT.framing("text/event-stream") == "sse"
    assert DIALECT.framing("application/json") is None


def test_refuses_in_openais_shape() -> None:
    answer = DIALECT.refusal(REFUSAL)
    assert json.loads(answer.body) == {"error": SAID}
    assert answer.headers == (("content-type", "application/json"),)


def test_ends_a_stream_as_a_failed_response_that_sdks_raise_on() -> None:
    frame = DIALECT.refusal_frame(REFUSAL)
    assert isinstance(frame, dict)
    assert frame["type"] == DIALECT.event_name(frame) == "response.failed"
    assert frame["error"] == SAID
    assert frame["response"]["status"] == "failed"
    assert frame["response"]["error"] == {"code": "invalid_prompt", "message": "No. hint: ask"}
    fault = DIALECT.refusal_frame(Refusal(503, "unavailable", "unavailable", "No", "d-1"))
    assert isinstance(fault, dict)
    assert fault["response"]["error"]["code"] == "server_error"


def test_events_are_named_by_their_type() -> None:
    made = DIALECT.delta_frame({}, ("", 0, "response.output_text", 0), "x")
    assert DIALECT.event_name(made) == "response.output_text.delta"
    assert [DIALECT.event_name(doc) for doc in (None, {}, {"type": 7})] == [None] * 3


def test_reads_edits_and_writes() -> None:
    doc = {"input": [{"type": "function_call", "name": "f", "arguments": '{"to": "ann@acme.example", "n": 1}'}]}
    edits = {s.location: "<EMAIL_ADDRESS_aaaaaaaaaa>" for s in DIALECT.read_request(doc).segments if "@" in s.text}
    edited = apply(doc, edits)
    assert edited["input"][0]["arguments"] == '{"to": "<EMAIL_ADDRESS_aaaaaaaaaa>", "n": 1}'  # type: ignore[index]
    assert DIALECT.read_reply({"model": "m"}).model == "m"
    assert DIALECT.read_frame({"type": "response.output_text.delta", "delta": "x"}).deltas[0].text == "x"
    assert DIALECT.drop_echoes(doc, [Location(path=("model",))]) == doc
