"""A conversation that only grows leaves as one that only grows, byte for byte: a provider's prompt cache still hits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushgate.pipeline import Pipeline
from hushgate.values import Route
from hushgate.wire.document import dump_json
from tests.doubles.canary import find
from tests.gate_cases import CARD, EMAIL, OTHER_EMAIL, TOKEN, Book, inbound, pipeline

VALUES: Final = (EMAIL, OTHER_EMAIL, CARD, TOKEN)
TEXTS = st.lists(
    st.sampled_from(["write to", "Karte", "😀", 'a "b"', "line\nend", *VALUES]), min_size=1, max_size=4
).map(" ".join)


@dataclass(frozen=True)
class Form:
    """How a format tells a conversation: `body` of its turns, whose list stands last, and each turn's shape."""

    format: str
    body: Callable[[str, list[Any]], dict[str, Any]]
    user: Callable[[str], Any]
    call: Callable[[str], Any]
    result: Callable[[str], Any]


def _openai_call(text: str) -> Any:
    function = {"name": "f", "arguments": json.dumps({"to": text})}
    return {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": function}]}


def _claude(role: str, block: dict[str, Any]) -> Any:
    return {"role": role, "content": [block]}


def _gemini(role: str, part: dict[str, Any]) -> Any:
    return {"role": role, "parts": [part]}


FORMS: Final = (
    Form(
        "openai-chat",
        lambda system, turns: {"model": "m", "messages": [{"role": "system", "content": system}, *turns]},
        lambda text: {"role": "user", "content": [{"type": "text", "text": text}]},
        _openai_call,
        lambda text: {"role": "tool", "tool_call_id": "c", "content": text},
    ),
    Form(
        "openai-responses",
        lambda system, turns: {"model": "m", "instructions": system, "input": turns},
        lambda text: {"role": "user", "content": [{"type": "input_text", "text": text}]},
        lambda text: {"type": "function_call", "call_id": "c", "name": "f", "arguments": json.dumps({"to": text})},
        lambda text: {"type": "function_call_output", "call_id": "c", "output": text},
    ),
    Form(
        "openai",  # the messages of a new thread
        lambda system, turns: {"metadata": {"about": system}, "messages": turns},
        lambda text: {"role": "user", "content": [{"type": "text", "text": text}]},
        lambda text: {"role": "assistant", "content": text},
        lambda text: {"role": "user", "content": text, "metadata": {"told": text}},
    ),
    Form(
        "anthropic-messages",
        lambda system, turns: {"model": "m", "system": system, "messages": turns},
        lambda text: {"role": "user", "content": text},
        lambda text: _claude("assistant", {"type": "tool_use", "id": "c", "name": "f", "input": {"to": text}}),
        lambda text: _claude("user", {"type": "tool_result", "tool_use_id": "c", "content": text}),
    ),
    Form(
        "bedrock-converse",
        lambda system, turns: {"system": [{"text": system}], "messages": turns},
        lambda text: _claude("user", {"text": text}),
        lambda text: _claude("assistant", {"toolUse": {"toolUseId": "c", "name": "f", "input": {"to": text}}}),
        lambda text: _claude("user", {"toolResult": {"toolUseId": "c", "content": [{"json": {"out": text}}]}}),
    ),
    Form(
        "bedrock-invoke",
        lambda system, turns: {"anthropic_version": "bedrock-2023-05-31", "system": system, "messages": turns},
        lambda text: {"role": "user", "content": text},
        lambda text: _claude("assistant", {"type": "tool_use", "id": "c", "name": "f", "input": {"to": text}}),
        lambda text: _claude("user", {"type": "tool_result", "tool_use_id": "c", "content": text}),
    ),
    Form(
        "google-generate",
        lambda system, turns: {"systemInstruction": {"parts": [{"text": system}]}, "contents": turns},
        lambda text: _gemini("user", {"text": text}),
        lambda text: _gemini("model", {"functionCall": {"name": "f", "args": {"to": text}}}),
        lambda text: _gemini("user", {"functionResponse": {"name": "f", "response": {"out": text}}}),
    ),
    Form(
        "google-interactions",
        lambda system, turns: {"model": "m", "system_instruction": system, "input": turns},
        lambda text: {"type": "user_input", "content": [{"type": "text", "text": text}]},
        lambda text: {"type": "function_call", "id": "c", "name": "f", "arguments": {"to": text}},
        lambda text: {"type": "function_result", "call_id": "c", "name": "f", "result": text},
    ),
    Form(
        "cohere",
        lambda system, turns: {"model": "m", "messages": [{"role": "system", "content": system}, *turns]},
        lambda text: {"role": "user", "content": text},
        _openai_call,
        lambda text: {"role": "tool", "tool_call_id": "c", "content": {"type": "document", "document": {"data": text}}},
    ),
    Form(
        "cohere-v1",
        lambda system, turns: {"model": "m", "message": "go on", "preamble": system, "chat_history": turns},
        lambda text: {"role": "USER", "message": text},
        lambda text: {"role": "CHATBOT", "message": "", "tool_calls": [{"name": "f", "parameters": {"to": text}}]},
        lambda text: {"role": "TOOL", "tool_results": [{"call": {"name": "f"}, "outputs": [{"out": text}]}]},
    ),
    Form(
        "mistral-conversations",
        lambda system, turns: {"model": "m", "instructions": system, "inputs": turns},
        lambda text: {"type": "message.input", "role": "user", "content": text},
        lambda text: {"type": "function.call", "tool_call_id": "c", "name": "f", "arguments": json.dumps({"to": text})},
        lambda text: {"type": "function.result", "tool_call_id": "c", "result": text},
    ),
    Form(
        "ollama",
        lambda system, turns: {"model": "m", "messages": [{"role": "system", "content": system}, *turns]},
        lambda text: {"role": "user", "content": text},
        lambda text: {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": {"to": text}}}]},
        lambda text: {"role": "tool", "tool_name": "f", "content": text},
    ),
)  # fmt: skip


async def left(gate: Pipeline, form: Form, body: dict[str, Any]) -> bytes:
    """What of this body is sent to the provider."""
    asked = inbound(dump_json(body), route=Route("acme", "acme", "llm.acme.example", "/x", form.format))
    done = await gate.screen_request(asked)
    assert done.refusal is None
    return asked.body if done.out.body is None else done.out.body


@pytest.mark.parametrize("form", FORMS, ids=[form.format for form in FORMS])
@given(TEXTS, st.lists(st.tuples(st.sampled_from(["user", "call", "result"]), TEXTS), min_size=1, max_size=5))
def test_a_longer_conversation_begins_as_the_shorter_one_did(
    form: Form, system: str, told: list[tuple[str, str]]
) -> None:
    turns = [getattr(form, kind)(text) for kind, text in told]
    gate = pipeline(Book())

    async def grown() -> list[bytes]:
        return [await left(gate, form, form.body(system, turns[: n + 1])) for n in range(len(turns))]

    sent = asyncio.run(grown())
    for shorter, longer in zip(sent, sent[1:], strict=False):
        assert longer.startswith(shorter.removesuffix(b"]}"))
        assert shorter.endswith(b"]}")
    for value in VALUES:
        assert find(sent[-1], value) is None
