"""Cohere: what a reply says, whole or as frames of a stream.

v2 streams server-sent events whose `type` says what they are, v1 and generate
lines of JSON whose `event_type` does. The end of a v1 stream tells the whole
text once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from hushgate.values import Area, Direction, Kind, Location, Role
from hushgate.wire.base import Channel, Delta, Frame, Reading
from hushgate.wire.cohere_request import CALLED, CITATION, MESSAGE, REQUEST, called, document, message
from hushgate.wire.cohere_words import CONSTANTS, KEYS
from hushgate.wire.readers import an_object, listed, opaque, text, vector
from hushgate.wire.walk import Path, Reader, Walk

_SPOKEN: Final = ("text", "thinking")


def read_reply(doc: object) -> Reading:
    """Read a whole reply, or an error body."""
    walk = Walk(Direction.REPLY, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REPLY, Role.ASSISTANT, Kind.TEXT)
    return walk.reading()


def read_frame(doc: object) -> Frame:
    """Read one event of a streamed reply."""
    event = _Event(doc)
    event.read(doc)
    return Frame(
        tuple(event.deltas),
        tuple(event.ends),
        event.walk.segments,
        event.walk.unread,
        tuple(event.tools),
        tuple(event.repeats),
    )


def delta_frame(template: object, channel: Channel, text: str) -> dict[str, object]:
    """An event with `text` for `channel`, as v2 or v1 tells it."""
    match channel:
        case ("content", int(index), str(name)) if name in _SPOKEN:
            return _v2("content-delta", {"content": {name: text}}, index)
        case ("plan",):
            return _v2("tool-plan-delta", {"tool_plan": text})
        case ("tool", int(index)):
            return _v2("tool-call-delta", {"tool_calls": {"function": {"arguments": text}}}, index)
        case ("text", int(index)):
            place = {"index": index} if isinstance(template, dict) and "index" in template else {}
            return {"is_finished": False, "event_type": "text-generation", "text": text, **place}
        case ("planned",):
            return {"is_finished": False, "event_type": "tool-calls-chunk", "text": text}
        case ("call", int(index)):
            delta = {"index": index, "parameters": text}
            return {"is_finished": False, "event_type": "tool-calls-chunk", "tool_call_delta": delta}
        case ("planned", int(index)):
            delta = {"index": index, "text": text}
            return {"is_finished": False, "event_type": "tool-calls-chunk", "tool_call_delta": delta}
    raise ValueError("no such channel in Cohere's chat")


def drop_echoes(doc: object, changed: Iterable[Location]) -> object:
    """`doc` without what spells its text in tokens, where that is changed."""
    edits = tuple(changed)
    if not edits or not isinstance(doc, dict):
        return doc
    kept = {key: value for key, value in doc.items() if key not in _ECHOES or not value}
    if isinstance(generations := doc.get("generations"), list):
        kept["generations"] = [drop_echoes(one, edits) for one in generations]
    return kept


def _v2(kind: str, told: dict[str, object], index: int | None = None) -> dict[str, object]:
    place = {} if index is None else {"index": index}
    return {"type": kind, **place, "delta": {"message": told}}


class _Event:
    """Reads one event, and collects what belongs to channels."""

    __slots__ = ("_index", "_kind", "deltas", "ends", "repeats", "tools", "walk")

    def __init__(self, doc: object) -> None:
        self.walk = Walk(Direction.REPLY, Area.FRAME, vocabulary=KEYS, constants=CONSTANTS)
        self.deltas: list[Delta] = []
        self.repeats: list[Delta] = []
        self.ends: list[Channel] = []
        self.tools: list[tuple[Channel, str]] = []
        fields = doc if isinstance(doc, dict) else {}
        self._kind = fields.get("type", fields.get("event_type"))
        self._index = _number(fields.get("index"))

    def read(self, doc: object) -> None:
        table: Mapping[str, Reader] = {
            **REPLY,
            "delta": an_object({"message": self._message}, Kind.TEXT),
            "tool_call_delta": self._chunk,
        }
        match self._kind:
            case "text-generation":
                table = {**table, "text": self._run(("text", self._index))}
            case "tool-calls-chunk":
                table = {**table, "text": self._run(("planned",))}
            case "tool-calls-generation":
                table = {**table, "text": self._again(("planned",))}
                self.ends.append(("planned",))
            case "stream-end":
                table = {**table, "response": self._response}
                self.ends.append(())
            case "message-end":
                self.ends.append(())
            case "tool-call-start":
                self.ends.append(("plan",))
            case "content-end":
                self.ends.append(("content", self._index))
            case "tool-call-end":
                self.ends.append(("tool", self._index))
        self.walk.fields((), doc, table, Role.ASSISTANT, Kind.TEXT)

    def _message(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        table = {
            **MESSAGE,
            "content": self._content,
            "tool_plan": self._run(("plan",)),
            "tool_calls": self._call,
            "citations": _citations,
        }
        walk.fields(path, value, table, Role.ASSISTANT, Kind.TEXT)

    def _content(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        if isinstance(value, dict):
            spoken = {name: self._run(("content", self._index, name)) for name in _SPOKEN}
            walk.fields(path, value, {**spoken, "type": opaque}, role, Kind.TEXT)
        else:
            MESSAGE["content"](walk, path, value, role)

    def _call(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        if isinstance(value, dict):
            self._called(walk, path, value, role, ("tool", self._index))
        else:
            MESSAGE["tool_calls"](walk, path, value, role)

    def _chunk(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        index = _number(value.get("index")) if isinstance(value, dict) else 0
        self._called(walk, path, value, role, ("call", index))

    def _called(self, walk: Walk, path: Path, value: object, role: Role, channel: Channel) -> None:
        """A call, or its `function`, with the pieces of its arguments as deltas."""
        name = value.get("name") if isinstance(value, dict) else None
        if isinstance(name, str) and name:
            self.tools.append((channel, name))
        table: dict[str, Reader] = {
            **CALLED,
            "function": partial(self._called, channel=channel),
            "arguments": self._run(channel, Kind.TOOL_ARGS),
            "parameters": self._run(channel, Kind.TOOL_ARGS),
        }
        if channel[0] == "call":
            table["text"] = self._run(("planned", *channel[1:]))
        walk.fields(path, value, table, role, Kind.TOOL_ARGS)

    def _response(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        """The end of a v1 stream: the whole reply, whose text was told before."""
        table = {**REPLY, "text": self._again(("text", 0)), "generations": listed(self._generation, Kind.TEXT)}
        walk.fields(path, value, table, role, Kind.TEXT)

    def _generation(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        index = _number(value.get("index")) if isinstance(value, dict) else 0
        walk.fields(path, value, {**_GENERATION, "text": self._again(("text", index))}, role, Kind.TEXT)

    def _run(self, channel: Channel, kind: Kind = Kind.TEXT) -> Reader:
        return self._told(self.deltas, channel, kind)

    def _again(self, channel: Channel) -> Reader:
        return self._told(self.repeats, channel, Kind.TEXT)

    def _told(self, told: list[Delta], channel: Channel, kind: Kind) -> Reader:
        def read(walk: Walk, path: Path, value: object, role: Role) -> None:
            if not isinstance(value, str):
                walk.value(path, value, role, kind)
            elif value:
                at = Location(Area.FRAME, None, path)
                told.append(Delta(channel, at, value, Role.ASSISTANT, kind, kind is Kind.TOOL_ARGS))

        return read


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _citations(walk: Walk, path: Path, value: object, role: Role) -> None:
    # A list in a message, one by itself in an event.
    if isinstance(value, list):
        MESSAGE["citations"](walk, path, value, role)
    else:
        walk.fields(path, value, CITATION, role, Kind.TEXT)


_ECHOES: Final = ("logprobs", "token_likelihoods")
_GENERATION: Final[Mapping[str, Reader]] = {"id": opaque, "index": opaque, "finish_reason": opaque, "text": text}
_VECTORS: Final = listed(vector, Kind.OPAQUE)
_BY_TYPE: Final[Mapping[str, Reader]] = {"float": _VECTORS, "base64": opaque}


def _embeddings(walk: Walk, path: Path, value: object, role: Role) -> None:
    if isinstance(value, dict):
        walk.fields(path, value, _BY_TYPE, role, Kind.OPAQUE)
    else:
        _VECTORS(walk, path, value, role)


def _whole(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, REPLY, role, Kind.TEXT)


REPLY: Final[Mapping[str, Reader]] = {
    "id": opaque,
    "type": opaque,
    "event_type": opaque,
    "index": opaque,
    "response_type": opaque,
    "generation_id": opaque,
    "response_id": opaque,
    "finish_reason": opaque,
    "usage": opaque,
    "message": message,
    "text": text,
    "tool_calls": listed(called, Kind.TOOL_ARGS),
    "chat_history": REQUEST["chat_history"],
    "documents": listed(document, Kind.TEXT),
    "citations": _citations,
    "response": _whole,
    "generations": listed(an_object(_GENERATION, Kind.TEXT), Kind.TEXT),
    "embeddings": _embeddings,
}
