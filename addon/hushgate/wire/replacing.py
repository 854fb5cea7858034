"""A text in the place of a file, in every format that takes both.

Known by the shape of what stands around the file's data, since providers'
shapes differ and compatible servers share them: OpenAI chat `file`, Responses
`input_file`, Anthropic `document`, Gemini `inlineData` and interactions,
Bedrock `document`, Mistral `document_url`, resources of MCP.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final

from hushgate.errors import Malformed
from hushgate.values import Embedded, Location

_GEMINI: Final = frozenset({"inlineData", "inline_data"})


def replace_file(document: object, location: Location, text: str) -> object:
    """`document`, not mutated, with `text` for the file whose data stands at `location`; Malformed where none fits."""
    path = location.path
    if any(isinstance(step, Embedded) for step in path):
        raise _nowhere()
    for above in range(1, min(4, len(path) + 1)):
        fresh = _text_for(_at(document, path[:-above]), path[-above:], text)
        if fresh is not None:
            return _put(document, path[:-above], fresh)
    raise _nowhere()


def _text_for(part: Any, below: tuple[object, ...], text: str) -> dict[str, object] | None:
    """The part in whose place text goes, if this is the part and not something in it."""
    if not isinstance(part, dict):
        return None
    kind = part.get("type")
    if kind == "file" and below == ("file", "file_data"):
        return {"type": "text", "text": _named(part["file"].get("filename"), text)}
    if kind == "input_file" and below == ("file_data",):
        return {"type": "input_text", "text": _named(part.get("filename"), text)}
    if kind == "document" and below == ("source", "data"):
        return {**part, "source": {"type": "text", "media_type": "text/plain", "data": text}}
    if kind == "document_url" and below == ("document_url",):
        return {"type": "text", "text": _named(part.get("document_name"), text)}
    if len(below) == 2 and below[0] in _GEMINI and below[1] == "data":
        return {"text": text}
    if kind == "image_url" and below in {("image_url",), ("image_url", "url")}:
        return {"type": "text", "text": text}
    if kind == "input_image" and below == ("image_url",):
        return {"type": "input_text", "text": text}
    if kind == "image" and below == ("source", "data"):
        return {**{k: v for k, v in part.items() if k != "source"}, "type": "text", "text": text}
    if below == ("image", "source", "bytes"):
        return {"text": text}
    if kind in {"document", "image"} and below == ("data",):
        return {"type": "text", "text": text}
    if "uri" in part and below == ("blob",):
        return {**{k: v for k, v in part.items() if k != "blob"}, "mimeType": "text/plain", "text": text}
    if below == ("document", "source", "bytes"):
        raw = b64encode(text.encode("utf-8", "replace")).decode("ascii")
        return {**part, "document": {**part["document"], "format": "txt", "source": {"bytes": raw}}}
    return None


def _named(filename: object, text: str) -> str:
    return f"{filename}\n\n{text}" if isinstance(filename, str) and filename else text


def _at(document: object, path: tuple[object, ...]) -> Any:
    node: Any = document
    for step in path:
        node = node[step]
    return node


def _put(node: Any, path: tuple[object, ...], fresh: object) -> object:
    if not path:
        return fresh
    inner = _put(node[path[0]], path[1:], fresh)
    if isinstance(node, list):
        return [inner if n == path[0] else item for n, item in enumerate(node)]
    return {**node, path[0]: inner}


def _nowhere() -> Malformed:
    return Malformed("no text can stand in the place of this file", hint="send its text instead")
