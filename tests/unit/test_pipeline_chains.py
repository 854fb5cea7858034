"""A reply that goes on from what the provider keeps: the client's own values come back, and nobody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hushgate.pipeline import Passage, Pipeline
from hushgate.replies.head import ReplyHead
from hushgate.values import Actor, Route
from tests.gate_cases import CARD, EMAIL, STREAM, WHOLE, inbound, pipeline, sse, streamed

ALICE, BOB = Actor("alice", ()), Actor("bob", ())


async def asked(
    gate: Pipeline, body: object, *, path: str = "/v1/responses", form: str = "openai-responses", actor: Actor = ALICE
) -> Passage:
    route = Route("openai", "openai", "api.openai.com", path, form)
    done = await gate.screen_request(inbound(b"" if body is None else body, route=route, actor=actor))
    assert done.refusal is None
    return done


def response(name: str, text: str = "", **more: Any) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": []}
    output = [{"type": "message", "role": "assistant", "content": [part]}]
    return {"id": name, "object": "response", "output": output, **more}


async def answered(gate: Pipeline, passage: Passage, doc: object) -> Any:
    out = await gate.screen_reply(passage, WHOLE).whole(json.dumps(doc).encode())
    assert isinstance(out, bytes)
    return json.loads(out)


def said(doc: Any) -> str:
    return doc["output"][0]["content"][0]["text"]


async def begun(gate: Pipeline, name: str = "resp_1", value: str = EMAIL, **more: Any) -> str:
    """A first turn, kept as `name`; the token of its value."""
    first = await asked(gate, {"input": f"write to {value}", **more})
    await answered(gate, first, response(name))
    return first.restorable[0].token


async def test_a_value_comes_back_turns_later() -> None:
    gate = pipeline()
    token = await begun(gate)
    for turn in range(1, 4):
        later = await asked(gate, {"input": "and now?", "previous_response_id": f"resp_{turn}"})
        back = await answered(gate, later, response(f"resp_{turn + 1}", f"to {token}"))
        assert said(back) == f"to {EMAIL}"


async def test_the_results_of_a_batch_are_given_their_values() -> None:
    gate, form = pipeline(), "anthropic-messages"
    one = {"custom_id": "one", "params": {"messages": [{"role": "user", "content": f"write to {EMAIL}"}]}}
    begun = await asked(gate, {"requests": [one]}, path="/v1/messages/batches", form=form)
    await answered(gate, begun, {"id": "msgbatch_1", "type": "message_batch", "processing_status": "in_progress"})
    message = {"type": "message", "content": [{"type": "text", "text": f"to {begun.restorable[0].token}"}]}
    line = json.dumps({"custom_id": "one", "result": {"type": "succeeded", "message": message}}).encode() + b"\n"
    for name, text in (("msgbatch_1", f"to {EMAIL}"), ("msgbatch_2", message["content"][0]["text"])):  # type: ignore[index]
        later = await asked(gate, None, path=f"/v1/messages/batches/{name}/results", form=form)
        out = streamed(gate.screen_reply(later, ReplyHead(200, "application/x-jsonl", None)), line, [40, 90])
        assert json.loads(out)["result"]["message"]["content"][0]["text"] == text


async def test_nobody_else_and_nothing_else_gets_it() -> None:
    gate = pipeline()
    token = await begun(gate)
    for body, actor in (
        ({"input": "hi", "previous_response_id": "resp_1"}, BOB),
        ({"input": "hi", "previous_response_id": "resp_9"}, ALICE),
        ({"input": "hi"}, ALICE),
    ):
        other = await asked(gate, body, actor=actor)
        assert said(await answered(gate, other, response("resp_x", f"to {token}"))) == f"to {token}"


async def test_what_a_later_turn_said_is_not_found_from_an_earlier_one() -> None:
    gate = pipeline()
    await begun(gate)
    later = await asked(gate, {"input": f"charge {CARD}", "previous_response_id": "resp_1"})
    await answered(gate, later, response("resp_2"))
    tokens = {one.original: one.token for one in later.restorable}
    fork = await asked(gate, {"input": "hi", "previous_response_id": "resp_1"})
    assert said(await answered(gate, fork, response("resp_3", tokens[CARD]))) == tokens[CARD]


@pytest.mark.parametrize("conversation", ["conv_1", {"id": "conv_1"}])
async def test_a_conversation_keeps_what_is_added_to_it(conversation: object) -> None:
    gate = pipeline()
    items = {"items": [{"role": "user", "content": f"charge {CARD}"}]}
    added = await asked(gate, items, path="/v1/conversations/conv_1/items")
    token = await begun(gate, conversation=conversation)
    later = await asked(gate, {"input": "and now?", "conversation": conversation})
    text = f"{token} {added.restorable[0].token}"
    assert said(await answered(gate, later, response("resp_2", text))) == f"{EMAIL} {CARD}"


async def test_a_response_that_is_fetched_later_is_restored() -> None:
    gate = pipeline()
    token = await begun(gate, background=True)
    polled = await asked(gate, None, path="/v1/responses/resp_1")
    assert said(await answered(gate, polled, response("resp_1", f"to {token}"))) == f"to {EMAIL}"


@pytest.mark.parametrize("strict", [False, True])
async def test_a_stream_names_what_it_is_kept_as_before_it_ends(strict: bool) -> None:
    gate = pipeline(strict_replies=strict)
    first = await asked(gate, {"input": f"write to {EMAIL}", "stream": True})
    body = sse({"type": "response.created", "response": response("resp_1")})
    back = gate.screen_reply(first, STREAM)
    assert streamed(back, body) if back.streams else await back.whole(body)
    later = await asked(gate, {"input": "and now?", "previous_response_id": "resp_1"})
    assert said(await answered(gate, later, response("resp_2", first.restorable[0].token))) == EMAIL


async def test_a_thread_keeps_its_messages() -> None:
    gate = pipeline()
    made = await asked(gate, {"messages": [{"role": "user", "content": EMAIL}]}, path="/v1/threads", form="openai")
    await answered(gate, made, {"id": "thread_1", "object": "thread"})
    message = {"role": "user", "content": f"charge {CARD}"}
    added = await asked(gate, message, path="/v1/threads/thread_1/messages", form="openai")
    run = await asked(gate, {"assistant_id": "a"}, path="/v1/threads/thread_1/runs", form="openai")
    text = f"{made.restorable[0].token} {added.restorable[0].token}"
    doc = {"id": "msg_1", "object": "thread.message", "thread_id": "thread_1", "role": "assistant",
           "content": [{"type": "text", "text": {"value": text, "annotations": []}}]}  # fmt: skip
    assert (await answered(gate, run, doc))["content"][0]["text"]["value"] == f"{EMAIL} {CARD}"
