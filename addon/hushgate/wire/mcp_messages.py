"""MCP over JSON-RPC: what a message says, whichever side sends it.

Source: the schema of the Model Context Protocol. Either side may ask and
answer, so every message is read by one table: what a tool is called with are
its arguments, and what comes back is its result, unless it says who speaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Kind, Role
from hushgate.wire.readers import an_object, file_beside, listed, opaque, text, tool_def
from hushgate.wire.schema import read_schema
from hushgate.wire.walk import Path, Reader, Walk

_ROLES: Final = {"user": Role.USER, "assistant": Role.ASSISTANT}
_KINDS: Final = {Role.SYSTEM: Kind.SYSTEM, Role.TOOL: Kind.TOOL_RESULT}


def _kind(role: Role) -> Kind:
    return _KINDS.get(role, Kind.TEXT)


def read_messages(walk: Walk, doc: object) -> None:
    """One message, or a batch of them."""
    if isinstance(doc, list):
        walk.items((), doc, _message, Role.NONE, Kind.TEXT)
    else:
        _message(walk, (), doc, Role.NONE)


def _message(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, ENVELOPE, role, Kind.TEXT)


def _fields(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Parameters, a result, or anything in one; its own `role` says who speaks."""
    word = value.get("role") if isinstance(value, dict) else None
    role = _ROLES.get(word, Role.NONE) if isinstance(word, str) else role
    walk.fields(path, value, _table(value), role, _kind(role))


def _table(value: object) -> Mapping[str, Reader]:
    """A tool's name is looked up; a resource's, which has an address for that, is text."""
    return _LINK if isinstance(value, dict) and ("uri" in value or "uriTemplate" in value) else FIELDS


def _params(walk: Walk, path: Path, value: object, role: Role) -> None:
    """What a method is called with: `name` and `arguments` are a tool's."""
    name = value.get("name") if isinstance(value, dict) else None
    outer = walk.tool
    if isinstance(value, dict) and "arguments" in value:
        walk.tool = name if isinstance(name, str) else ""
    _fields(walk, path, value, Role.NONE)
    walk.tool = outer


def _result(walk: Walk, path: Path, value: object, role: Role) -> None:
    """What comes back: a tool's result, unless it says otherwise, or a user has filled in a form."""
    by_user = isinstance(value, dict) and "action" in value
    _fields(walk, path, value, Role.USER if by_user else Role.TOOL)


