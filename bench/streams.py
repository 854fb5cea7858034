"""Streamed replies of every framing, made of the same pieces of text, and a provider that sends them.

`python -m bench.streams` serves them over TLS and prints `{"port", "ca", "pid"}`; the path says which.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bench.prose import Prose
from hushgate.framing.registry import open_framing
from tests.doubles.chat import Reply
from tests.doubles.journal import Received
from tests.doubles.provider import Provider

MARK: Final = "zebra "
"""The first piece of every stream; it ends a word, so nothing has to be held back of it."""

PIECES: Final = 200
DELAY: Final = 0.002
"""Seconds between two frames."""

type Documents = Iterable[tuple[str | None, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Stream:
    """One format as a provider streams it: the documents around and of each piece of text."""

    name: str
    host: str
    path: str
    framing: str
    media_type: str
    request: dict[str, Any]
    documents: Callable[[Sequence[str]], Documents]
    end: bytes = b""

    def frames(self, pieces: Sequence[str]) -> list[bytes]:
        """The frames of a reply with these pieces, in the provider's framing."""
        framing = open_framing(self.framing)
        made = [framing.frame(_dump(doc), kind) for kind, doc in self.documents(pieces)]
        if self.framing == "json-array":
            made = [b"[", *made]
            made[-1] = made[-1].rstrip(b",\r\n") + b"]"
        return [*made, self.end] if self.end else made


def _chat(pieces: Sequence[str]) -> Documents:
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "m"}
    for piece in pieces:
        yield None, {**head, "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]}
    yield None, {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def _responses(pieces: Sequence[str]) -> Documents:
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    for number, piece in enumerate(pieces):
        kind = "response.output_text.delta"
        yield kind, {"type": kind, **place, "sequence_number": number, "delta": piece, "logprobs": []}
    text, kind = "".join(pieces), "response.output_text.done"
    yield kind, {"type": kind, **place, "sequence_number": len(pieces), "text": text, "logprobs": []}


def _messages(pieces: Sequence[str]) -> Documents:
    yield (
        "content_block_start",
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    )
    for piece in pieces:
        delta = {"type": "text_delta", "text": piece}
        yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": 0}
    yield "message_stop", {"type": "message_stop"}


def _gemini(pieces: Sequence[str]) -> Documents:
    for number, piece in enumerate(pieces):
        last = {"finishReason": "STOP"} if number == len(pieces) - 1 else {}
        content = {"role": "model", "parts": [{"text": piece}]}
        yield None, {"candidates": [{"index": 0, "content": content, **last}], "modelVersion": "m"}


def _ollama(pieces: Sequence[str]) -> Documents:
    for piece in pieces:
        yield None, {"model": "m", "message": {"role": "assistant", "content": piece}, "done": False}
    yield None, {"model": "m", "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}


def _converse(pieces: Sequence[str]) -> Documents:
    yield "messageStart", {"role": "assistant"}
    for piece in pieces:
        yield "contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}}
    yield "contentBlockStop", {"contentBlockIndex": 0}
    yield "messageStop", {"stopReason": "end_turn"}


_ASKED: Final = [{"role": "user", "content": "tell me a story"}]
_PARTS: Final = [{"role": "user", "parts": [{"text": "tell me a story"}]}]
_SSE: Final = "text/event-stream"
_GOOGLE: Final = "generativelanguage.googleapis.com"
STREAMS: Final = (
    Stream(
        "openai-chat", "api.openai.com", "/v1/chat/completions", "sse", _SSE,
        {"model": "m", "messages": _ASKED, "stream": True}, _chat, b"data: [DONE]\n\n",
    ),
    Stream(
        "openai-responses", "api.openai.com", "/v1/responses", "sse", _SSE,
        {"model": "m", "input": "tell me a story", "stream": True}, _responses,
    ),
    Stream(
        "anthropic-messages", "api.anthropic.com", "/v1/messages", "sse", _SSE,
        {"model": "m", "max_tokens": 99, "messages": _ASKED, "stream": True}, _messages,
    ),
    Stream(
        "google, events", _GOOGLE, "/v1beta/models/m:streamGenerateContent?alt=sse", "sse", _SSE,
        {"contents": _PARTS}, _gemini,
    ),
    Stream(
        "google, array", _GOOGLE, "/v1beta/models/m:streamGenerateContent", "json-array", "application/json",
        {"contents": _PARTS}, _gemini,
    ),
    Stream(
        "ollama, lines", "ollama.com", "/api/chat", "ndjson", "application/x-ndjson",
        {"model": "m", "messages": _ASKED}, _ollama,
    ),
    Stream(
        "bedrock-converse", "bedrock-runtime.us-east-1.amazonaws.com", "/model/m/converse-stream", "aws-event-stream",
        "application/vnd.amazon.eventstream", {"messages": [{"role": "user", "content": _PARTS[0]["parts"]}]},
        _converse,
    ),
)  # fmt: skip
HOSTS: Final = tuple(dict.fromkeys(stream.host for stream in STREAMS))


def _dump(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def pieces(seed: int, count: int = PIECES) -> list[str]:
    """Fresh prose, cut as LLMs cut it: a token begins with its space, and long words are several."""
    words = Prose(seed).text(12 * count).split()
    cut = [part for word in words for part in (f" {word[:6]}", word[6:12], word[12:]) if part]
    return [MARK, *cut][:count]


def scripted(request: Received) -> Reply | None:
    """The stream of the path; no text comes twice."""
    stream = next((one for one in STREAMS if one.path == request.target), None)
    if stream is None:
        return None
    return Reply(frames=stream.frames(pieces(request.number)), headers={"content-type": stream.media_type}, delay=DELAY)


async def _serve() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Provider(hosts=(*HOSTS, "localhost"), script=scripted, keep=False) as provider:
        print(json.dumps({"port": provider.port, "ca": str(provider.ca), "pid": os.getpid()}), flush=True)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_serve())
