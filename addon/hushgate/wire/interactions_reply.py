"""Google's interactions: what a reply says, whole or as events of a stream.

A stream tells one step (earlier: one content) after another, each under its
index, in pieces; its last event may tell all of them once more in full.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from hushgate.values import Direction, Kind, Role
from hushgate.wire.base import Channel, Frame, Reading
from hushgate.wire.interactions_request import REQUEST, item, items
from hushgate.wire.interactions_words import CONSTANTS, KEYS
from hushgate.wire.openai_frames import FrameWalk, Runs
from hushgate.wire.readers import moment, named, opaque, text
from hushgate.wire.walk import Path, Reader, Walk

_LISTS: Final = ("steps", "outputs")
_PIECES: Final = {"text": ("text",), "arguments": ("arguments",), "summary": ("content", "text")}
"""The names of runs, and where in a `delta` their pieces stand."""
_LAST: Final = ("interaction.completed", "interaction.complete", "error")


def read_reply(doc: object) -> Reading:
    """Read a whole reply, or an error body."""
    walk = Walk(Direction.REPLY, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REPLY, Role.ASSISTANT, Kind.TEXT)
    model = doc.get("model") if isinstance(doc, dict) else None
    return replace(walk.reading(model=model if isinstance(model, str) else None), kept=named(doc, "id"))


def read_frame(doc: object) -> Frame:
    """Read one event of a streamed reply."""
    walk = FrameWalk(_runs(doc), vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REPLY, Role.ASSISTANT, Kind.TEXT)
    interaction = doc.get("interaction") if isinstance(doc, dict) else None
    return replace(walk.frame(), kept=named(interaction, "id"))


def delta_frame(template: object, channel: Channel, text: str) -> dict[str, object]:
    """An event with `text` for `channel`."""
    match channel:
        case (("step" | "content") as unit, int(index), "text"):
            delta: dict[str, object] = {"type": "text", "text": text}
        case (("step" | "content") as unit, int(index), "arguments"):
            delta = {"type": "arguments_delta", "arguments": text}
        case (("step" | "content") as unit, int(index), "summary"):
            delta = {"type": "thought_summary", "content": {"type": "text", "text": text}}
        case _:
            raise ValueError("no such channel in Google's interactions")
    return {"event_type": f"{unit}.delta", "index": index, "delta": delta}


def _runs(doc: object) -> Runs:
    """Where an event's texts stand that belong to channels."""
    found = Runs()
    if not isinstance(doc, dict):
        return found
    kind = doc.get("event_type")
    unit, _, what = kind.partition(".") if isinstance(kind, str) else ("", "", "")
    index = doc.get("index")
    channel: Channel = (unit, index if isinstance(index, int) and not isinstance(index, bool) else 0)
    if kind in _LAST:
        found.ends = ((),)
        _again(found, doc.get("interaction"))
    elif unit not in ("step", "content"):
        return found
    elif what == "start":
        step = doc.get(unit)
        name = step.get("name") if isinstance(step, dict) else None
        if isinstance(name, str) and name:
            found.tools.append(((*channel, "arguments"), name))
    elif what == "delta":
        delta = doc.get("delta")
        if isinstance(delta, dict):
            _pieces(found, delta, channel)
    elif what == "stop":
        found.ends = (channel,)
    return found


def _pieces(found: Runs, delta: dict[str, object], channel: Channel) -> None:
    kind = delta.get("type")
    name = (
        "summary" if kind == "thought_summary" else "arguments" if isinstance(delta.get("arguments"), str) else "text"
    )
    found.told(("delta", *_PIECES[name]), (*channel, name), again=False)


def _again(found: Runs, interaction: object) -> None:
    """The texts that the end of a stream tells once more, by the step that they are of."""
    told = interaction if isinstance(interaction, dict) else {}
    for name in _LISTS:
        steps = told.get(name)
        for index, step in enumerate(steps if isinstance(steps, list) else ()):
            fields = step if isinstance(step, dict) else {}
            at: Path = ("interaction", name, index)
            unit = "step" if name == "steps" else "content"
            if unit == "content":
                found.told((*at, "text"), (unit, index, "text"), again=True)
            for key, run in (("content", "text"), ("summary", "summary")):
                parts = fields.get(key)
                for place in range(len(parts) if isinstance(parts, list) else 0):
                    found.told((*at, key, place, "text"), (unit, index, run), again=True)


def _interaction(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, REPLY, Role.ASSISTANT, Kind.TEXT)


REPLY: Final[Mapping[str, Reader]] = {
    **REQUEST,
    "id": opaque,
    "object": opaque,
    "event_type": opaque,
    "event_id": opaque,
    "index": opaque,
    "interaction_id": opaque,
    "status": opaque,
    "usage": opaque,
    "step_usage": opaque,
    "created": moment,
    "updated": moment,
    "interaction": _interaction,
    "steps": items,
    "outputs": items,
    "step": item,
    "content": items,
    "delta": item,
    "output_text": text,
}
