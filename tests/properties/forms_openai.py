"""OpenAI's streams: legacy completions, Responses, and runs of assistants."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from hushgate.framing.sse import SSEDecoder
from tests.gate_cases import sse
from tests.properties.forms import Form, Name


def _named(frames: list[dict[str, Any]], key: str) -> bytes:
    return b"".join(b"event: %s\n" % frame[key].encode() + sse(frame) for frame in frames)


def _completion(name: Name, piece: str) -> dict[str, Any]:
    one = {"index": name[0], "text": piece, "logprobs": None, "finish_reason": None}
    return {"id": "cmpl-1", "object": "text_completion", "created": 1764000000, "model": "gpt-x", "choices": [one]}


def _completion_heard(document: dict[str, Any]) -> Iterable[tuple[Name, str]]:
    return (((one["index"], "text"), one["text"]) for one in document["choices"])


def _completion_end(_: dict[Name, str]) -> list[dict[str, Any]]:
    return [{**_completion((0, "text"), ""), "choices": [{"index": 0, "text": "", "finish_reason": "stop"}]}]


_ITEMS: Final[dict[str, tuple[str, str]]] = {
    "text": ("response.output_text", "content_index"),
    "refusal": ("response.refusal", "content_index"),
    "summary": ("response.reasoning_summary_text", "summary_index"),
    "thought": ("response.reasoning_text", "content_index"),
    "input": ("response.custom_tool_call_input", ""),
    "command": ("response.shell_call_command", "command_index"),
    "tool": ("response.function_call_arguments", ""),
}
"""Runs of a Responses stream: the event that carries them, and what numbers them inside their item."""
_FIELDS: Final = {"refusal": "refusal", "tool": "arguments", "input": "input", "command": "command"}
RESPONSES: Final = (
    ("text", 0, 0), ("refusal", 0, 1), ("summary", 1, 0), ("thought", 1, 0), ("tool", 2, 0), ("input", 3, 0),
    ("command", 4, 0), ("command", 4, 1),
)  # fmt: skip


def _response(name: Name, piece: str) -> dict[str, Any]:
    kind, item, place = name
    stem, numbered = _ITEMS[kind]
    inside = {numbered: place} if numbered else {}
    return {"type": f"{stem}.delta", "item_id": f"it_{item}", "output_index": item, **inside, "delta": piece}


def _response_heard(document: dict[str, Any]) -> Iterable[tuple[Name, str]]:
    for kind, (stem, numbered) in _ITEMS.items():
        if document["type"] == f"{stem}.delta":
            yield (kind, document["output_index"], document.get(numbered, 0)), document["delta"]


def _output(wanted: dict[Name, str]) -> list[dict[str, Any]]:
    """The items whose runs these are, whole."""
    said = [{"type": "output_text", "text": wanted["text", 0, 0], "annotations": []},
            {"type": "refusal", "refusal": wanted["refusal", 0, 1]}]  # fmt: skip
    thought: dict[str, Any] = {"summary": [{"type": "summary_text", "text": wanted["summary", 1, 0]}],
               "content": [{"type": "reasoning_text", "text": wanted["thought", 1, 0]}]}  # fmt: skip
    items: list[dict[str, Any]] = [
        {"type": "message", "role": "assistant", "content": said},
        {"type": "reasoning", "encrypted_content": "gAAAAABo", **thought},
        {"type": "function_call", "name": "mail", "call_id": "call_1", "arguments": wanted["tool", 2, 0]},
        {"type": "custom_tool_call", "name": "sql", "call_id": "call_3", "input": wanted["input", 3, 0]},
        {"type": "shell_call", "action": {"commands": [wanted["command", 4, 0], wanted["command", 4, 1]]}},
    ]
    return [{"id": f"it_{index}", "status": "completed", **item} for index, item in enumerate(items)]


def _response_end(wanted: dict[Name, str]) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    for name, text in wanted.items():
        field = _FIELDS.get(name[0], "text")
        told = _response(name, "")
        del told["delta"]
        frames.append({**told, "type": _ITEMS[name[0]][0] + ".done", field: text})
    output = _output(wanted)
    for index, item in enumerate(output):
        frames.append({"type": "response.output_item.done", "output_index": index, "item": item})
    response = {"id": "resp_1", "object": "response", "created_at": 1764000000, "status": "completed", "output": output}
    return [*frames, {"type": "response.completed", "response": response}]


def _response_again(document: dict[str, Any]) -> dict[Name, str]:
    told: dict[Name, str] = {}
    for kind, (stem, numbered) in _ITEMS.items():
        if document["type"] == f"{stem}.done":
            name = (kind, document["output_index"], document.get(numbered, 0))
            told[name] = document[_FIELDS.get(kind, "text")]
    items = {document["output_index"]: document["item"]} if document["type"] == "response.output_item.done" else {}
    if document["type"] == "response.completed":
        items = dict(enumerate(document["response"]["output"]))
    for item, one in items.items():
        match one["type"]:
            case "message":
                told["text", item, 0] = one["content"][0]["text"]
                told["refusal", item, 1] = one["content"][1]["refusal"]
            case "reasoning":
                told["summary", item, 0] = one["summary"][0]["text"]
                told["thought", item, 0] = one["content"][0]["text"]
            case "function_call":
                told["tool", item, 0] = one["arguments"]
            case "custom_tool_call":
                told["input", item, 0] = one["input"]
            case "shell_call":
                told |= {("command", item, n): command for n, command in enumerate(one["action"]["commands"])}
    return told


def _of_responses(stream: bytes) -> list[Any]:
    """The documents; each is named, and no run goes on behind its `.done`."""
    decoder, found, ended = SSEDecoder(), list[Any](), set[Name]()
    for event in [*decoder.feed(stream), *decoder.flush()]:
        document = json.loads(event.data or "null")
        assert event.event == document["type"]
        assert not ended & {name for name, _ in _response_heard(document)}
        ended |= set(_response_again(document))
        found.append(document)
    return found


RUN: Final = (("text", 0), ("refusal", 1), ("tool", 0), ("input", 1))


def _run(name: Name, piece: str) -> dict[str, Any]:
    kind, index = name
    match kind:
        case "text":
            block: dict[str, Any] = {"index": index, "type": "text", "text": {"value": piece, "annotations": []}}
        case "refusal":
            block = {"index": index, "type": "refusal", "refusal": piece}
        case "tool":
            block = {"index": index, "type": "function", "function": {"arguments": piece}}
        case _:
            block = {"index": index, "type": "code_interpreter", "code_interpreter": {"input": piece}}
    if kind in ("text", "refusal"):
        return {"id": "msg_1", "object": "thread.message.delta", "delta": {"content": [block]}}
    delta = {"step_details": {"type": "tool_calls", "tool_calls": [block]}}
    return {"id": "step_1", "object": "thread.run.step.delta", "delta": delta}


def _run_told(blocks: list[Any]) -> Iterable[tuple[Name, str]]:
    for place, block in enumerate(blocks):
        index = block.get("index", place)
        match block:
            case {"text": {"value": piece}}:
                yield ("text", index), piece
            case {"refusal": piece}:
                yield ("refusal", index), piece
            case {"function": {"arguments": piece}}:
                yield ("tool", index), piece
            case {"code_interpreter": {"input": piece}}:
                yield ("input", index), piece


def _run_heard(document: dict[str, Any]) -> Iterable[tuple[Name, str]]:
    delta = document.get("delta", {})
    return _run_told(delta.get("content") or delta.get("step_details", {}).get("tool_calls", ()))


def _run_end(wanted: dict[Name, str]) -> list[dict[str, Any]]:
    blocks = {name: _run(name, text)["delta"] for name, text in wanted.items()}
    content = [blocks[name]["content"][0] for name in RUN[:2]]
    calls = [blocks[name]["step_details"]["tool_calls"][0] for name in RUN[2:]]
    message = {
        "id": "msg_1",
        "object": "thread.message",
        "role": "assistant",
        "status": "completed",
        "content": content,
    }
    details = {"type": "tool_calls", "tool_calls": calls}
    return [message, {"id": "step_1", "object": "thread.run.step", "status": "completed", "step_details": details}]


def _run_again(document: dict[str, Any]) -> dict[Name, str]:
    if document["object"] == "thread.message":
        return dict(_run_told(document["content"]))
    return dict(_run_told(document["step_details"]["tool_calls"])) if document["object"] == "thread.run.step" else {}


def _of_runs(stream: bytes) -> list[Any]:
    """The documents; those of the gate's own are named as the provider's are."""
    decoder, found = SSEDecoder(), list[Any]()
    for event in [*decoder.feed(stream), *decoder.flush()]:
        document = json.loads(event.data or "null")
        assert event.event == document["object"]
        found.append(document)
    return found


FORMS_OF_OPENAI: Final = (
    Form(
        "openai-completions",
        "text/event-stream",
        ((0, "text"), (1, "text")),
        _completion,
        _completion_heard,
        _completion_end,
    ),
    Form(
        "openai-responses",
        "text/event-stream",
        RESPONSES,
        _response,
        _response_heard,
        _response_end,
        _response_again,
        lambda frames: _named(frames, "type"),
        _of_responses,
    ),
    Form(
        "openai",
        "text/event-stream",
        RUN,
        _run,
        _run_heard,
        _run_end,
        _run_again,
        lambda frames: _named(frames, "object"),
        _of_runs,
    ),
)
