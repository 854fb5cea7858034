"""OpenAI assistants: the events of a streamed run.

Source: the API reference of assistant stream events. The data of an event names
no event, but what it is (`object`). A message or step that has come to an end is
told once more as a whole.
"""

from __future__ import annotations

from typing import Final

from hushgate.values import Role
from hushgate.wire.base import Channel, Frame
from hushgate.wire.openai_frames import FrameWalk, Runs
from hushgate.wire.resource_tables import CONSTANTS, KEYS, resource
from hushgate.wire.walk import Path

_OPEN: Final = ("in_progress", "queued", None)


def read_frame(doc: object) -> Frame:
    """Read the data of one event."""
    found = _runs(doc)
    walk = FrameWalk(found, vocabulary=KEYS, constants=CONSTANTS)
    resource(walk, (), doc, Role.ASSISTANT)
    return walk.frame()


def delta_frame(channel: Channel, text: str) -> dict[str, object]:
    """An event with `text` for `channel`; ValueError for one that no run has."""
    delta: dict[str, object]
    match channel:
        case ("message", str(owner), int(index), "refusal"):
            delta = {"content": [{"index": index, "type": "refusal", "refusal": text}]}
            return {"id": owner, "object": "thread.message.delta", "delta": delta}
        case ("message", str(owner), int(index), "text"):
            delta = {"content": [{"index": index, "type": "text", "text": {"value": text, "annotations": []}}]}
            return {"id": owner, "object": "thread.message.delta", "delta": delta}
        case ("step", str(owner), int(index), "arguments" | "output" as name):
            call: dict[str, object] = {"index": index, "type": "function", "function": {name: text}}
        case ("step", str(owner), int(index), "input"):
            call = {"index": index, "type": "code_interpreter", "code_interpreter": {"input": text}}
        case ("step", str(owner), int(index), "logs", int(number)):
            logs = [{"index": number, "type": "logs", "logs": text}]
            call = {"index": index, "type": "code_interpreter", "code_interpreter": {"outputs": logs}}
        case _:
            raise ValueError("no such channel in OpenAI assistants")
    delta = {"step_details": {"type": "tool_calls", "tool_calls": [call]}}
    return {"id": owner, "object": "thread.run.step.delta", "delta": delta}


def _runs(doc: object) -> Runs:
    found = Runs()
    if not isinstance(doc, dict):
        return found
    named = doc.get("id")
    owner = named if isinstance(named, str) else ""
    match doc.get("object"):
        case "thread.message.delta":
            _message(found, ("delta",), doc.get("delta"), ("message", owner), again=False)
        case "thread.run.step.delta":
            _step(found, ("delta",), doc.get("delta"), ("step", owner), again=False)
        case "thread.message" if doc.get("status") not in _OPEN:
            _message(found, (), doc, ("message", owner), again=True)
            found.ends = (("message", owner),)
        case "thread.run.step" if doc.get("status") not in _OPEN:
            _step(found, (), doc, ("step", owner), again=True)
            found.ends = (("step", owner),)
    return found


def _message(found: Runs, path: Path, message: object, of: tuple[str, str], *, again: bool) -> None:
    for position, block in _listed(message, "content"):
        at, number = (*path, "content", position), _number(block, position)
        if isinstance(block.get("text"), dict):
            found.told((*at, "text", "value"), (*of, number, "text"), again=again)
        found.told((*at, "refusal"), (*of, number, "refusal"), again=again)


def _step(found: Runs, path: Path, step: object, of: tuple[str, str], *, again: bool) -> None:
    details = step.get("step_details") if isinstance(step, dict) else None
    for position, call in _listed(details, "tool_calls"):
        at, number = (*path, "step_details", "tool_calls", position), _number(call, position)
        function = call.get("function")
        if isinstance(function, dict):
            if isinstance(name := function.get("name"), str) and name:
                found.tools.append(((*of, number, "arguments"), name))
            for field in ("arguments", "output"):
                found.told((*at, "function", field), (*of, number, field), again=again)
        found.told((*at, "code_interpreter", "input"), (*of, number, "input"), again=again)
        for place, output in _listed(call.get("code_interpreter"), "outputs"):
            logs = (*at, "code_interpreter", "outputs", place, "logs")
            found.told(logs, (*of, number, "logs", _number(output, place)), again=again)


def _listed(holder: object, name: str) -> list[tuple[int, dict[str, object]]]:
    inner = holder.get(name) if isinstance(holder, dict) else None
    return [(n, one) for n, one in enumerate(inner) if isinstance(one, dict)] if isinstance(inner, list) else []


def _number(one: dict[str, object], otherwise: int) -> int:
    index = one.get("index")
    return index if isinstance(index, int) and not isinstance(index, bool) else otherwise
