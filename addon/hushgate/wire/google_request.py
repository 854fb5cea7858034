"""Google's Gemini API: what a request says, and the contents both directions share.

Source: the API reference of models.generateContent, streamGenerateContent,
countTokens, embedContent, batchEmbedContents, batchGenerateContent,
cachedContents and files, on generativelanguage.googleapis.com and on Vertex
AI; Code Assist (cloudcode-pa.googleapis.com) wraps the same body in
`request`. What is not known here is walked all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from hushgate.values import Direction, Kind, Role
from hushgate.wire.base import Reading
from hushgate.wire.google_words import CONSTANTS, KEYS, both
from hushgate.wire.readers import an_object, listed, named, opaque, text, tool_def
from hushgate.wire.schema import read_schema
from hushgate.wire.walk import Path, Reader, Walk

_ROLES: Final = {"user": Role.USER, "model": Role.ASSISTANT, "function": Role.TOOL, "system": Role.SYSTEM}
_KINDS: Final = {Role.SYSTEM: Kind.SYSTEM, Role.TOOL: Kind.TOOL_RESULT}
_CACHE: Final = ("cachedContent", "cached_content")
_RAN: Final = "code_execution"


def read_request(doc: object, *, stream: bool = False) -> Reading:
    """Read a request body; that it asks for a stream, its path says."""
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, REQUEST, Role.NONE, Kind.TEXT)
    inner = doc.get("request") if isinstance(doc, dict) else None
    follows = (*named(doc, *_CACHE), *named(inner, *_CACHE))
    return replace(walk.reading(model=_model(doc), stream=stream), follows=follows)


def _model(doc: object) -> str | None:
    model = doc.get("model") if isinstance(doc, dict) else None
    return model if isinstance(model, str) else None


def kind_of(role: Role) -> Kind:
    """What a text is that `role` says."""
    return _KINDS.get(role, Kind.TEXT)


def _said(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, role, kind_of(role))


def content(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One content; its own `role` says who speaks, and nobody's is the user's. A system instruction stays one."""
    if isinstance(value, dict) and role is not Role.SYSTEM:
        word = value.get("role")
        if isinstance(word, str):
            role = _ROLES.get(word, Role.NONE)
        elif role is Role.NONE:
            role = Role.USER
    walk.fields(path, value, CONTENT, role, kind_of(role))


def _contents(walk: Walk, path: Path, value: object, role: Role) -> None:
    # One content may stand for a list of one.
    if isinstance(value, list):
        walk.items(path, value, content, role, Kind.TEXT)
    else:
        content(walk, path, value, role)


def _instruction(walk: Walk, path: Path, value: object, role: Role) -> None:
    content(walk, path, value, Role.SYSTEM)


def _parts(walk: Walk, path: Path, value: object, role: Role) -> None:
    # One part may stand for a list of one.
    if isinstance(value, list):
        walk.items(path, value, part, role, kind_of(role))
    else:
        part(walk, path, value, role)


