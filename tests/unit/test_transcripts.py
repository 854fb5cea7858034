"""What is kept of texts, if anything."""

from __future__ import annotations

import json

import pytest

from hushgate import transcripts
from hushgate.replies.head import ReplyHead
from tests.gate_cases import (
    CARD,
    DONE,
    EMAIL,
    OTHER_EMAIL,
    STREAM,
    WHOLE,
    Book,
    answer,
    inbound,
    passage,
    pipeline,
    prompt,
    said,
    sse,
    streamed,
)


@pytest.mark.parametrize("mode", ["structure", "masked"])
async def test_no_transcript_holds_a_value(mode: str) -> None:
    book = Book()
    gate = pipeline(book, transcripts=mode)
    done = await passage(f"write to {EMAIL} with {CARD}", gate)
    whole = gate.screen_reply(done, WHOLE)
    await whole.whole(json.dumps(answer(f"or to {OTHER_EMAIL}")).encode())
    await whole.close()
    stream = gate.screen_reply(done, STREAM)
    streamed(stream, sse(said("or to jonas.bec"), said("ker@example.org now"), DONE))
    await stream.close()
    kept = [json.loads(t) for _, _, t in book.events if t]
    assert len(kept) == 3
    assert all(one["mode"] == mode for one in kept)
    for value in (EMAIL, CARD, OTHER_EMAIL):
        assert value.encode() not in book.all_bytes()


@pytest.mark.parametrize("mode", ["structure", "masked"])
async def test_no_transcript_holds_a_value_that_a_content_type_says(mode: str) -> None:
    book = Book()
    gate = pipeline(book, transcripts=mode)
    head = ReplyHead(200, f"application/json; of={OTHER_EMAIL}", None)
    reply = gate.screen_reply(await passage("hello", gate), head)
    await reply.whole(json.dumps(answer("hi")).encode())
    await reply.close()
    assert OTHER_EMAIL.encode() not in book.all_bytes()
    assert json.loads(book.events[-1][2] or b"")["content_type"] == "application/json"


async def test_structure_keeps_shape_and_placeholders() -> None:
    book = Book()
    await pipeline(book).screen_request(inbound(prompt(f"write to {EMAIL}")))
    kept = json.loads(book.events[-1][2] or b"")
    row = next(r for r in kept["segments"] if r["where"] == "body:/messages/0/content")
    assert row["length"] == len(f"write to {EMAIL}")
    assert row["role"] == "user"
    assert row["entities"] == ["EMAIL_ADDRESS"]
    assert row["placeholders"][0].startswith("<EMAIL_ADDRESS_")


async def test_none_keeps_nothing() -> None:
    book = Book()
    await pipeline(book, transcripts="none").screen_request(inbound(prompt("hi")))
    assert book.events[-1][2] is None


def test_a_body_that_is_not_json_is_kept_as_text() -> None:
    assert json.loads(transcripts.body(b"plain", "text/plain", 200))["text"] == "plain"
