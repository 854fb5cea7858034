"""Names before values, a line each: `key: value`, `key = value`, and tables that have their names in the first column.

A colon or an equals sign says by itself that a value follows. A bar, a tab, dots or a gap say so where two lines of a
block begin with known names, or where a ruler stands above the line and none below it (what psql prints by `\\x`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from hushgate.detect.tables.delimited import ruler
from hushgate.detect.tables.group import Cell, Group, nothing, trimmed
from hushgate.detect.tables.program import is_program

_LINE: Final = re.compile(
    r"""[ \t>]*(?:[-*•$][ \t]+(?:\[[ xX]\][ \t]+)?|\d{1,3}[.)][ \t]+|export[ \t]+|[|│║][ \t]*"""
    r"""|(?P<heading>\#{1,6}[ \t]+|\*\*(?=[^*\n]{1,60}\*\*[ \t]*\r?(?:\n|\Z))))?["'`*\[(:]*"""
    r"""(?P<key>\w(?:[\w()/#-]|[ .](?![ .])){0,60}?)["'`*\])]*(?:[ \t]*<\w{1,12}>)?"""
    r"""(?P<sep>[ \t]*(?:=>|->|:=|[:=](?![:=]))["'`*]*|[ \t]*[|│║]|[ \t]*\.{3,}|[ \t]+[–—-](?=[ \t])|\t| {2,}"""
    r"""|(?<=>)[ \t]|(?(heading)[ \t]*\Z|(?!)))[ \t]*"""
)
_STRONG: Final = re.compile(r"[:=]|->")
_CODE: Final = re.compile(r"[A-Za-z_][\w.]*(?:[(\[{]|\.[A-Za-z_])|[\[({]|(?:if|not|await|new|lambda|self)\b")
"""How a value begins that is an expression of a program, behind `=`."""
_APART: Final = re.compile(r"[-*=\[\] |+\w.─-╿]*(?:RECORD|row|record|Row)[-*=\[\] |+\w.:─-╿]*|-{1,3}|[ \t]*\r?")
_SCALAR: Final = re.compile(r"[|>][-+]?\d?")
"""YAML's way to say that a value stands in the lines below."""
_NEXT: Final = re.compile(r"""[;,&|][ \t]*["']?\w[\w .-]{0,40}?["']?[ \t]?(?:=>|[:=])""")
"""Another key in the same line."""
_CUT: Final = {"|": re.compile(r"[|│║]"), " ": re.compile(r" {2,}|\t")}
_TOLD: Final = re.compile(r"(?i)\b(?:descri|beschrei|type|definition|meaning|nullable|comment|notes?\b)")
"""What stands over a column that says what the others are, and no values."""
_MEANING: Final = re.compile(r"[a-z]\w* \w")
"""What is said of a name in backticks."""
_SENTENCE: Final = re.compile(r"\S+(?:\s+\S+){8}|.*[a-z)][.;?!] [A-Z]")
_MOST: Final = 500
"""Lines of a block."""

type Line = tuple[int, int]
type Named = tuple[re.Match[str], Line, int]


def line_groups(
    text: str, lines: Sequence[Line], near: Sequence[int], known: Callable[[str], bool], read: set[int]
) -> Iterator[Group]:
    """The blocks of lines with a key each round the lines of some numbers, which are in order.

    In a program a value stands in the line of its name, and what `=` stands before may be anybody's.

    `known` says whether a name is one; `read` gets the numbers of those lines that can be no head of a table.
    """
    done = unsure = 0
    program = bool(near) and is_program(text)
    for n in near:
        match = _match(text, lines[n]) if n >= done else None
        if match is None or program and match.end() == lines[n][1]:
            continue
        strong = _strong(match)
        if not strong and n < unsure and not _below_a_ruler(text, lines, n):
            continue
        first = last = n
        while first > done and n - first < _MOST and _goes_on(text, lines[first - 1], strong):
            first -= 1
        while last - n < _MOST and (further := _further(text, lines, last, strong)):
            last = further
        if not strong and not _sure(text, lines, n, range(first, last + 1), known):
            unsure = last + 1
            continue
        done = last + 1
        if not strong:
            read.update(range(first, done))
            if _TOLD.search(text, lines[max(first - 2, 0)][0], lines[min(first + 1, last)][0]):
                continue
        yield from _block(text, lines, first, done, known, alone=not program or "=" not in match["sep"])


