"""OpenAI completions, chat and legacy: what a reply says, whole or as stream frames.

`logprobs` spell the text a second time (see `openai_tokens`): `drop_echoes`
nulls them as soon as the text of their choice is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from hushgate.values import Area, Direction, Kind, Location, Role
from hushgate.wire.base import Channel, Delta, Frame, Reading
from hushgate.wire.openai_request import AUDIO, MESSAGE, PART, called, message, said
from hushgate.wire.openai_tokens import LONGEST_TOKEN, probabilities, spelling, words
from hushgate.wire.openai_words import CONSTANTS, KEYS
from hushgate.wire.readers import an_object, listed, opaque
from hushgate.wire.walk import Path, Reader, Walk

_SPOKEN: Final = ("content", "refusal", "reasoning_content", "reasoning")
_NOISE: Final = re.compile(r"(?!(?:[^0-9]*[0-9]){9})[A-Za-z0-9]{0,16}")
_TIMES: Final = range(10**9, 10**11)


def read_reply(doc: object) -> Reading:
    """Read a whole reply, or an error body."""
    walk = Walk(Direction.REPLY, vocabulary=KEYS, constants=CONSTANTS)
    _Choices([], [], [], whole=True).read(walk, doc)
    model = doc.get("model") if isinstance(doc, dict) else None
    return walk.reading(model=model if isinstance(model, str) else None)


def read_frame(doc: object) -> Frame:
    """Read one chunk of a streamed reply."""
    walk = Walk(Direction.REPLY, Area.FRAME, vocabulary=KEYS, constants=CONSTANTS)
    deltas: list[Delta] = []
    ends: list[Channel] = []
    tools: list[tuple[Channel, str]] = []
    _Choices(deltas, ends, tools).read(walk, doc)
    return Frame(tuple(deltas), tuple(ends), walk.segments, walk.unread, tuple(tools))


def delta_frame(template: object, channel: Channel, text: str) -> dict[str, object]:
    """A chunk with `text` for `channel`, under the template's id, model and time."""
    delta: dict[str, object]
    match channel:
        case ("choice", int(index), "text"):
            return _dressed(template, {"index": index, "text": text, "logprobs": None, "finish_reason": None})
        case ("choice", int(index), str(name)) if name in _SPOKEN:
            delta = {name: text}
        case ("choice", int(index), "thinking"):
            delta = {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": text}]}]}
        case ("choice", int(index), "audio"):
            delta = {"audio": {"transcript": text}}
        case ("choice", int(index), "function_call"):
            delta = {"function_call": {"arguments": text}}
        case ("choice", int(index), "tool", int(call)):
            delta = {"tool_calls": [{"index": call, "function": {"arguments": text}}]}
        case ("choice", int(index), "custom", int(call)):
            delta = {"tool_calls": [{"index": call, "custom": {"input": text}}]}
        case _:
            raise ValueError("no such channel in OpenAI completions")
    return _dressed(template, {"index": index, "delta": delta, "finish_reason": None})


def _dressed(template: object, choice: dict[str, object]) -> dict[str, object]:
    known = template if isinstance(template, dict) else {}
    frame: dict[str, object] = {key: known[key] for key in _DRESS if key in known}
    if "usage" in known:
        frame["usage"] = None
    frame["choices"] = [choice]
    return frame


def drop_echoes(doc: object, changed: Iterable[Location]) -> object:
    """`doc` with `logprobs` null in every choice that `changed` touches."""
    touched = {at.path[1] for at in changed if len(at.path) > 2 and at.path[0] == "choices"}
    if not touched or not isinstance(doc, dict) or not isinstance(doc.get("choices"), list):
        return doc
    choices = [
        {**choice, "logprobs": None} if position in touched and _has_logprobs(choice) else choice
        for position, choice in enumerate(doc["choices"])
    ]
    return {**doc, "choices": choices}


class _Choices:
    """Reads `choices`, and collects what belongs to channels. A `whole` reply has none: a delta is a message in it."""

    __slots__ = ("_deltas", "_ends", "_tools", "_whole")

    def __init__(
        self, deltas: list[Delta], ends: list[Channel], tools: list[tuple[Channel, str]], *, whole: bool = False
    ) -> None:
        self._deltas = deltas
        self._ends = ends
        self._tools = tools
        self._whole = whole

    def read(self, walk: Walk, doc: object) -> None:
        walk.fields((), doc, {**_REPLY, "choices": self._choices}, Role.NONE, Kind.TEXT)

    def _choices(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        walk.items(path, value, self._choice, Role.ASSISTANT, Kind.TEXT)

    def _choice(self, walk: Walk, path: Path, value: object, role: Role) -> None:
        if not isinstance(value, dict):
            walk.value(path, value, role, Kind.TEXT)
            return
        position = path[-1] if isinstance(path[-1], int) else 0
        index = _number(value.get("index"), position)
        for key, inner in value.items():
            step = (*path, key)
            if key == "delta" and isinstance(inner, dict) and not self._whole:
                self._delta(walk, step, inner, index)
            elif key == "text" and isinstance(inner, str) and not self._whole:
                self._add(walk, step, inner, ("choice", index, "text"), Kind.TEXT)
            elif key == "logprobs":
                _logprobs(walk, step, inner, _spoken(value))
            else:
                walk.fields(path, {key: inner}, _CHOICE, role, Kind.TEXT)
                if key == "finish_reason" and inner is not None:
                    self._ends.append(("choice", index))

    def _delta(self, walk: Walk, path: Path, delta: dict[str, object], index: int) -> None:
        for key, inner in delta.items():
            step = (*path, key)
            if key in _SPOKEN and isinstance(inner, str):
                self._add(walk, step, inner, ("choice", index, key), Kind.TEXT)
            elif key == "content" and isinstance(inner, list):
                walk.items(step, inner, partial(self._part, index=index), Role.ASSISTANT, Kind.TEXT)
            elif key == "tool_calls" and isinstance(inner, list):
                for position, call in enumerate(inner):
                    self._call(walk, (*step, position), call, index, position)
            elif key == "function_call" and isinstance(inner, dict):
                self._called(walk, step, inner, ("choice", index, "function_call"))
            elif key == "audio" and isinstance(inner, dict) and isinstance(inner.get("transcript"), str):
                rest = {name: part for name, part in inner.items() if name != "transcript"}
                self._add(walk, (*step, "transcript"), inner["transcript"], ("choice", index, "audio"), Kind.TEXT)
                walk.fields(step, rest, AUDIO, Role.ASSISTANT, Kind.TEXT)
            else:
                walk.fields(path, {key: inner}, MESSAGE, Role.ASSISTANT, Kind.TEXT)

    def _part(self, walk: Walk, path: Path, value: object, role: Role, index: int) -> None:
        """Content that streams in parts: its texts go on, as those of what is thought do (Mistral)."""

        def run(name: str) -> Reader:
            def read(walk: Walk, path: Path, value: object, role: Role) -> None:
                if isinstance(value, str):
                    self._add(walk, path, value, ("choice", index, name), Kind.TEXT)
                else:
                    walk.value(path, value, role, Kind.TEXT)

            return read

        thought = an_object({"type": opaque, "text": run("thinking")}, Kind.TEXT)
        table = {**PART, "text": run("content"), "thinking": listed(thought, Kind.TEXT)}
        walk.fields(path, value, table, role, Kind.TEXT)

    def _call(self, walk: Walk, path: Path, call: object, index: int, position: int) -> None:
        if not isinstance(call, dict):
            walk.value(path, call, Role.ASSISTANT, Kind.TOOL_ARGS)
            return
        number = _number(call.get("index"), position)
        for key, inner in call.items():
            step = (*path, key)
            if key == "function" and isinstance(inner, dict):
                self._called(walk, step, inner, ("choice", index, "tool", number))
            elif key == "custom" and isinstance(inner, dict):
                self._called(walk, step, inner, ("choice", index, "custom", number))
            else:
                walk.fields(path, {key: inner}, _CALL, Role.ASSISTANT, Kind.TOOL_ARGS)

    def _called(self, walk: Walk, path: Path, value: dict[str, object], channel: Channel) -> None:
        written = "input" if channel[2] == "custom" else "arguments"
        name = value.get("name")
        if isinstance(name, str) and name:
            self._tools.append((channel, name))
        text = value.get(written)
        if isinstance(text, str):
            self._add(walk, (*path, written), text, channel, Kind.TOOL_ARGS)
            value = {key: inner for key, inner in value.items() if key != written}
        called(walk, path, value, Role.ASSISTANT)

    def _add(self, walk: Walk, path: Path, text: str, channel: Channel, kind: Kind) -> None:
        if text:
            json_string = channel[2] in ("tool", "function_call")
            at = Location(Area.FRAME, None, path)
            self._deltas.append(Delta(channel, at, text, Role.ASSISTANT, kind, json_string))


def _has_logprobs(choice: object) -> bool:
    return isinstance(choice, dict) and bool(choice.get("logprobs"))


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _spoken(choice: dict[str, object]) -> dict[str, object]:
    holder = choice.get("delta", choice.get("message", choice))
    return holder if isinstance(holder, dict) else {}


def _logprobs(walk: Walk, path: Path, value: object, spoken: dict[str, object]) -> None:
    if not isinstance(value, dict):
        walk.value(path, value, Role.ASSISTANT, Kind.TEXT)
        return
    readers = {key: spelling(spoken.get(key)) for key in ("content", "refusal")}
    legacy: dict[str, Reader] = {
        "tokens": words(spoken.get("text")),
        "token_logprobs": probabilities,
        "top_logprobs": _ranked,
    }
    walk.fields(path, value, {**readers, **legacy}, Role.ASSISTANT, Kind.TEXT)


def _ranked(walk: Walk, path: Path, value: object, role: Role) -> None:
    """`[{"token": probability, ...}, ...]`: the tokens are keys."""
    walk.items(path, value, _rank, role, Kind.TEXT)


def _rank(walk: Walk, path: Path, value: object, role: Role) -> None:
    if isinstance(value, dict) and all(len(key) <= LONGEST_TOKEN for key in value):
        value = {key: inner for key, inner in value.items() if not isinstance(inner, float)}
    walk.value(path, value, role, Kind.TEXT)


def instant(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Seconds since 1970, of ten or eleven digits: no value. Anything else in its place is read."""
    if not (isinstance(value, int | float) and int(value) in _TIMES):
        opaque(walk, path, value, role)


def padding(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Noise that hides how long a chunk's text is, new in each: a short one with few digits cannot hold a value."""
    if not (isinstance(value, str) and _NOISE.fullmatch(value)):
        opaque(walk, path, value, role)


_CHOICE: Final[Mapping[str, Reader]] = {
    "index": opaque,
    "text": said,
    "message": message,
    "delta": message,
    "finish_reason": opaque,
    "content_filter_results": opaque,
}
_CALL: Final[Mapping[str, Reader]] = {"id": opaque, "index": opaque, "type": opaque}
_DRESS: Final = ("id", "object", "created", "model", "service_tier", "system_fingerprint")
_REPLY: Final[Mapping[str, Reader]] = {
    "id": opaque,
    "object": opaque,
    "created": instant,
    "model": opaque,
    "usage": opaque,
    "service_tier": opaque,
    "system_fingerprint": opaque,
    "prompt_filter_results": opaque,
    "obfuscation": padding,
}
