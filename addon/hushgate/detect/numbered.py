"""Line numbers that editors, `cat -n`, `grep -n` and agents' tools write before each line: no part of a document."""

from __future__ import annotations

import re
from typing import Final

LEAST: Final = 3
"""Lines in a row that count up by one, at least."""
_NUMBER: Final = re.compile(r"(?m)^[ \t]*([0-9]{1,6})(?![0-9])")


def unnumbered(text: str) -> str:
    """A text with blanks for its line numbers: offsets stay."""
    numbers = list(_NUMBER.finditer(text))
    if len(numbers) < LEAST:
        return text
    pieces: list[str] = []
    at = begun = 0
    for n, found in enumerate(numbers, 1):
        if n < len(numbers) and _follows(text, found, numbers[n]):
            continue
        if n - begun >= LEAST:
            for one in numbers[begun:n]:
                pieces += (text[at : one.start(1)], " " * len(one[1]))
                at = one.end()
        begun = n
    return "".join(pieces) + text[at:] if pieces else text


def _follows(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    return int(other[1]) == int(one[1]) + 1 and text.count("\n", one.end(), other.start()) == 1
