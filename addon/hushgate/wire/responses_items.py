"""OpenAI Responses: the items of a conversation, which requests and replies share.

Source: the API reference of POST /v1/responses, `input` and `output`, and of
conversations. One table serves all types: what a field is called says what it
is (`arguments`, `action` and `code` are what a tool is called with, `output`
and `results` what came back). An item of a type that is not known here is read
by the same table, and what the table does not know is walked all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Kind, Role
from hushgate.wire.openai_request import AUDIO, KINDS, PART, ROLES, URL
from hushgate.wire.openai_tokens import probability, spelling
from hushgate.wire.readers import an_object, file_beside, listed, media, opaque, text
from hushgate.wire.responses_tools import CONTAINER, tools
from hushgate.wire.walk import Path, Reader, Walk


def items(walk: Walk, path: Path, value: object, role: Role) -> None:
    """`input`, `output`, `items`: a list of items, or one text of the user's."""
    if isinstance(value, str):
        walk.leaf(path, value, role if role is not Role.NONE else Role.USER, Kind.TEXT)
    else:
        walk.items(path, value, item, role, Kind.TEXT)


def item(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One item; its `role`, or else its `type`, says who speaks."""
    if not isinstance(value, dict):
        walk.value(path, value, role, Kind.TEXT)
        return
    kind, word = value.get("type"), value.get("role")
    kind = kind if isinstance(kind, str) else ""
    if isinstance(word, str):
        role = ROLES.get(word, Role.NONE)
    elif kind.endswith(("_output", "_tools")):
        role = Role.TOOL
    elif kind:
        role = Role.ASSISTANT
    table = {**_ITEM, **_calling(called_tool(value))}
    if kind == "image_generation_call":
        table["result"] = _IMAGE_DATA
    walk.fields(path, value, table, role, KINDS.get(role, Kind.TEXT))


def called_tool(item: Mapping[str, object]) -> str:
    """The tool that an item calls: its name, or its type's (`web_search`); "" where neither is told."""
    name, kind = item.get("name"), item.get("type")
    if isinstance(name, str):
        return name
    named = ("function_call", "custom_tool_call", "mcp_call", "mcp_approval_request")
    return kind.removesuffix("_call") if isinstance(kind, str) and kind not in named else ""


def said(walk: Walk, path: Path, value: object, role: Role) -> None:
    """What is said: a string, or a list of parts."""
    if isinstance(value, str):
        walk.leaf(path, value, role, KINDS.get(role, Kind.TEXT))
    else:
        walk.items(path, value, part, role, KINDS.get(role, Kind.TEXT))


def part(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One part of what is said; log-probabilities stand beside their text."""
    table = _PART
    if isinstance(value, dict) and "logprobs" in value:
        table = {**table, "logprobs": spelling(value.get("text"))}
    if isinstance(value, dict) and "file_data" in value:
        file_beside(table, "file_data", filename="filename")(walk, path, value, role)
    else:
        walk.fields(path, value, table, role, KINDS.get(role, Kind.TEXT))


def _came_back(walk: Walk, path: Path, value: object, role: Role) -> None:
    if isinstance(value, dict):
        part(walk, path, value, Role.TOOL)
    else:
        said(walk, path, value, Role.TOOL)


def _calling(tool: str) -> dict[str, Reader]:
    """Readers of what a tool is called with."""

    def read(walk: Walk, path: Path, value: object, role: Role) -> None:
        outer, walk.tool = walk.tool, tool
        if isinstance(value, str):
            walk.leaf(path, value, role, Kind.TOOL_ARGS)
        elif path[-1] == "actions":
            walk.items(path, value, _action, role, Kind.TOOL_ARGS)
        else:
            _action(walk, path, value, role)
        walk.tool = outer

    return dict.fromkeys(("arguments", "input", "code", "action", "actions", "operation", "queries"), read)


def _action(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, _ACTION, role, Kind.TOOL_ARGS)


_IMAGE_DATA: Final = media("image", link=False)
_SOURCES: Final = listed(an_object({"type": opaque, "url": text}, Kind.TEXT), Kind.TEXT)
_ACTION: Final[Mapping[str, Reader]] = {"type": opaque, "button": opaque, "sources": _SOURCES}
_CITED_FILE: Final = an_object({"file_id": opaque, "quote": text}, Kind.TEXT)
_CITED: Final[Mapping[str, Reader]] = {
    "type": opaque,
    "file_citation": _CITED_FILE,
    "file_path": _CITED_FILE,
    "file_id": opaque,
    "container_id": opaque,
    "filename": text,
    "url": text,
    "title": text,
}
ANNOTATION: Final = an_object(_CITED, Kind.TEXT)
_PART: Final[Mapping[str, Reader]] = {
    **PART,
    "text": said,
    "refusal": said,
    "image_url": URL,
    "url": URL,
    "file_id": opaque,
    "filename": text,
    "detail": opaque,
    "input_audio": an_object(AUDIO, Kind.TEXT),
    "audio": an_object(AUDIO, Kind.TEXT, media("audio", link=False)),
    "transcript": said,
    "annotations": listed(ANNOTATION, Kind.TEXT),
    "encrypted_content": opaque,
    "logs": said,
    "stdout": said,
    "stderr": said,
    "image": an_object({"file_id": opaque}, Kind.TEXT, URL),
    "image_file": an_object({"file_id": opaque, "detail": opaque}, Kind.TEXT),
    "outcome": opaque,
    "created_by": opaque,
    "score": probability,
}
_CHECK: Final[Mapping[str, Reader]] = {"id": opaque, "code": opaque, "message": text}
_CHECKS: Final = listed(an_object(_CHECK, Kind.TEXT), Kind.TEXT)
_STRUCTURAL: Final = """
type id call_id role status namespace caller phase encrypted_content fingerprint server_label approval_request_id
container_id created_by execution object size quality background output_format model
""".split()
_ITEM: Final[Mapping[str, Reader]] = {
    **dict.fromkeys(_STRUCTURAL, opaque),
    "name": opaque,
    "content": said,
    "summary": said,
    "output": _came_back,
    "outputs": _came_back,
    "results": _came_back,
    "result": _came_back,
    "revised_prompt": text,
    "pending_safety_checks": _CHECKS,
    "acknowledged_safety_checks": _CHECKS,
    "tools": tools,
    "environment": an_object(CONTAINER, Kind.TOOL_DEF, opaque),
    "reasoning": opaque,
}
