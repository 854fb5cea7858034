"""JSON as nobody would write it: every freedom of RFC 8259 in keys, escapes, numbers and white space.

And some freedoms it does not give, since a reader may take them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_plus

from tests.fuzz.draw import Draw

BLANK: Final = ("", "", "", " ", "\n", "\t", "\r\n", "  ")
NUMBERS: Final = (
    "0", "1", "-0", "-0.0", "1.0", "1e0", "1E+2", "1e-2", "0.1", "1e999", "-1e999", "1e-999", "1e16", "1e21", "1e22",
    "123456789012345678", "9007199254740993", "18446744073709551615", "18446744073709551616", "1" + "0" * 309,
    "1" * 25, "0.10000000000000000555", "4.9e-324", "2.5e-324", "1.7976931348623157e308", "1.7976931348623159e308",
    "01", "+1", ".5", "1.", "0x10", "1_000", "-", "NaN", "-Infinity", "1e", "１",
)  # fmt: skip
SHORT: Final = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
BROKEN: Final = ('"', "\\", "\\x41", "\\u12", "\\ud800", "\\udc00\\ud800", "\\/", "\x01", "\ud800", "\n")
ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\(.)")
KEYS: Final = ("a", "b", "__proto__", "", "0", "1")
WRITTEN: Final = re.compile(r"(\\+(?:u[0-9a-fA-F]{4}|[^\\]|\Z))")
DEEPEST: Final = 6


def literal(draw: Draw, text: str) -> str:
    """A string literal that means `text`, each character written in one of its ways.

    Escapes that stand in the text are written plainly: nobody escapes the letters of an escape, and detection undoes
    that only where it reads JSON.
    """
    how = draw.below(4)
    pieces = WRITTEN.split(text)
    for at in range(0, len(pieces), 2):
        pieces[at] = "".join(_written(draw, how, character) for character in pieces[at])
    for at in range(1, len(pieces), 2):
        pieces[at] = "".join(_written(draw, 0, character) for character in pieces[at])
    return f'"{"".join(pieces)}"'


def _written(draw: Draw, how: int, character: str) -> str:
    point = ord(character)
    must = character in '"\\' or point < 32 or 0xD800 <= point < 0xE000
    if how == 1 or (how == 2 and draw.flag()) or (must and character not in SHORT):
        units = character.encode("utf-16-be", "surrogatepass")
        code = "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
        return code.upper().replace("\\U", "\\u") if draw.flag() else code
    if character == "/" and how == 3:
        return "\\/"
    return SHORT.get(character, character) if must else character


def document(
    draw: Draw, leaves: tuple[str, ...] = (), keys: tuple[str, ...] = (), numbers: tuple[str, ...] = NUMBERS
) -> str:
    """A JSON text. Strings and keys are now and then one of `leaves` and `keys`."""
    return _Writer(draw, leaves, keys, numbers).value(0)


@dataclass(frozen=True, slots=True)
class _Writer:
    draw: Draw
    leaves: tuple[str, ...]
    keys: tuple[str, ...]
    numbers: tuple[str, ...]

    def value(self, depth: int) -> str:
        draw = self.draw
        kind = draw.below(8) if depth < DEEPEST and draw.left > 0 else draw.below(3)
        blank = draw.pick(BLANK)
        if kind == 0:
            text = draw.pick(self.leaves) if self.leaves and draw.flag() else draw.text(12)
            return blank + literal(draw, text) + draw.pick(BLANK)
        if kind == 1:
            return blank + draw.pick(self.numbers) + draw.pick(BLANK)
        if kind == 2:
            return blank + draw.pick(("null", "true", "false")) + draw.pick(BLANK)
        if kind == 3:  # a string that holds JSON
            return blank + literal(draw, self.value(depth + 1))
        return blank + self.container(depth) + draw.pick(BLANK)

    def container(self, depth: int) -> str:
        if self.draw.flag():
            return f"[{','.join(self.draw.some(lambda: self.value(depth + 1), 3))}]"
        return f"{{{','.join(self.draw.some(lambda: self.member(depth + 1), 4))}}}"

    def member(self, depth: int) -> str:
        draw = self.draw
        key = draw.pick(self.keys) if self.keys and draw.flag() else draw.pick(KEYS) + draw.text(2)
        return f"{draw.pick(BLANK)}{literal(draw, key)}{draw.pick(BLANK)}:{self.value(depth)}"


def damaged(draw: Draw, text: str) -> bytes:
    """The text in bytes: mostly UTF-8, now and then something else, or with something in it that has no place."""
    how = draw.below(16)
    if how == 1:
        at = draw.below(len(text) + 1)
        text = text[:at] + draw.pick(BROKEN) + text[at:]
    if how == 2:
        return text.encode("utf-8-sig", "surrogatepass")
    if how == 3:
        return text.encode(draw.pick(("utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")), "surrogatepass")
    raw = text.encode("utf-8", "surrogatepass")
    if how == 4:  # over-long, surrogate and truncated sequences
        at = draw.below(len(raw) + 1)
        bad = draw.pick((b"\xc0\xa2", b"\xe0\x80\xa2", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xff", b"\xc3", b"\0"))
        return raw[:at] + bad + raw[at:]
    if how == 5:
        return raw + draw.pick((b"{}", b"\0", b",", b"\x0c", b"\xc2\xa0", b"//", b"]"))
    return raw


def readings(text: str) -> list[str]:
    """A text, all that it says as JSON, and the text with its escapes undone: once, twice, and the percents."""
    once = ESCAPE.sub(_unescaped, text)
    return [text, *meant(text), once, ESCAPE.sub(_unescaped, once), unquote_plus(text)]


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else str(json.loads(f'"{found[0]}"')) if found[3] in '"\\/bfnrt' else found[0]


def opens(text: str) -> bool:
    """Whether a text is an object or an array of JSON, to any reader."""
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def meant(text: str) -> list[str]:
    """Everything a text says to a reader of JSON, opened as far as it goes: keys, strings, numbers."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    found: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            found += one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str):
            found.append(one)
            found += meant(one) if one.strip()[:1] in ("{", "[", '"') else []
        elif one is not None:
            found.append(repr(one))
    return found
