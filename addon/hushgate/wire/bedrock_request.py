"""Requests to Bedrock's own APIs: Converse and what goes with it.

Source: the API reference of Converse, ConverseStream, ApplyGuardrail,
InvokeGuardrailChecks, CountTokens and StartAsyncInvoke, and of InvokeAgent,
InvokeInlineAgent, Retrieve and RetrieveAndGenerate. The model stands in the
path.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Direction, Kind, Role
from hushgate.wire.base import Reading
from hushgate.wire.bedrock_content import GUARDED, blocks, messages
from hushgate.wire.bedrock_words import CONSTANTS, KEYS
from hushgate.wire.readers import an_object, file_beside, listed, opaque, text, tool_def
from hushgate.wire.schema import read_schema
from hushgate.wire.walk import Path, Reader, Walk, reads


def read_converse(doc: object) -> Reading:
    """Read a request to Converse or ConverseStream."""
    return _read(doc, CONVERSE)


def read_request(doc: object) -> Reading:
    """Read a request to any other of Bedrock's own APIs."""
    return _read(doc, REQUEST)


def _read(doc: object, table: Mapping[str, Reader]) -> Reading:
    walk = Walk(Direction.REQUEST, vocabulary=KEYS, constants=CONSTANTS)
    walk.fields((), doc, table, Role.NONE, Kind.TEXT)
    model = doc.get("modelId") if isinstance(doc, dict) else None
    return walk.reading(model=model if isinstance(model, str) else None)


def _system(walk: Walk, path: Path, value: object, role: Role) -> None:
    blocks(walk, path, value, Role.SYSTEM)


def _of_user(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, Role.USER, Kind.TEXT)


def _named(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Texts by names of the client's own."""
    if not isinstance(value, dict):
        walk.value(path, value, role, Kind.TEXT)
        return
    for name, inner in value.items():
        step = (*path, name)
        walk.key(step, role, Kind.OPAQUE)
        walk.value(step, inner, role, Kind.TEXT)


def _converse(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, CONVERSE, role, Kind.TEXT)


_SPEC: Final[Mapping[str, Reader]] = {
    "name": opaque,
    "description": tool_def,
    "inputSchema": an_object({"json": read_schema}, Kind.TOOL_DEF),
}
_TOOL: Final[Mapping[str, Reader]] = {
    "toolSpec": an_object(_SPEC, Kind.TOOL_DEF),
    "systemTool": opaque,
    "cachePoint": opaque,
}
_TOOLS: Final[Mapping[str, Reader]] = {
    "tools": listed(an_object(_TOOL, Kind.TOOL_DEF), Kind.TOOL_DEF),
    "toolChoice": opaque,
}
_JSON_SCHEMA: Final[Mapping[str, Reader]] = {"name": opaque, "description": tool_def, "schema": tool_def}
_STRUCTURE: Final = an_object({"jsonSchema": an_object(_JSON_SCHEMA, Kind.TOOL_DEF)}, Kind.TOOL_DEF)
_OUTPUT: Final[Mapping[str, Reader]] = {
    "textFormat": an_object({"type": opaque, "structure": _STRUCTURE}, Kind.TOOL_DEF),
    "effort": opaque,
}
CONVERSE: Final[Mapping[str, Reader]] = {
    "messages": messages,
    "system": _system,
    "inferenceConfig": an_object({"maxTokens": opaque, "stopSequences": text}, Kind.TEXT),
    "toolConfig": an_object(_TOOLS, Kind.TOOL_DEF),
    "guardrailConfig": opaque,
    "additionalModelRequestFields": text,
    "additionalModelResponseFieldPaths": opaque,
    "promptVariables": _named,
    "requestMetadata": _named,
    "performanceConfig": opaque,
    "projectIdentifier": opaque,
    "serviceTier": opaque,
    "outputConfig": an_object(_OUTPUT, Kind.TOOL_DEF),
}
_INPUT: Final[Mapping[str, Reader]] = {
    "converse": _converse,  # what tokens are to be counted of
    "invokeModel": file_beside({}, "body"),
    "text": _of_user,  # what a knowledge base is asked
}
_BYTES: Final = file_beside({"mediaType": opaque}, "data", media_type="mediaType")
_SOURCE: Final[Mapping[str, Reader]] = {"sourceType": opaque, "s3Location": opaque, "byteContent": _BYTES}
_FILE: Final[Mapping[str, Reader]] = {"name": text, "useCase": opaque, "source": an_object(_SOURCE, Kind.TEXT)}
_SESSION: Final[Mapping[str, Reader]] = {
    "conversationHistory": an_object({"messages": messages}, Kind.TEXT),
    "files": listed(an_object(_FILE, Kind.TEXT), Kind.TEXT),
    "returnControlInvocationResults": reads(Kind.TOOL_RESULT),
}
_TAG: Final[Mapping[str, Reader]] = {"key": text, "value": text}
REQUEST: Final[Mapping[str, Reader]] = {
    "source": opaque,
    "content": listed(an_object(GUARDED, Kind.TEXT), Kind.TEXT),
    "outputScope": opaque,
    "messages": messages,
    "checks": opaque,
    "input": an_object(_INPUT, Kind.TEXT, _of_user),
    "inputText": _of_user,
    "retrievalQuery": _of_user,
    "sessionState": an_object(_SESSION, Kind.TEXT),
    "inlineSessionState": an_object(_SESSION, Kind.TEXT),
    "instruction": _system,
    "clientRequestToken": opaque,
    "modelId": opaque,
    "modelInput": text,
    "outputDataConfig": opaque,
    "tags": listed(an_object(_TAG, Kind.TEXT), Kind.TEXT),
}
