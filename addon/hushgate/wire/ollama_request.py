"""Ollama's own API: what a request says, and the messages both directions share.

Source: the API reference of /api/chat, /api/generate, /api/embed,
/api/embeddings, /api/create and /api/show. What is not known here is walked
all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Direction, Kind, Role
from hushgate.wire.base import Reading
from hushgate.wire.document import dump_json
from hushgate.wire.ollama_words import CONSTANTS, KEYS
from hushgate.wire.readers import an_object, listed, opaque, text, tool_def
from hushgate.wire.schema import read_schema
from hushgate.wire.walk import Path, Reader, Walk

_ROLES: Final = {"system": Role.SYSTEM, "user": Role.USER, "assistant": Role.ASSISTANT, "tool": Role.TOOL}
_KINDS: Final = {Role.SYSTEM: Kind.SYSTEM, Role.TOOL: Kind.TOOL_RESULT}


def read_request(doc: object) -> Reading:
    """Read a request body. Chat and generate stream unless told not to."""
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REQUEST, Role.NONE, Kind.TEXT)
    fields = doc if isinstance(doc, dict) else {}
    model = fields.get("model")
    talks = "messages" in fields or "prompt" in fields
    streams = fields.get("stream", talks) is True
    return walk.reading(model=model if isinstance(model, str) else None, stream=streams)


def spoken(walk: Walk, path: Path, value: object, role: Role) -> None:
    """What a message says, or thinks."""
    walk.value(path, value, role, _KINDS.get(role, Kind.TEXT))


def message(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One message; its own `role` says who speaks."""
    word = value.get("role") if isinstance(value, dict) else None
    if isinstance(word, str):
        role = _ROLES.get(word, Role.NONE)
    walk.fields(path, value, MESSAGE, role, _KINDS.get(role, Kind.TEXT))


def image(walk: Walk, path: Path, value: object, role: Role) -> None:
    """An image in base64."""
    if isinstance(value, str):
        walk.attach(path, "image/*", "", value, role)
    else:
        walk.value(path, value, role, Kind.TEXT)


def called(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A tool's name and its arguments, an object."""
    name = value.get("name") if isinstance(value, dict) else None
    outer, walk.tool = walk.tool, name if isinstance(name, str) else ""
    walk.fields(path, value, _CALLED, role, Kind.TOOL_ARGS)
    walk.tool = outer


def _arguments(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, role, Kind.TOOL_ARGS)


def _of_user(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, Role.USER, Kind.TEXT)


def _of_system(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, Role.SYSTEM, Kind.SYSTEM)


def _tokens(walk: Walk, path: Path, value: object, role: Role) -> None:
    """`context`: an earlier conversation as the model's tokens, which nobody here can read."""
    if isinstance(value, list) and value and all(isinstance(token, int) for token in value):
        walk.skip(path, "tokens", dump_json(value).decode())
    else:
        walk.value(path, value, role, Kind.TEXT)


def _format(walk: Walk, path: Path, value: object, role: Role) -> None:
    """The word `json`, or a schema."""
    if isinstance(value, str):
        opaque(walk, path, value, role)
    else:
        read_schema(walk, path, value, role)


_CALLED: Final[Mapping[str, Reader]] = {"name": opaque, "index": opaque, "arguments": _arguments}
_CALL: Final[Mapping[str, Reader]] = {"id": opaque, "type": opaque, "index": opaque, "function": called}
MESSAGE: Final[Mapping[str, Reader]] = {
    "role": opaque,
    "content": spoken,
    "thinking": spoken,
    "images": listed(image, Kind.TEXT),
    "tool_name": opaque,
    "tool_call_id": opaque,
    "tool_calls": listed(an_object(_CALL, Kind.TOOL_ARGS), Kind.TOOL_ARGS),
}
_DEFINED: Final[Mapping[str, Reader]] = {"name": opaque, "description": tool_def, "parameters": read_schema}
_TOOL: Final[Mapping[str, Reader]] = {"type": opaque, "function": an_object(_DEFINED, Kind.TOOL_DEF)}
_OPTIONS: Final[Mapping[str, Reader]] = {"stop": text, "seed": opaque}

REQUEST: Final[Mapping[str, Reader]] = {
    "model": opaque,
    "messages": listed(message, Kind.TEXT),
    "prompt": _of_user,
    "suffix": _of_user,
    "input": _of_user,
    "system": _of_system,
    "template": _of_system,
    "context": _tokens,
    "images": listed(image, Kind.TEXT),
    "tools": listed(an_object(_TOOL, Kind.TOOL_DEF), Kind.TOOL_DEF),
    "format": _format,
    "options": an_object(_OPTIONS, Kind.TEXT),
    "parameters": an_object(_OPTIONS, Kind.TEXT),
    "keep_alive": opaque,
    "think": opaque,
    "from": opaque,
    "quantize": opaque,
}
