"""A gate's parts without a proxy: the built-in rules and policy, a ledger in memory, bodies and streams."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from hushgate.detect.engine import Engine
from hushgate.detect.rules import load_rules
from hushgate.errors import LedgerError
from hushgate.framing.sse import SSEDecoder
from hushgate.pipeline import Passage, Pipeline
from hushgate.policy.rules import RuleSet, load_policy
from hushgate.replies.head import ReplyHead
from hushgate.replies.reply import Reply
from hushgate.requests.inbound import Inbound, Reader
from hushgate.transform.placeholders import Placeholders
from hushgate.values import Actor, Route

RULES: Final = Path(__file__).parents[1] / "rules"
KEY: Final = b"k" * 32
EMAIL: Final = "erika.mustermann" + "@example.com"
OTHER_EMAIL: Final = "jonas.becker" + "@example.org"
CARD: Final = "4111 1111 " + "1111 1111"
TOKEN: Final = "ghp_" + "a1B2c3D4e5" * 3 + "F6g7H8"
PEM: Final = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEfakefake" * 20 + "\n-----END RSA PRIVATE " + "KEY-----"
PLACEHOLDERS: Final = Placeholders(KEY)
CHAT: Final = Route("openai", "openai", "api.openai.com", "/v1/chat/completions", "openai-chat")
GENERIC: Final = Route("acme", "acme", "llm.acme.example", "/v1/anything", "generic")
JSON: Final = (("content-type", "application/json"),)
STREAM: Final = ReplyHead(200, "text/event-stream; charset=utf-8", None)
WHOLE: Final = ReplyHead(200, "application/json", None)


@cache
def engine() -> Engine:
    """Patterns only, no workers."""
    return Engine(load_rules(sorted((RULES / "detect").glob("*.yaml"))), fingerprint_key=KEY, cache_key=KEY)


@cache
def policy() -> RuleSet:
    return load_policy(RULES / "policy" / "default.yaml")


def made_policy(folder: Path, text: str) -> RuleSet:
    path = folder / "policy.yaml"
    path.write_text("version: 1\n" + text)
    return load_policy(path)


@dataclass
class Book:
    """A ledger in memory; with `full` nothing can be made durable."""

    full: bool = False
    events: list[tuple[str, dict[str, Any], bytes | None]] = field(default_factory=list)

    async def append(self, kind: str, payload: dict[str, object], transcript: bytes | None = None) -> None:
        if self.full:
            raise LedgerError("no space left")
        self.append_soon(kind, payload, transcript)

    def append_soon(self, kind: str, payload: dict[str, object], transcript: bytes | None = None) -> None:
        json.dumps(payload)  # what is chained is JSON
        self.events.append((kind, payload, transcript))

    def last(self, kind: str) -> dict[str, Any]:
        return [payload for name, payload, _ in self.events if name == kind][-1]

    def kinds(self) -> list[str]:
        return [kind for kind, _, _ in self.events]

    def all_bytes(self) -> bytes:
        return json.dumps([p for _, p, _ in self.events], ensure_ascii=False).encode(
            "utf-8", "surrogatepass"
        ) + b"".join(t or b"" for _, _, t in self.events)


def pipeline(book: Book | None = None, **changes: Any) -> Pipeline:
    given: dict[str, Any] = {
        "reader": Reader(KEY, 1 << 24),
        "detector": engine(),
        "ledger": book if book is not None else Book(),
        "rules": policy(),
        "placeholders": PLACEHOLDERS,
        "clock": lambda: 1000.0,
    }
    return Pipeline(**{**given, **changes})


def inbound(body: object, *, route: Route = CHAT, headers: Sequence[tuple[str, str]] = JSON, **changes: Any) -> Inbound:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8", "surrogatepass")
    given: dict[str, Any] = {
        "id": "ex1",
        "route": route,
        "actor": Actor("alice", ("dev",)),
        "session": None,
        "target": route.path,
        "headers": tuple(headers),
        "body": raw,
    }
    return Inbound(**{**given, **changes})


def prompt(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "gpt-x", "messages": [{"role": "user", "content": text}], **more}


def answer(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {
        "id": "c1",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
    }


async def passage(text: str, gate: Pipeline | None = None) -> Passage:
    """A forwarded prompt."""
    done = await (gate or pipeline()).screen_request(inbound(prompt(text)))
    assert done.refusal is None
    return done


def chunk(delta: dict[str, Any], index: int = 0, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1700000000, "model": "gpt-x",
            "choices": [choice], **more}  # fmt: skip


def said(text: str, index: int = 0) -> dict[str, Any]:
    return chunk({"content": text}, index)


def called(arguments: str, call: int = 0, index: int = 0) -> dict[str, Any]:
    return chunk({"tool_calls": [{"index": call, "function": {"arguments": arguments}}]}, index)


def sse(*documents: object) -> bytes:
    """Frames; bytes stand for themselves."""
    return b"".join(
        d
        if isinstance(d, bytes)
        else b"data: " + json.dumps(d, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n\n"
        for d in documents
    )


DONE: Final = b"data: [DONE]\n\n"


def documents(stream: bytes) -> list[Any]:
    """The JSON of every event that has some."""
    decoder = SSEDecoder()
    found = [e.data for e in [*decoder.feed(stream), *decoder.flush()]]
    return [json.loads(text) for text in found if text is not None and text.startswith("{")]


def channels(stream: bytes) -> dict[tuple[Any, ...], str]:
    """What a client puts together: the text of each run."""
    texts: dict[tuple[Any, ...], str] = {}
    for document in documents(stream):
        for choice in document.get("choices", ()):
            delta, index = choice.get("delta") or {}, choice["index"]
            pieces: list[tuple[tuple[Any, ...], str]] = [
                ((index, key), delta[key]) for key in ("content", "refusal") if delta.get(key)
            ]
            for call in delta.get("tool_calls", ()):
                pieces.append(((index, "tool", call["index"]), call.get("function", {}).get("arguments", "")))
            for name, piece in pieces:
                texts[name] = texts.get(name, "") + piece
    return texts


def streamed(reply: Reply, body: bytes, cuts: Iterable[int] = ()) -> bytes:
    """A body through a reply, cut at these offsets."""
    places = [0, *sorted({min(max(0, c), len(body)) for c in cuts}), len(body)]
    out = [reply.feed(body[a:b]) for a, b in zip(places, places[1:], strict=False)]
    return b"".join(out) + reply.finish()
