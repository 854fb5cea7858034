"""What may stand beside a value: checked in code, since RE2 looks at no more than it matches."""

from __future__ import annotations

import re
from typing import Final

from hushgate.detect.page import Page

_NO_FRACTION: Final = re.compile(rb"\.00?(?![.-]?[0-9])")
"""What a table with gaps in it puts behind its numbers."""


def bounded(boundary: str, page: Page, start: int, end: int, low: int, high: int) -> bool:
    """Does the value stand apart from what is beside it, as its rule wants?"""
    if boundary == "none":
        return True
    before, after = page.before(start, low), page.after(end, high)
    if boundary == "digit":
        if (before and before in "0123456789") or (after and after in "0123456789"):
            return False
        data = page.data
        joined_left = before and before in ".-" and start - 2 >= low and data[start - 2 : start - 1].isdigit()
        joined_right = after and after in ".-" and end + 1 < high and data[end + 1 : end + 2].isdigit()
        return not joined_left and (not joined_right or _NO_FRACTION.match(data, end, high) is not None)
    if boundary == "token" and ("-" in (before, after)):
        return False
    return not _joins(before) and not _joins(after)


def _joins(char: str) -> bool:
    """Is it part of a word? Scripts without spaces between words (from U+2E80 on) do not join."""
    return bool(char) and (char == "_" or (char.isalnum() and char < "\u2e80"))
