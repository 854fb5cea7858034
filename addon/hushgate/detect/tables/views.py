"""What a text says below what stands before each of its lines, and below escapes.

Mail quotes, diffs, numbered lines, logs, comments: where two lines in a row begin alike, both are read without it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_SIGNS: Final = r"""
      (?P<quote>(?:[ \t]*>)+[ ]?)
    | (?P<number>[ \t]*\d{1,7}(?:\t|→|:[ ]?|\|[ ]|\.[ ](?=│)))
    | (?P<time>\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^\s\]]{0,40}\]?[ \t]+(?:\[?[A-Za-z]{3,8}\]?:?[ \t]+)?(?:[-:][ ]+)?)
    | (?P<remark>(?:\#|//|\*|;|--(?![ ]{1,2}[-=]{2}))[ ])
    | (?P<diff>[+](?![-+=]))"""
_WORDS: Final = r"| (?P<place>[\w./-]{1,200}:\d{1,7}[:-][ ]?) | (?P<service>[\w.-]{1,60}[ ]+\|[ ])"
_LEAD: Final = re.compile(rf"(?x)\n(?: {_SIGNS} )")
_ANY_LEAD: Final = re.compile(rf"(?x)\n(?: {_SIGNS} {_WORDS} )")
_WORDED: Final = re.compile(r"\n[\w.-]{1,60} +\| |\n[\w./-]{1,200}:\d{1,7}[:-]")
_CHANGED: Final = re.compile(r"\n[-+ ](?![-+]{2})")
_OVER: Final = {"number": re.compile(r"[\t|:→]|\bstdin\b"), "time": re.compile(r"\S"), "service": re.compile(r"\|")}
"""What the line above the first of some lines has where that is the head of a table, and they are its rows."""
_HUNK: Final = re.compile(r"(?m)^(?:@@ .{1,200}|diff --git .{1,400}|\+\+\+ .{1,400})$")
_ESCAPE: Final = re.compile(r"""\\([nt"'\\/r])|(")""")
_MEANT: Final = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class View:
    """A text, and by how much its places are behind those of the text it is a view of: from each of some places on."""

    text: str
    places: Sequence[int] = ()
    shifts: Sequence[int] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where what stands here is in the text itself."""
        return self._place(start), self._place(end)

    def _place(self, at: int) -> int:
        n = bisect_right(self.places, at)
        return at + (self.shifts[n - 1] if n else 0)


def views(text: str) -> Iterator[View]:
    """The text, without what its lines begin with; and once more with escapes undone, where lines are escaped."""
    yield _without(text, list(_leads(text)))
    if text.count("\\n") > 1 and (view := _unescaped(text)):
        yield view


def _leads(text: str) -> Iterator[tuple[int, int]]:
    """What is left out, in order."""
    if text.startswith("\ufeff"):
        yield 0, 1
    if "\n" not in text:
        return
    lined = f"\n{text}"
    if _HUNK.search(text):
        yield from ((found.start(), found.end() - 1) for found in _CHANGED.finditer(lined))
        return
    before: re.Match[str] | None = None
    told = rows = False
    lead = _ANY_LEAD if (" | " in text or ":" in text) and _WORDED.search(lined) else _LEAD
    for found in lead.finditer(lined):
        near = before is not None and lined.find("\n", before.end()) == found.start()
        if near and before is not None and _alike(before, found):
            if not told and not rows:
                yield before.start(), before.end() - 1
            told = True
            if not rows:
                yield found.start(), found.end() - 1
        else:
            told = False
            over = _OVER.get(found.lastgroup or "")
            above = lined[lined.rfind("\n", 0, found.start()) + 1 : found.start()] if over else ""
            rows = bool(over and over.search(above)) and (before is None or before.end() < found.start() - len(above))
        before = found


def _alike(one: re.Match[str], other: re.Match[str]) -> bool:
    if one.lastgroup == "service":
        return one[0] == other[0]
    return one.lastgroup == other.lastgroup


def _without(text: str, spans: Sequence[tuple[int, int]]) -> View:
    parts: list[str] = []
    places: list[int] = []
    shifts: list[int] = []
    at = left = 0
    for start, end in spans:
        parts.append(text[at:start])
        left += end - start
        places.append(end - left)
        shifts.append(left)
        at = end
    return View("".join([*parts, text[at:]]) if spans else text, places, shifts)


def _unescaped(text: str) -> View | None:
    """The lines that have ends of lines in them, escaped, with an end for each quote that is not: what it opens, or
    closes, is a text of its own."""
    parts: list[str] = []
    places: list[int] = []
    shifts: list[int] = []
    size = at = 0
    while (n := text.find("\\n", at)) >= 0:
        low, high = text.rfind("\n", 0, n) + 1, text.find("\n", n)
        at = high if high >= 0 else len(text)
        if text.find("\\n", n + 2, at) < 0:
            continue
        for found in [*_ESCAPE.finditer(text, low, at), None]:
            end = found.start() if found else at
            sign = "\n\n" if found is None else "\n" if found[2] else _MEANT.get(found[1], found[1])
            places.append(size)
            shifts.append(low - size)
            parts += (text[low:end], sign)
            size += end - low
            if found:
                places.append(size)
                shifts.append(end - size)
                low = found.end()
            size += len(sign)
    return View("".join(parts), places, shifts) if parts else None
