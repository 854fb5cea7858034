"""InvokeModel: whose words a document is in, and that they are read as that vendor's."""

from __future__ import annotations

from typing import Any

import pytest

from hushgate.values import Kind, Role
from hushgate.wire.base import Dialect
from hushgate.wire.bedrock_invoke import BedrockInvoke, vendor_of
from tests.aws_shapes import texts

DIALECT: Dialect = BedrockInvoke()
CLAUDE = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "system": "be kind",
          "messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}]}]}  # fmt: skip
NOVA = {"schemaVersion": "messages-v1", "system": [{"text": "be kind"}], "inferenceConfig": {"maxTokens": 9},
        "messages": [{"role": "user", "content": [{"text": "hello"}]}]}  # fmt: skip
OPENAI = {"messages": [{"role": "system", "content": "be kind"}, {"role": "user", "content": "hello"}]}
COHERE = {"message": "hello", "preamble": "be kind", "chat_history": []}


@pytest.mark.parametrize(
    ("body", "vendor"),
    [
        (CLAUDE, "anthropic"),
        ({"prompt": "\n\nHuman: hello\n\nAssistant:", "max_tokens_to_sample": 9}, "anthropic"),
        (NOVA, "nova"),
        (OPENAI, "openai"),
        (COHERE, "cohere"),
        ({"texts": ["hello"], "input_type": "search_query"}, "cohere"),
        ({"query": "hello", "documents": ["a"]}, "cohere"),
        ({"prompt": "hello", "max_gen_len": 9}, "flat"),
        ({"inputText": "hello"}, "flat"),
        ({"new": ["hello"]}, "flat"),
        (["hello"], "flat"),
    ],
)
def test_requests(body: Any, vendor: str) -> None:
    assert vendor_of(body) == vendor
    read = texts(DIALECT.read_request(body))
    assert any("hello" in text for text in read)
    if body in (CLAUDE, NOVA, OPENAI, COHERE):
        assert read["hello"] == (Role.USER, Kind.TEXT)
        assert read["be kind"] == (Role.SYSTEM, Kind.SYSTEM)


@pytest.mark.parametrize(
    ("body", "vendor"),
    [
        ({"type": "message", "role": "assistant", "content": [{"type": "text", "text": "hello"}]}, "anthropic"),
        ({"type": "completion", "completion": "hello", "stop_reason": "stop"}, "anthropic"),
        ({"output": {"message": {"role": "assistant", "content": [{"text": "hello"}]}}}, "nova"),
        ({"choices": [{"message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}]}, "openai"),
        ({"choices": [{"text": "hello", "stop_reason": "stop"}]}, "flat"),
        ({"text": "hello", "chat_history": [], "finish_reason": "COMPLETE"}, "cohere"),
        ({"generations": [{"text": "hello"}]}, "cohere"),
        ({"generation": "hello", "stop_reason": "stop"}, "flat"),
        ({"message": "hello"}, "flat"),
    ],
)
def test_replies(body: Any, vendor: str) -> None:
    assert vendor_of(body) == vendor
    assert "hello" in texts(DIALECT.read_reply(body))


METRICS = {"inputTokenCount": 3, "outputTokenCount": 2, "invocationLatency": 512, "firstByteLatency": 128}
CHUNKS: dict[str, tuple[list[dict[str, Any]], tuple[Any, ...]]] = {
    "anthropic": (
        [
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hel"}},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_stop", "amazon-bedrock-invocationMetrics": METRICS},
        ],
        ("anthropic", "block", 0, "text"),
    ),
    "nova": (
        [
            {"contentBlockDelta": {"delta": {"text": "hel"}, "contentBlockIndex": 0}},
            {"contentBlockStop": {"contentBlockIndex": 0}},
            {"messageStop": {"stopReason": "end_turn"}, "amazon-bedrock-invocationMetrics": METRICS},
        ],
        ("nova", "block", 0, "text"),
    ),
    "openai": (
        [
            {"choices": [{"index": 0, "delta": {"content": "hel"}, "finish_reason": None}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        ],
        ("openai", "choice", 0, "content"),
    ),
    "cohere": (
        [
            {"is_finished": False, "event_type": "text-generation", "text": "hel"},
            {"is_finished": True, "event_type": "stream-end", "finish_reason": "COMPLETE"},
        ],
        ("cohere", "text", 0),
    ),
    "flat": (
        [
            {"generation": "hel", "prompt_token_count": None, "generation_token_count": 1, "stop_reason": None},
            {"generation": "", "stop_reason": "stop", "amazon-bedrock-invocationMetrics": METRICS},
        ],
        ("flat", "generation"),
    ),
}


@pytest.mark.parametrize("vendor", CHUNKS)
def test_chunks(vendor: str) -> None:
    (first, *rest), channel = CHUNKS[vendor]
    assert [vendor_of(chunk) for chunk in (first, *rest)] == [vendor] * (1 + len(rest))
    frame = DIALECT.read_frame(first)
    (delta,) = frame.deltas
    assert (delta.channel, delta.text) == (channel, "hel")
    assert not frame.closes(channel)
    assert DIALECT.read_frame(rest[0]).closes(channel)
    made = DIALECT.delta_frame(rest[-1], channel, "new")
    assert [(d.channel, d.text) for d in DIALECT.read_frame(made).deltas] == [(channel, "new")]
    assert DIALECT.event_name(made) is None


def test_a_tool_is_named_behind_its_vendor() -> None:
    started = {"contentBlockStart": {"start": {"toolUse": {"toolUseId": "t", "name": "mail"}}, "contentBlockIndex": 1}}
    assert DIALECT.read_frame(started).tools == ((("nova", "block", 1, "input"), "mail"),)
    started = {
        "type": "content_block_start",
        "index": 1,
        "content_block": {"type": "tool_use", "id": "t", "name": "mail"},
    }
    assert [tool for _, tool in DIALECT.read_frame(started).tools] == ["mail"]


@pytest.mark.parametrize("channel", [(), ("block", 0, "text"), ("nova", "choice", 0), ("mistral",)])
def test_no_other_channel_is_made(channel: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="no such channel"):
        DIALECT.delta_frame({}, channel, "x")


def test_what_spells_a_text_again_is_dropped() -> None:
    logprobs = {"content": [{"token": "hel", "logprob": -0.5}]}
    chunk = {"choices": [{"index": 0, "delta": {"content": "hel"}, "logprobs": logprobs}]}
    (delta,) = DIALECT.read_frame(chunk).deltas
    dropped = DIALECT.drop_echoes(chunk, [delta.location])
    assert dropped == {"choices": [{"index": 0, "delta": {"content": "hel"}, "logprobs": None}]}
    assert DIALECT.drop_echoes({"generation": "x"}, [delta.location]) == {"generation": "x"}
