"""Messages of Bedrock's Converse API: what requests and replies share.

Source: the API reference of Message and ContentBlock. What is not known here
is walked all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.values import Kind, Role
from hushgate.wire.readers import an_object, listed, media, opaque, text
from hushgate.wire.walk import Path, Reader, Walk

_ROLES: Final = {"system": Role.SYSTEM, "user": Role.USER, "assistant": Role.ASSISTANT}
_KINDS: Final = {Role.SYSTEM: Kind.SYSTEM, Role.TOOL: Kind.TOOL_RESULT}


def kind_of(role: Role) -> Kind:
    """What is said by a role is of this kind."""
    return _KINDS.get(role, Kind.TEXT)


def said(walk: Walk, path: Path, value: object, role: Role) -> None:
    """Text, of the kind that its speaker says; anything else in its place as well."""
    walk.value(path, value, role, kind_of(role))


def message(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One message; its own `role` says who speaks."""
    word = value.get("role") if isinstance(value, dict) else None
    role = _ROLES.get(word, Role.NONE) if isinstance(word, str) else role
    walk.fields(path, value, {"role": opaque, "content": blocks}, role, kind_of(role))


def messages(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A conversation."""
    walk.items(path, value, message, role, Kind.TEXT)


def blocks(walk: Walk, path: Path, value: object, role: Role) -> None:
    """The content of a message."""
    walk.items(path, value, block, role, kind_of(role))


def block(walk: Walk, path: Path, value: object, role: Role) -> None:
    """One block, a union: the one key that it has says what it is."""
    walk.fields(path, value, BLOCK, role, kind_of(role))


def called(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A tool with its arguments."""
    name = value.get("name") if isinstance(value, dict) else None
    outer, walk.tool = walk.tool, name if isinstance(name, str) else ""
    walk.fields(path, value, _TOOL_USE, role, Kind.TOOL_ARGS)
    walk.tool = outer


def _arguments(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.value(path, value, role, Kind.TOOL_ARGS)


def _result(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, _TOOL_RESULT, Role.TOOL, Kind.TOOL_RESULT)


def _document(walk: Walk, path: Path, value: object, role: Role) -> None:
    """A document; its name and format stand beside the source that has its bytes."""
    about = value if isinstance(value, dict) else {}
    name, ending = about.get("name"), about.get("format")
    filename = f"{name if isinstance(name, str) else ''}.{ending}" if isinstance(ending, str) else name

    def attach(walk: Walk, path: Path, value: object, role: Role) -> None:
        if isinstance(value, str):
            walk.attach(path, "", filename, value, role)
        else:
            walk.value(path, value, role, Kind.TEXT)

    def source(walk: Walk, path: Path, value: object, role: Role) -> None:
        walk.fields(path, value, {**_SOURCE, "bytes": attach}, role, kind_of(role))

    walk.fields(path, value, {**_DOCUMENT, "source": source}, role, kind_of(role))


def media_block(reason: str) -> Reader:
    """An image, a video or a sound: a format, and a source with its bytes in base64 or a place in S3."""
    source = an_object({"bytes": media(reason, link=False), "s3Location": opaque}, Kind.TEXT)
    return an_object({"format": opaque, "source": source}, Kind.TEXT)


def _cited(walk: Walk, path: Path, value: object, role: Role) -> None:
    walk.fields(path, value, {"text": said}, role, kind_of(role))


_CITED: Final = listed(_cited, Kind.TEXT)
_SOURCE: Final[Mapping[str, Reader]] = {"s3Location": opaque, "text": said, "content": _CITED}
_DOCUMENT: Final[Mapping[str, Reader]] = {"format": opaque, "name": said, "context": said, "citations": opaque}
_TOOL_USE: Final[Mapping[str, Reader]] = {
    "toolUseId": opaque,
    "name": opaque,
    "type": opaque,
    "input": _arguments,
}
_TOOL_RESULT: Final[Mapping[str, Reader]] = {
    "toolUseId": opaque,
    "status": opaque,
    "type": opaque,
    "content": blocks,
}
_GUARDED_TEXT: Final[Mapping[str, Reader]] = {"text": said, "qualifiers": opaque}
GUARDED: Final[Mapping[str, Reader]] = {
    "text": an_object(_GUARDED_TEXT, Kind.TEXT, said),
    "image": media_block("image"),
}
"""What a guardrail is to look at."""
_REASONED: Final[Mapping[str, Reader]] = {"text": said, "signature": opaque}


def _reasoned(walk: Walk, path: Path, value: object, role: Role) -> None:
    """What was thought, which comes back as it was signed."""
    if isinstance(value, dict):
        walk.sign(path, value, "text")
    walk.fields(path, value, _REASONED, role, Kind.TEXT)


_REASONING: Final[Mapping[str, Reader]] = {
    "reasoningText": _reasoned,
    "redactedContent": opaque,
}
CITATION: Final[Mapping[str, Reader]] = {
    "title": said,
    "source": said,
    "sourceContent": _CITED,
    "location": text,
}
"""Where something was read."""
_CITATIONS: Final[Mapping[str, Reader]] = {
    "content": _CITED,
    "citations": listed(an_object(CITATION, Kind.TEXT), Kind.TEXT),
}
_SEARCH_RESULT: Final[Mapping[str, Reader]] = {
    "source": said,
    "title": said,
    "content": _CITED,
    "citations": opaque,
}
BLOCK: Final[Mapping[str, Reader]] = {
    "text": said,
    "json": said,
    "image": media_block("image"),
    "video": media_block("video"),
    "audio": media_block("audio"),
    "document": _document,
    "toolUse": called,
    "toolResult": _result,
    "guardContent": an_object(GUARDED, Kind.TEXT),
    "cachePoint": opaque,
    "reasoningContent": an_object(_REASONING, Kind.TEXT),
    "citationsContent": an_object(_CITATIONS, Kind.TEXT),
    "searchResult": an_object(_SEARCH_RESULT, Kind.TEXT),
    "toolAddition": opaque,
    "toolRemoval": opaque,
}
"""Every kind of content."""
