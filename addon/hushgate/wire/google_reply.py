"""Google's Gemini API: what a reply says, whole or as frames of a stream.

A frame is a whole reply of its own whose text parts go on where the last
frame's ended: one run for what a candidate says, one for what it thinks.
Arguments of a call come as a whole object, or, where the client asked for
that, as pieces of its strings (`partialArgs`, each under its JSONPath).
Code Assist wraps all of it in `response`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from hushgate.values import Area, Direction, Kind, Location, Role, Step
from hushgate.wire.base import Channel, Delta, Frame, Reading
from hushgate.wire.google_request import CALLED, CONTENT, PART, called, content
from hushgate.wire.google_words import CONSTANTS, KEYS, both
from hushgate.wire.readers import listed, named, opaque, text, vector
from hushgate.wire.walk import Path, Reader, Walk

_DRESS: Final = tuple(both({"modelVersion": 0, "responseId": 0, "createTime": 0}))
_PARTIAL: Final = ("partialArgs", "partial_args")
_CALL: Final = ("functionCall", "function_call")


def read_reply(doc: object) -> Reading:
    """Read a whole reply, or an error body."""
    walk = Walk(Direction.REPLY, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REPLY, Role.NONE, Kind.TEXT)
    return replace(walk.reading(model=_model(doc)), kept=_kept(doc))


def read_frame(doc: object) -> Frame:
    """Read one chunk of a streamed reply."""
    walk = Walk(Direction.REPLY, Area.FRAME, vocabulary=KEYS, constants=CONSTANTS)
    candidates = Candidates()
    candidates.read(walk, (), doc, Role.NONE)
    return Frame(tuple(candidates.deltas), tuple(candidates.ends), walk.segments, walk.unread, tuple(candidates.tools))


def delta_frame(template: object, channel: Channel, text: str) -> dict[str, object]:
    """A chunk with `text` for `channel`, under the template's model, id and time; wrapped if that is."""
    part: dict[str, object]
    match channel:
        case ("candidate", int(index), "text"):
            part = {"text": text}
        case ("candidate", int(index), "thought"):
            part = {"text": text, "thought": True}
        case ("candidate", int(index), "call", str(path)):
            piece = {"jsonPath": path, "stringValue": text, "willContinue": True}
            part = {"functionCall": {"partialArgs": [piece], "willContinue": True}}
        case _:
            raise ValueError("no such channel in the Gemini API")
    known = template if isinstance(template, dict) else {}
    inner = known.get("response")
    dress = inner if isinstance(inner, dict) else known
    frame: dict[str, object] = {key: dress[key] for key in _DRESS if key in dress}
    frame["candidates"] = [{"content": {"parts": [part], "role": "model"}, "index": index}]
    return {**{k: v for k, v in known.items() if k == "traceId"}, "response": frame} if inner is dress else frame


def drop_echoes(doc: object, changed: Iterable[Location]) -> object:
    """`doc` without the log-probabilities of every candidate that `changed` touches."""
    touched = {at.path[: at.path.index("candidates") + 2] for at in changed if "candidates" in at.path[:-1]}
    for path in touched:
        doc = _without(doc, path)
    return doc


def _without(value: object, path: tuple[Step, ...]) -> object:
    if not path:
        if isinstance(value, dict):
            return {key: inner for key, inner in value.items() if key not in ("logprobsResult", "logprobs_result")}
        return value
    step = path[0]
    if isinstance(value, dict) and step in value:
        return {**value, step: _without(value[step], path[1:])}
    if isinstance(value, list) and isinstance(step, int):
        return [_without(inner, path[1:]) if index == step else inner for index, inner in enumerate(value)]
    return value


def _kept(doc: object) -> tuple[str, ...]:
    """A cache, which requests name in full, or a batch, which their path names by its id."""
    names = named(doc, "name")
    ids = (name.rpartition("/")[2] for name in names if name.startswith("batches/"))
    return (*(name for name in names if "cachedContents/" in name), *ids)


def _model(doc: object) -> str | None:
    model = doc.get("modelVersion") if isinstance(doc, dict) else None
    return model if isinstance(model, str) else None


