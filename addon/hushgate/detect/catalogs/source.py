"""The columns of a catalog as a source: the values below their names, whatever they look like."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from hushgate.detect.catalogs.columns import Column, read_columns
from hushgate.detect.catalogs.lookup import Lookup, Work
from hushgate.detect.hit import Hit
from hushgate.detect.tables.group import Cell, Group, nothing
from hushgate.detect.tables.scan import form, groups
from hushgate.detect.tables.views import views
from hushgate.errors import ConfigError, ConfigFault
from hushgate.values import PLACEHOLDER_PATTERN, Origin

RULE: Final = "catalog-column"
"""The rule that findings in columns are recorded under."""
SCORE: Final = 0.95
_MARKED: Final = re.compile(PLACEHOLDER_PATTERN)
_WHOLE: Final = 16 * 1024
"""Code points of a text of its own that one name stands before."""


class Columns:
    """The columns of some files; see `sources.Source`."""

    def __init__(self, columns: Sequence[Column], fingerprint: Callable[[str], str]) -> None:
        self._lookup = Lookup(columns)
        self._fingerprint = fingerprint
        told = sha256("\n".join(map(repr, columns)).encode("utf-8", "surrogatepass"))
        self.revision = f"columns-1-{told.hexdigest()[:16]}"

    def find(self, texts: Sequence[str], keys: Sequence[str | None] | None) -> list[list[Hit]]:
        """The hits of each text."""
        known = keys if keys is not None else [None] * len(texts)
        return [list(self._hits(text, key)) for text, key in zip(texts, known, strict=True)]

    def knows(self, name: str) -> bool:
        """Whether a name may be a column's."""
        return form(name) in self._lookup.forms

    def judged(self, group: Group, work: Work) -> dict[int, Column]:
        """The columns that the names of a group mean, by index."""
        return self._lookup.judged(group, work)

    def whole(self, text: str, column: Column) -> Hit | None:
        """A text that is one value of a column, as far as it is one."""
        if len(text) > _WHOLE:
            return None
        return self._hit(text, len(text) - len(text.lstrip()), len(text.rstrip()), column)

    def _hits(self, text: str, key: str | None) -> Iterator[Hit]:
        if key and (column := self._lookup.alone(key)) is not None and (hit := self.whole(text, column)):
            yield hit
        if len(text) < 8:
            return
        work = Work.of(len(text))
        for view in views(text):
            for group in groups(view.text, self._lookup.forms):
                if told := self.judged(group, work):
                    for n, start, end in self._cells(view.text, group, told):
                        if hit := self._hit(view.text, start, end, told[n]):
                            start, end = view.span(start, end)
                            yield replace(hit, start=start, end=end)

    def _cells(self, text: str, group: Group, told: Collection[int]) -> Iterator[Cell]:
        """The cells below some names; none of a column that holds names of columns, as what tells of a table does."""
        cells = list(group.cells(told))
        names = Counter(n for n, start, end in cells if form(text[start:end]) in self._lookup.forms)
        total = Counter(n for n, _, _ in cells) if names else names
        return (cell for cell in cells if 3 * names[cell[0]] < total[cell[0]] or not names)

    def _hit(self, text: str, start: int, end: int, column: Column) -> Hit | None:
        value = text[start:end]
        if not value or nothing(value) or _MARKED.fullmatch(value):
            return None
        if "\\" in value:
            value = _unescaped(value)
        origin = Origin(column.source, column.asset, column.name, column.owner)
        known = (column.entity, column.category, column.level, SCORE, RULE, "", self._fingerprint(value), origin)
        return Hit(start, end, *known)


def _unescaped(value: str) -> str:
    """A string of JSON as it is meant, so that its fingerprint is the value's own."""
    try:
        read = json.loads(f'"{value}"')
    except ValueError:
        return value
    return read if isinstance(read, str) else value


def open_columns(files: Sequence[Path], key: bytes, fingerprint: Callable[[str], str]) -> Columns:
    """Files of columns, opened; ConfigError with every fault."""
    columns: list[Column] = []
    faults: list[ConfigFault] = []
    for file in files:
        try:
            columns += read_columns(file)
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return Columns(columns, fingerprint)
