"""What Converse says, whole or as the events of ConverseStream.

An event's name stands in a header of its message; its document tells the same
by its keys (API reference of ConverseStream).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Area, Direction, Kind, Location, Role
from hushgate.wire.base import Channel, Delta, Frame, Reading
from hushgate.wire.bedrock_content import CITATION, called, media_block, message, said
from hushgate.wire.bedrock_words import CONSTANTS, KEYS, PADDING
from hushgate.wire.readers import an_object, opaque, text
from hushgate.wire.walk import Path, Reader, Walk

DELTA_EVENT: Final = "contentBlockDelta"
EVENTS: Final = (
    "messageStart",
    "contentBlockStart",
    DELTA_EVENT,
    "contentBlockStop",
    "messageStop",
    "metadata",
)


def read_reply(doc: object) -> Reading:
    """Read a whole reply, or an error body."""
    walk = Walk(Direction.REPLY, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, _REPLY, Role.NONE, Kind.TEXT)
    return walk.reading()


def read_frame(doc: object, at: Path = ()) -> Frame:
    """Read the document of one event, which stands at a path of its own where a vendor nests it."""
    walk = Walk(Direction.REPLY, Area.FRAME, vocabulary=KEYS, constants=CONSTANTS)
    if not isinstance(doc, dict):
        walk.value(at, doc, Role.NONE, Kind.TEXT)
        return Frame(segments=walk.segments, unread=walk.unread)
    index = doc.get("contentBlockIndex")
    block = _Block(index if isinstance(index, int) else 0)
    walk.fields(at, doc, {**_EVENT, "start": block.start, "delta": block.delta}, Role.ASSISTANT, Kind.TEXT)
    ends: tuple[Channel, ...] = ()
    if "stopReason" in doc:
        ends = (("block",),)
    elif index is not None and not doc.keys() & {"start", "delta"}:
        ends = (block.channel(),)
    signed = tuple(block.signed)
    ends = (*ends, *(channel for channel, _ in signed))
    return Frame(tuple(block.deltas), ends, walk.segments, walk.unread, tuple(block.tools), signed=signed)


def delta_frame(channel: Channel, text: str) -> dict[str, object]:
    """The document of a `contentBlockDelta` with `text` for `channel`; ValueError for an unknown one."""
    delta: dict[str, object]
    match channel:
        case ("block", int(index), "text"):
            delta = {"text": text}
        case ("block", int(index), "input"):
            delta = {"toolUse": {"input": text}}
        case ("block", int(index), "reasoning"):
            delta = {"reasoningContent": {"text": text}}
        case ("block", int(index), "result"):
            delta = {"toolResult": [{"text": text}]}
        case _:
            raise ValueError("no such channel in ConverseStream")
    return {"contentBlockIndex": index, "delta": delta}


class _Block:
    """Reads what an event says of one content block, and collects what belongs to channels."""

    __slots__ = ("_index", "deltas", "signed", "tools")

    def __init__(self, index: int) -> None:
        self._index = index
        self.deltas: list[Delta] = []
        self.tools: list[tuple[Channel, str]] = []
        self.signed: list[tuple[Channel, Location]] = []

    def channel(self, *name: str) -> Channel:
        return ("block", self._index, *name)

    def start(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        walk.fields(path, value, {**_START, "toolUse": self._opened}, role, Kind.TEXT)

    def delta(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        table: Mapping[str, Reader] = {
            **_DELTA,
            "text": self._piece("text"),
            "toolUse": self._arguments,
            "toolResult": self._results,
            "reasoningContent": self._reasoning,
        }
        walk.fields(path, value, table, role, Kind.TEXT)

    def _opened(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        name = value.get("name") if isinstance(value, dict) else None
        if isinstance(name, str) and name:
            self.tools.append((self.channel("input"), name))
        called(walk, path, value, role)

    def _arguments(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        walk.fields(path, value, {"input": self._piece("input", Kind.TOOL_ARGS)}, role, Kind.TOOL_ARGS)

    def _reasoning(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        table = {"text": self._piece("reasoning"), "signature": opaque, "redactedContent": opaque}
        walk.fields(path, value, table, role, Kind.TEXT)
        # No reasoning comes behind its signature.
        if isinstance(value, dict) and isinstance(value.get("signature"), str) and value["signature"]:
            self.signed.append((self.channel("reasoning"), Location(Area.FRAME, None, (*path, "signature"))))

    def _results(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        walk.items(path, value, self._result, Role.TOOL, Kind.TOOL_RESULT)

    def _result(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        walk.fields(path, value, {"text": self._piece("result", Kind.TOOL_RESULT)}, role, Kind.TOOL_RESULT)

    def _piece(self, name: str, kind: Kind = Kind.TEXT) -> Reader:
        def read(walk: Walk, path: Path, value: object, role: Role) -> None:
            if not isinstance(value, str):
                walk.value(path, value, role, kind)
            elif value:
                at = Location(Area.FRAME, None, path)
                json_string = kind is Kind.TOOL_ARGS
                self.deltas.append(Delta(self.channel(name), at, value, role, kind, json_string))

        return read


def padding(walk: Walk, path: Path, value: object, role: Role) -> None:
    """What an event is filled up with; anything else in its place is structural."""
    if not (isinstance(value, str) and PADDING.startswith(value)):
        opaque(walk, path, value, role)


_OPENED: Final[Mapping[str, Reader]] = {"toolUseId": opaque, "type": opaque, "status": opaque}
_START: Final[Mapping[str, Reader]] = {"toolResult": an_object(_OPENED, Kind.TOOL_RESULT), "image": opaque}
_DELTA: Final[Mapping[str, Reader]] = {
    "citation": an_object(CITATION, Kind.TEXT),
    "image": media_block("image"),
}
_SHARED: Final[Mapping[str, Reader]] = {
    "stopReason": opaque,
    "usage": opaque,
    "metrics": opaque,
    "additionalModelResponseFields": text,
    "trace": an_object({"promptRouter": opaque}, Kind.TEXT),
    "performanceConfig": opaque,
    "serviceTier": opaque,
    "message": said,
}
_EVENT: Final[Mapping[str, Reader]] = {
    **_SHARED,
    "role": opaque,
    "contentBlockIndex": opaque,
    "p": padding,
}
_REPLY: Final[Mapping[str, Reader]] = {**_SHARED, "output": an_object({"message": message}, Kind.TEXT)}