def _match(text: str, line: Line) -> re.Match[str] | None:
    return _LINE.match(text, *line)


def _strong(match: re.Match[str]) -> bool:
    return match["heading"] is not None or _STRONG.search(match["sep"]) is not None


def _further(text: str, lines: Sequence[Line], last: int, strong: bool) -> int:
    """The line that a block goes on with, behind a value of a line of its own or not; 0 where it ends."""
    empty = strong and (match := _match(text, lines[last])) is not None and match.end() >= lines[last][1]
    for n in range(last + 1, min(last + (5 if empty else 2), len(lines))):
        if _goes_on(text, lines[n], strong) and lines[n][0] < lines[n][1]:
            return n
    return 0


def _goes_on(text: str, line: Line, strong: bool) -> bool:
    match = _match(text, line)
    if match is not None and _strong(match) is strong:
        return True
    return line[1] > line[0] and (_APART.fullmatch(text, *line) is not None or not strong and ruler(text, *line))


def _sure(text: str, lines: Sequence[Line], n: int, block: range, known: Callable[[str], bool]) -> bool:
    """Whether lines without a colon have their names in front."""
    if _below_a_ruler(text, lines, n):
        return True
    named = {match["key"] for i in block if (match := _match(text, lines[i])) and known(match["key"])}
    return len(named) > 1


def _below_a_ruler(text: str, lines: Sequence[Line], n: int) -> bool:
    return n > 0 and _drawn(text, lines[n - 1]) and not (n + 1 < len(lines) and ruler(text, *lines[n + 1]))


def _drawn(text: str, line: Line) -> bool:
    return ruler(text, *line) or line[1] > line[0] and bool(_APART.fullmatch(text, *line))


def _block(
    text: str, lines: Sequence[Line], first: int, end: int, known: Callable[[str], bool], *, alone: bool
) -> Iterator[Group]:
    found: list[tuple[str, list[Line]]] = []
    for n in range(first, end):
        match = _match(text, lines[n])
        if match is None or "=" in match["sep"] and _CODE.match(text, match.end(), lines[n][1]):
            continue
        values = list(_values(text, lines, n, match))
        if text[match.start("key") - 1 : match.start("key")] == "`" and values and _MEANING.match(text, *values[0]):
            continue
        found.append((match["key"].strip(), values))
    names = list(dict.fromkeys(key for key, _ in found))
    if not names:
        return
    loose = len(names) < 2
    if sum(map(known, names)) < 2:
        found = [(key, [value for value in values if not _SENTENCE.match(text, *value)]) for key, values in found]
    numbers = {name: n for n, name in enumerate(names)}
    cells = [(numbers[key], *cell) for key, spans in found for cell in spans]
    yield Group(names, partial(_known, cells), lines[end - 1][1], loose=loose, alone=alone)


def _values(text: str, lines: Sequence[Line], n: int, match: re.Match[str]) -> Iterator[Line]:
    low, high = trimmed(text, match.end(), lines[n][1], " \t\r\"'`*,;")
    sep = match["sep"]
    if _strong(match):
        if low == high or _SCALAR.fullmatch(text, low, high):
            below = next((line for line in lines[n + 1 : n + 3] if text[slice(*line)].strip()), None)
            if below and not _match(text, below) and not ruler(text, *below):
                low, high = trimmed(text, *below, " \t\r\"'`*,;")
        elif further := _NEXT.search(text, low, high):
            low, high = trimmed(text, low, further.start(), " \t\r\"'`*,;")
        if low < high:
            yield low, high
        return
    cut = _CUT["|" if sep.strip() in ("|", "│", "║") else " "]
    cells: list[Line] = []
    for one in cut.finditer(text, low, high):
        cells.append(trimmed(text, low, one.start()))
        low = one.end()
    cells.append(trimmed(text, low, high))
    cells = [cell for cell in cells if cell[0] < cell[1]]
    if not cells or not nothing(text[slice(*cells[0])]) or text[slice(*cells[0])].lower() in ("null", "nan", "none"):
        yield from cells


def _known(cells: Sequence[Cell], _: Group) -> Iterator[Cell]:
    yield from cells
