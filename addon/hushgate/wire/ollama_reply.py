"""Ollama's own API: what a reply says, whole or as lines of a stream.

A line is a whole reply whose text goes on where the last line's ended, until
one says `done`. Calls of tools come whole. `logprobs` spell the text a second
time: they are read, and left out where that text is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from hushgate.values import Area, Direction, Kind, Location, Role
from hushgate.wire.base import Channel, Delta, Frame, Reading
from hushgate.wire.ollama_request import MESSAGE, image, message, spoken
from hushgate.wire.ollama_words import CONSTANTS, KEYS
from hushgate.wire.readers import listed, moment, opaque, text, vector
from hushgate.wire.walk import Path, Reader, Walk

_SPAN: Final = range(10**13)
"""Nanoseconds, up to some hours: fewer digits than a card has."""
_IN_MESSAGE: Final = ("content", "thinking")
_GENERATED: Final = ("response", "thinking")
_DRESS: Final = ("model", "created_at")


def read_reply(doc: object) -> Reading:
    """Read a whole reply, or an error body."""
    walk = Walk(Direction.REPLY, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REPLY, Role.ASSISTANT, Kind.TEXT)
    model = doc.get("model") if isinstance(doc, dict) else None
    return walk.reading(model=model if isinstance(model, str) else None)


def read_frame(doc: object) -> Frame:
    """Read one line of a streamed reply."""
    walk = Walk(Direction.REPLY, Area.FRAME, vocabulary=KEYS, constants=CONSTANTS)
    deltas: list[Delta] = []

    def run(channel: Channel) -> Reader:
        def read(walk: Walk, path: Path, value: object, role: Role) -> None:
            if not isinstance(value, str):
                walk.value(path, value, role, Kind.TEXT)
            elif value:
                at = Location(Area.FRAME, None, path)
                deltas.append(Delta(channel, at, value, Role.ASSISTANT, Kind.TEXT))

        return read

    in_message = {**MESSAGE, **{name: run(("message", name)) for name in _IN_MESSAGE}}

    def line(walk: Walk, path: Path, value: object, role: Role) -> None:
        walk.fields(path, value, in_message, Role.ASSISTANT, Kind.TEXT)

    table = {**REPLY, **{name: run((name,)) for name in _GENERATED}, "message": line}
    walk.fields((), doc, table, Role.ASSISTANT, Kind.TEXT)
    ended = isinstance(doc, dict) and doc.get("done") is True
    return Frame(tuple(deltas), ((),) if ended else (), walk.segments, walk.unread)


def delta_frame(template: object, channel: Channel, text: str) -> dict[str, object]:
    """A line with `text` for `channel`, under the template's model and time."""
    known = template if isinstance(template, dict) else {}
    dress = {key: known[key] for key in _DRESS if key in known}
    match channel:
        case ("message", str(name)) if name in _IN_MESSAGE:
            return {**dress, "message": {"role": "assistant", "content": "", name: text}, "done": False}
        case (str(name),) if name in _GENERATED:
            return {**dress, "response": "", name: text, "done": False}
    raise ValueError("no such channel in Ollama's API")


def drop_echoes(doc: object, changed: Iterable[Location]) -> object:
    """`doc` without log-probabilities, if anything in it is changed."""
    if isinstance(doc, dict) and doc.get("logprobs") and any(True for _ in changed):
        return {key: value for key, value in doc.items() if key != "logprobs"}
    return doc


def _span(walk: Walk, path: Path, value: object, role: Role) -> None:
    if not (isinstance(value, int) and value in _SPAN):
        opaque(walk, path, value, role)


REPLY: Final[Mapping[str, Reader]] = {
    "model": opaque,
    "created_at": moment,
    "message": message,
    "response": spoken,
    "thinking": spoken,
    "done_reason": opaque,
    "total_duration": _span,
    "load_duration": _span,
    "prompt_eval_duration": _span,
    "eval_duration": _span,
    "image": image,
    "embedding": vector,
    "embeddings": listed(vector, Kind.OPAQUE),
    "error": text,
}
