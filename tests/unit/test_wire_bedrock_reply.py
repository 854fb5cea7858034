"""What Bedrock's replies and events say, held against AWS's own model of them."""

from __future__ import annotations

from typing import Any

import pytest

from hushgate.wire import bedrock_reply
from hushgate.wire.bedrock_words import PADDING
from hushgate.wire.edit import apply
from tests.aws_shapes import events, read_of, shape_of


def test_every_text_of_a_reply_that_aws_knows_is_read() -> None:
    filled = shape_of("Converse", "output")
    assert set(filled.leaves) <= read_of(filled.document, bedrock_reply.read_reply(filled.document))


@pytest.mark.parametrize("event", [*events()])
def test_every_text_of_an_event_is_read(event: str) -> None:
    filled = events()[event]
    frame = bedrock_reply.read_frame(filled.document)
    assert set(filled.leaves) <= read_of(filled.document, frame)


@pytest.mark.parametrize(
    ("event", "channel", "text", "json_string"),
    [
        ({"contentBlockIndex": 2, "delta": {"text": "hi"}, "p": PADDING[:9]}, ("block", 2, "text"), "hi", False),
        ({"contentBlockIndex": 0, "delta": {"toolUse": {"input": '{"a'}}}, ("block", 0, "input"), '{"a', True),
        (
            {"contentBlockIndex": 1, "delta": {"reasoningContent": {"text": "hm"}}},
            ("block", 1, "reasoning"),
            "hm",
            False,
        ),
        ({"contentBlockIndex": 1, "delta": {"toolResult": [{"text": "ok"}]}}, ("block", 1, "result"), "ok", False),
    ],
)
def test_deltas_belong_to_channels(
    event: dict[str, Any], channel: tuple[Any, ...], text: str, json_string: bool
) -> None:
    frame = bedrock_reply.read_frame(event)
    (delta,) = frame.deltas
    assert (delta.channel, delta.text, delta.json_string) == (channel, text, json_string)
    assert frame.ends == () == frame.segments
    made = bedrock_reply.delta_frame(channel, "new")
    assert bedrock_reply.DELTA_EVENT == "contentBlockDelta"
    assert made == {**apply({k: v for k, v in event.items() if k != "p"}, {delta.location: "new"})}  # type: ignore[dict-item]


def test_a_signature_ends_what_was_thought() -> None:
    frame = bedrock_reply.read_frame({"contentBlockIndex": 1, "delta": {"reasoningContent": {"signature": "c2ln"}}})
    (signed,) = frame.signed
    assert signed[0] == ("block", 1, "reasoning")
    assert signed[1].path == ("delta", "reasoningContent", "signature")
    assert frame.ends == (("block", 1, "reasoning"),)


def test_no_other_channel_is_made() -> None:
    with pytest.raises(ValueError, match="no such channel"):
        bedrock_reply.delta_frame(("choice", 0), "x")


@pytest.mark.parametrize(
    ("event", "ends"),
    [
        ({"contentBlockIndex": 3, "p": "abc"}, (("block", 3),)),
        ({"stopReason": "end_turn"}, (("block",),)),
        (
            {"contentBlockIndex": 1, "delta": {"reasoningContent": {"signature": "c2ln"}}},
            (("block", 1, "reasoning"),),
        ),
        ({"role": "assistant"}, ()),
        ({"contentBlockIndex": 0, "start": {"toolUse": {"toolUseId": "t", "name": "f"}}}, ()),
    ],
)
def test_blocks_end_where_they_stop(event: dict[str, Any], ends: tuple[Any, ...]) -> None:
    assert bedrock_reply.read_frame(event).ends == ends


def test_a_tool_is_named_where_its_block_starts() -> None:
    frame = bedrock_reply.read_frame({"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "t", "name": "mail"}}})
    assert frame.tools == ((("block", 1, "input"), "mail"),)
