"""Anthropic messages: what a reply says, whole, as the events of a stream, or as the lines of a batch's results.

Source: the API reference of POST /v1/messages and its guide to streaming. Text,
thinking and a tool's arguments come in deltas of a block, by its index; each
kind is a channel, and ends with the block. A signature is made over the
thinking before it, so that channel ends as soon as the signature comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from hushgate.values import Area, Direction, Kind, Location, Role
from hushgate.wire.anthropic_blocks import block, said
from hushgate.wire.anthropic_words import CONSTANTS, KEYS
from hushgate.wire.base import Channel, Delta, Frame, Reading
from hushgate.wire.readers import an_object, opaque, text
from hushgate.wire.walk import Path, Reader, Walk

_DELTAS: Final = {
    "text": "text_delta",
    "thinking": "thinking_delta",
    "partial_json": "input_json_delta",
    "content": "compaction_delta",
}
"""The field that a delta's text stands in, which names its channel, and the type of the delta."""
_STOPS: Final = ("message_stop", "error")


def read_reply(doc: object) -> Reading:
    """Read a whole reply, or an error body."""
    walk = Walk(Direction.REPLY, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REPLY, Role.NONE, Kind.TEXT)
    fields = doc if isinstance(doc, dict) else {}
    model, name = fields.get("model"), fields.get("id")
    reading = walk.reading(model=model if isinstance(model, str) else None)
    # The results of a batch come when the provider has them, to another request.
    return (
        replace(reading, kept=(name,)) if fields.get("type") == "message_batch" and isinstance(name, str) else reading
    )


def read_frame(doc: object) -> Frame:
    """Read one event of a stream, or one line of a batch's results."""
    walk = Walk(Direction.REPLY, Area.FRAME, vocabulary=KEYS, constants=CONSTANTS)
    if not isinstance(doc, dict):
        walk.fields((), doc, REPLY, Role.NONE, Kind.TEXT)
        return Frame(segments=walk.segments, unread=walk.unread)
    index = _number(doc.get("index"))
    deltas: list[Delta] = []
    tools: tuple[tuple[Channel, str], ...] = ()
    for key, inner in doc.items():
        if key == "delta" and isinstance(inner, dict):
            _delta(walk, deltas, inner, index)
        elif key == "content_block" and isinstance(inner, dict):
            _opened(walk, deltas, inner, index)
            name = inner.get("name")
            if isinstance(name, str) and name:
                tools = ((("block", index, "partial_json"), name),)
        elif key == "completion" and isinstance(inner, str):
            _add(deltas, ("completion",), (key,), inner)
        else:
            walk.fields((), {key: inner}, REPLY, Role.NONE, Kind.TEXT)
    signed = _signed(doc, index)
    ends = (*_ends(doc, index), *(name for name, _ in signed))
    return Frame(tuple(deltas), ends, walk.segments, walk.unread, tools, signed=signed)


def delta_frame(template: object, channel: Channel, text: str) -> dict[str, object]:
    """An event with `text` for `channel`; ValueError for an unknown one."""
    match channel:
        case ("block", int(index), str(field)) if field in _DELTAS:
            delta = {"type": _DELTAS[field], field: text}
            return {"type": "content_block_delta", "index": index, "delta": delta}
        case ("completion",):
            known = template if isinstance(template, dict) else {}
            head: dict[str, object] = {key: known[key] for key in ("type", "id", "model") if key in known}
            return {**head, "completion": text, "stop_reason": None}
    raise ValueError("no such channel in Anthropic messages")


def _ends(doc: dict[str, object], index: int) -> list[Channel]:
    word, delta = doc.get("type"), doc.get("delta")
    inner = delta if isinstance(delta, dict) else {}
    if word in _STOPS or inner.get("stop_reason") is not None:
        return [()]
    if word == "content_block_stop":
        return [("block", index)]
    return [("completion",)] if doc.get("stop_reason") is not None else []


def _signed(doc: dict[str, object], index: int) -> tuple[tuple[Channel, Location], ...]:
    """A signature is made over the block's text so far."""
    delta = doc.get("delta")
    signature = delta.get("signature") if isinstance(delta, dict) else None
    if not isinstance(signature, str) or not signature:
        return ()
    at = Location(Area.FRAME, None, ("delta", "signature"))
    return (("block", index, "thinking"), at), (("block", index, "content"), at)


def _delta(walk: Walk, deltas: list[Delta], delta: dict[str, object], index: int) -> None:
    for key, inner in delta.items():
        if key in _DELTAS and isinstance(inner, str):
            _add(deltas, ("block", index, key), ("delta", key), inner)
        else:
            walk.fields(("delta",), {key: inner}, _DELTA, Role.ASSISTANT, Kind.TEXT)


def _opened(walk: Walk, deltas: list[Delta], opened: dict[str, object], index: int) -> None:
    """A block's start may hold the beginning of what its deltas go on with."""
    spoken = ("text", "thinking", "content") if opened.get("type") == "compaction" else ("text", "thinking")
    rest = dict(opened)
    for key in spoken:
        inner = opened.get(key)
        if isinstance(inner, str):
            _add(deltas, ("block", index, key), ("content_block", key), inner)
            del rest[key]
    block(walk, ("content_block",), rest, Role.ASSISTANT)


def _add(deltas: list[Delta], channel: Channel, path: Path, said_here: str) -> None:
    if said_here:
        args = channel[-1] == "partial_json"
        kind = Kind.TOOL_ARGS if args else Kind.TEXT
        deltas.append(Delta(channel, Location(Area.FRAME, None, path), said_here, Role.ASSISTANT, kind, args))


def _number(value: object) -> int:
    """A block's index. What is none stands for the first block, as clients take it."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _message(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A message; in an error's place, its text."""
    walk.fields(path, value, REPLY, role, Kind.TEXT)


def _failed(walk: Walk, path: Path, value: object, role: Role) -> None:
    """An error, or the error body of one request of a batch, which holds it."""
    walk.fields(path, value, _ERROR, role, Kind.TEXT)


def _spoken(walk: Walk, path: Path, value: object, role: Role) -> None:
    said(walk, path, value, Role.ASSISTANT)


_STOPPED: Final[Mapping[str, Reader]] = {"type": opaque, "category": opaque, "explanation": text}
_ERROR: Final[Mapping[str, Reader]] = {"type": opaque, "message": text, "error": _failed, "request_id": opaque}
_RESULT: Final[Mapping[str, Reader]] = {"type": opaque, "message": _message, "error": _failed}
REPLY: Final[Mapping[str, Reader]] = {
    "id": opaque,
    "type": opaque,
    "role": opaque,
    "model": opaque,
    "content": _spoken,
    "completion": _spoken,
    "message": _message,
    "stop_reason": opaque,
    "stop_sequence": text,
    "stop_details": an_object(_STOPPED, Kind.TEXT),
    "usage": opaque,
    "container": opaque,
    "context_management": opaque,
    "diagnostics": opaque,
    "input_transformations": opaque,
    "error": _failed,
    "request_id": opaque,
    "log_id": opaque,
    "index": opaque,
    "custom_id": opaque,
    "result": an_object(_RESULT, Kind.TEXT),
    "processing_status": opaque,
    "request_counts": opaque,
    "created_at": opaque,
    "ended_at": opaque,
    "expires_at": opaque,
    "archived_at": opaque,
    "cancel_initiated_at": opaque,
}
_DELTA: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "signature": opaque,
    "encrypted_content": opaque,
    "citation": block,
    "stop_reason": opaque,
    "stop_sequence": text,
    "stop_details": an_object(_STOPPED, Kind.TEXT),
    "container": opaque,
}