def part(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One part of a content."""
    walk.fields(path, value, PART, role, kind_of(role))


def _named(walk: Walk, value: object, key: str, read: Reader, path: Path, role: Role) -> None:
    """Read `value` with the segments told the tool that its field `key` names."""
    name = value.get(key) if isinstance(value, dict) else None
    outer, walk.tool = walk.tool, name if isinstance(name, str) else ""
    read(walk, path, value, role)
    walk.tool = outer


def called(walk: Walk, path: Path, value: object, role: Role) -> None:
    """`functionCall`: a tool's name and its arguments."""
    _named(walk, value, "name", an_object(CALLED, Kind.TOOL_ARGS), path, role)


def _provider_called(walk: Walk, path: Path, value: object, role: Role) -> None:
    _named(walk, value, "toolType", an_object(CALLED, Kind.TOOL_ARGS), path, role)


def _code(walk: Walk, path: Path, value: object, role: Role) -> None:
    outer, walk.tool = walk.tool, _RAN
    walk.fields(path, value, _CODE, role, Kind.TOOL_ARGS)
    walk.tool = outer


def _answered(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, _RESPONSE, Role.TOOL, Kind.TOOL_RESULT)


def _result_parts(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.items(path, value, part, Role.TOOL, Kind.TOOL_RESULT)


def _blob(walk: Walk, path: Path, value: object, role: Role) -> None:
    """`inlineData`: a file in base64, and what the message says it is."""
    said = value if isinstance(value, dict) else {}

    def data(walk: Walk, path: Path, value: object, role: Role) -> None:
        if isinstance(value, str):
            media_type = said.get("mimeType", said.get("mime_type"))
            walk.attach(path, media_type, said.get("displayName", said.get("display_name")), value, role)
        else:
            walk.value(path, value, role, Kind.TEXT)

    walk.fields(path, value, {**_FILE, "data": data}, role, Kind.TEXT)


def _arguments(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, role, Kind.TOOL_ARGS)


def _results(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, role, Kind.TOOL_RESULT)


_FILE: Final[Mapping[str, Reader]] = both(
    {"mimeType": opaque, "fileUri": text, "displayName": text, "name": opaque, "uri": text}
)
_PARTIAL: Final[Mapping[str, Reader]] = both(
    {"jsonPath": opaque, "stringValue": _arguments, "numberValue": _arguments, "nullValue": opaque}
)
CALLED: Final[Mapping[str, Reader]] = both(
    {
        "id": opaque,
        "name": opaque,
        "toolType": opaque,
        "args": _arguments,
        "partialArgs": listed(an_object(_PARTIAL, Kind.TOOL_ARGS), Kind.TOOL_ARGS),
    }
)
_RESPONSE: Final[Mapping[str, Reader]] = both(
    {
        "id": opaque,
        "name": opaque,
        "toolType": opaque,
        "scheduling": opaque,
        "response": _results,
        "parts": _result_parts,
    }
)
_CODE: Final[Mapping[str, Reader]] = {"id": opaque, "language": opaque, "code": _arguments}
_RAN_CODE: Final[Mapping[str, Reader]] = {"id": opaque, "outcome": opaque, "output": _results}
PART: Final[Mapping[str, Reader]] = both(
    {
        "text": _said,
        "thought": opaque,
        "thoughtSignature": opaque,
        "inlineData": _blob,
        "fileData": an_object(_FILE, Kind.TEXT),
        "functionCall": called,
        "functionResponse": _answered,
        "executableCode": _code,
        "codeExecutionResult": an_object(_RAN_CODE, Kind.TOOL_RESULT),
        "toolCall": _provider_called,
        "toolResponse": _answered,
        "videoMetadata": opaque,
        "mediaResolution": opaque,
    }
)
CONTENT: Final[Mapping[str, Reader]] = {"role": opaque, "parts": _parts}

_DECLARED: Final[Mapping[str, Reader]] = both(
    {
        "name": opaque,
        "description": tool_def,
        "behavior": opaque,
        "parameters": read_schema,
        "parametersJsonSchema": read_schema,
        "response": read_schema,
        "responseJsonSchema": read_schema,
    }
)
_TOOL: Final[Mapping[str, Reader]] = both(
    {"functionDeclarations": listed(an_object(_DECLARED, Kind.TOOL_DEF), Kind.TOOL_DEF)}
)
_CALLING: Final[Mapping[str, Reader]] = both({"functionCallingConfig": opaque})
_CONFIG: Final[Mapping[str, Reader]] = both(
    {
        "stopSequences": text,
        "responseMimeType": opaque,
        "responseModalities": opaque,
        "responseSchema": read_schema,
        "responseJsonSchema": read_schema,
        "thinkingConfig": opaque,
        "mediaResolution": opaque,
        "imageConfig": opaque,
        "seed": opaque,
    }
)
_FILED: Final[Mapping[str, Reader]] = both({"name": opaque, "mimeType": opaque, "displayName": text})


def _wrapped(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A whole request inside of one: Code Assist's `request`, countTokens' `generateContentRequest`, a batch's."""
    walk.fields(path, value, REQUEST, role, Kind.TEXT)


def _several(walk: Walk, path: Path, value: object, role: Role) -> None:
    # A batch has `requests` inside of `requests`; batchEmbedContents a list.
    if isinstance(value, list):
        walk.items(path, value, _wrapped, role, Kind.TEXT)
    else:
        _wrapped(walk, path, value, role)


REQUEST: Final[Mapping[str, Reader]] = both(
    {
        "model": opaque,
        "contents": _contents,
        "content": _contents,
        "systemInstruction": _instruction,
        "tools": listed(an_object(_TOOL, Kind.TOOL_DEF), Kind.TOOL_DEF),
        "toolConfig": an_object(_CALLING, Kind.TEXT),
        "safetySettings": opaque,
        "generationConfig": an_object(_CONFIG, Kind.TEXT),
        "cachedContent": opaque,
        "request": _wrapped,
        "generateContentRequest": _wrapped,
        "requests": _several,
        "batch": _wrapped,
        "inputConfig": _wrapped,
        "file": an_object(_FILED, Kind.TEXT),
        "fileName": opaque,
        "name": opaque,
        "taskType": opaque,
        "ttl": opaque,
        "expireTime": opaque,
        "project": opaque,
        "userPromptId": opaque,
        "sessionId": opaque,
    }
)
