"""How Bedrock streams: Converse, its agents, and what vendors say inside InvokeModel's chunks."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from typing import Any, Final

from botocore.eventstream import EventStreamBuffer

from tests.doubles.bedrock import event, wrapped
from tests.properties.forms import Form, Name

EVENT_STREAM: Final = "application/vnd.amazon.eventstream"
BLOCKS: Final = ((0, "text"), (1, "thinking"), ("tool", 2), ("tool", 3))


def _block(name: Name, piece: str) -> dict[str, Any]:
    kind, index = (name[0], name[1]) if name[0] == "tool" else (name[1], name[0])
    told: dict[str, Any] = {"text": piece}
    if kind == "thinking":
        told = {"reasoningContent": told}
    elif kind == "tool":
        told = {"toolUse": {"input": piece}}
    return {"contentBlockDelta": {"contentBlockIndex": index, "delta": told}}


def _block_heard(document: dict[str, Any]) -> Iterable[tuple[Name, str]]:
    told = document.get("contentBlockDelta")
    if told is not None:
        index, delta = told["contentBlockIndex"], told["delta"]
        if "toolUse" in delta:
            yield ("tool", index), delta["toolUse"]["input"]
        elif "reasoningContent" in delta:
            yield (index, "thinking"), delta["reasoningContent"].get("text", "")
        else:
            yield (index, "text"), delta["text"]


def _block_end(_: dict[Name, str]) -> list[dict[str, Any]]:
    signature = {"reasoningContent": {"signature": "EqQBCgIYAhIM1gbcDa9GJwZA2b3h"}}
    signed = {"contentBlockDelta": {"contentBlockIndex": 1, "delta": signature}}
    stops = [{"contentBlockStop": {"contentBlockIndex": index}} for index in range(4)]
    return [signed, *stops, {"messageStop": {"stopReason": "end_turn"}}, {"metadata": {"usage": {"totalTokens": 15}}}]


def events(frames: list[dict[str, Any]]) -> bytes:
    """One message an event, which is named outside of its document."""
    return b"".join(event(*next(iter(frame.items()))) for frame in frames)


def of_events(stream: bytes) -> list[Any]:
    """What botocore reads; a block that has stopped, or was signed, says no more."""
    found = [{one.headers[":event-type"]: json.loads(one.payload)} for one in _read(stream)]
    stopped: set[int] = set()
    for document in found:
        told = document.get("contentBlockDelta", {})
        assert told.get("contentBlockIndex") not in stopped
        signed = "signature" in told.get("delta", {}).get("reasoningContent", {})
        if signed or "contentBlockStop" in document:
            stopped.add(document.get("contentBlockStop", told)["contentBlockIndex"])
    return found


def chunks(frames: list[dict[str, Any]]) -> bytes:
    """The vendor's documents, in base64."""
    return b"".join(map(wrapped, frames))


def of_chunks(stream: bytes) -> list[Any]:
    """What a client finds in the chunks that botocore reads."""
    read = _read(stream)
    assert all(one.headers[":event-type"] == "chunk" for one in read)
    return [json.loads(b64decode(json.loads(one.payload)["bytes"])) for one in read]


def _read(stream: bytes) -> list[Any]:
    buffer = EventStreamBuffer()
    buffer.add_data(stream)
    read = list(buffer)
    assert all(one.headers[":message-type"] == "event" for one in read)
    return read


def _agent(frames: list[dict[str, Any]]) -> bytes:
    return b"".join(event("chunk", {"bytes": _base64(frame["bytes"])}) for frame in frames)


def _of_agent(stream: bytes) -> list[Any]:
    return [{"bytes": b64decode(json.loads(one.payload)["bytes"]).decode()} for one in _read(stream)]


_CALL: Final = {"toolUseId": "t1", "name": "send"}


def _of_q(name: Name, piece: str) -> dict[str, Any]:
    if name[0] == "tool":
        return {"toolUseEvent": {**_CALL, "input": piece}}
    return {"assistantResponseEvent": {"content": piece, "modelId": "auto"}}


def _q_heard(document: dict[str, Any]) -> Iterable[tuple[Name, str]]:
    if "input" in (called := document.get("toolUseEvent", {})):
        yield ("tool", 1), called["input"]
    elif "assistantResponseEvent" in document:
        yield ("content",), document["assistantResponseEvent"]["content"]


def _of_named(stream: bytes) -> list[Any]:
    return [{one.headers[":event-type"]: json.loads(one.payload)} for one in _read(stream)]


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _flat(
    name: str, frame: Callable[[str, str | None], dict[str, Any]], heard: Callable[[dict[str, Any]], str]
) -> Form:
    """A vendor that has one run of text, and says in the last chunk why it ends."""
    return Form(
        "bedrock-invoke", EVENT_STREAM, ((name,),), lambda _, piece: frame(piece, None),
        lambda document: [((name,), heard(document))], lambda _: [frame("", "stop")],
        packed=chunks, opened=of_chunks,
    )  # fmt: skip


FORMS_OF_BEDROCK: Final = (
    Form("bedrock-converse", EVENT_STREAM, BLOCKS, _block, _block_heard, _block_end, packed=events, opened=of_events),
    Form("bedrock", EVENT_STREAM, (("bytes",),), lambda _, piece: {"bytes": piece},
         lambda document: [(("bytes",), document["bytes"])], lambda _: [], packed=_agent, opened=_of_agent),
    Form("bedrock", EVENT_STREAM, (("content",), ("tool", 1)), _of_q, _q_heard,
         lambda _: [{"toolUseEvent": {**_CALL, "stop": True}}], packed=events, opened=_of_named),
    Form("bedrock-invoke", EVENT_STREAM, BLOCKS, _block, _block_heard, _block_end, packed=chunks, opened=of_chunks),
    _flat("llama", lambda piece, why: {"generation": piece, "generation_token_count": 1, "stop_reason": why},
          lambda document: document["generation"]),
    _flat("pixtral",
          lambda piece, why: {"choices": [{"message": {"role": "assistant", "content": piece}, "stop_reason": why}]},
          lambda document: document["choices"][0]["message"]["content"]),
)  # fmt: skip
