"""Every streamed format: however it is cut, the client gets each run as a whole, in frames that its parser takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushgate.framing.sse import SSEDecoder
from hushgate.replies.head import ReplyHead
from hushgate.values import Route
from tests.doubles.canary import find
from tests.gate_cases import Book, pipeline, sse, streamed
from tests.properties.forms import Form, Name
from tests.properties.forms_bedrock import EVENT_STREAM, FORMS_OF_BEDROCK, chunks, of_chunks
from tests.properties.forms_openai import FORMS_OF_OPENAI
from tests.properties.test_replies_chunking import CUTS, FOREIGN, PLAIN, TEXTS, cut_text, expected, sent, spelled

# Gemini ---------------------------------------------------------------------------------------------------------------


def _gemini(name: Name, piece: str) -> dict[str, Any]:
    index, kind, *path = name
    part: dict[str, Any] = {"text": piece, **({"thought": True} if kind == "thought" else {})}
    if kind == "call":
        told = {"jsonPath": path[0], "stringValue": piece, "willContinue": True}
        part = {"functionCall": {"partialArgs": [told], "willContinue": True}}
    one = {"content": {"role": "model", "parts": [part]}, "index": index}
    return {"candidates": [one], "modelVersion": "gemini-x", "responseId": "r-1"}


def _gemini_heard(document: dict[str, Any]) -> Iterable[tuple[Name, str]]:
    for one in document.get("response", document)["candidates"]:
        for part in one.get("content", {}).get("parts", ()):
            if "text" in part:
                yield (one["index"], "thought" if part.get("thought") else "text"), part["text"]
            for told in part.get("functionCall", {}).get("partialArgs", ()):
                yield (one["index"], "call", told["jsonPath"]), told.get("stringValue", "")


def _gemini_end(_: dict[Name, str]) -> list[dict[str, Any]]:
    return [{"candidates": [{"finishReason": "STOP", "index": index} for index in range(3)], "usageMetadata": {"x": 1}}]


def _array(frames: list[dict[str, Any]]) -> bytes:
    return b"[" + b",\r\n".join(json.dumps(f, ensure_ascii=False, indent=2).encode() for f in frames) + b"\n]\n"


GEMINI: Final = ((0, "text"), (1, "text"), (2, "thought"), (1, "call", "$.to"), (1, "call", "$.cc"))


def _step(name: Name, piece: str) -> dict[str, Any]:
    delta = {"type": "text", "text": piece}
    if name[0] == "tool":
        delta = {"type": "arguments_delta", "arguments": piece}
    return {"event_type": "step.delta", "index": name[1], "delta": delta}


def _step_heard(document: dict[str, Any]) -> Iterable[tuple[Name, str]]:
    if document["event_type"] == "step.delta":
        delta = document["delta"]
        kind = "text" if delta["type"] == "text" else "tool"
        yield (kind, document["index"]), delta.get("text", delta.get("arguments"))


def _step_end(wanted: dict[Name, str]) -> list[dict[str, Any]]:
    steps = [{"type": "model_output", "content": [{"type": "text", "text": wanted["text", n]}]} for n in (0, 1)]
    return [{"event_type": "step.stop", "index": 0},
            {"event_type": "interaction.completed", "interaction": {"id": "i-1", "steps": steps}}]  # fmt: skip


def _step_again(document: dict[str, Any]) -> dict[Name, str]:
    steps = document.get("interaction", {}).get("steps", ())
    return {("text", n): step["content"][0]["text"] for n, step in enumerate(steps)}


# Cohere ---------------------------------------------------------------------------------------------------------------


def _cohere(name: Name, piece: str) -> dict[str, Any]:
    match name:
        case ("tool", index):
            told: dict[str, Any] = {"tool_calls": {"function": {"arguments": piece}}}
            return {"type": "tool-call-delta", "index": index, "delta": {"message": told}}
        case ("plan",):
            return {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": piece}}}
    index, kind = name
    return {"type": "content-delta", "index": index, "delta": {"message": {"content": {kind: piece}}}}


def _cohere_heard(document: dict[str, Any]) -> Iterable[tuple[Name, str]]:
    message = document.get("delta", {}).get("message", {})
    match document["type"]:
        case "tool-call-delta":
            yield ("tool", document["index"]), message["tool_calls"]["function"]["arguments"]
        case "tool-plan-delta":
            yield ("plan",), message["tool_plan"]
        case "content-delta":
            for kind, piece in message["content"].items():
                yield (document["index"], kind), piece


def _cohere_end(_: dict[Name, str]) -> list[dict[str, Any]]:
    ends: list[dict[str, Any]] = [{"type": "content-end", "index": 0}, {"type": "tool-call-end", "index": 1}]
    return [*ends, {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}}]


def _first(name: Name, piece: str) -> dict[str, Any]:
    if name[0] == "tool":
        delta = {"index": name[1], "parameters": piece}
        return {"is_finished": False, "event_type": "tool-calls-chunk", "tool_call_delta": delta}
    if name == ("plan",):
        return {"is_finished": False, "event_type": "tool-calls-chunk", "text": piece}
    return {"is_finished": False, "event_type": "text-generation", "text": piece}


def _first_heard(document: dict[str, Any]) -> Iterable[tuple[Name, str]]:
    if (delta := document.get("tool_call_delta")) is not None:
        yield ("tool", delta["index"]), delta["parameters"]
    elif document["event_type"] != "stream-end":
        yield ("text",) if document["event_type"] == "text-generation" else ("plan",), document["text"]


def _first_end(wanted: dict[Name, str]) -> list[dict[str, Any]]:
    response = {"text": wanted["text",], "generation_id": "g-1", "meta": {"billed_units": {"input_tokens": 3}}}
    return [{"is_finished": True, "event_type": "stream-end", "finish_reason": "COMPLETE", "response": response}]


def _first_again(document: dict[str, Any]) -> dict[Name, str]:
    return {("text",): document["response"]["text"]} if document["event_type"] == "stream-end" else {}


# Mistral --------------------------------------------------------------------------------------------------------------


def _mistral(name: Name, piece: str) -> dict[str, Any]:
    match name:
        case ("tool", index):
            call = {"id": f"f-{index}", "tool_call_id": f"c-{index}", "name": "f", "arguments": piece}
            return {"type": "function.call.delta", "output_index": index, **call}
        case (index, "text"):
            return {"type": "message.output.delta", "id": "m", "output_index": index, "content": piece}
    part = {"type": "thinking", "thinking": [{"type": "text", "text": piece}]}
    return {"type": "message.output.delta", "id": "m", "output_index": name[0], "content": part}


def _mistral_heard(document: dict[str, Any]) -> Iterable[tuple[Name, str]]:
    if document["type"] == "function.call.delta":
        yield ("tool", document["output_index"]), document["arguments"]
    elif document["type"] == "message.output.delta":
        content = document["content"]
        if isinstance(content, str):
            yield (document["output_index"], "text"), content
        else:
            yield (document["output_index"], "thinking"), content["thinking"][0]["text"]


def _mistral_end(_: dict[Name, str]) -> list[dict[str, Any]]:
    return [{"type": "conversation.response.done", "usage": {"total_tokens": 3}}]


def _magistral(name: Name, piece: str) -> dict[str, Any]:
    index, kind = name
    part = {"type": "thinking", "thinking": [{"type": "text", "text": piece}]}
    content = [part] if kind == "thinking" else [{"type": "text", "text": piece}]
    return {"id": "c1", "choices": [{"index": index, "delta": {"content": content}, "finish_reason": None}]}


def _magistral_heard(document: dict[str, Any]) -> Iterable[tuple[Name, str]]:
    for choice in document["choices"]:
        content = choice["delta"].get("content", ())
        if isinstance(content, str):  # as a frame of the gate's own has it
            yield (choice["index"], "text"), content
            continue
        for part in content:
            if part["type"] == "text":
                yield (choice["index"], "text"), part["text"]
            else:
                yield (choice["index"], "thinking"), part["thinking"][0]["text"]


def _magistral_end(_: dict[Name, str]) -> list[dict[str, Any]]:
    return [{"id": "c1", "choices": [{"index": index, "delta": {}, "finish_reason": "stop"} for index in (0, 1)]}]


# Ollama ---------------------------------------------------------------------------------------------------------------


def _ollama(name: Name, piece: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": "", name[0]: piece}
    return {"model": "llama", "created_at": "2026-01-02T03:04:05.123456789Z", "message": message, "done": False}


def _ollama_heard(document: dict[str, Any]) -> Iterable[tuple[Name, str]]:
    return (((key,), document["message"][key]) for key in ("content", "thinking") if key in document["message"])


def _ollama_end(_: dict[Name, str]) -> list[dict[str, Any]]:
    return [{**_ollama(("content",), ""), "done": True, "done_reason": "stop", "total_duration": 4883583458}]


def _lines(frames: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(frame, ensure_ascii=False).encode() + b"\n" for frame in frames)


def _of_lines(stream: bytes) -> list[Any]:
    return [json.loads(line) for line in stream.split(b"\n") if line]


# Anthropic ------------------------------------------------------------------------------------------------------------

_CLAUDE: Final = {"text": "text_delta", "thinking": "thinking_delta", "partial_json": "input_json_delta"}


def _claude(name: Name, piece: str) -> dict[str, Any]:
    index, field = (name[1], "partial_json") if name[0] == "tool" else name
    return {"type": "content_block_delta", "index": index, "delta": {"type": _CLAUDE[field], field: piece}}


def _claude_heard(document: dict[str, Any]) -> Iterable[tuple[Name, str]]:
    for field, piece in document.get("delta", {}).items() if document["type"] == "content_block_delta" else ():
        if field in _CLAUDE:
            index = document["index"]
            yield ("tool", index) if field == "partial_json" else (index, field), piece


def _claude_end(_: dict[Name, str]) -> list[dict[str, Any]]:
    signature = {"type": "signature_delta", "signature": "EqQBCgIYAhIM1gbcDa9GJwZA2b3h"}
    signed = {"type": "content_block_delta", "index": 1, "delta": signature}
    stops = [{"type": "content_block_stop", "index": index} for index in range(4)]
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}}
    return [signed, *stops, end, {"type": "message_stop"}]


def _events(frames: list[dict[str, Any]]) -> bytes:
    return b"".join(b"event: %s\n" % frame["type"].encode() + sse(frame) for frame in frames)


def _of_events(stream: bytes) -> list[Any]:
    """The documents; each is named, no block goes on behind its end, and no thinking behind its signature."""
    decoder, found, ended = SSEDecoder(), list[Any](), set[int]()
    for event in [*decoder.feed(stream), *decoder.flush()]:
        document = json.loads(event.data or "null")
        assert event.event == document["type"]
        for name, _ in _claude_heard(document):
            assert (name[1] if name[0] == "tool" else name[0]) not in ended
        if "signature" in document.get("delta", {}) or document["type"] == "content_block_stop":
            ended.add(document["index"])
        found.append(document)
    return found


CLAUDE: Final = ((0, "text"), (1, "thinking"), ("tool", 2), ("tool", 3))


FORMS: Final = (
    *FORMS_OF_OPENAI,
    *FORMS_OF_BEDROCK,
    Form("bedrock-invoke", EVENT_STREAM, CLAUDE, _claude, _claude_heard, _claude_end, packed=chunks, opened=of_chunks),
    Form("anthropic-messages", "text/event-stream", CLAUDE, _claude, _claude_heard, _claude_end,
         packed=_events, opened=_of_events),
    Form("google-stream", "text/event-stream", GEMINI, _gemini, _gemini_heard, _gemini_end),
    Form("google-stream", "application/json", GEMINI, _gemini, _gemini_heard, _gemini_end, packed=_array,
         opened=json.loads),
    Form("google-generate", "text/event-stream", GEMINI, lambda *at: {"response": _gemini(*at), "traceId": "t-1"},
         _gemini_heard, lambda _: [{"response": frame} for frame in _gemini_end(_)]),
    Form("google-interactions", "text/event-stream", (("text", 0), ("text", 1), ("tool", 2), ("tool", 3)),
         _step, _step_heard, _step_end, _step_again),
    Form("cohere", "text/event-stream", ((0, "text"), (1, "thinking"), ("plan",), ("tool", 0), ("tool", 1)),
         _cohere, _cohere_heard, _cohere_end),
    Form("cohere-v1", "application/stream+json", (("text",), ("plan",), ("tool", 0), ("tool", 1)),
         _first, _first_heard, _first_end, _first_again, _lines, _of_lines),
    Form("mistral-conversations", "text/event-stream", ((0, "text"), (1, "thinking"), ("tool", 2), ("tool", 3)),
         _mistral, _mistral_heard, _mistral_end),
    Form("openai-chat", "text/event-stream", ((0, "text"), (1, "thinking")), _magistral, _magistral_heard,
         _magistral_end),
    Form("ollama", "application/x-ndjson", (("content",), ("thinking",)), _ollama, _ollama_heard, _ollama_end,
         packed=_lines, opened=_of_lines),
)  # fmt: skip
HALF: Final = settings(max_examples=(settings.default or settings()).max_examples // 2)
"""Of the usual number: there are many formats, and what they share is tried with one of them in full."""
EVERY: Final = pytest.mark.parametrize("form", FORMS, ids=[form.id for form in FORMS])


def through(form: Form, body: bytes, cuts: Iterable[int]) -> bytes:
    """A stream of this format through the gate."""
    route = Route("acme", "acme", "llm.acme.example", "/x", form.format)
    exchange = replace(sent().exchange, route=route)
    back = pipeline(Book()).screen_reply(replace(sent(), exchange=exchange), ReplyHead(200, form.media_type, None))
    assert back.streams
    out = streamed(back, body, cuts)
    assert back.outcome == "answered"
    return out


def in_json(name: Name) -> bool:
    return bool(name[0] == "tool")


def made(draw: st.DrawFn, form: Form, texts: st.SearchStrategy[str]) -> tuple[dict[Name, str], list[dict[str, Any]]]:
    """The text of each run, and frames with all of them interleaved."""
    wanted = {name: draw(spelled(texts) if in_json(name) else texts) for name in form.names}
    queues = {name: draw(cut_text(text)) for name, text in wanted.items()}
    order = draw(st.permutations([name for name, pieces in queues.items() for _ in pieces]))
    frames = [form.frame(name, queues[name].pop(0)) for name in order]
    return wanted, frames + (form.end(wanted) if draw(st.booleans()) else [])


def put_together(form: Form, frames: Iterable[dict[str, Any]]) -> dict[Name, str]:
    """What a client puts together."""
    texts: dict[Name, str] = {}
    for frame in frames:
        for name, piece in form.heard(frame):
            texts[name] = texts.get(name, "") + piece
    return texts


@EVERY
@HALF
@given(st.data(), CUTS)
def test_any_cut_gives_each_run_as_a_whole(form: Form, data: st.DataObject, cuts: Sequence[int]) -> None:
    wanted, frames = data.draw(st.composite(made)(form, TEXTS))
    body = form.packed(frames)
    out = form.opened(through(form, body, cuts))
    got = put_together(form, out)
    for name, text in wanted.items():
        assert got.get(name, "") == expected((0, "tool" if in_json(name) else "content"), text)
    for frame in out:
        for name, text in form.again(frame).items():
            assert text == got.get(name, "")


@EVERY
@HALF
@given(st.data(), CUTS)
def test_no_masked_value_is_in_any_byte(form: Form, data: st.DataObject, cuts: Sequence[int]) -> None:
    _, frames = data.draw(st.composite(made)(form, PLAIN))
    out = through(form, form.packed(frames), cuts)
    for value in FOREIGN:
        assert find(out, value) is None
        for name, text in put_together(form, form.opened(out)).items():
            assert value not in (json.dumps(json.loads(text), ensure_ascii=False) if in_json(name) else text)


@EVERY
@HALF
@given(st.data(), CUTS)
def test_clean_frames_stay_as_they_were(form: Form, data: st.DataObject, cuts: Sequence[int]) -> None:
    words = st.sampled_from(["a clean word ", "and more. ", "", "é😀 "])
    _, frames = data.draw(st.composite(made)(form, words))
    body = form.packed(frames)
    out = through(form, body, cuts)
    assert put_together(form, form.opened(out)) == put_together(form, form.opened(body))
    assert len(form.opened(out)) >= len(frames)
