"""framing.json_text: cut anywhere, the spellings are the input, and the characters are what JSON says they are."""

from __future__ import annotations

import json
from typing import Final

from hushgate.framing.json_text import JsonText
from tests.fuzz.draw import Draw
from tests.fuzz.spelled import document, literal
from tests.fuzz.target import Target


def check(data: bytes) -> str:
    draw = Draw(data)
    cuts = Draw(bytes(draw.byte() for _ in range(10)))
    kind = draw.below(3)
    if kind == 0:
        text = "".join(chr(byte) for byte in draw.rest())
    else:
        text = literal(draw, draw.text(40)) if kind == 1 else document(draw)
    whole = _read([text])
    assert _read(cuts.cut(text)) == whole, "cuts matter"
    characters, spellings = whole
    assert "".join(spellings) == text, "the spellings are not the input"
    assert len(spellings) == len(characters), "not one spelling a character"
    if kind != 1:
        return "anything"
    # Two escapes of one character come out as its two surrogates.
    meant = json.loads(text)
    assert _utf16(characters[1:-1]) == _utf16(meant), "not what JSON says"
    return "a string"


def _read(pieces: list[str]) -> tuple[str, list[str]]:
    reader = JsonText()
    pairs = [*map(reader.feed, pieces), reader.flush()]
    return "".join(text for text, _ in pairs), [spelling for _, more in pairs for spelling in more]


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


_CUTS: Final = b"\3" + b"\0" * 9
SEEDS: Final = (
    _CUTS + b'\x00{"a":"\\u0065rika\\n\\ud83d\\ude00 \\/ \\x \\u12G4 \\',
    _CUTS + b'\x01\x28\x02Erika "quoted" \\ back\xc0\xff\n\x00\x1f',
    _CUTS + b"\x01\x10\x01plain\x9d\x9e\x9f",
    _CUTS + b"\x02\x06\x04\x00\x04\x00a\x01b\x00\x00\x05x\x80",
)  # fmt: skip
WORDS: Final = (b"\\", b"\\\\", b"\\u", b"\\u00", b"\\ud83d", b"\\ude00", b'\\"', b"\\U0041", b'"')

TARGET: Final = Target(check, SEEDS, WORDS, short=1500)
