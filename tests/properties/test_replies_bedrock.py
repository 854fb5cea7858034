"""However a Bedrock stream is cut, the client gets the same; botocore reads it, and nothing masked is in it."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from hushgate.framing.aws_event_stream import STRING, Header, encode
from hushgate.pipeline import Passage
from hushgate.reply_head import ReplyHead
from hushgate.values import Route
from tests.gate_cases import Book, inbound, pipeline, streamed
from tests.properties.test_replies_chunking import (
    CARD,
    EMAIL,
    FOREIGN,
    PLAIN,
    TEXTS,
    cut_text,
    expected,
    spelled,
)

HOST: Final = "bedrock-runtime.us-east-1.amazonaws.com"
CONVERSE: Final = Route("aws-bedrock", "aws", HOST, "/model/m/converse-stream", "bedrock-converse")
AGENT: Final = Route("aws-bedrock-agents", "aws", HOST, "/agents/a/text", "bedrock")
HEAD: Final = ReplyHead(200, "application/vnd.amazon.eventstream", None)
PADDING: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

type Name = tuple[int, str]
NAMES: Final[tuple[Name, ...]] = ((0, "text"), (1, "reasoning"), (2, "input"), (3, "input"))


@cache
def sent() -> Passage:
    """The prompt of `test_replies_chunking`, sent to Bedrock."""
    content = [{"text": f"Write to {EMAIL}, charge {CARD}."}]
    asked = inbound({"messages": [{"role": "user", "content": content}]}, route=CONVERSE)
    done = asyncio.run(pipeline().screen_request(asked))
    assert done.refusal is None
    return done


def event(name: str, document: object) -> bytes:
    headers = ((":event-type", name), (":content-type", "application/json"), (":message-type", "event"))
    payload = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return encode((Header(key, STRING, value.encode()) for key, value in headers), payload)


def events(body: bytes) -> list[tuple[str, dict[str, Any]]]:
    buffer = EventStreamBuffer()
    buffer.add_data(body)
    return [(one.headers[":event-type"], json.loads(one.payload)) for one in buffer]


def delta(name: Name, piece: str) -> dict[str, Any]:
    block, kind = name
    made = {"text": {"text": piece}, "reasoning": {"reasoningContent": {"text": piece}}}
    return {"contentBlockIndex": block, "delta": made.get(kind, {"toolUse": {"input": piece}}), "p": PADDING[:block]}


def channels(body: bytes) -> dict[Name, str]:
    """The text of each block, put together as a client does."""
    texts: dict[Name, str] = {}
    for name, document in events(body):
        if name != "contentBlockDelta":
            continue
        block, made = document["contentBlockIndex"], document["delta"]
        kind, text = next(iter(made.items()))
        if kind != "text":
            kind, text = ("input", text["input"]) if kind == "toolUse" else ("reasoning", text["text"])
        texts[block, kind] = texts.get((block, kind), "") + text
    return texts


@st.composite
def streams(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> tuple[dict[Name, str], bytes]:
    """The text of each block, and a stream with all of them interleaved."""
    wanted = {name: draw(spelled(texts) if name[1] == "input" else texts) for name in NAMES}
    queues = {name: draw(cut_text(text)) for name, text in wanted.items()}
    stream = event("messageStart", {"role": "assistant", "p": PADDING[:5]})
    for block, kind in NAMES:
        if kind == "input":
            start = {"toolUse": {"toolUseId": f"t{block}", "name": "mail"}}
            stream += event("contentBlockStart", {"contentBlockIndex": block, "start": start})
    for name in draw(st.permutations([name for name, pieces in queues.items() for _ in pieces])):
        stream += event("contentBlockDelta", delta(name, queues[name].pop(0)))
    if draw(st.booleans()):
        for block, _ in NAMES:
            stream += event("contentBlockStop", {"contentBlockIndex": block})
    stream += event("messageStop", {"stopReason": "end_turn"}) + METADATA
    return wanted, stream


METADATA: Final = event(
    "metadata", {"metrics": {"latencyMs": 512}, "usage": {"inputTokens": 12, "outputTokens": 3, "totalTokens": 15}}
)
CUTS = st.one_of(st.lists(st.integers(0, 6000), max_size=12), st.just(range(6000)))


def through(body: bytes, cuts: Sequence[int]) -> bytes:
    reply = pipeline(Book()).screen_reply(sent(), HEAD)
    assert reply.streams
    out = streamed(reply, body, cuts)
    assert reply.outcome == "answered"
    return out


@given(streams(), CUTS)
def test_any_cut_gives_each_block_as_a_whole(made: tuple[dict[Name, str], bytes], cuts: Sequence[int]) -> None:
    wanted, body = made
    out = through(body, cuts)
    got = channels(out)
    for name, text in wanted.items():
        assert got.get(name, "") == expected((0, "tool" if name[1] == "input" else "content"), text)
    for name in NAMES[2:]:
        json.loads(got[name])
    kinds = [name for name, _ in events(out)]
    assert kinds[0] == "messageStart"
    assert kinds[-2:] == ["messageStop", "metadata"]
    assert out.endswith(METADATA)
    # Nothing is said in a block that has stopped.
    stopped: set[int] = set()
    for name, document in events(out):
        assert name != "contentBlockDelta" or document["contentBlockIndex"] not in stopped
        stopped |= {document["contentBlockIndex"]} if name == "contentBlockStop" else set()


@given(streams(PLAIN), CUTS)
def test_no_masked_value_is_in_any_message(made: tuple[dict[Name, str], bytes], cuts: Sequence[int]) -> None:
    out = through(made[1], cuts)
    for name, text in channels(out).items():
        meant = json.dumps(json.loads(text), ensure_ascii=False) if name[1] == "input" else text
        for value in FOREIGN:
            assert value not in meant


@given(PLAIN.flatmap(cut_text), CUTS)
def test_an_agents_text_is_one_run(pieces: list[str], cuts: Sequence[int]) -> None:
    body = b"".join(event("chunk", {"bytes": b64encode(piece.encode()).decode()}) for piece in pieces)
    asked = sent()
    passage = replace(asked, exchange=replace(asked.exchange, route=AGENT))
    reply = pipeline(Book()).screen_reply(passage, HEAD)
    out = streamed(reply, body, cuts)
    said = "".join(b64decode(document["bytes"]).decode() for _, document in events(out))
    assert said == expected((0, "content"), "".join(pieces))
