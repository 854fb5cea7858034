"""Cohere's dialects as the pipeline sees them."""

from __future__ import annotations

import json

import pytest

from hushgate.wire.base import Dialect, Refusal
from hushgate.wire.cohere import Cohere, CohereV1
from hushgate.wire.edit import apply

SECOND: Dialect = Cohere()
FIRST: Dialect = CohereV1()
REFUSAL = Refusal(400, "policy_violation", "policy_violation", "No. hint: ask", "d-1", "r-1")


@pytest.mark.parametrize(
    ("media_type", "framing"),
    [
        ("application/json", None),
        ("text/event-stream", "sse"),
        ("application/stream+json", "ndjson"),
        ("application/x-ndjson", "ndjson"),
    ],
)
def test_how_a_reply_is_framed(media_type: str, framing: str | None) -> None:
    assert (SECOND.name, FIRST.name) == ("cohere", "cohere-v1")
    assert (SECOND.framing(media_type), FIRST.framing(media_type)) == (framing, framing)
    assert (SECOND.sentinel, FIRST.sentinel) == (None, None)


@pytest.mark.parametrize("spoken", [FIRST, SECOND])
def test_refuses_with_a_message(spoken: Dialect) -> None:
    answer = spoken.refusal(REFUSAL)
    assert json.loads(answer.body) == {
        "message": "No. hint: ask",
        "type": "policy_violation",
        "code": "policy_violation",
        "id": "d-1",
    }
    assert answer.headers == (("content-type", "application/json"),)


def test_ends_a_stream_in_an_error() -> None:
    second = SECOND.refusal_frame(REFUSAL)
    assert second == {"type": "message-end", "delta": {"error": "No. hint: ask", "finish_reason": "ERROR"}}
    assert SECOND.event_name(second) == "message-end"
    first = FIRST.refusal_frame(REFUSAL)
    assert isinstance(first, dict)
    assert (first["event_type"], first["finish_reason"], first["error"]) == ("stream-end", "ERROR", "No. hint: ask")
    assert first["response"]["text"] == ""
    assert FIRST.event_name(first) is None
    assert FIRST.event_name("x") is None


def test_reads_edits_and_writes_a_request() -> None:
    arguments = '{"to": "ann@acme.example", "n": 1}'
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
    doc = {"model": "m", "messages": [{"role": "assistant", "tool_calls": [call]}]}
    edits = {s.location: "X" for s in SECOND.read_request(doc).segments if "@" in s.text}
    edited = apply(doc, edits)
    assert edited["messages"][0]["tool_calls"][0]["function"]["arguments"] == '{"to": "X", "n": 1}'  # type: ignore[index]


def test_reads_replies_and_makes_frames() -> None:
    assert [s.text for s in SECOND.read_reply({"text": "hi"}).segments] == ["hi"]
    made = SECOND.delta_frame({}, ("content", 0, "text"), "x")
    assert SECOND.read_frame(made).deltas[0].text == "x"
    assert SECOND.drop_echoes({"text": "x"}, []) == {"text": "x"}
