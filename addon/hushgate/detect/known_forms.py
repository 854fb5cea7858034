"""The form under which known values and texts are compared: letters and digits in small, without accents or grouping.

A text becomes tokens, runs of letters and runs of digits, wherever they are parted: `DE89 3704-0044` and
`de8937040044` are the same three or four runs one after another, and compare as what they are together.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from hushgate.detect.offsets import Decoded, substituted

TOKEN: Final = re.compile(rb"[a-z\x80-\xff]+|[0-9]+")
_FOREIGN: Final = re.compile(r"[^\W\x00-\x7f]+|[^\w\x00-\x7f]")


class _Folds(dict[int, str]):
    """What a character that is not ASCII is read as: its letters without marks, a digit, nothing, or a blank."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        out = ""
        for part in unicodedata.normalize("NFKD", char):
            digit = unicodedata.decimal(part, None)
            if digit is not None:
                out += str(digit)
            elif part.isalnum():
                # Once more: a letter's small form may have a mark of its own.
                small = unicodedata.normalize("NFKD", part.casefold())
                out += "".join(c if c.isalnum() else "" for c in small)
            elif unicodedata.category(part) not in ("Mn", "Mc", "Me", "Cf"):
                out += " "
        self[point] = out
        return out


_FOLDS: Final = _Folds((point, chr(point)) for point in range(128))
_SPELT: Final = str.maketrans({"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "æ": "ae", "Æ": "ae"})


def _fold(run: str) -> str | None:
    folded = run.translate(_SPELT).translate(_FOLDS)
    return None if folded == run else folded


def folded(text: str) -> tuple[bytes, Decoded | None]:
    """A text as bytes, and the way back to it; None where offsets agree.

    ASCII letters are as they were; bytes of 0x80 and more are small letters.
    """
    if text.isascii():
        return text.encode(), None
    way = substituted("", text, _FOREIGN.finditer(text), _fold)
    return (text if way is None else way.text).encode("utf-8", "replace"), way


def tokens(value: str) -> list[bytes]:
    """Runs of letters, and of digits."""
    return TOKEN.findall(folded(value)[0].lower())
