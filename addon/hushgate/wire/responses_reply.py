"""OpenAI Responses: what a reply says, whole or as stream frames.

A stream tells a text up to four times: in deltas, in the text's own `.done`,
in `.done` of its part and of its item, and in the final response. The first
is the channel; the others are `repeats` of it. A channel is named by the stream,
the item's place, the event that carries it (`response.output_text`) and the
place inside the item, so an event that is not known here has channels, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from hushgate.values import Direction, Kind, Location, Role
from hushgate.wire.base import Channel, Frame, Reading
from hushgate.wire.openai_frames import FrameWalk
from hushgate.wire.openai_reply import instant, padding
from hushgate.wire.openai_tokens import spelling, unspelled
from hushgate.wire.readers import media, opaque
from hushgate.wire.responses_items import ANNOTATION, item, items, part, said
from hushgate.wire.responses_request import REQUEST, conversations
from hushgate.wire.responses_runs import indexed, runs
from hushgate.wire.responses_words import CONSTANTS, KEYS
from hushgate.wire.walk import Path, Reader, Walk


def read_reply(doc: object) -> Reading:
    """Read a whole reply: a response, a list of items, a conversation, or an error body."""
    walk = Walk(Direction.REPLY, vocabulary=KEYS, constants=CONSTANTS)
    _response(walk, (), doc, Role.NONE)
    model = doc.get("model") if isinstance(doc, dict) else None
    return replace(walk.reading(model=model if isinstance(model, str) else None), kept=_kept(doc))


def read_frame(doc: object) -> Frame:
    """Read one event of a streamed reply."""
    found = runs(doc)
    walk = FrameWalk(found, vocabulary=KEYS, constants=CONSTANTS)
    table = FRAME
    if isinstance(doc, dict):
        beside = doc.get("delta", doc.get("text"))
        table = {**FRAME, "delta": delta_of(found.stem), "logprobs": spelling(beside)}
    walk.fields((), doc, table, Role.NONE, Kind.TEXT)
    return replace(walk.frame(), kept=_kept(doc.get("response")) if isinstance(doc, dict) else ())


def delta_frame(template: object, channel: Channel, text: str) -> dict[str, object]:
    """An event with `text` for `channel`, in the template's order and of the template's item, if it is the same."""
    match channel:
        case (str(stream), int() | str() as place, str(stem), int(index)):
            delta: object = text
        case (str(stream), int() | str() as place, str(stem), int(index), str(name)):
            delta = {name: text}
        case _:
            raise ValueError("no such channel in OpenAI Responses")
    known = template if isinstance(template, dict) else {}
    frame: dict[str, object] = {"type": f"{stem}.delta"}
    if stream:
        frame |= {name: known[name] for name in ("stream_id", "response_id") if known.get(name) == stream}
    if "sequence_number" in known:
        frame["sequence_number"] = known["sequence_number"]
    if isinstance(place, int):
        frame |= {"item_id": _item_id(known, place), "output_index": place}
    elif place:
        frame["item_id"] = place
    if (numbered := indexed(stem)) is not None:
        frame[numbered] = index
    frame["delta"] = delta
    if stem == "response.output_text":
        frame["logprobs"] = []
    return frame


def drop_echoes(doc: object, changed: Iterable[Location]) -> object:
    """`doc` with what spells the text at `changed` once more empty beside it: log-probabilities, tokens, words."""
    return unspelled(doc, changed, _ECHOES)


def delta_of(stem: str) -> Reader:
    """A reader of the `delta` of events of this name."""
    if stem in ("response.audio", "response.output_audio"):
        return media("audio", link=False)

    def read(walk: Walk, path: Path, value: object, role: Role) -> None:
        kind = Kind.TOOL_ARGS if stem.endswith(_CALLED) else Kind.TEXT
        if isinstance(value, str):
            walk.leaf(path, value, Role.ASSISTANT, kind)
        else:
            part(walk, path, value, Role.TOOL if stem.endswith("output_content") else Role.ASSISTANT)

    return read


def _arguments(walk: Walk, path: Path, value: object, role: Role) -> None:
    if isinstance(value, str):
        walk.leaf(path, value, Role.ASSISTANT, Kind.TOOL_ARGS)
    else:
        walk.value(path, value, Role.ASSISTANT, Kind.TOOL_ARGS)


def _response(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, _REPLY, Role.NONE, Kind.TEXT)


def _output(walk: Walk, path: Path, value: object, role: Role) -> None:
    items(walk, path, value, Role.ASSISTANT)


def _spoken(walk: Walk, path: Path, value: object, role: Role) -> None:
    said(walk, path, value, Role.ASSISTANT)


def _part(walk: Walk, path: Path, value: object, role: Role) -> None:
    part(walk, path, value, Role.ASSISTANT)


def _kept(response: object) -> tuple[str, ...]:
    """What a response, or a conversation, is kept as."""
    if not isinstance(response, dict) or response.get("object") not in ("response", "conversation"):
        return ()
    named = response.get("id")
    return (*((named,) if isinstance(named, str) else ()), *conversations(response))


def _item_id(template: Mapping[str, object], place: int) -> object:
    """The id of the item at `place`, as far as the template tells it."""
    response = template.get("response")
    output = response.get("output") if isinstance(response, dict) else None
    if isinstance(output, list) and place < len(output) and isinstance(output[place], dict):
        return output[place].get("id", "")
    if template.get("output_index") != place:
        return ""
    one = template.get("item")
    return one.get("id", "") if isinstance(one, dict) else template.get("item_id", "")


_ECHOES: Final = ("logprobs", "tokens", "words")
_CALLED: Final = ("arguments", "input", "code", "command")
_STRUCTURAL: Final = """
id object status incomplete_details usage tool_usage first_id last_id previous_item_id response_id item_id
output_index content_index summary_index command_index annotation_index sequence_number partial_image_index
billing prompt_cache_diagnostics input_transformations size quality background output_format
""".split()
_REPLY: Final[Mapping[str, Reader]] = {
    **REQUEST,
    **dict.fromkeys(_STRUCTURAL, opaque),
    "created_at": instant,
    "completed_at": instant,
    "output": _output,
    "data": items,
}
FRAME: Final[Mapping[str, Reader]] = {
    **_REPLY,
    "response": _response,
    "item": item,
    "part": _part,
    "annotation": ANNOTATION,
    "name": opaque,
    "text": _spoken,
    "refusal": _spoken,
    "transcript": _spoken,
    "arguments": _arguments,
    "input": _arguments,
    "code": _arguments,
    "command": _arguments,
    "obfuscation": padding,
    "partial_image_b64": media("image", link=False),
    "b64_json": media("image", link=False),
    "audio": media("audio", link=False),
    "segment_id": opaque,
}
