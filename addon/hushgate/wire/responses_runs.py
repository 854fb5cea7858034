"""OpenAI Responses: where in an event the text of channels stands, and which channels end with it.

Source: the API reference of the Responses stream events, and the events of the
realtime and transcription interfaces, which are built the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.wire.base import Channel
from hushgate.wire.openai_frames import Runs
from hushgate.wire.responses_items import called_tool
from hushgate.wire.walk import Path

_TOLD: Final = {
    "response.refusal": "refusal",
    "response.function_call_arguments": "arguments",
    "response.mcp_call_arguments": "arguments",
    "response.custom_tool_call_input": "input",
    "response.code_interpreter_call_code": "code",
    "response.shell_call_command": "command",
    "response.audio_transcript": "transcript",
    "response.output_audio_transcript": "transcript",
}
"""The field in which an event's `.done` tells its whole text; `text` for one that is not known."""
_PARTS: Final = {
    "output_text": ("response.output_text", "text"),
    "refusal": ("response.refusal", "refusal"),
    "reasoning_text": ("response.reasoning_text", "text"),
    "summary_text": ("response.reasoning_summary_text", "text"),
    "text": ("response.output_text", "text"),
    "audio": ("response.output_audio_transcript", "transcript"),
    "output_audio": ("response.output_audio_transcript", "transcript"),
}
_CALLS: Final = {
    "function_call": ("response.function_call_arguments", "arguments"),
    "mcp_call": ("response.mcp_call_arguments", "arguments"),
    "custom_tool_call": ("response.custom_tool_call_input", "input"),
    "code_interpreter_call": ("response.code_interpreter_call_code", "code"),
}
_SHOWN: Final = ("stdout", "stderr")
"""What a shell's output comes in: channels of their own."""
_LAST: Final = frozenset({"response.completed", "response.incomplete", "response.failed", "response.done"})


def indexed(stem: str) -> str | None:
    """The field that says which text of its item an event is about, if it has one."""
    if "summary" in stem:
        return "summary_index"
    if "shell_call" in stem:
        return "command_index"
    whole = stem.endswith(("arguments", "input", "code", ".transcript")) or stem.startswith("transcript.")
    return None if whole else "content_index"


def runs(doc: object) -> Runs:
    """What an event holds of channels."""
    found = Runs()
    event = doc.get("type") if isinstance(doc, dict) else None
    if not isinstance(doc, dict) or not isinstance(event, str):
        return found
    stem, _, moment = event.rpartition(".")
    found.stem = stem
    stream = next((doc[key] for key in ("stream_id", "response_id") if isinstance(doc.get(key), str)), "")
    place = _place(doc)
    if moment == "delta":
        _delta(found, doc, (stream, place))
    elif event in _LAST:
        response = doc.get("response")
        output = response.get("output") if isinstance(response, dict) else None
        if isinstance(response, dict) and event == "response.done":  # a realtime response names itself inside
            stream = str(response.get("id", stream))
        for number, one in enumerate(output) if isinstance(output, list) else ():
            _item(found, ("response", "output", number), one, (stream, number), whole=True)
        found.ends = ((stream,),)
    elif event.startswith("response.output_item."):
        _item(found, ("item",), doc.get("item"), (stream, place), whole=moment == "done")
        found.ends = ((stream, place),) if moment == "done" else ()
    elif moment == "done":
        one = doc.get("part")
        if isinstance(one, dict):
            index = doc.get("summary_index", doc.get("content_index"))
            found.ends = _part(found, ("part",), one, (stream, place), index if isinstance(index, int) else 0)
        else:
            channel = (stream, place, stem, _index(doc, stem))
            found.told((_TOLD.get(stem, "text"),), channel, again=True)
            found.ends = (channel,)
    return found


def _delta(found: Runs, doc: Mapping[str, object], of: tuple[str, int | str]) -> None:
    delta, index = doc.get("delta"), _index(doc, found.stem)
    if isinstance(delta, str):
        found.told(("delta",), (*of, found.stem, index), again=False)
    elif isinstance(delta, dict):
        for name in _SHOWN:
            if isinstance(delta.get(name), str):
                found.told(("delta", name), (*of, found.stem, index, name), again=False)


def _item(found: Runs, path: Path, item: object, of: tuple[str, int | str], *, whole: bool) -> None:
    """An item; `whole` where it tells again what was told in deltas."""
    kind = item.get("type") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(kind, str):
        return
    if kind in _CALLS:
        stem, name = _CALLS[kind]
        channel = (*of, stem, 0)
        if tool := called_tool(item):
            found.tools.append((channel, tool))
        if whole:
            found.told((*path, name), channel, again=True)
    if not whole:
        return
    for name in ("content", "summary"):
        parts = item.get(name)
        for index, one in enumerate(parts) if isinstance(parts, list) else ():
            _part(found, (*path, name, index), one, of, index)
    action = item.get("action")
    commands = action.get("commands") if isinstance(action, dict) else None
    for index in range(len(commands)) if isinstance(commands, list) else ():
        channel = (*of, "response.shell_call_command", index)
        found.told((*path, "action", "commands", index), channel, again=True)


def _part(found: Runs, path: Path, part: object, of: tuple[str, int | str], index: int) -> tuple[Channel, ...]:
    kind = part.get("type") if isinstance(part, dict) else None
    if not isinstance(kind, str) or kind not in _PARTS:
        return ()
    stem, name = _PARTS[kind]
    channel = (*of, stem, index)
    found.told((*path, name), channel, again=True)
    return (channel,)


def _index(doc: Mapping[str, object], stem: str) -> int:
    name = indexed(stem)
    index = doc.get(name) if name is not None else None
    return index if isinstance(index, int) and not isinstance(index, bool) else 0


def _place(doc: Mapping[str, object]) -> int | str:
    """Where the item stands in the output, or else its id; "" for a text that belongs to no item."""
    for key in ("output_index", "item_id"):
        place = doc.get(key)
        if isinstance(place, int | str) and not isinstance(place, bool):
            return place
    return ""