def _said(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Content: a text, a block, a list of them, or the fields of a form."""
    if isinstance(value, list):
        walk.items(path, value, _said, role, _kind(role))
    elif isinstance(value, dict):
        _block(walk, path, value, role)
    else:
        _text(walk, path, value, role)


def _block(walk: Walk, path: Path, value: dict[str, object], role: Role) -> None:
    if value.get("type") == "tool_result":
        role = Role.TOOL
    outer = walk.tool
    if "input" in value:
        name = value.get("name")
        walk.tool = name if isinstance(name, str) else ""
    # `data` is the file of an image or a sound here, and anything in a line of a log.
    file_beside(_table(value), "data", media_type="mimeType")(walk, path, value, role)
    walk.tool = outer


def _text(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, role, _kind(role))


def _arguments(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Arguments; in the definition of a prompt, what they are."""
    if isinstance(value, list):
        walk.items(path, value, _defined, role, Kind.TOOL_DEF)
    else:
        walk.value(path, value, Role.ASSISTANT if role is Role.NONE else role, Kind.TOOL_ARGS)


def _defined(walk: Walk, path: Path, value: object, role: Role) -> None:
    """What a server offers: a tool, a prompt, an argument of one."""
    walk.fields(path, value, _DEFINED, role, Kind.TOOL_DEF)


def _system(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, Role.SYSTEM, Kind.SYSTEM)


def _each(reader: Reader) -> Reader:
    """An object whose keys are names that either side made up, and whose values have a reader."""

    def read(walk: Walk, path: Path, value: object, role: Role) -> None:
        if not isinstance(value, dict):
            walk.value(path, value, role, Kind.TEXT)
            return
        for key, inner in value.items():
            walk.key((*path, key), role, Kind.OPAQUE)
            reader(walk, (*path, key), inner, role)

    return read


_RESOURCE: Final[Mapping[str, Reader]] = {"uri": _text, "mimeType": opaque, "text": _text}
_ICON: Final[Mapping[str, Reader]] = {"src": text, "mimeType": opaque, "sizes": opaque, "theme": opaque}
_ICONS: Final = listed(an_object(_ICON, Kind.TEXT), Kind.TEXT)
_ABOUT: Final[Mapping[str, Reader]] = {"name": opaque, "version": opaque, "icons": _ICONS}
_RESOURCES: Final = file_beside(_RESOURCE, "blob", media_type="mimeType")
_DEFINED: Final[Mapping[str, Reader]] = {
    "name": opaque,
    "description": tool_def,
    "title": tool_def,
    "inputSchema": read_schema,
    "outputSchema": read_schema,
    "annotations": tool_def,
    "execution": opaque,
    "arguments": _arguments,
    "icons": _ICONS,
}
_DEFINITIONS: Final = listed(_defined, Kind.TOOL_DEF)
_TASK: Final[Mapping[str, Reader]] = {"taskId": opaque, "status": opaque, "createdAt": opaque, "lastUpdatedAt": opaque}
_NAMED: Final[Mapping[str, Reader]] = {"type": opaque, "name": opaque, "uri": text, "value": text}

FIELDS: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "role": opaque,
    "name": opaque,
    "id": opaque,
    "arguments": _arguments,
    "input": _arguments,
    "content": _said,
    "text": _text,
    "uri": _text,
    "title": _text,
    "description": _text,
    "structuredContent": _text,
    "messages": listed(_fields, Kind.TEXT),
    "contents": listed(_RESOURCES, Kind.TOOL_RESULT),
    "resource": _RESOURCES,
    "resources": listed(_fields, Kind.TEXT),
    "resourceTemplates": listed(_fields, Kind.TEXT),
    "roots": listed(_fields, Kind.TEXT),
    "uriTemplate": _text,
    "tools": _DEFINITIONS,
    "prompts": _DEFINITIONS,
    "systemPrompt": _system,
    "instructions": _system,
    "requestedSchema": read_schema,
    "ref": an_object(_NAMED, Kind.TEXT),
    "argument": an_object(_NAMED, Kind.TEXT),
    "icons": _ICONS,
    "inputRequests": _each(_message),
    "inputResponses": _each(_result),
    "task": an_object(_TASK, Kind.TEXT),
    "tasks": listed(an_object(_TASK, Kind.TEXT), Kind.TEXT),
    **_TASK,
    "clientInfo": an_object(_ABOUT, Kind.TEXT),
    "serverInfo": an_object(_ABOUT, Kind.TEXT),
    "capabilities": opaque,
    "protocolVersion": opaque,
    "supportedVersions": opaque,
    "modelPreferences": opaque,
    "includeContext": opaque,
    "toolChoice": opaque,
    "toolUseId": opaque,
    "model": opaque,
    "stopReason": opaque,
    "action": opaque,
    "mode": opaque,
    "elicitationId": opaque,
    "level": opaque,
    "logger": opaque,
    "mimeType": opaque,
    "progressToken": opaque,
    "requestId": opaque,
    "requestState": opaque,
    "cursor": opaque,
    "nextCursor": opaque,
    "resultType": opaque,
    "cacheScope": opaque,
}
_LINK: Final[Mapping[str, Reader]] = {**FIELDS, "name": _text}
_ERROR: Final[Mapping[str, Reader]] = {"code": opaque, "message": text, "data": text}
ENVELOPE: Final[Mapping[str, Reader]] = {
    "jsonrpc": opaque,
    "id": opaque,
    "method": opaque,
    "params": _params,
    "result": _result,
    "error": an_object(_ERROR, Kind.TEXT),
}
