"""Cohere: what a request says, and the messages both directions share.

Source: the API reference of /v2/chat, /v1/chat, generate, embed, rerank,
classify and summarize. One table reads them all: where a word means two
things (`documents`, `tools`), what stands there tells which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from hushgate.values import Direction, Kind, Role
from hushgate.wire.base import Reading
from hushgate.wire.cohere_words import CONSTANTS, KEYS
from hushgate.wire.readers import an_object, listed, media, named, opaque, text, tool_def
from hushgate.wire.schema import read_schema
from hushgate.wire.walk import Path, Reader, Walk

_ROLES: Final = {
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "chatbot": Role.ASSISTANT,
    "system": Role.SYSTEM,
    "tool": Role.TOOL,
}
_KINDS: Final = {Role.SYSTEM: Kind.SYSTEM, Role.TOOL: Kind.TOOL_RESULT}


def read_request(doc: object) -> Reading:
    """Read a request body."""
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REQUEST, Role.NONE, Kind.TEXT)
    fields = doc if isinstance(doc, dict) else {}
    model = fields.get("model")
    reading = walk.reading(model=model if isinstance(model, str) else None, stream=fields.get("stream") is True)
    return replace(reading, kept=named(doc, "conversation_id"))


def kind_of(role: Role) -> Kind:
    """What a text is that `role` says."""
    return _KINDS.get(role, Kind.TEXT)


def said(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A message's content: a string, one part, or a list of parts."""
    if isinstance(value, list):
        walk.items(path, value, part, role, kind_of(role))
    else:
        part(walk, path, value, role)


def part(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One part of a message's content."""
    walk.fields(path, value, PART, role, kind_of(role))


def message(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One message; its own `role` says who speaks, in small letters (v2) or in capitals (v1)."""
    word = value.get("role") if isinstance(value, dict) else None
    if isinstance(word, str):
        role = _ROLES.get(word.lower(), Role.NONE)
    walk.fields(path, value, MESSAGE, role, kind_of(role))


def _of_user(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, Role.USER, Kind.TEXT)


def _of_system(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, Role.SYSTEM, Kind.SYSTEM)


def _as_spoken(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, role, kind_of(role))


def arguments(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Arguments of a tool: an object (v1 `parameters`), or JSON text (v2 `arguments`)."""
    walk.value(path, value, role, Kind.TOOL_ARGS)


def called(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A tool's name and its arguments: a call of v1, or the `function` of one of v2."""
    fields = value if isinstance(value, dict) else {}
    outer = walk.tool
    if "function" not in fields:
        name = fields.get("name")
        walk.tool = name if isinstance(name, str) else ""
    walk.fields(path, value, CALLED, role, Kind.TOOL_ARGS)
    walk.tool = outer


def _results(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, Role.TOOL, Kind.TOOL_RESULT)


def _result(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, {"call": called, "outputs": _results}, Role.TOOL, Kind.TOOL_RESULT)


def document(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A document to answer from: a string, or fields of text; its `id` is referred to by citations."""
    walk.fields(path, value, {"id": opaque}, role, kind_of(role))


def _parameters(walk: Walk, path: Path, value: object, role: Role) -> None:
    """`parameter_definitions`: an object of names, each with its description."""
    if not isinstance(value, dict):
        walk.value(path, value, role, Kind.TOOL_DEF)
        return
    for name, inner in value.items():
        walk.key((*path, name), role, Kind.OPAQUE)
        walk.fields((*path, name), inner, _PARAMETER, role, Kind.TOOL_DEF)


_URL: Final = media("image", link=True)
_IMAGE: Final[Mapping[str, Reader]] = {"url": _URL, "detail": opaque}
CALLED: Final[Mapping[str, Reader]] = {
    "id": opaque,
    "type": opaque,
    "index": opaque,
    "function": called,
    "name": opaque,
    "arguments": arguments,
    "parameters": arguments,
}
PART: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "text": _as_spoken,
    "thinking": _as_spoken,
    "image_url": an_object(_IMAGE, Kind.TEXT, _URL),
    "document": document,
}
_SOURCE: Final[Mapping[str, Reader]] = {"type": opaque, "id": opaque, "document": document, "tool_output": _results}
CITATION: Final[Mapping[str, Reader]] = {
    "start": opaque,
    "end": opaque,
    "type": opaque,
    "text": text,
    "document_ids": opaque,
    "sources": listed(an_object(_SOURCE, Kind.TEXT), Kind.TEXT),
}
MESSAGE: Final[Mapping[str, Reader]] = {
    "role": opaque,
    "content": said,
    "message": _as_spoken,
    "tool_calls": listed(called, Kind.TOOL_ARGS),
    "tool_plan": _as_spoken,
    "tool_call_id": opaque,
    "tool_results": listed(_result, Kind.TOOL_RESULT),
    "citations": listed(an_object(CITATION, Kind.TEXT), Kind.TEXT),
}
_PARAMETER: Final[Mapping[str, Reader]] = {"type": opaque, "description": tool_def}
_DEFINED: Final[Mapping[str, Reader]] = {
    "name": opaque,
    "description": tool_def,
    "parameters": read_schema,
    "parameter_definitions": _parameters,
}
_TOOL: Final[Mapping[str, Reader]] = {**_DEFINED, "type": opaque, "function": an_object(_DEFINED, Kind.TOOL_DEF)}
_FORMAT: Final[Mapping[str, Reader]] = {"type": opaque, "json_schema": read_schema, "schema": read_schema}
_INPUT: Final[Mapping[str, Reader]] = {"content": said}
_CONNECTOR: Final[Mapping[str, Reader]] = {"id": opaque}

REQUEST: Final[Mapping[str, Reader]] = {
    "model": opaque,
    "messages": listed(message, Kind.TEXT),
    "message": _of_user,
    "chat_history": listed(message, Kind.TEXT),
    "preamble": _of_system,
    "conversation_id": opaque,
    "connectors": listed(an_object(_CONNECTOR, Kind.TEXT), Kind.TEXT),
    "documents": listed(document, Kind.TEXT),
    "citation_options": opaque,
    "citation_quality": opaque,
    "prompt_truncation": opaque,
    "safety_mode": opaque,
    "thinking": opaque,
    "tools": listed(an_object(_TOOL, Kind.TOOL_DEF), Kind.TOOL_DEF),
    "tool_choice": opaque,
    "tool_results": listed(_result, Kind.TOOL_RESULT),
    "response_format": an_object(_FORMAT, Kind.TOOL_DEF),
    "stop_sequences": text,
    "seed": opaque,
    "prompt": _of_user,
    "query": _of_user,
    "texts": _of_user,
    "text": _of_user,
    "inputs": listed(an_object(_INPUT, Kind.TEXT), Kind.TEXT),
    "images": listed(_URL, Kind.TEXT),
    "input_type": opaque,
    "embedding_types": opaque,
    "truncate": opaque,
    "preset": opaque,
    "rank_fields": opaque,
}
