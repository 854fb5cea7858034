"""Cells of an XLSX as what they show: shared strings where they stand, dates as dates, numbers without exponent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

_S: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001  serial dates have no time zone
_LAST: Final = 2_958_466  # the day after 9999-12-31
_DATES: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Built-in number formats that show dates and times (ECMA-376, 18.8.30)."""
_DATE_LETTERS: Final = re.compile(r"[dmyhs]", re.IGNORECASE)
_LITERAL: Final = re.compile(r"\"[^\"]*\"|\[[^\]]*\]|\\.|General", re.IGNORECASE)
_EXACT: Final = 2.0**53


@dataclass(slots=True)
class Book:
    """What the sheets of one workbook share."""

    strings: list[str] = field(default_factory=list, repr=False)
    dates: set[int] = field(default_factory=set)
    used: set[int] = field(default_factory=set)
    beside: list[str] = field(default_factory=list, repr=False)

    def takes(self, name: str, tree: Any) -> bool:
        """Whether a part is the workbook's shared strings or formats: then it is kept here, and read with the cells."""
        ns = _namespace(tree)
        if name.endswith("xl/sharedStrings.xml") and ns and not self.strings:
            items = [list(item.iter(f"{ns}t")) for item in tree.iter(f"{ns}si")]
            self.strings = ["".join(t.text or "" for t in item) for item in items]
            self.beside += _left(tree, {t for item in items for t in item})
            return True
        if name.endswith("xl/styles.xml") and ns:
            own = {int(f.get("numFmtId", -1)) for f in tree.iter(f"{ns}numFmt") if _is_date(f.get("formatCode", ""))}
            formats = tree.find(f"{ns}cellXfs")
            for index, entry in enumerate(formats if formats is not None else ()):
                if int(entry.get("numFmtId", 0)) in own | _DATES:
                    self.dates.add(index)
        return False

    def rows(self, tree: Any) -> list[str] | None:
        """The rows of a sheet, cells apart by tabs, and what else it says; None for a part that is no sheet."""
        ns = _namespace(tree)
        if not ns or tree.tag != f"{ns}worksheet":
            return None
        read: set[Any] = set()
        rows = ["\t".join(self._cells(row, ns, read)) for row in tree.iter(f"{ns}row")]
        return [*rows, *_left(tree, read)]

    def unused(self) -> Iterator[str]:
        """Shared strings that stand in no cell, and what stands between them."""
        yield from (text for index, text in enumerate(self.strings) if index not in self.used)
        yield from self.beside

    def _cells(self, row: Any, ns: str, read: set[Any]) -> Iterator[str]:
        """What the cells of a row show; `read` gets the elements whose text that is."""
        for cell in row.iter(f"{ns}c"):
            values, texts, formulas = (list(cell.iter(f"{ns}{tag}")) for tag in ("v", "t", "f"))
            read.update(values[:1], texts, formulas[:1])
            kind, value = cell.get("t", "n"), _text(values)
            inline = "".join(t.text or "" for t in texts)
            if kind == "s" and value.isdigit() and int(value) < len(self.strings):
                self.used.add(int(value))
                shown = self.strings[int(value)]
            elif kind == "n":
                shown = _number(value, int(cell.get("s", 0)) in self.dates)
            else:
                shown = value
            formula = _text(formulas)
            yield " ".join(text for text in (shown, inline, f"={formula}" if formula else "") if text)


def _text(elements: list[Any]) -> str:
    return elements[0].text or "" if elements else ""


def _left(tree: Any, read: set[Any]) -> Iterator[str]:
    """Every text in a tree but that of the elements that are read already."""
    texts = (text for e in tree.iter() for text in ("" if e in read else e.text, e.tail))
    return (text.strip() for text in texts if text and text.strip())


def _number(value: str, is_date: bool) -> str:
    try:
        number = float(value)
    except ValueError:
        return value
    if is_date and 0 < number < _LAST:
        return (_EPOCH + timedelta(days=number)).isoformat(" ", "seconds").removesuffix(" 00:00:00")
    return str(int(number)) if number.is_integer() and abs(number) < _EXACT else value


def _is_date(code: str) -> bool:
    return _DATE_LETTERS.search(_LITERAL.sub("", code)) is not None


def _namespace(tree: Any) -> str:
    return next((ns for ns in (_S, _STRICT) if tree.tag.startswith(ns)), "")
