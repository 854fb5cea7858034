"""Edits inside JSON text: only the edited literals change, every other character stays.

The text is valid JSON (it was parsed before). Only objects and arrays on the
way to an edit are stepped through; the rest is skipped by the C scanner.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Final

from hushgate.errors import Malformed
from hushgate.values import Embedded, Step
from hushgate.wire.document import escape_surrogates

_DECODER: Final = json.JSONDecoder()
_BLANK: Final = re.compile(r"[ \t\r\n]*")


@dataclass(slots=True)
class Edit:
    """What happens at one place: the key above it renamed, its value replaced, or edits below."""

    name: str | None = field(default=None, repr=False)
    text: str | None = field(default=None, repr=False)
    below: dict[Step, Edit] = field(default_factory=dict, repr=False)


def splice(text: str, edit: Edit) -> str:
    """`text` edited. LookupError where an edit finds no leaf; Malformed where a renamed key clashes."""
    splicer = _Splicer(text)
    # json's own error would hold the text: it ends here, not even as a context.
    try:
        return splicer.edited(edit)
    except (json.JSONDecodeError, IndexError):
        pass
    raise LookupError("an edit inside a string that holds no JSON")


class _Splicer:
    __slots__ = ("_copied", "_escape", "_pieces", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._copied = 0
        self._pieces: list[str] = []
        self._escape = text.isascii() and "\\u" in text

    def edited(self, edit: Edit) -> str:
        self._value(self._blank(0), edit)
        self._pieces.append(self._text[self._copied :])
        return "".join(self._pieces)

    def _value(self, at: int, edit: Edit) -> int:
        """Edit the value that starts at `at`; where it ends."""
        opening = self._text[at]
        if edit.text is not None:
            if edit.below or opening in "{[tfn":
                raise LookupError("an edit of something that is not a leaf")
            return self._replace(at, edit.text)
        if not edit.below:
            return self._skip(at)
        if opening == "{":
            return self._object(at, edit)
        if opening == "[":
            return self._array(at, edit)
        inside = edit.below.get(Embedded.JSON)
        if opening != '"' or inside is None or len(edit.below) > 1:
            raise LookupError("an edit points below a leaf")
        return self._replace(at, splice(str(_DECODER.raw_decode(self._text, at)[0]), inside))

    def _object(self, at: int, edit: Edit) -> int:
        names: set[str] = set()
        waiting = set(edit.below)
        at = self._blank(at + 1)
        while self._text[at] != "}":
            key, end = _DECODER.raw_decode(self._text, at)
            inner = edit.below.get(key)
            waiting.discard(key)
            if inner is not None and inner.name is not None:
                self._replace(at, inner.name)
                key = inner.name
            if key in names:
                raise Malformed("a masked key would be the same as another key")
            names.add(key)
            at = self._blank(self._blank(end) + 1)
            at = self._blank(self._skip(at) if inner is None else self._value(at, inner))
            if self._text[at] == ",":
                at = self._blank(at + 1)
        if waiting:
            raise LookupError("an edit points at no key")
        return at + 1

    def _array(self, at: int, edit: Edit) -> int:
        waiting = set(edit.below)
        index = 0
        at = self._blank(at + 1)
        while self._text[at] != "]":
            inner = edit.below.get(index)
            waiting.discard(index)
            if inner is not None and inner.name is not None:
                raise LookupError("an edit of an item's key")
            at = self._blank(self._skip(at) if inner is None else self._value(at, inner))
            index += 1
            if self._text[at] == ",":
                at = self._blank(at + 1)
        if waiting:
            raise LookupError("an edit points at no item")
        return at + 1

    def _replace(self, at: int, text: str) -> int:
        """Put `text`, as a string literal in the document's style, in the place of the literal at `at`."""
        end = self._skip(at)
        literal = json.dumps(text) if self._escape else escape_surrogates(json.dumps(text, ensure_ascii=False))
        self._pieces += (self._text[self._copied : at], literal)
        self._copied = end
        return end

    def _skip(self, at: int) -> int:
        return _DECODER.raw_decode(self._text, at)[1]

    def _blank(self, at: int) -> int:
        found = _BLANK.match(self._text, at)
        return at if found is None else found.end()
