"""What a provider has signed goes back to it as it said it; anything else is masked like any other text."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from hushgate.pipeline import Passage, Pipeline
from hushgate.replies.head import ReplyHead
from hushgate.replies.reply import Reply
from hushgate.requests.signed import SignedTexts, put_back
from hushgate.values import Actor, Kind, Location, Route
from hushgate.wire.base import Reading
from tests.doubles.canary import find
from tests.gate_cases import EMAIL, KEY, OTHER_EMAIL, STREAM, WHOLE, Book, documents, inbound, pipeline, sse, streamed

CLAUDE = Route("anthropic", "anthropic", "api.anthropic.com", "/v1/messages", "anthropic-messages")
BOB = Actor("bob")
ANN = ("ann", "anthropic")
OWN = Route("own", "own", "llm.acme.example", "/v1/messages", "anthropic-messages", self_hosted=True)
SIGNATURE = "EqQBCgIYAhIM1gbcDa9GJwZA2b3h"
ASKED = {"role": "user", "content": f"write to {EMAIL}"}


def test_texts_are_known_to_who_was_given_them() -> None:
    known = SignedTexts(KEY)
    known.keep(ANN, "sig", "said", "given")
    known.keep(ANN, "sig-2", "same", "same")
    assert known.said(ANN, "sig", "given") == "said"
    assert known.said(ANN, "sig-2", "same") == "same"
    assert known.said(("bob", "anthropic"), "sig", "given") is None
    assert known.said(("ann", "own"), "sig", "given") is None
    assert known.said(ANN, "sig-2", "given") is None
    assert known.said(ANN, "sig", "said") is None
    assert "said" not in repr(known)


def test_the_least_recently_used_texts_go_first() -> None:
    known = SignedTexts(KEY, size=3 * (160 + 4 * 100))
    for number in range(3):
        known.keep(ANN, f"sig-{number}", "s" * 100, "given")
    assert known.said(ANN, "sig-0", "given") is not None
    known.keep(ANN, "sig-3", "s" * 100, "given")
    known.keep(ANN, "sig-3", "s" * 100, "given")
    assert [known.said(ANN, f"sig-{n}", "given") is not None for n in range(4)] == [True, False, True, True]
    known.keep(ANN, "sig-4", "s" * 10_000, "given")
    assert known.said(ANN, "sig-4", "given") is None


def test_a_request_without_known_words_is_as_it_was() -> None:
    reading = Reading((), signed=((Location(path=("a",)), Location(path=("b",))),))
    document = {"a": "text", "b": "sig"}
    assert put_back(SignedTexts(KEY), ANN, document, reading) == (document, reading, frozenset())


# A conversation ------------------------------------------------------------------------------------------------------


async def asked(gate: Pipeline, *turns: Any, actor: Actor | None = None, route: Route = CLAUDE) -> tuple[Passage, Any]:
    """A request, and the messages that the provider gets of it."""
    body = {"model": "claude-x", "max_tokens": 9, "messages": [ASKED, *turns]}
    came = inbound(body, route=route)
    came = came if actor is None else replace(came, actor=actor)
    done = await gate.screen_request(came)
    assert done.refusal is None
    return done, json.loads(came.body if done.out.body is None else done.out.body)["messages"]


def events(*blocks: dict[str, Any]) -> bytes:
    found: list[Any] = []
    for index, block in enumerate(blocks):
        found.append({"type": "content_block_start", "index": index, "content_block": {"type": block["type"]}})
        for key in ("thinking", "text", "signature"):
            for at in range(0, len(block.get(key, "")), 7 if key != "signature" else 999):
                delta = {"type": f"{key}_delta", key: block[key][at : at + (7 if key != "signature" else 999)]}
                found.append({"type": "content_block_delta", "index": index, "delta": delta})
        found.append({"type": "content_block_stop", "index": index})
    return sse(*found, {"type": "message_stop"})


def heard(stream: bytes) -> list[dict[str, Any]]:
    """The blocks that a client puts together."""
    blocks: list[dict[str, Any]] = []
    for event in documents(stream):
        if event["type"] == "content_block_start":
            blocks.append(dict(event["content_block"]))
        for key, piece in event.get("delta", {}).items():
            if key != "type":
                blocks[event["index"]][key] = blocks[event["index"]].get(key, "") + piece
    return blocks


async def answered(gate: Pipeline, passage: Passage, way: str, *blocks: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks as the client is given them."""
    if way == "whole":
        raw = await gate.screen_reply(passage, WHOLE).whole(json.dumps({"content": blocks}).encode())
        assert isinstance(raw, bytes)
        return json.loads(raw)["content"]  # type: ignore[no-any-return]
    back: Reply = gate.screen_reply(passage, ReplyHead(200, STREAM.content_type, None))
    if way == "strict":
        collected = await back.whole(events(*blocks))
        assert isinstance(collected, bytes)
        return heard(collected)
    return heard(streamed(back, events(*blocks), range(0, 4000, 5)))


