"""Encodings that hide a value from patterns, and how to look under them.

Substituting layers (escapes, percent, entities, invisible characters, letters
of other alphabets that look Latin) map every offset back exactly. Base64 and
hex map to the whole encoded run, and count only where at least twelve
printable characters come out.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from typing import Final

from hushgate.detect.expressions import compile_pattern
from hushgate.detect.offsets import Decoded, blob, substituted
from hushgate.detect.page import Page

DEPTH: Final = 2
"""How many encodings inside each other are looked under."""
LEAST: Final = 12
"""Printable characters a base64 or hex run must decode to."""
MOST: Final = 32 << 20
"""Code points decoded from one text, all layers together, before it is a fault."""

# Four characters of base64 whose three bytes are ASCII text: the top bits of the bytes are clear, which half
# of the alphabet in each place can say. Three such groups in a row are rare in anything else.
_ALPHABET: Final = "[A-Za-z0-9+/_-]"
_ASCII_QUADS: Final = rf"(?:[CDI-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589]{_ALPHABET}){{4}}"
# Eight that are three ASCII letters in UTF-16, as PowerShell's -EncodedCommand wants them: every other byte is zero.
_WIDE_QUADS: Final = rf"(?:[A-Za-f][AQgw][AB]{_ALPHABET}A[A-H][AEIMQUYcgkosw048]A){{4}}"
_ASCII_HEX: Final = r"(?:[2-7][0-9A-Fa-f]|0[9AaDd]){12}"

_SIGNS: Final = (
    ("escape", b"\\", re.compile(rb'\\[\\"/bfnrtux]')),
    ("percent", b"%", re.compile(rb"%[0-9A-Fa-f][0-9A-Fa-f]")),
    ("entity", b"&", re.compile(rb"&(?:#|[A-Za-z]{2,8};)")),
)
_RUNS: Final = (
    ("hex", 24, compile_pattern(_ASCII_HEX, capture=False)),
    ("base64", 16, compile_pattern(rf"{_ASCII_QUADS}|{_WIDE_QUADS}", capture=False)),
)
_PIECE: Final = 4096
ENCODINGS: Final = frozenset({"escape", "percent", "entity", "hex", "base64", "foreign"})


def present(page: Page) -> frozenset[str]:
    """Which of `ENCODINGS` a page may hold, at 200 MB/s and more."""
    data = page.data
    found = {name for name, sign, form in _SIGNS if sign in data and form.search(data)}
    found.update(name for name, least, form in _RUNS if page.has_run(least) and form.search(data))
    if not data.isascii():
        found.add("foreign")
    return frozenset(found)


# JSON in a string of JSON in a string ...: every level doubles the backslashes, and one reading undoes them all.
_ESCAPE: Final = re.compile(
    r"\\(?:(?<!\\\\)\\{2,}+(?:u[0-9a-fA-F]{4}|[\"/bfnrt])|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|"
    r"u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\"\\/bfnrt])"
)
_SHORT: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_PERCENT: Final = re.compile(r"%[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2})*+")
"""Possessive, here and in hex: no way back is kept in memory, which none needs."""
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]+"
)
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]")
_HEX: Final = re.compile(_ASCII_HEX + r"(?:[2-7][0-9A-Fa-f]|0[9AaDd])*+")
_BASE64: Final = re.compile(
    rf"(?:{_ASCII_QUADS}|{_WIDE_QUADS}){_ALPHABET}*(?:\r?\n[A-Za-z0-9+/]{{16,}})*+(?:\r?\n[A-Za-z0-9+/]{{1,15}}(?![\w+/]))?={{0,2}}"
)
_IN_RUN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")
_UNPRINTABLE: Final = re.compile(r"[^\t\n\r\x20-\x7e\u00a0-\U0010ffff]")

_LOOKALIKES: Final = {
    ord(other): latin
    for other, latin in zip(
        "АВЕЅІЈКМНОРСТХУаеорсухіјѕһԁԛԝВΑΒΕΖΗΙΚΜΝΟΡΤΥΧονιρ‐‑‒–—―−⁃․。．＠﹫：﹕",
        "ABESIJKMHOPCTXYaeopcyxijshdqwBABEZHIKMNOPTYXovip--------...@@::",
        strict=True,
    )
}


def decoded(text: str, encodings: frozenset[str]) -> Iterator[Decoded]:
    """Every layer of a text that is there, one encoding deep. `encodings` are those worth trying."""
    if "escape" in encodings and (found := substituted("escape", text, _ESCAPE.finditer(text), _unescape)):
        yield found
    if "percent" in encodings and (found := substituted("percent", text, _PERCENT.finditer(text), _unpercent)):
        yield found
    if "entity" in encodings and (found := substituted("entity", text, _ENTITY.finditer(text), _unentity)):
        yield found
    if "foreign" in encodings and not text.isascii():
        if found := substituted("invisible", text, _foreign(_INVISIBLE, text), lambda _: ""):
            yield found
        if found := substituted("folded", text, _foreign(_FOREIGN, text), _fold):
            yield found
    if "hex" in encodings:
        for match in _HEX.finditer(text):
            inner = _printable(bytes.fromhex(match.group()))
            if inner is not None:
                yield blob("hex", inner, *match.span())
    if "base64" in encodings:
        yield from _base64(text)


def _foreign(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches of a pattern of one kind of character that is not ASCII: it would look at each of the others, too."""
    for low in range(0, len(text), _PIECE):
        if not text[low : low + _PIECE].isascii():
            yield from pattern.finditer(text, low, low + _PIECE)


