"""OpenAI chat completions: what a request says, and the messages both directions share.

Source: the API reference of POST /v1/chat/completions, deprecated fields
(`functions`, `function_call`) and fields of compatible servers included
(`reasoning_content`). What is not known here is walked all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Direction, Kind, Role
from hushgate.wire.base import Reading
from hushgate.wire.openai_words import CONSTANTS, KEYS
from hushgate.wire.readers import an_object, file_beside, listed, media, opaque, text, tool_def
from hushgate.wire.schema import read_schema
from hushgate.wire.walk import Path, Reader, Walk

ROLES: Final = {
    "system": Role.SYSTEM,
    "developer": Role.DEVELOPER,
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "tool": Role.TOOL,
    "function": Role.TOOL,
}
KINDS: Final = {
    Role.SYSTEM: Kind.SYSTEM,
    Role.DEVELOPER: Kind.SYSTEM,
    Role.TOOL: Kind.TOOL_RESULT,
}


def read_request(doc: object) -> Reading:
    """Read a request body."""
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REQUEST, Role.NONE, Kind.TEXT)
    if not isinstance(doc, dict):
        return walk.reading()
    model = doc.get("model")
    return walk.reading(model=model if isinstance(model, str) else None, stream=doc.get("stream") is True)


def said(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A message's content: a string, or a list of parts."""
    kind = KINDS.get(role, Kind.TEXT)
    if isinstance(value, str):
        walk.leaf(path, value, role, kind)
    else:
        walk.items(path, value, part, role, kind)


def part(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One part of a message's content."""
    walk.fields(path, value, PART, role, KINDS.get(role, Kind.TEXT))


def message(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One message; its own `role` says who speaks."""
    if isinstance(value, dict):
        word = value.get("role")
        role = ROLES.get(word, Role.NONE) if isinstance(word, str) else role
    walk.fields(path, value, MESSAGE, role, KINDS.get(role, Kind.TEXT))


def _messages(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.items(path, value, message, role, Kind.TEXT)


def called(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A function or custom tool with its arguments (`function_call`, `tool_calls[].function`)."""
    name = value.get("name") if isinstance(value, dict) else None
    outer, walk.tool = walk.tool, name if isinstance(name, str) else ""
    walk.fields(path, value, CALLED, role, Kind.TOOL_ARGS)
    walk.tool = outer


def _call(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, CALL, role, Kind.TOOL_ARGS)


def calls(walk: Walk, path: Path, value: object, role: Role) -> None:
    """`tool_calls`."""
    walk.items(path, value, _call, role, Kind.TOOL_ARGS)


def _arguments(walk: Walk, path: Path, value: object, role: Role) -> None:
    if isinstance(value, str):
        walk.leaf(path, value, role, Kind.TOOL_ARGS)
    else:
        walk.value(path, value, role, Kind.TOOL_ARGS)


def _heard(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Audio as a bare string (Mistral): base64, or where it is."""
    if isinstance(value, str) and value[:4].lower() != "http":
        walk.attach(path, "audio/*", "", value, role)
    else:
        walk.value(path, value, role, Kind.TEXT)


URL: Final = media("image", link=True)
_IMAGE: Final[Mapping[str, Reader]] = {"url": URL, "detail": opaque}
AUDIO: Final[Mapping[str, Reader]] = {
    "data": media("audio", link=False),
    "format": opaque,
    "id": opaque,
    "voice": opaque,
    "expires_at": opaque,
}
_FILE: Final[Mapping[str, Reader]] = {"file_id": opaque, "filename": text}
PART: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "text": said,
    "refusal": said,
    "image_url": an_object(_IMAGE, Kind.TEXT, URL),
    "input_audio": an_object(AUDIO, Kind.TEXT, _heard),
    "thinking": said,
    "signature": opaque,
    "file": file_beside(_FILE, "file_data", filename="filename"),
}
_CITED: Final[Mapping[str, Reader]] = {"type": opaque}
CALLED: Final[Mapping[str, Reader]] = {"name": opaque, "arguments": _arguments, "input": _arguments}
CALL: Final[Mapping[str, Reader]] = {
    "id": opaque,
    "index": opaque,
    "type": opaque,
    "function": called,
    "custom": called,
}
MESSAGE: Final[Mapping[str, Reader]] = {
    "role": opaque,
    "name": opaque,
    "content": said,
    "refusal": said,
    "reasoning_content": said,
    "reasoning": said,
    "tool_call_id": opaque,
    "tool_calls": calls,
    "function_call": called,
    "audio": an_object(AUDIO, Kind.TEXT),
    "annotations": listed(an_object(_CITED, Kind.TEXT), Kind.TEXT),
}
_GRAMMAR: Final[Mapping[str, Reader]] = {"syntax": opaque, "definition": tool_def}
_FORMAT: Final[Mapping[str, Reader]] = {"type": opaque, **_GRAMMAR, "grammar": an_object(_GRAMMAR, Kind.TOOL_DEF)}
DEFINED: Final[Mapping[str, Reader]] = {
    "name": opaque,
    "description": tool_def,
    "parameters": read_schema,
    "schema": read_schema,
    "format": an_object(_FORMAT, Kind.TOOL_DEF, opaque),
}
DEFINITION: Final = an_object(DEFINED, Kind.TOOL_DEF)
_TOOL: Final[Mapping[str, Reader]] = {"type": opaque, "function": DEFINITION, "custom": DEFINITION}
_ANSWER: Final[Mapping[str, Reader]] = {"type": opaque, "json_schema": DEFINITION}
_PREDICTION: Final[Mapping[str, Reader]] = {"type": opaque, "content": said}
PLACE: Final[Mapping[str, Reader]] = {"type": opaque}
SEARCH: Final[Mapping[str, Reader]] = {
    "search_context_size": opaque,
    "user_location": an_object(PLACE, Kind.TEXT),
}

REQUEST: Final[Mapping[str, Reader]] = {
    "model": opaque,
    "messages": _messages,
    "tools": listed(an_object(_TOOL, Kind.TOOL_DEF), Kind.TOOL_DEF),
    "functions": listed(DEFINITION, Kind.TOOL_DEF),
    "tool_choice": opaque,
    "function_call": opaque,
    "response_format": an_object(_ANSWER, Kind.TOOL_DEF),
    "prediction": an_object(_PREDICTION, Kind.TEXT),
    "web_search_options": an_object(SEARCH, Kind.TEXT),
    "audio": an_object(AUDIO, Kind.TEXT),
    "stream_options": opaque,
    "user": text,
    "safety_identifier": text,
    "metadata": text,
    "stop": text,
    "prompt_cache_key": opaque,
    "prompt_cache_retention": opaque,
    "service_tier": opaque,
    "reasoning_effort": opaque,
    "verbosity": opaque,
    "modalities": opaque,
    "logit_bias": opaque,
    "seed": opaque,
    "max_tokens": opaque,
    "max_completion_tokens": opaque,
}
