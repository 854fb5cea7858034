r"""RTF (specification 1.9.1): every text in it, what is hidden or deleted too; pictures and objects are unread."""

from __future__ import annotations

import re
from typing import Final

from hushgate.detect.reading.found import Found, Steps

_TOKEN: Final = re.compile(
    rb"\\(?:([a-zA-Z]{1,32})(-?[0-9]{1,10})?[ ]?|'([0-9a-fA-F]{2})|([^a-zA-Z]))|([{}])|([^\\{}]+)"
)
_BREAKS: Final = {b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"tab": "\t", b"cell": "\t"}
_SIGNS: Final = {
    b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“",
    b"rdblquote": "”", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_UNREAD: Final = {b"pict": "image", b"objdata": "an embedded object", b"datastore": "an embedded object"}
_BINARY: Final = b"bin"


def read(found: Found, steps: Steps, data: bytes, type: str, depth: int) -> None:
    """All text; ValueError where a group is left open."""
    parser = _Parser()
    parser.run(data)
    # Characters beyond the first plane are told as surrogates, each by itself.
    text = "".join(parser.pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    found.text((*steps, "text"), text)
    for index, (reason, size) in enumerate(parser.unread):
        found.skip((*steps, "object", index), reason, size)


class _Parser:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.unread: list[tuple[str, int]] = []
        self._codepage = "cp1252"
        self._fallback = 1  # characters behind \u that stand for it
        self._skip = 0
        self._outer: list[tuple[int, bool]] = []
        self._dark = False  # in a picture or an object
        self._bytes = bytearray()

    def run(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            token = _TOKEN.match(data, at)
            if token is None:
                raise ValueError("a backslash at the end")
            at = token.end()
            word, number, code, sign, brace, text = token.groups()
            if word == _BINARY:
                size = max(0, int(number or 0))
                if not self._dark:
                    self.unread.append(("unknown binary", size))
                at += size
            elif word is not None:
                self._word(word, int(number) if number else None)
            elif code is not None:
                self._letters(bytes.fromhex(code.decode("ascii")))
            elif sign is not None:
                self._sign(sign)
            elif brace is not None:
                self._brace(brace)
            elif text is not None:
                self._plain(text)
        self._flush()
        if self._outer:
            raise ValueError("a group is left open")

    def _word(self, word: bytes, number: int | None) -> None:
        if word in _UNREAD:
            self._flush()
            self._dark = True
            self.unread.append((_UNREAD[word], 0))
        elif word == b"u" and number is not None:
            self._flush()
            if not self._dark:
                self.pieces.append(chr(number % 0x10000))
            self._skip = self._fallback
        elif word == b"uc" and number is not None:
            self._fallback = max(0, number)
        elif word == b"ansicpg" and number:
            self._codepage = f"cp{number}"
        elif word in _BREAKS or word in _SIGNS:
            self._flush()
            self.pieces.append(_BREAKS.get(word) or _SIGNS[word])

    def _sign(self, sign: bytes) -> None:
        if sign in b"\\{}":
            self._letters(sign)
        elif sign in (b"\n", b"\r"):
            self._flush()
            self.pieces.append("\n")
        elif sign == b"~":
            self._letters(b" ")
        elif sign == b"_":
            self._letters(b"-")

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._skip = 0
        if brace == b"{":
            self._outer.append((self._fallback, self._dark))
        elif not self._outer:
            raise ValueError("a group too many ends")
        else:
            self._fallback, self._dark = self._outer.pop()

    def _plain(self, text: bytes) -> None:
        bare = text.replace(b"\r", b"").replace(b"\n", b"")
        if self._dark:
            reason, size = self.unread[-1]
            self.unread[-1] = (reason, size + len(bare))
        self._letters(bare)

    def _letters(self, raw: bytes) -> None:
        skipped = min(self._skip, len(raw))
        self._skip -= skipped
        if not self._dark:
            self._bytes += raw[skipped:]

    def _flush(self) -> None:
        if not self._bytes:
            return
        raw, self._bytes = bytes(self._bytes), bytearray()
        try:
            self.pieces.append(raw.decode(self._codepage, "replace"))
        except LookupError:
            self.pieces.append(raw.decode("cp1252", "replace"))
