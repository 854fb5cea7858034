"""Mistral's conversations: what a reply says, whole or as events of a stream.

An event's `type` says what it is. A message's text goes on under its place
among the outputs, a call's arguments under the call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from hushgate.values import Direction, Kind, Role
from hushgate.wire.base import Channel, Frame, Reading
from hushgate.wire.mistral_request import CONVERSATION, ENTRY, entry
from hushgate.wire.mistral_words import CONSTANTS, KEYS
from hushgate.wire.openai_frames import FrameWalk, Runs
from hushgate.wire.readers import listed, moment, named, opaque, text
from hushgate.wire.walk import Path, Reader, Walk

_MESSAGE: Final = "message.output.delta"
_CALL: Final = "function.call.delta"
_EXECUTION: Final = "tool.execution.delta"
_RUNS_OF_TOOLS: Final = (_CALL, _EXECUTION, "tool.execution.started")
_ENDS: Final = ("conversation.response.done", "conversation.response.error")


def read_reply(doc: object) -> Reading:
    """Read a whole reply, or an error body."""
    walk = Walk(Direction.REPLY, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REPLY, Role.ASSISTANT, Kind.TEXT)
    return replace(walk.reading(), kept=named(doc, "conversation_id"))


def read_frame(doc: object) -> Frame:
    """Read one event of a streamed reply."""
    found = _runs(doc)
    walk = FrameWalk(found, vocabulary=KEYS, constants=CONSTANTS)
    if _type(doc) in (_MESSAGE, *_RUNS_OF_TOOLS):
        entry(walk, (), doc, Role.ASSISTANT, _MADE)
    else:
        walk.fields((), doc, REPLY, Role.ASSISTANT, Kind.TEXT)
    return replace(walk.frame(), kept=named(doc, "conversation_id"))


def delta_frame(template: object, channel: Channel, text: str) -> dict[str, object]:
    """An event with `text` for `channel`."""
    match channel:
        case ("message", int(output), int(content), str(one), ("text" | "thinking") as kind):
            part = {"type": "thinking", "thinking": [{"type": "text", "text": text}]}
            place = {"id": one, "output_index": output, "content_index": content, "role": "assistant"}
            return {"type": _MESSAGE, **place, "content": text if kind == "text" else part}
        case ("call", int(output), str(one), str(call), str(name), "arguments"):
            said = {"id": one, "tool_call_id": call, "name": name}
            return {"type": _CALL, **said, "arguments": text, "output_index": output}
        case ("execution", int(output), str(one), str(name), "arguments"):
            return {"type": _EXECUTION, "id": one, "name": name, "arguments": text, "output_index": output}
    raise ValueError("no such channel in Mistral's conversations")


def _type(doc: object) -> str:
    word = doc.get("type") if isinstance(doc, dict) else None
    return word if isinstance(word, str) else ""


def _runs(doc: object) -> Runs:
    """Where an event's texts stand that belong to channels."""
    found = Runs()
    kind = _type(doc)
    if not isinstance(doc, dict):
        return found
    output = _number(doc.get("output_index"))
    if kind == _MESSAGE:
        _said(found, doc.get("content"), ("message", output, _number(doc.get("content_index")), _word(doc.get("id"))))
    elif kind in _RUNS_OF_TOOLS:
        one, call, name = (_word(doc.get(key)) for key in ("id", "tool_call_id", "name"))
        run: Channel = ("call", output, one, call) if kind == _CALL else ("execution", output, one)
        channel = (*run, name, "arguments")
        found.told(("arguments",), channel, again=False)
        if name:
            found.tools.append((channel, name))
    elif kind == "tool.execution.done":
        found.ends = (("execution", output, _word(doc.get("id"))),)
    elif kind in _ENDS:
        found.ends = ((),)
    return found


def _said(found: Runs, content: object, channel: Channel) -> None:
    """The texts of a message's content: a string, or one part."""
    if isinstance(content, str) or (isinstance(content, dict) and content.get("text")):
        found.ends = ((*channel, "thinking"),)
    if isinstance(content, str):
        found.told(("content",), (*channel, "text"), again=False)
    elif isinstance(content, dict):
        found.told(("content", "text"), (*channel, "text"), again=False)
        thought = content.get("thinking")
        for index in range(len(thought) if isinstance(thought, list) else 0):
            found.told(("content", "thinking", index, "text"), (*channel, "thinking"), again=False)


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _several(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.items(path, value, partial(entry, table=_MADE), Role.ASSISTANT, Kind.TEXT)


_MADE: Final[Mapping[str, Reader]] = {"created_at": moment, "completed_at": moment}
REPLY: Final[Mapping[str, Reader]] = {
    **{key: ENTRY[key] for key in ("object", "type", "id", "agent_id", "model")},
    **_MADE,
    "conversation_id": opaque,
    "previous_agent_id": opaque,
    "next_agent_id": opaque,
    "outputs": _several,
    "entries": _several,
    "messages": _several,
    "usage": opaque,
    "message": text,
    "data": listed(lambda walk, path, value, role: walk.fields(path, value, CONVERSATION, role, Kind.TEXT), Kind.TEXT),
}
