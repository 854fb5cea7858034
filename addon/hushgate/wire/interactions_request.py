"""Google's interactions: what a request says, and the steps and contents both directions share.

Source: the API reference of /v1beta/interactions, in which a conversation is
a list of steps (earlier: of contents) with a `type` each. What is not known
here is walked all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from hushgate.values import Direction, Kind, Role
from hushgate.wire.base import Reading
from hushgate.wire.interactions_words import CONSTANTS, KEYS
from hushgate.wire.readers import an_object, listed, named, opaque, text, tool_def
from hushgate.wire.schema import read_schema
from hushgate.wire.walk import Path, Reader, Walk

_ROLES: Final = {"user": Role.USER, "model": Role.ASSISTANT}
_KINDS: Final = {Role.SYSTEM: Kind.SYSTEM, Role.TOOL: Kind.TOOL_RESULT}
_OF_MODEL: Final = ("model_output", "thought", "thought_summary")


def read_request(doc: object) -> Reading:
    """Read a request body."""
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REQUEST, Role.NONE, Kind.TEXT)
    fields = doc if isinstance(doc, dict) else {}
    model = fields.get("model")
    reading = walk.reading(model=model if isinstance(model, str) else None, stream=fields.get("stream") is True)
    return replace(reading, follows=named(doc, "previous_interaction_id", "cached_content"))


def item(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One step, content or turn; its `role`, or else its `type`, says who speaks."""
    fields = value if isinstance(value, dict) else {}
    word, kind, name = fields.get("role"), fields.get("type"), fields.get("name")
    kind = kind if isinstance(kind, str) else ""
    if isinstance(word, str):
        role = _ROLES.get(word, Role.NONE)
    elif kind == "user_input":
        role = Role.USER
    elif kind in _OF_MODEL or kind.endswith("_call"):
        role = Role.ASSISTANT
    elif kind.endswith("_result"):
        role = Role.TOOL
    outer = walk.tool
    if kind.endswith("_call"):
        # The provider's own tools have no name: their calls are named by their kind.
        walk.tool = name if isinstance(name, str) else kind.removesuffix("_call")
    walk.fields(path, value, {**ITEM, "data": _data(fields)}, role, _KINDS.get(role, Kind.TEXT))
    walk.tool = outer


def items(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Several steps or contents, a lone one, or bare text."""
    if isinstance(value, list):
        walk.items(path, value, item, role, Kind.TEXT)
    elif isinstance(value, str):
        walk.leaf(path, value, role, _KINDS.get(role, Kind.TEXT))
    else:
        item(walk, path, value, role)


def _data(said: Mapping[str, object]) -> Reader:
    """A file in base64, and what its content says it is."""

    def read(walk: Walk, path: Path, value: object, role: Role) -> None:
        if isinstance(value, str):
            walk.attach(path, said.get("mime_type", said.get("type")), "", value, role)
        else:
            walk.value(path, value, role, Kind.TEXT)

    return read


def _spoken(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, role, _KINDS.get(role, Kind.TEXT))


def _arguments(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, role, Kind.TOOL_ARGS)


def _result(walk: Walk, path: Path, value: object, role: Role) -> None:
    # A list of contents may hold files; anything else is the tool's own.
    if isinstance(value, list) and all(isinstance(one, dict) and "type" in one for one in value):
        walk.items(path, value, item, Role.TOOL, Kind.TOOL_RESULT)
    else:
        walk.value(path, value, Role.TOOL, Kind.TOOL_RESULT)


def _of_user(walk: Walk, path: Path, value: object, role: Role) -> None:
    items(walk, path, value, Role.USER)


def _of_system(walk: Walk, path: Path, value: object, role: Role) -> None:
    items(walk, path, value, Role.SYSTEM)


ITEM: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "role": opaque,
    "id": opaque,
    "call_id": opaque,
    "name": opaque,
    "server_name": opaque,
    "signature": opaque,
    "mime_type": opaque,
    "resolution": opaque,
    "uri": text,
    "text": _spoken,
    "content": items,
    "summary": items,
    "annotations": listed(an_object({"type": opaque}, Kind.TEXT), Kind.TEXT),
    "arguments": _arguments,
    "result": _result,
}
_TOOL: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "name": opaque,
    "description": tool_def,
    "parameters": read_schema,
    "allowed_tools": opaque,
}
_CONFIG: Final[Mapping[str, Reader]] = {
    "stop_sequences": text,
    "tool_choice": opaque,
    "thinking_level": opaque,
    "thinking_summaries": opaque,
    "seed": opaque,
}
_FORMAT: Final[Mapping[str, Reader]] = {"type": opaque, "mime_type": opaque, "schema": read_schema}

REQUEST: Final[Mapping[str, Reader]] = {
    "model": opaque,
    "agent": opaque,
    "input": _of_user,
    "system_instruction": _of_system,
    "tools": listed(an_object(_TOOL, Kind.TOOL_DEF), Kind.TOOL_DEF),
    "generation_config": an_object(_CONFIG, Kind.TEXT),
    "response_format": an_object(_FORMAT, Kind.TOOL_DEF),
    "response_mime_type": opaque,
    "response_modalities": opaque,
    "previous_interaction_id": opaque,
    "cached_content": opaque,
    "continuation_token": opaque,
    "service_tier": opaque,
    "safety_settings": opaque,
}