def _unescape(found: str) -> str:
    if found.startswith("\\\\\\"):
        found = found[found.rindex("\\") :]
    kind = found[1]
    if kind == "u":
        if len(found) == 12:
            return chr(0x10000 + ((int(found[2:6], 16) & 0x3FF) << 10) + (int(found[8:], 16) & 0x3FF))
        return chr(int(found[2:], 16))
    return chr(int(found[2:], 16)) if kind == "x" else _SHORT.get(kind, kind)


def _unpercent(found: str) -> str:
    return bytes.fromhex(found.replace("%", "")).decode("utf-8", "replace")


def _unentity(found: str) -> str | None:
    plain = html.unescape(found)
    return None if plain == found else plain


def _fold(char: str) -> str | None:
    latin = _LOOKALIKES.get(ord(char))
    if latin is not None:
        return latin
    if (hidden := _hidden(ord(char))) is not None:
        return hidden
    plain = unicodedata.normalize("NFKC", char)
    if len(plain) == 1 and not plain.isascii() and plain.isdecimal():
        return str(unicodedata.decimal(plain))
    return plain if plain != char and plain.isascii() else None


def _hidden(code: int) -> str | None:
    """ASCII in characters that nobody sees and an LLM reads: tags, and the variation selectors that stand for bytes."""
    ascii = code - 0xE0000 if code < 0xE0100 else code - 0xE0100 + 16
    return chr(ascii) if code >= 0xE0000 and 0x20 <= ascii <= 0x7E else None


def _base64(text: str) -> Iterator[Decoded]:
    done = 0
    for match in _BASE64.finditer(text):
        found, end = match.span()
        start = found
        while start > done and text[start - 1] in _IN_RUN:
            start -= 1
        done = end
        # Encoding began at the run's start, or behind something that was joined to it.
        for first in dict.fromkeys((start, start + (found - start) % 4, found)):
            inner = _printable(_bytes(text[first:end]))
            if inner is not None:
                yield blob("base64", inner, first, end)
                break


def _bytes(run: str) -> bytes | None:
    """Base64 in either alphabet, padded or not, on one line or several; a run cut short loses its last sextets."""
    bare = run.replace("\r", "").replace("\n", "").rstrip("=").replace("-", "+").replace("_", "/")
    whole = len(bare) - 1 if len(bare) % 4 == 1 else len(bare)
    try:
        return base64.b64decode(bare[:whole] + "=" * (-whole % 4), validate=True)
    except binascii.Error:
        return None


def _printable(raw: bytes | None) -> str | None:
    if raw is None:
        return None
    try:
        text = raw.decode("utf-8") if raw.count(0) * 3 < len(raw) else _wide(raw)
    except UnicodeDecodeError:
        return None
    return text if len(text) >= LEAST and not _UNPRINTABLE.search(text) else None


def _wide(raw: bytes) -> str:
    """UTF-16 in either order of bytes; what is cut off in mid-letter at its end goes."""
    order = "utf-16" if raw[:2] in (BOM_UTF16_LE, BOM_UTF16_BE) else "utf-16-le" if raw[0] else "utf-16-be"
    return raw[: len(raw) & ~1].decode(order)
