"""Anthropic messages: what a request says.

Source: the API reference of POST /v1/messages, /v1/messages/count_tokens,
/v1/messages/batches and the older /v1/complete, beta fields included. The same
bodies go to Bedrock and Vertex AI, with `anthropic_version` and without
`model`. What is not known here is walked all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Direction, Kind, Role
from hushgate.wire.anthropic_blocks import said, tool
from hushgate.wire.anthropic_words import CONSTANTS, KEYS
from hushgate.wire.base import Reading
from hushgate.wire.readers import an_object, listed, opaque, text
from hushgate.wire.schema import read_schema
from hushgate.wire.walk import Path, Reader, Walk

_ROLES: Final = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM}
_MESSAGE: Final[Mapping[str, Reader]] = {"role": opaque, "content": said}


def read_request(doc: object) -> Reading:
    """Read a request body."""
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REQUEST, Role.NONE, Kind.TEXT)
    if not isinstance(doc, dict):
        return walk.reading()
    model = doc.get("model")
    return walk.reading(model=model if isinstance(model, str) else None, stream=doc.get("stream") is True)


def message(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One message; its own `role` says who speaks."""
    word = value.get("role") if isinstance(value, dict) else None
    role = _ROLES.get(word, Role.NONE) if isinstance(word, str) else role
    walk.fields(path, value, _MESSAGE, role, Kind.TEXT)


def _as(role: Role) -> Reader:
    def read(walk: Walk, path: Path, value: object, _: Role) -> None:
        said(walk, path, value, role)

    return read


def _params(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A request inside of a batch."""
    walk.fields(path, value, REQUEST, role, Kind.TEXT)


_BATCHED: Final[Mapping[str, Reader]] = {"custom_id": opaque, "params": _params}
# What opens the server goes to it through the provider, so nothing can stand in its place: masked it is of no use.
_SERVER: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "name": opaque,
    "url": text,
    "authorization_token": opaque,
    "tool_configuration": opaque,
}
_FORMAT: Final[Mapping[str, Reader]] = {"type": opaque, "name": opaque, "schema": read_schema}
_OUTPUT: Final[Mapping[str, Reader]] = {"effort": opaque, "format": an_object(_FORMAT, Kind.TOOL_DEF)}
_EDIT: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "instructions": _as(Role.SYSTEM),
    "trigger": opaque,
    "keep": opaque,
    "clear_at_least": opaque,
    "clear_tool_inputs": opaque,
    "exclude_tools": opaque,
}
_EDITED: Final = an_object(_EDIT, Kind.TEXT)
_EDITS: Final[Mapping[str, Reader]] = {"edits": listed(_EDITED, Kind.TEXT)}

REQUEST: Final[Mapping[str, Reader]] = {
    "model": opaque,
    "messages": listed(message, Kind.TEXT),
    "system": _as(Role.SYSTEM),
    "tools": listed(tool, Kind.TOOL_DEF),
    "tool_choice": opaque,
    "mcp_servers": listed(an_object(_SERVER, Kind.TEXT), Kind.TEXT),
    "metadata": text,
    "stop_sequences": text,
    "output_config": an_object(_OUTPUT, Kind.TOOL_DEF),
    "output_format": an_object(_FORMAT, Kind.TOOL_DEF),
    "context_management": an_object(_EDITS, Kind.TEXT),
    "compaction": _EDITED,
    "prompt": _as(Role.USER),
    "requests": listed(an_object(_BATCHED, Kind.TEXT), Kind.TEXT),
    "thinking": opaque,
    "container": opaque,
    "cache_control": opaque,
    "service_tier": opaque,
    "speed": opaque,
    "inference_geo": opaque,
    "diagnostics": opaque,
    "fallbacks": opaque,
    "anthropic_version": opaque,
    "anthropic_beta": opaque,
    "betas": opaque,
    "user_profile_id": opaque,
    "workspace_id": opaque,
    "max_tokens": opaque,
    "max_tokens_to_sample": opaque,
}