class Candidates:
    """Reads one frame, and collects what belongs to channels."""

    __slots__ = ("deltas", "ends", "tools")

    def __init__(self) -> None:
        self.deltas: list[Delta] = []
        self.ends: list[Channel] = []
        self.tools: list[tuple[Channel, str]] = []

    def read(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        table = {**REPLY, "candidates": self._candidates, "response": self.read}
        walk.fields(path, value, table, Role.NONE, Kind.TEXT)

    def _candidates(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        walk.items(path, value, self._candidate, Role.ASSISTANT, Kind.TEXT)

    def _candidate(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        position = path[-1] if isinstance(path[-1], int) else 0
        said = value if isinstance(value, dict) else {}
        index = said.get("index")
        channel: Channel = ("candidate", index if isinstance(index, int) else position)
        walk.fields(path, value, {**CANDIDATE, "content": self.content(channel)}, role, Kind.TEXT)
        if said.get("finishReason") or said.get("finish_reason"):
            self.ends.append(channel)

    def content(self, channel: Channel) -> Reader:
        """A reader of a content whose texts go on in these channels."""

        def parts(walk: Walk, path: Path, value: object, role: Role) -> None:
            walk.items(path, value, partial(self._part, channel=channel), Role.ASSISTANT, Kind.TEXT)

        def spoken(walk: Walk, path: Path, value: object, role: Role) -> None:
            walk.fields(path, value, {**CONTENT, "parts": parts}, Role.ASSISTANT, Kind.TEXT)

        return spoken

    def _part(self, walk: Walk, path: Path, value: object, role: Role, channel: Channel) -> None:
        said = value if isinstance(value, dict) else {}
        thinks = bool(said.get("thought"))

        def run(walk: Walk, path: Path, value: object, role: Role) -> None:
            if isinstance(value, str):
                self.add(walk, path, value, (*channel, "thought" if thinks else "text"), Kind.TEXT)
                if value and not thinks:
                    self.ends.append((*channel, "thought"))
            else:
                walk.value(path, value, role, Kind.TEXT)

        def call(walk: Walk, path: Path, value: object, role: Role) -> None:
            self.call(walk, path, value, role, channel)

        walk.fields(path, value, {**PART, "text": run, **dict.fromkeys(_CALL, call)}, role, Kind.TEXT)

    def call(self, walk: Walk, path: Path, value: object, role: Role, channel: Channel) -> None:
        """A call of a tool; its arguments may come in pieces."""
        if not isinstance(value, dict) or not any(isinstance(value.get(key), list) for key in _PARTIAL):
            called(walk, path, value, role)
            return
        outer = walk.tool
        name = value.get("name")
        walk.tool = name if isinstance(name, str) else ""

        def pieces(walk: Walk, path: Path, value: object, role: Role) -> None:
            walk.items(path, value, partial(self._piece, channel=channel), role, Kind.TOOL_ARGS)

        walk.fields(path, value, {**CALLED, **dict.fromkeys(_PARTIAL, pieces)}, role, Kind.TOOL_ARGS)
        walk.tool = outer
        if not (value.get("willContinue") or value.get("will_continue")):
            self.ends.append((*channel, "call"))

    def _piece(self, walk: Walk, path: Path, value: object, role: Role, channel: Channel) -> None:
        said = value if isinstance(value, dict) else {}
        under = said.get("jsonPath", said.get("json_path"))
        run: Channel = (*channel, "call", under if isinstance(under, str) else "")

        def string(walk: Walk, path: Path, value: object, role: Role) -> None:
            if isinstance(value, str):
                self.add(walk, path, value, run, Kind.TOOL_ARGS)
            else:
                walk.value(path, value, role, Kind.TOOL_ARGS)

        table = both({"jsonPath": opaque, "stringValue": string})
        walk.fields(path, value, table, role, Kind.TOOL_ARGS)
        if not (said.get("willContinue") or said.get("will_continue")):
            self.ends.append(run)

    def add(self, walk: Walk, path: Path, text: str, channel: Channel, kind: Kind) -> None:
        """A piece of a channel's text."""
        if not text:
            return
        if kind is Kind.TOOL_ARGS and walk.tool:
            self.tools.append((channel, walk.tool))
        self.deltas.append(Delta(channel, Location(Area.FRAME, None, path), text, Role.ASSISTANT, kind))


def _candidate(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, CANDIDATE, Role.ASSISTANT, Kind.TEXT)


def _wrapped(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, REPLY, role, Kind.TEXT)


_EMBEDDED: Final[Mapping[str, Reader]] = {"values": vector}


def _embedding(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, _EMBEDDED, role, Kind.TEXT)


CANDIDATE: Final[Mapping[str, Reader]] = both(
    {
        "content": content,
        "index": opaque,
        "finishReason": opaque,
        "finishMessage": text,
        "safetyRatings": opaque,
        "tokenCount": opaque,
    }
)
REPLY: Final[Mapping[str, Reader]] = both(
    {
        "candidates": listed(_candidate, Kind.TEXT),
        "response": _wrapped,
        "usageMetadata": opaque,
        "modelVersion": opaque,
        "responseId": opaque,
        "createTime": opaque,
        "traceId": opaque,
        "embedding": _embedding,
        "embeddings": listed(_embedding, Kind.TEXT),
        "contents": listed(content, Kind.TEXT),
    }
)
