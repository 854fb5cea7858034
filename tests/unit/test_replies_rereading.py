"""A collected stream: found in the first reading, masked in the second."""

from __future__ import annotations

from dataclasses import replace

from hushgate.framing.registry import open_framing
from hushgate.replies.rereading import read_first
from hushgate.wire.registry import dialect
from tests.gate_cases import DONE, EMAIL, OTHER_EMAIL, STREAM, called, channels, engine, passage, pipeline, said, sse


async def test_the_first_reading_finds_each_text_at_its_number() -> None:
    body = sse(*[said(c) for c in f"ask {OTHER_EMAIL} now"], called('{"to": "' + EMAIL + '"}'), DONE)
    found = await read_first(dialect("openai-chat"), open_framing("sse"), engine(), body, "alice")
    assert [(f.entity, f.location.path) for f in found.findings] == [("EMAIL_ADDRESS", (0,)), ("EMAIL_ADDRESS", (3,))]


async def test_a_strict_reply_is_masked_and_restored_whole() -> None:
    gate = replace(pipeline(), strict_replies=True)
    done = await passage(f"write to {EMAIL}", gate)
    reply = gate.screen_reply(done, STREAM)
    assert not reply.streams
    token = done.restorable[0].token
    out = await reply.whole(sse(*[said(c) for c in f"Dear {token}, ask {OTHER_EMAIL}."], DONE))
    assert isinstance(out, bytes)
    text = channels(out)[0, "content"]
    assert text.startswith(f"Dear {EMAIL}, ask <EMAIL_ADDRESS_")
    assert OTHER_EMAIL not in text
    assert out.endswith(DONE)
