"""What Google, Anthropic, Mistral and Cohere keep on their side comes back as the client's own values, turns later."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hushgate.pipeline import Passage, Pipeline
from hushgate.replies.head import ReplyHead
from hushgate.values import Actor, Route
from tests.gate_cases import EMAIL, STREAM, WHOLE, inbound, pipeline, sse, streamed


async def asked(gate: Pipeline, form: str, path: str, body: object) -> Passage:
    route = Route("acme", "acme", "llm.acme.example", path, form)
    done = await gate.screen_request(inbound(b"" if body is None else body, route=route, actor=Actor("alice", ())))
    assert done.refusal is None
    return done


async def answered(gate: Pipeline, passage: Passage, doc: object, head: ReplyHead = WHOLE) -> str:
    back = gate.screen_reply(passage, head)
    if head is STREAM:
        return streamed(back, sse(doc)).decode()
    out = await back.whole(json.dumps(doc).encode())
    assert isinstance(out, bytes)
    return out.decode()


INTERACTIONS = "/v1beta/interactions"
CONVERSATIONS = "/v1/conversations"


@pytest.mark.parametrize(
    ("form", "first", "answer", "head", "path", "second"),
    [
        ("google-generate", ("/v1beta/cachedContents", {"contents": [{"parts": [{"text": EMAIL}]}]}),
         {"name": "cachedContents/abc", "model": "models/m"}, WHOLE, "/v1beta/models/m:generateContent",
         {"cachedContent": "cachedContents/abc", "contents": []}),
        ("google-generate", ("/v1beta/cachedContents", {"contents": [{"parts": [{"text": EMAIL}]}]}),
         {"name": "projects/p/locations/l/cachedContents/7"}, WHOLE, "/v1internal:generateContent",
         {"request": {"cached_content": "projects/p/locations/l/cachedContents/7"}}),
        ("google-interactions", (INTERACTIONS, {"input": EMAIL}), {"id": "v1_a", "status": "completed"}, WHOLE,
         INTERACTIONS, {"input": "hi", "previous_interaction_id": "v1_a"}),
        ("google-interactions", (INTERACTIONS, {"input": EMAIL, "stream": True}),
         {"event_type": "interaction.created", "interaction": {"id": "v1_a"}}, STREAM, INTERACTIONS + "/v1_a", {}),
        ("mistral-conversations", (CONVERSATIONS, {"inputs": EMAIL}), {"conversation_id": "conv_1"}, WHOLE,
         CONVERSATIONS + "/conv_1", {"inputs": "hi"}),
        ("mistral-conversations", (CONVERSATIONS, {"inputs": EMAIL, "stream": True}),
         {"type": "conversation.response.started", "conversation_id": "conv_1"}, STREAM, CONVERSATIONS + "/conv_1",
         {"inputs": "hi"}),
        ("google-generate", ("/v1beta/models/m:batchGenerateContent", {"batch": {"displayName": EMAIL}}),
         {"name": "batches/b7", "metadata": {}}, WHOLE, "/v1beta/batches/b7", None),
        ("anthropic-messages", ("/v1/messages/batches", {"requests": [{"params": {"system": EMAIL}}]}),
         {"id": "msgbatch_1", "type": "message_batch"}, WHOLE, "/v1/messages/batches/msgbatch_1/results", None),
        ("cohere-v1", ("/v1/chat", {"message": EMAIL, "conversation_id": "c-1"}), {"text": "ok"}, WHOLE, "/v1/chat",
         {"message": "hi", "conversation_id": "c-1"}),
    ],
)  # fmt: skip
async def test_a_value_comes_back_where_the_provider_keeps_it(
    form: str, first: tuple[str, Any], answer: Any, head: ReplyHead, path: str, second: Any
) -> None:
    gate = pipeline()
    begun = await asked(gate, form, *first)
    token = begun.restorable[0].token
    await answered(gate, begun, answer, head)
    later = await asked(gate, form, path, second)
    assert EMAIL in await answered(gate, later, {"text": f"to {token}"})
    other = await asked(gate, form, first[0], {"contents": []})
    assert EMAIL not in await answered(gate, other, {"text": f"to {token}"})
