"""Fragments of JSON text, cut anywhere: the characters they stand for, each with its own spelling.

Tool-call arguments stream as pieces of JSON text. A value in them is spelled
with escapes (RFC 8259, section 7), so it is looked for in the characters and
replaced in the spelling.
"""

from __future__ import annotations

from typing import Final

_SHORT: Final = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_HEX: Final = frozenset("0123456789abcdefABCDEF")


class JsonText:
    """Incremental. The spellings that were given out, joined, are the input; each stands for one code point."""

    __slots__ = ("_escape",)

    def __init__(self) -> None:
        self._escape = ""

    def feed(self, fragment: str) -> tuple[str, list[str]]:
        """Characters and their spellings, equally many; an escape that is still open is kept back."""
        if not self._escape and "\\" not in fragment:
            return fragment, list(fragment)
        characters: list[str] = []
        spellings: list[str] = []
        escape = self._escape
        for character in fragment:
            if not escape:
                if character == "\\":
                    escape = character
                else:
                    characters.append(character)
                    spellings.append(character)
                continue
            escape += character
            meant = _meaning(escape)
            if meant == "":
                continue
            if meant is None:
                # Not an escape after all: each character stands for itself.
                characters.extend(escape)
                spellings.extend(escape)
            else:
                characters.append(meant)
                spellings.append(escape)
            escape = ""
        self._escape = escape
        return "".join(characters), spellings

    def flush(self) -> tuple[str, list[str]]:
        """What was kept back, as it stands."""
        rest, self._escape = self._escape, ""
        return rest, list(rest)


def _meaning(escape: str) -> str | None:
    """What an escape stands for; "" while it is not complete, None where it is none."""
    kind = escape[1]
    if kind in _SHORT:
        return _SHORT[kind]
    if kind != "u" or any(digit not in _HEX for digit in escape[2:]):
        return None
    return chr(int(escape[2:], 16)) if len(escape) == 6 else ""
