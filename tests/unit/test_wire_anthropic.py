"""The Anthropic dialect as the pipeline sees it."""

from __future__ import annotations

import json

import pytest

from hushgate.wire.anthropic import AnthropicMessages
from hushgate.wire.base import Dialect, Refusal
from hushgate.wire.edit import apply

DIALECT: Dialect = AnthropicMessages()
REFUSAL = Refusal(400, "policy_violation", "policy_violation", "No. hint: ask", "d-1")


def test_names_itself_and_has_no_word_for_its_end() -> None:
    assert (DIALECT.name, DIALECT.sentinel) == ("anthropic-messages", None)


@pytest.mark.parametrize(
    ("media_type", "framing"),
    [("text/event-stream", "sse"), ("application/x-jsonl", "ndjson"), ("application/json", None), ("", None)],
)
def test_framings(media_type: str, framing: str | None) -> None:
    assert DIALECT.framing(media_type) == framing


def test_refuses_in_anthropics_shape() -> None:
    answer = DIALECT.refusal(REFUSAL)
    said = json.loads(answer.body)
    assert said == {
        "type": "error",
        "error": {
            "type": "policy_violation",
            "message": "No. hint: ask",
            "code": "policy_violation",
            "details": {"error_code": "policy_violation"},
        },
        "request_id": "d-1",
    }
    assert answer.headers == (("content-type", "application/json"),)
    assert DIALECT.refusal_frame(REFUSAL) == said
    assert DIALECT.event_name(said) == "error"


@pytest.mark.parametrize("doc", [None, [], {}, {"type": 7}])
def test_a_document_without_a_type_names_no_event(doc: object) -> None:
    assert DIALECT.event_name(doc) is None


def test_reads_edits_and_writes_a_request() -> None:
    call = {"type": "tool_use", "id": "t", "name": "mail", "input": {"who": "ann@acme.example", "n": 1}}
    doc = {"model": "m", "messages": [{"role": "assistant", "content": [call]}]}
    edits = {s.location: "<EMAIL_ADDRESS_aaaaaaaaaa>" for s in DIALECT.read_request(doc).segments if "@" in s.text}
    edited = apply(doc, edits)
    assert edited["messages"][0]["content"][0]["input"] == {"who": "<EMAIL_ADDRESS_aaaaaaaaaa>", "n": 1}  # type: ignore[index]
    assert DIALECT.drop_echoes(edited, edits) is edited


def test_reads_replies_and_makes_frames() -> None:
    assert DIALECT.read_reply({"model": "m"}).model == "m"
    made = DIALECT.delta_frame(None, ("block", 1, "text"), "x")
    assert DIALECT.event_name(made) == "content_block_delta"
    assert DIALECT.read_frame(made).deltas[0].text == "x"
