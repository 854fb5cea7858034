"""wire dialects: every string of any document is a segment, a delta or named unread, and it stands where it says."""

from __future__ import annotations

import json
from typing import Any, Final

from hushgate.errors import Malformed
from hushgate.values import Area, Location
from hushgate.wire.base import Frame
from hushgate.wire.document import parse_json
from hushgate.wire.edit import apply
from hushgate.wire.registry import FORMATS, dialect
from tests.fuzz.draw import Draw, choices
from tests.fuzz.spelled import document
from tests.fuzz.target import Target
from tests.properties.test_wire_json import FIXED, at, places, silent
from tests.properties.test_wire_json import WORDS as OF_FORMATS

NAMES: Final = tuple(OF_FORMATS)
LEAVES: Final = (*NAMES, "a secret", "data:image/png;base64,AA", "data:text/plain,a", '{"a":"b"}', "[1]")
NUMBERS: Final = ("0", "1", "-0.0", "1.5", "4111111111111111", "4111111111111111.0", "0.1234567890123", "1" * 25)


def check(data: bytes) -> str:
    """The first byte: which format. The second: whether the rest is JSON, or choices that make some."""
    draw = Draw(data)
    spoken = dialect(draw.pick(sorted(FORMATS)))
    raw = draw.rest() if draw.flag() else document(draw, LEAVES, NAMES, NUMBERS).encode("utf-8", "surrogatepass")
    try:
        doc = parse_json(raw)
    except Malformed:
        return "refused"
    fixed = FIXED.get(spoken.name, frozenset[str]())
    for reading in (spoken.read_request(doc), spoken.read_reply(doc), spoken.read_frame(doc)):
        assert silent(doc, places(reading), fixed) == [], "a string is not read"
        found = [segment.location for segment in reading.segments] + [unread.location for unread in reading.unread]
        assert len(found) == len(set(found)), "a place is read twice"
        for segment in reading.segments:
            there = at(doc, segment.location)
            spelled = there if isinstance(there, str) else repr(there or 0).removesuffix(".0")  # -0.0 is zero
            assert segment.text == spelled, "elsewhere"
        if isinstance(reading, Frame):
            told = (*reading.deltas, *reading.repeats)
            assert all(at(doc, delta.location) == delta.text for delta in told), "a delta is elsewhere"
    reading = spoken.read_request(doc)
    chosen = [segment.location for segment in reading.segments if draw.flag()]
    _edited(doc, {location: f"new{number}" for number, location in enumerate(chosen)})
    return "read"


def _edited(doc: Any, edits: dict[Location, str]) -> None:
    """Every edit is where it was put, and can be parsed again."""
    before = repr(doc)
    edited = apply(doc, edits)
    assert repr(doc) == before, "the document is changed"
    renamed = {location.path: text for location, text in edits.items() if location.is_key}
    for location, text in edits.items():
        path = tuple(
            renamed.get(location.path[: n + 1], step) if location.path[: n + 1] in renamed else step
            for n, step in enumerate(location.path)
        )
        assert at(edited, Location(Area.BODY, None, path, location.is_key)) == text, "an edit is elsewhere"


def _seed(form: str, body: object) -> bytes:
    return bytes([sorted(FORMATS).index(form), 1]) + json.dumps(body).encode()


def _chat(**body: object) -> bytes:
    return _seed("openai-chat", body)


def _gemini(*parts: object, **more: object) -> bytes:
    content = {"role": "model", "parts": parts}
    return _seed("google-stream", {"candidates": [{"content": content, "index": 0}], **more})


def _openai(form: str, **body: object) -> bytes:
    return _seed(form, body)


def _chunk(**delta: object) -> bytes:
    return _chat(choices=[{"index": 0, "delta": delta, "finish_reason": None}])


def _claude(**body: object) -> bytes:
    return _seed("anthropic-messages", body)


def _mcp(**body: object) -> bytes:
    return _seed("mcp", {"jsonrpc": "2.0", "id": 1, **body})


