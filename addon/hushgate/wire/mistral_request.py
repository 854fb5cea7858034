"""Mistral's conversations: what a request says, and the entries both directions share.

Source: the API reference of /v1/conversations and of /v1/agents, whose
definitions say the same. What is not known here is walked all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hushgate.values import Direction, Kind, Role
from hushgate.wire.base import Reading
from hushgate.wire.mistral_words import CONSTANTS, KEYS
from hushgate.wire.openai_request import DEFINITION, REQUEST, part, said
from hushgate.wire.readers import an_object, listed, opaque, text
from hushgate.wire.walk import Path, Reader, Walk

_ROLES: Final = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM}
_BY_TYPE: Final = {
    "message.input": Role.USER,
    "message.output": Role.ASSISTANT,
    "function.call": Role.ASSISTANT,
    "function.result": Role.TOOL,
    "tool.execution": Role.ASSISTANT,
}


def read_request(doc: object) -> Reading:
    """Read a request body."""
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, CONVERSATION, Role.NONE, Kind.TEXT)
    fields = doc if isinstance(doc, dict) else {}
    model = fields.get("model")
    return walk.reading(model=model if isinstance(model, str) else None, stream=fields.get("stream") is True)


def entry(
    walk: Walk, path: Path, value: object, role: Role, table: Mapping[str, Reader] = MappingProxyType({})
) -> None:
    """One entry of a conversation; its `role`, or else its `type`, says who speaks.

    `table`: fields that are read otherwise than in a request.
    """
    fields = value if isinstance(value, dict) else {}
    word, kind, name = fields.get("role"), fields.get("type"), fields.get("name")
    role = _BY_TYPE.get(kind, role) if isinstance(kind, str) else role
    role = _ROLES.get(word, Role.NONE) if isinstance(word, str) else role
    outer, walk.tool = walk.tool, name if isinstance(name, str) else walk.tool
    walk.fields(path, value, {**ENTRY, **table}, role, Kind.TEXT)
    walk.tool = outer


def _inputs(walk: Walk, path: Path, value: object, role: Role) -> None:
    if isinstance(value, str):
        walk.leaf(path, value, Role.USER, Kind.TEXT)
    else:
        walk.items(path, value, entry, Role.USER, Kind.TEXT)


def _instructions(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, Role.SYSTEM, Kind.SYSTEM)


def _content(walk: Walk, path: Path, value: object, role: Role) -> None:
    # A lone part is what an event has.
    (part if isinstance(value, dict) else said)(walk, path, value, role)


def _arguments(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, role, Kind.TOOL_ARGS)


def _result(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, Role.TOOL, Kind.TOOL_RESULT)


ENTRY: Final[Mapping[str, Reader]] = {
    "object": opaque,
    "type": opaque,
    "id": opaque,
    "created_at": opaque,
    "completed_at": opaque,
    "agent_id": opaque,
    "model": opaque,
    "role": opaque,
    "name": opaque,
    "tool_call_id": opaque,
    "previous_agent_id": opaque,
    "next_agent_id": opaque,
    "content": _content,
    "arguments": _arguments,
    "result": _result,
    "info": _result,
}
_TOOL: Final[Mapping[str, Reader]] = {"type": opaque, "function": DEFINITION, "library_ids": opaque}
_ARGS: Final[Mapping[str, Reader]] = {
    key: REQUEST[key] for key in ("stop", "prediction", "response_format", "tool_choice", "reasoning_effort")
}

CONVERSATION: Final[Mapping[str, Reader]] = {
    "model": opaque,
    "agent_id": opaque,
    "agent_version": opaque,
    "from_entry_id": opaque,
    "inputs": _inputs,
    "instructions": _instructions,
    "tools": listed(an_object(_TOOL, Kind.TOOL_DEF), Kind.TOOL_DEF),
    "completion_args": an_object(_ARGS, Kind.TEXT),
    "tool_confirmations": opaque,
    "handoff_execution": opaque,
    "handoffs": opaque,
    "metadata": text,
}
