"""Content blocks of Anthropic messages, as requests and replies share them.

Source: the API reference of POST /v1/messages. One table serves every type of
block, so a type that is not known here is read like the others: what a client
wrote or a model said is text, what the provider checks (`signature`,
`encrypted_content`) is opaque, and base64 is named unread.

The text of a `thinking` block, or of a `compaction`, is text like any other,
and told as signed: the API refuses one that does not come back as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Kind, Role
from hushgate.wire.readers import an_object, file_beside, listed, media, opaque, tool_def
from hushgate.wire.schema import read_schema
from hushgate.wire.walk import Path, Reader, Walk

_KINDS: Final = {Role.SYSTEM: Kind.SYSTEM, Role.TOOL: Kind.TOOL_RESULT}


def kind_of(role: Role) -> Kind:
    """What a text is to the model, by who speaks."""
    return _KINDS.get(role, Kind.TEXT)


def said(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Content: a string, a block, or a list of blocks."""
    if isinstance(value, str):
        walk.leaf(path, value, role, kind_of(role))
    elif isinstance(value, dict):
        block(walk, path, value, role)
    else:
        walk.items(path, value, block, role, kind_of(role))


def block(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One block, or a part of one that has a `type` of its own: a citation, the outcome of a server's tool."""
    if not isinstance(value, dict):
        walk.value(path, value, role, kind_of(role))
        return
    word = value.get("type")
    if isinstance(word, str) and word.endswith("tool_result"):
        role = Role.TOOL
    kind, outer = kind_of(role), walk.tool
    if "input" in value:
        name = value.get("name")
        kind, walk.tool = Kind.TOOL_ARGS, name if isinstance(name, str) else ""
    walk.sign(path, value, "thinking")
    walk.sign(path, value, "content")
    walk.fields(path, value, _REDACTED if word == "redacted_thinking" else BLOCK, role, kind)
    walk.tool = outer


def tool(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One definition of a tool: a client's, a server's, or a set of them."""
    walk.fields(path, value, TOOL, role, Kind.TOOL_DEF)


def _text(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, role, kind_of(role))


def _input(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, role, Kind.TOOL_ARGS)


def _source(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Where an image or a document comes from; of a search result, a text that says so."""
    if not isinstance(value, dict):
        _text(walk, path, value, role)
        return
    if value.get("type") == "text":
        walk.fields(path, value, _PLAIN, role, kind_of(role))
    else:
        _FILE(walk, path, value, role)


_SOURCE: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "media_type": opaque,
    "url": _text,
    "file_id": opaque,
    "content": said,
}
_PLAIN: Final[Mapping[str, Reader]] = {**_SOURCE, "data": said}
_FILE: Final = file_beside(_SOURCE, "data", media_type="media_type")
_CHANGE: Final[Mapping[str, Reader]] = {"type": opaque, "name": opaque, "server_name": opaque, "definition": tool}
_CHANGED: Final = an_object(_CHANGE, Kind.TOOL_DEF)
BLOCK: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "text": said,
    "thinking": said,
    "content": said,
    "input": _input,
    "source": _source,
    "title": _text,
    "context": _text,
    "url": _text,
    "stdout": _text,
    "stderr": _text,
    "lines": _text,
    "page_age": _text,
    "citations": said,
    "cited_text": _text,
    "document_title": _text,
    "error_message": _text,
    "tool_references": said,
    "tool_changes": said,
    "tools": listed(tool, Kind.TOOL_DEF),
    "tool": _CHANGED,
    "data": media("file", link=False),
    "id": opaque,
    "name": opaque,
    "tool_name": opaque,
    "tool_use_id": opaque,
    "server_name": opaque,
    "mcp_server_name": opaque,
    "toolset_name": opaque,
    "file_id": opaque,
    "caller": opaque,
    "cache_control": opaque,
    "signature": opaque,
    "encrypted_content": opaque,
    "encrypted_stdout": opaque,
    "encrypted_index": opaque,
    "error_code": opaque,
    "return_code": opaque,
    "retrieved_at": opaque,
    "file_type": opaque,
    "stop_reason": opaque,
    "transformations": opaque,
}
_REDACTED: Final[Mapping[str, Reader]] = {**BLOCK, "data": opaque}
_LOCATION: Final[Mapping[str, Reader]] = {"type": opaque}
TOOL: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "name": opaque,
    "description": tool_def,
    "input_schema": read_schema,
    "input_examples": tool_def,
    "allowed_domains": tool_def,
    "blocked_domains": tool_def,
    "user_location": an_object(_LOCATION, Kind.TOOL_DEF),
    "tools": listed(tool, Kind.TOOL_DEF),
    "cache_control": opaque,
    "caching": opaque,
    "allowed_callers": opaque,
    "mcp_server_name": opaque,
    "configs": opaque,
    "default_config": opaque,
    "model": opaque,
}
