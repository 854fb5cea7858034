"""Whole replies: what comes back where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hushgate.values import Route
from tests.gate_cases import CHAT, EMAIL, GENERIC, WHOLE, Book, answer, inbound, made_policy, passage, pipeline, prompt


def calling(*functions: dict[str, Any], **message: Any) -> dict[str, Any]:
    calls = [{"id": f"call_{n}", "type": "function", "function": f} for n, f in enumerate(functions)]
    said = {"role": "assistant", "content": None, "tool_calls": calls, **message}
    return {"id": "c1", "object": "chat.completion", "choices": [{"index": 0, "message": said}]}


async def restored(folder: Path, restore: str, make: Any, route: Route = CHAT) -> Any:
    """A reply, made with the placeholder of an address that the client sent, as the client gets it."""
    gate = pipeline(rules=made_policy(folder, f"rules: [{{id: m, then: mask, restore: {restore}}}]"))
    done = await gate.screen_request(inbound(prompt(f"write to {EMAIL}"), route=route))
    out = await gate.screen_reply(done, WHOLE).whole(json.dumps(make(done.restorable[0].token)).encode())
    assert isinstance(out, bytes)
    return json.loads(out)


@pytest.mark.parametrize(
    ("restore", "expected"),
    [
        ("true", [True, True, True, True, True]),
        ("text", [True, False, False, False, False]),
        ("{tools: send}", [True, True, False, False, True]),
    ],
)
async def test_where_a_value_comes_back(tmp_path: Path, restore: str, expected: list[bool]) -> None:
    def made(token: str) -> Any:
        arguments = json.dumps({"to": [token], "name": "send"})
        return calling(
            {"name": "send", "arguments": arguments},
            {"name": "post", "arguments": arguments},
            {"arguments": arguments},
            content=f"To {token}.",
            function_call={"name": "send", "arguments": {"to": [token]}},
        )

    message = (await restored(tmp_path, restore, made))["choices"][0]["message"]
    arguments = [json.loads(call["function"]["arguments"])["to"] for call in message["tool_calls"]]
    got = [message["content"], *arguments, message["function_call"]["arguments"]["to"]]
    assert [EMAIL in json.dumps(part) for part in got] == expected


async def test_a_value_in_a_structural_string_costs_a_masked_transcript_its_body() -> None:
    book = Book()
    gate = pipeline(book, transcripts="masked")
    reply = gate.screen_reply(await passage("hi", gate), WHOLE)
    out = await reply.whole(json.dumps(answer("hello") | {"system_fingerprint": EMAIL}).encode())
    assert isinstance(out, bytes)
    await reply.close()
    (kept,) = [transcript for kind, _, transcript in book.events if kind == "closed"]
    assert kept is not None
    assert json.loads(kept)["left_out"] == "it cannot be masked"
    assert book.last("closed")["coverage"]["opaque"] == 2


async def test_what_a_format_does_not_tell_from_arguments_counts_as_them(tmp_path: Path) -> None:
    def unknown(token: str) -> Any:
        return calling(content="", mcp_calls=[{"server": "x", "input": token}])

    assert EMAIL not in json.dumps(await restored(tmp_path, "text", unknown))
    assert EMAIL in json.dumps(await restored(tmp_path, "true", unknown))
    assert EMAIL not in json.dumps(await restored(tmp_path, "text", lambda t: {"answer": t}, GENERIC))
    assert EMAIL in json.dumps(await restored(tmp_path, "true", lambda t: {"answer": t}, GENERIC))


@pytest.mark.parametrize("arguments", ['"{}"', '["{}"]', '{{"a": "{}"}}', ' {{"{}": 1}}'])
async def test_restored_arguments_are_json_still(tmp_path: Path, arguments: str) -> None:
    rules = made_policy(tmp_path, "rules: [{id: m, then: mask}]")
    gate = pipeline(rules=rules)
    value = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEfakefake" * 20 + "\n-----END RSA PRIVATE " + "KEY-----"
    done = await gate.screen_request(inbound(prompt(f"use {value} now")))
    placed = arguments.format(done.restorable[0].token)
    reply = calling({"name": "send", "arguments": placed})
    out = await gate.screen_reply(done, WHOLE).whole(json.dumps(reply).encode())
    assert isinstance(out, bytes)
    got = json.loads(out)["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
    assert value in str([json.loads(got)]).replace("\\n", "\n")