SEEDS: Final = (
    _chunk(role="assistant", content="a secret"),
    _chunk(tool_calls=[{"index": 0, "id": "c", "function": {"name": "f", "arguments": '{"a":"b"}'}}]),
    _chat(model="m", messages=[{"role": "user", "content": [{"type": "text", "text": "hi"}]}]),
    _chat(choices=[{"message": {"content": "ab"}, "logprobs": {"content": [{"token": "ab"}]}}]),
    _chat(tools=[{"type": "function", "function": {"parameters": {"properties": {"x": {}}}}}]),
    _claude(system=[{"type": "text", "text": "hi"}], messages=[{"role": "user", "content": "a secret"}]),
    _claude(messages=[{"role": "assistant", "content": [{"type": "tool_use", "name": "f", "input": {"a": "b"}}]}]),
    _claude(content=[{"type": "thinking", "thinking": "a secret", "signature": "Eq"}], stop_reason="end_turn"),
    _claude(type="content_block_start", index=1, content_block={"type": "text", "text": "a secret"}),
    _claude(type="content_block_delta", index=0, delta={"type": "input_json_delta", "partial_json": '{"a":'}),
    _claude(type="content_block_delta", index=0, delta={"type": "signature_delta", "signature": "Eq"}),
    _claude(tools=[{"name": "f", "input_schema": {"properties": {"x": {}}}}], requests=[{"params": {"system": "hi"}}]),
    _seed("bedrock-converse", {"contentBlockIndex": 0, "delta": {"text": "a secret"}, "p": "abc"}),
    _seed("bedrock-converse", {"contentBlockIndex": 1, "delta": {"toolUse": {"input": '{"a":'}}}),
    _seed(
        "bedrock-converse", {"messages": [{"role": "user", "content": [{"toolResult": {"content": [{"json": {}}]}}]}]}
    ),
    _seed("bedrock-invoke", {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "a secret"}}}),
    _seed("bedrock-invoke", {"outputs": [{"text": "a secret", "stop_reason": None}]}),
    _seed("bedrock-invoke", {"anthropic_version": "b", "messages": [{"role": "user", "content": "a secret"}]}),
    _seed("bedrock", {"bytes": "a secret", "attribution": {"citations": [{"text": "b"}]}}),
    _mcp(method="tools/call", params={"name": "f", "arguments": {"a": "b"}}),
    _mcp(result={"content": [{"type": "text", "text": "a secret"}], "structuredContent": {"a": "b"}}),
    _mcp(result={"contents": [{"uri": "a", "blob": "AA"}], "tools": [{"name": "f", "inputSchema": {}}]}),
    _gemini({"text": "a secret"}, {"text": "hm", "thought": True}, usageMetadata={"totalTokenCount": 3}),
    _gemini({"functionCall": {"name": "f", "args": {"a": "b"}}}, {"inlineData": {"mimeType": "a/b", "data": "AA"}}),
    _gemini({"function_call": {"partial_args": [{"json_path": "$.a", "string_value": "b"}], "will_continue": True}}),
    _seed(
        "google-generate", {"contents": [{"parts": [{"text": "hi"}]}], "system_instruction": {"parts": [{"text": "a"}]}}
    ),
    _seed("cohere", {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "a secret"}}}}),
    _seed(
        "cohere", {"type": "tool-call-delta", "delta": {"message": {"tool_calls": {"function": {"arguments": '{"a'}}}}}
    ),
    _seed("cohere-v1", {"event_type": "stream-end", "response": {"text": "ab", "chat_history": [{"message": "a"}]}}),
    _seed("cohere-v1", {"event_type": "tool-calls-chunk", "tool_call_delta": {"name": "f", "parameters": '{"a'}}),
    _seed("mistral-conversations", {"type": "message.output.delta", "content": "a secret", "output_index": 1}),
    _seed("mistral-conversations", {"type": "function.call.delta", "name": "f", "arguments": '{"a'}),
    _seed("mistral-conversations", {"inputs": [{"type": "function.result", "result": "a"}], "instructions": "b"}),
    _seed(
        "google-interactions", {"event_type": "step.delta", "index": 1, "delta": {"type": "text", "text": "a secret"}}
    ),
    _seed("google-interactions", {"input": [{"type": "function_call", "name": "f", "arguments": {"a": "b"}}]}),
    _seed("ollama", {"messages": [{"role": "user", "content": "hi", "images": ["AA"]}], "context": [1, 2]}),
    _seed(
        "ollama",
        {"message": {"content": "a", "tool_calls": [{"function": {"name": "f", "arguments": {}}}]}, "done": True},
    ),
    _openai(
        "openai-responses",
        input=[{"type": "function_call", "name": "f", "arguments": "{}"}, {"role": "user", "content": "hi"}],
        prompt={"variables": {"name": "x"}},
    ),
    _openai("openai-responses", type="response.output_text.delta", delta="ab", logprobs=[{"token": "ab"}]),
    _openai(
        "openai-responses",
        type="response.completed",
        response={
            "output": [{"type": "shell_call", "action": {"commands": ["ls"]}}, {"type": "mcp_call", "arguments": "{"}]
        },
    ),
    _openai("openai-realtime", type="response.output_audio_transcript.delta", response_id="r", delta="a secret"),
    _seed("google-live", {"serverContent": {"modelTurn": {"parts": [{"text": "a secret"}]}, "turnComplete": True}}),
    _seed("google-live", {"realtimeInput": {"audio": {"mimeType": "audio/pcm", "data": "AA"}, "text": "a secret"}}),
    _openai("openai-realtime", type="session.update", session={"instructions": "a secret", "audio": {"input": {}}}),
    _openai("openai-completions", prompt=[[1, 2], "text"]),
    _openai("openai", object="thread.message.delta", id="m", delta={"content": [{"index": 0, "text": {"value": "a"}}]}),
    _openai("openai", input=["text", [1, 2]], data=[{"embedding": [0.5], "category_scores": {"hate": 0.25}}]),
    _seed("generic", {"a": '{"b":"[1,{\\"c\\":\\"d\\"}]"}', "e": ["data:image/png;base64,AA"]}),
    *(bytes([number % len(FORMATS), 0, 6]) + choices(number, 70) for number in range(32)),
)

TARGET: Final = Target(check, SEEDS, tuple(f'"{word}":'.encode() for word in NAMES), short=500)
