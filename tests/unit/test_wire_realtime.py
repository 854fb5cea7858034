"""The Realtime dialect's name, its refusals, and what it says in plain HTTP."""

from __future__ import annotations

from hushgate.wire.base import Refusal
from hushgate.wire.registry import ANSWERED, FORMATS, dialect

REFUSAL = Refusal(400, "policy_violation", "policy_violation", "hushgate blocked this. hint: do else", "ex1")


def test_a_refusal_is_the_apis_own_error_event() -> None:
    told = dialect("openai-realtime").refusal_frame(REFUSAL)
    assert isinstance(told, dict)
    assert told["type"] == "error"
    assert told["error"]["message"] == REFUSAL.message
    assert told["error"]["code"] == "policy_violation"
    assert "ex1" in told["event_id"]


def test_formats_that_answer_a_message_have_words_for_it() -> None:
    assert ANSWERED <= FORMATS
    assert all(dialect(name).refusal_frame(REFUSAL) is not None for name in ANSWERED)


def test_plain_http_is_read_as_responses_are() -> None:
    spoken = dialect("openai-realtime")
    reading = spoken.read_reply({"error": {"message": "of Ann"}})
    assert "of Ann" in [s.text for s in reading.segments]
    assert spoken.framing("text/event-stream") == "sse"


def test_an_event_of_the_gates_own_has_what_the_apis_clients_look_for() -> None:
    spoken = dialect("openai-realtime")
    ids = {"event_id": "event_7", "response_id": "resp_1", "item_id": "item_1", "output_index": 0, "call_id": "call_1"}
    stem = "response.function_call_arguments"
    (delta,) = spoken.read_frame({"type": f"{stem}.delta", **ids, "delta": "{"}).deltas
    done = {"type": f"{stem}.done", **ids, "arguments": "{}"}
    assert spoken.delta_frame(done, delta.channel, "}") == {"type": f"{stem}.delta", **ids, "delta": "}"}
    other = spoken.delta_frame({**done, "output_index": 1}, delta.channel, "}")
    assert isinstance(other, dict)
    assert "call_id" not in other, "another item's call"
