"""Legacy completions: prompts, and replies that chat's reader knows."""

from __future__ import annotations

import copy

import pytest

from hushgate.values import Kind, Location, Role
from hushgate.wire.base import Dialect
from hushgate.wire.completions import OpenAICompletions
from hushgate.wire.edit import apply
from tests.unit.wire_cases import rows, told, unread

DIALECT: Dialect = OpenAICompletions()
TEXT, OPAQUE = Kind.TEXT, Kind.OPAQUE
LOGPROBS = {
    "tokens": ["Hi", " ann"],
    "token_logprobs": [-0.123456789, None],
    "top_logprobs": [{"Ho": -0.123456789}, None],
    "text_offset": [0, 2],
}


@pytest.mark.parametrize(
    ("doc", "segments"),
    [
        ({"prompt": "hi"}, [(("prompt",), Role.USER, TEXT, "hi")]),
        ({"prompt": ["hi", "ho"]}, [(("prompt", 0), Role.USER, TEXT, "hi"), (("prompt", 1), Role.USER, TEXT, "ho")]),
        ({"suffix": "end"}, [(("suffix",), Role.USER, TEXT, "end")]),
        ({"user": "ann", "stop": ["x"]}, [(("user",), Role.NONE, TEXT, "ann"), (("stop", 0), Role.NONE, TEXT, "x")]),
        ({"model": "m", "echo": True, "best_of": 2, "n": 1, "logprobs": 3}, [(("model",), Role.NONE, OPAQUE, "m")]),
        ({"alien": "ann"}, [(("alien", "#key"), Role.NONE, TEXT, "alien"), (("alien",), Role.NONE, TEXT, "ann")]),
        ("ann", [((), Role.NONE, TEXT, "ann")]),
    ],
)
def test_requests(doc: object, segments: list[tuple[object, ...]]) -> None:
    assert rows(DIALECT.read_request(doc)) == segments


def test_model_stream_and_token_ids() -> None:
    reading = DIALECT.read_request({"model": "m", "stream": True, "prompt": [[1, 2], [3]]})
    assert (reading.model, reading.stream) == ("m", True)
    assert unread(reading) == [(("prompt", 0), "token ids"), (("prompt", 1), "token ids")]


def test_a_whole_reply() -> None:
    doc = {"id": "cmpl-1", "object": "text_completion", "created": 1764000000, "model": "m",
           "choices": [{"index": 0, "text": "Hi ann", "logprobs": LOGPROBS, "finish_reason": "stop"}]}  # fmt: skip
    assert [text for *_, text in rows(DIALECT.read_reply(doc))] == ["cmpl-1", "m", "Hi ann"]
    other = {"choices": [{"index": 0, "text": "Hi bob", "logprobs": LOGPROBS}]}
    assert [text for *_, text in rows(DIALECT.read_reply(other))] == ["Hi bob", "Hi", " ann"]
    long = {"choices": [{"text": "x", "logprobs": {"top_logprobs": [{"y" * 33: -0.5, "z": -0.5}], "alien": ["ann"]}}]}
    assert {"y" * 33, "ann"} < {text for *_, text in rows(DIALECT.read_reply(long))}


def test_a_stream() -> None:
    frame = DIALECT.read_frame(
        {"choices": [{"index": 1, "text": "Hi ann", "logprobs": LOGPROBS, "finish_reason": None}]}
    )
    assert told(frame) == [(("choice", 1, "text"), "Hi ann", TEXT, False)]
    assert (frame.segments, frame.ends) == ((), ())
    made = DIALECT.delta_frame({"id": "c", "object": "text_completion"}, ("choice", 1, "text"), "x")
    assert made == {
        "id": "c",
        "object": "text_completion",
        "choices": [{"index": 1, "text": "x", "logprobs": None, "finish_reason": None}],
    }
    last = DIALECT.read_frame({"choices": [{"index": 1, "text": "", "finish_reason": "stop"}]})
    assert last.closes(("choice", 1, "text"))


def test_changed_text_loses_its_log_probabilities() -> None:
    doc = {"choices": [{"index": 0, "text": "Hi ann", "logprobs": LOGPROBS}]}
    before = copy.deepcopy(doc)
    edits = {Location(path=("choices", 0, "text")): "X"}
    assert DIALECT.drop_echoes(apply(doc, edits), edits) == {"choices": [{"index": 0, "text": "X", "logprobs": None}]}
    assert doc == before
