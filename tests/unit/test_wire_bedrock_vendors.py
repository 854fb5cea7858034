"""Bodies of InvokeModel without messages: Titan, Nova Canvas, Llama, Mistral, DeepSeek, Jurassic, Stability."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from hushgate.values import Kind, Role
from hushgate.wire import bedrock_vendors
from hushgate.wire.edit import apply
from tests.aws_shapes import texts
from tests.made_files import PNG

REQUESTS: list[tuple[dict[str, Any], str]] = [
    ({"prompt": "hello", "max_gen_len": 9, "images": ["aGVsbG8="]}, "image"),
    ({"prompt": "<s>[INST] hello [/INST]", "max_tokens": 9, "stop": ["</s>"]}, ""),
    ({"inputText": "hello", "textGenerationConfig": {"maxTokenCount": 9, "stopSequences": ["User:"]}}, ""),
    ({"inputText": "hello", "inputImage": "aGVsbG8="}, "image"),
    ({"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "hello", "images": ["aA=="]}}, "image"),
    ({"taskType": "TEXT_VIDEO", "textToVideoParams": {"text": "hello", "images": [
        {"format": "png", "source": {"bytes": "aA=="}}]}}, "image"),
    ({"text_prompts": [{"text": "hello", "weight": 1}], "init_image": "aA=="}, "image"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "unread"), REQUESTS)
def test_prompts_are_the_users(body: dict[str, Any], unread: str) -> None:
    reading = bedrock_vendors.read_request(body)
    (said,) = (text for text in texts(reading) if "hello" in text)
    assert texts(reading)[said] == (Role.USER, Kind.TEXT)
    assert [one.reason for one in reading.unread] == ([unread] if unread else [])


def test_system_prompts_and_unknown_fields_are_read() -> None:
    read = texts(bedrock_vendors.read_request({"system_prompt": "be kind", "new": {"deep": "unknown"}}))
    assert read == {"be kind": (Role.SYSTEM, Kind.SYSTEM), "unknown": (Role.NONE, Kind.TEXT)}


@pytest.mark.parametrize(
    "body",
    [
        {"generation": "hello", "prompt_token_count": 3, "stop_reason": "stop"},
        {"outputs": [{"text": "hello", "stop_reason": "stop"}]},
        {"results": [{"outputText": "hello", "completionReason": "FINISH"}], "inputTextTokenCount": 3},
        {"choices": [{"text": "hello", "stop_reason": "stop"}]},
        {"completions": [{"data": {"text": "hello", "tokens": []}, "finishReason": {"reason": "endoftext"}}]},
    ],
)
def test_answers_are_the_llms(body: dict[str, Any]) -> None:
    assert texts(bedrock_vendors.read_reply(body))["hello"] == (Role.ASSISTANT, Kind.TEXT)


def test_vectors_are_no_text_and_images_are_unread() -> None:
    reading = bedrock_vendors.read_reply({"embedding": [0.123456789123, -0.5], "images": [b64encode(PNG).decode()] * 2})
    assert reading.segments == ()
    assert [unread.reason for unread in reading.unread] == ["image", "image"]


@pytest.mark.parametrize(
    ("chunk", "channel"),
    [
        ({"generation": "hel", "prompt_token_count": None, "generation_token_count": 1, "stop_reason": None},
         ("generation",)),
        ({"outputs": [{"text": "hel", "stop_reason": None}]}, ("outputs", 0)),
        ({"outputText": "hel", "index": 0, "completionReason": None}, ("outputText",)),
        ({"choices": [{"index": 0, "text": "hel", "stop_reason": None}]}, ("text", 0)),
        ({"choices": [{"index": 0, "message": {"role": "assistant", "content": "hel"}, "stop_reason": None}]},
         ("message", 0)),
    ],
)  # fmt: skip
def test_chunks_are_runs(chunk: dict[str, Any], channel: tuple[Any, ...]) -> None:
    frame = bedrock_vendors.read_frame(chunk)
    (delta,) = frame.deltas
    assert (delta.channel, delta.text, frame.ends) == (channel, "hel", ())
    made = bedrock_vendors.delta_frame(channel, "new")
    (again,) = bedrock_vendors.read_frame(made).deltas
    assert (again.channel, again.text, again.location) == (channel, "new", delta.location)
    assert bedrock_vendors.read_frame(made).ends == ()
    edited = apply(chunk, {delta.location: "new"})
    assert bedrock_vendors.read_frame(edited).deltas[0].text == "new"


def test_a_later_output_has_a_place_of_its_own() -> None:
    for channel in (("outputs", 2), ("text", 1), ("message", 1)):
        made = bedrock_vendors.read_frame(bedrock_vendors.delta_frame(channel, "x"))
        assert [delta.channel for delta in made.deltas] == [channel]


@pytest.mark.parametrize(
    "chunk",
    [
        {"generation": "", "stop_reason": "stop"},
        {"outputs": [{"text": "", "stop_reason": "length"}]},
        {"outputText": "", "completionReason": "FINISH"},
        {"choices": [{"text": "", "stop_reason": "stop"}]},
    ],
)
def test_a_reason_ends_all_runs(chunk: dict[str, Any]) -> None:
    assert bedrock_vendors.read_frame(chunk).ends == ((),)


def test_no_other_channel_is_made() -> None:
    with pytest.raises(ValueError, match="no such channel"):
        bedrock_vendors.delta_frame(("block", 0), "x")
