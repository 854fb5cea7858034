"""A group: values of a text, and the names that stand over or before them. A table, records, pairs of key and value."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

type Cell = tuple[int, int, int]
"""The index of its name, and where the value begins and ends: code points of the text, never empty."""

LINE: Final = 4000
"""Code points of a line that names columns."""
ROW: Final = 32_000
"""Code points of a row."""
NOTHING: Final = frozenset("null none nan nat n/a na nil undefined <na> <null> (null) - -- --- ... … ? \\n".split())
"""What stands where there is no value, in small letters."""
_TYPE: Final = re.compile(
    r"""(?x) <?(?: (?:big|small|tiny|medium)?int(?:eger)?\d{0,2} | uint\d{1,2} | [iuf]\d{1,2} | float\d{0,2} | double
    | double\ precision | decimal | numeric | number | str(?:ing)? | n?(?:var)?char2? | character(?:\ varying)?
    | (?:tiny|medium|long)?(?:text|blob) | bool(?:ean)? | date | datetime(?:64\[ns\])? | timestamp(?:tz)? | object
    | uuid | jsonb? | bytea | chr | dbl | lgl | fct | dttm )
    (?: \(\d{1,6}(?:,\s?\d{1,6})?\) )? (?:\ with(?:out)?\ time\ zone)? >? (?:\ not\ null)?"""
)
_BLANK: Final = re.compile(
    r"""(?x) [-_.*…∅\#\s{\[(]+ | \$?\{+[^{}]*\}+ | %\w | %\(\w+\)s | \?\d{0,3} | \$\w+ | <[a-z][a-z\ ]*> | \[[a-z\ ]+\]
    | &nbsp; | (?:[^{}]*\W)?(?:\{\{[^{}]*\}\}|\$\{[^{}]*\})(?:\W[^{}]*)?"""
)
"""What is to be filled in, a placeholder of a template or a statement, and what is left out."""
_MARKS: Final = " \t\r\"'`*"
_NAME: Final = re.compile(r"[\w .…:/#()%$@&+-]{0,80}")


def nothing(value: str) -> bool:
    """Whether what stands in a cell is no value: empty, the column's type, or what a value is to be put in for."""
    low = value.lower()
    return low in NOTHING or (len(low) < 80 and bool(_TYPE.fullmatch(low) or _BLANK.fullmatch(value)))


@dataclass(slots=True)
class Group:
    """Names, and the values that are theirs, read as they are asked for.

    `table` is what the text calls the table, or "". `loose`: names that prose may hold by chance. `alone`: one
    name says enough; else two columns of one asset have to be named, as in a program, where any name may be a
    variable's. `end` is how far the text was read. `wanted` are the names whose values are asked for, by index; others
    may come as well.
    """

    names: Sequence[str]
    reading: Callable[[Group], Iterator[Cell]]
    end: int
    table: str = ""
    loose: bool = False
    alone: bool = True
    wanted: Collection[int] = ()

    def cells(self, wanted: Collection[int]) -> Iterator[Cell]:
        """The values below some names, in order."""
        self.wanted = wanted
        return (cell for cell in self.reading(self) if cell[0] in wanted)


def name(text: str) -> str | None:
    """A column's name without what is round it; None for what is none."""
    bare = text.strip(_MARKS)
    return bare if _NAME.fullmatch(bare) else None


def trimmed(text: str, start: int, end: int, marks: str = _MARKS) -> tuple[int, int]:
    """The span without blanks, quotes and emphasis round it."""
    while start < end and text[start] in marks:
        start += 1
    while end > start and text[end - 1] in marks:
        end -= 1
    return start, end