def thought(token: str) -> str:
    """Words that masking alone does not give back: a token told otherwise, and a value of the model's own."""
    return f"They want {token.lower().strip('<>')} to be asked, or {OTHER_EMAIL} {{}}"


@pytest.mark.parametrize("way", ["stream", "strict", "whole"])
async def test_the_provider_gets_back_what_it_signed(way: str) -> None:
    book = Book()
    gate = pipeline(book, strict_replies=way == "strict")
    done, sent = await asked(gate)
    token = sent[0]["content"].removeprefix("write to ")
    said = {"type": "thinking", "thinking": thought(token), "signature": SIGNATURE}
    spoken = {"type": "text", "text": f"Write to {token} or {OTHER_EMAIL}"}
    given = await answered(gate, done, way, said, spoken)
    assert given[0]["thinking"] == thought(token).replace(token.lower().strip("<>"), EMAIL).replace(
        OTHER_EMAIL, given[0]["thinking"].split(" or ")[1].removesuffix(" {}")
    )
    assert find(json.dumps(given).encode(), OTHER_EMAIL) is None
    assert given[0]["signature"] == SIGNATURE

    done, sent = await asked(gate, {"role": "assistant", "content": given}, {"role": "user", "content": "go on"})
    assert sent[1]["content"][0] == said
    assert sent[1]["content"][1]["text"].startswith(f"Write to {token} or <EMAIL_ADDRESS_")
    assert find(json.dumps(sent).encode(), EMAIL) is None
    opened = book.last("opened")
    kept = [(f["where"], f["verdict"], f["reasons"]) for f in opened["findings"] if f["verdict"] == "keep"]
    assert kept == [("body:/messages/1/content/0/thinking", "keep", ["said-by-provider"])]

    told = await answered(gate, done, way, {"type": "text", "text": f"Ask {OTHER_EMAIL}, not {EMAIL}"})
    assert find(json.dumps(told).encode(), OTHER_EMAIL) is None, "the client has never been told of it"
    assert EMAIL in told[0]["text"]


async def test_what_nobody_has_signed_is_masked() -> None:
    gate = pipeline()
    done, sent = await asked(gate)
    token = sent[0]["content"].removeprefix("write to ")
    said = {"type": "thinking", "thinking": thought(token), "signature": SIGNATURE}
    given = await answered(gate, done, "stream", said)
    block = given[0]
    for other, actor in (
        ({**block, "thinking": block["thinking"] + f" {OTHER_EMAIL}"}, None),
        ({**block, "signature": "Eq" + SIGNATURE}, None),
        (block, BOB),
    ):
        _, sent = await asked(gate, {"role": "assistant", "content": [other]}, actor=actor)
        assert sent[1]["content"][0]["thinking"] != said["thinking"]
        for value in (EMAIL, OTHER_EMAIL):
            assert find(json.dumps(sent).encode(), value) is None


@pytest.mark.parametrize("way", ["whole", "stream", "strict"])
async def test_what_one_endpoint_said_does_not_go_to_another(way: str) -> None:
    gate = pipeline(strict_replies=way == "strict")
    done, _ = await asked(gate, route=OWN)
    block = {"type": "thinking", "thinking": f"The file says {OTHER_EMAIL}.", "signature": SIGNATURE}
    given = await answered(gate, done, way, block)
    _, sent = await asked(gate, {"role": "assistant", "content": given}, route=CLAUDE)
    assert find(json.dumps(sent).encode(), OTHER_EMAIL) is None
    _, sent = await asked(gate, {"role": "assistant", "content": given}, route=OWN)
    assert sent[1]["content"] == [block]


async def test_thinking_that_was_only_restored_is_given_back_after_a_restart_too() -> None:
    done, sent = await asked(pipeline())
    token = sent[0]["content"].removeprefix("write to ")
    said = {"type": "thinking", "thinking": f"They want {token}.", "signature": SIGNATURE}
    given = await answered(pipeline(), done, "stream", said)
    assert given[0]["thinking"] == f"They want {EMAIL}."
    _, sent = await asked(pipeline(), {"role": "assistant", "content": given})
    assert sent[1]["content"] == [said]


def test_own_words_are_read_and_not_changed() -> None:
    known = SignedTexts(KEY)
    known.keep(ANN, "sig", '{"a": "said"}', '{"a": "given"}')
    text, signature = Location(path=("x", "thinking")), Location(path=("x", "signature"))
    document = {"x": {"thinking": '{"a": "given"}', "signature": "sig"}}
    reading = Reading((), signed=((text, signature),))
    changed, read, own = put_back(known, ANN, document, reading)
    assert changed == {"x": {"thinking": '{"a": "said"}', "signature": "sig"}}
    assert [(s.location, s.kind, s.text) for s in read.segments] == [(text, Kind.OPAQUE, '{"a": "said"}')]
    assert own == {text}
