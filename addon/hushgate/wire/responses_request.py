"""OpenAI Responses: what a request says.

Source: the API reference of POST /v1/responses, /v1/responses/input_tokens,
/v1/responses/compact, /v1/conversations and its items, and the `response.create`
event of Responses over WebSocket, which has the same fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from hushgate.values import Direction, Kind, Role
from hushgate.wire.base import Reading
from hushgate.wire.openai_request import DEFINED
from hushgate.wire.readers import an_object, opaque, text
from hushgate.wire.responses_items import items, part
from hushgate.wire.responses_tools import tools
from hushgate.wire.responses_words import CONSTANTS, KEYS
from hushgate.wire.walk import Path, Reader, Walk


def read_request(doc: object) -> Reading:
    """Read a request body."""
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REQUEST, Role.NONE, Kind.TEXT)
    if not isinstance(doc, dict):
        return walk.reading()
    model, follows = doc.get("model"), doc.get("previous_response_id")
    reading = walk.reading(model=model if isinstance(model, str) else None, stream=doc.get("stream") is True)
    return replace(reading, follows=(follows,) if isinstance(follows, str) else (), kept=conversations(doc))


def conversations(doc: Mapping[str, object]) -> tuple[str, ...]:
    """The conversation that a request or a response belongs to, if any."""
    named = doc.get("conversation")
    named = named.get("id") if isinstance(named, dict) else named
    return (named,) if isinstance(named, str) else ()


def _instructions(walk: Walk, path: Path, value: object, role: Role) -> None:
    if isinstance(value, str):
        walk.leaf(path, value, Role.SYSTEM, Kind.SYSTEM)
    else:
        items(walk, path, value, Role.SYSTEM)


def _variables(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Values for a stored prompt: its template names them, so their names stay."""
    if not isinstance(value, dict):
        walk.value(path, value, Role.USER, Kind.TEXT)
        return
    for name, inner in value.items():
        step = (*path, name)
        walk.key(step, Role.USER, Kind.OPAQUE)
        part(walk, step, inner, Role.USER)


_PROMPT: Final[Mapping[str, Reader]] = {"id": opaque, "version": opaque, "variables": _variables}
_ANSWER: Final[Mapping[str, Reader]] = {"type": opaque, **DEFINED}
_TEXT: Final[Mapping[str, Reader]] = {"verbosity": opaque, "format": an_object(_ANSWER, Kind.TOOL_DEF)}
_STRUCTURAL: Final = """
type model previous_response_id conversation include reasoning tool_choice truncation context_management moderation
background_options stream_options stream_id prompt_cache_key prompt_cache_options prompt_cache_retention service_tier
access_programs image max_output_tokens max_tool_calls event_id previous_item_id
""".split()
REQUEST: Final[Mapping[str, Reader]] = {
    **dict.fromkeys(_STRUCTURAL, opaque),
    "input": items,
    "items": items,
    "instructions": _instructions,
    "personality": text,
    "tools": tools,
    "text": an_object(_TEXT, Kind.TOOL_DEF),
    "prompt": an_object(_PROMPT, Kind.TEXT, text),
    "metadata": text,
    "client_metadata": text,
    "user": text,
    "safety_identifier": text,
}
"""The fields of a request; a reply tells most of them again."""
