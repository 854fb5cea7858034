"""Parts of an organisation's own documents, found in texts though they were edited, by keyed fingerprints.

A text has so many of a document's fingerprints, near each other, or it is none of it. A hit reaches from the first to
the last one, and on to the ends of their sentences or paragraphs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hushgate.detect.catalog_file import CatalogFile, open_file
from hushgate.detect.document_prints import KIND, LEAST
from hushgate.detect.hit import Hit
from hushgate.detect.known_forms import folded
from hushgate.detect.numbered import unnumbered
from hushgate.detect.winnowing import GRAM, Winnowed
from hushgate.errors import ConfigError, ConfigFault
from hushgate.values import Level, Origin

RULE: Final = "catalog-documents"
SHORTEST: Final = 160
"""Code points of a text that is looked at: a paragraph, not a sentence."""
GAP: Final = 250
"""Letters and digits between two fingerprints of one hit, at most."""
EXTENT: Final = 64
"""Letters and digits from the first fingerprint of a hit to its last one, at least: shorter ones are idioms."""
SHARE: Final = 0.2
"""Of the fingerprints that a hit's text has, those that have to be the document's."""
REACH: Final = 160
"""Code points that a hit is widened by on either side, at most, to the end of a sentence or a paragraph."""
_END: Final = re.compile(r"[.!?;:]\s|\n[ \t]*\n")


@dataclass(slots=True)
class _Stretch:
    """Fingerprints of one document in a text: the numbers of the first and the last among all of the text's.

    `rows` are theirs in the file: what a text says again and again counts once.
    """

    document: int
    first: int
    last: int
    count: int
    rows: set[int]


class KnownDocuments:
    """All files of documents of one catalog."""

    def __init__(self, files: Sequence[Path], key: bytes, fingerprint: Callable[[str], str]) -> None:
        faults: list[ConfigFault] = []
        self._files: list[_File] = []
        self._fingerprint = fingerprint
        for file in files:
            try:
                self._files.append(_File(open_file(file, key, KIND)))
            except ConfigError as error:
                faults += error.faults
        if faults:
            raise ConfigError(faults)
        self.revision = "documents-1 " + " ".join(file.salt for file in self._files)

    @property
    def intact(self) -> bool:
        """Whether nothing was written over its files."""
        return all(file.unwritten for file in self._files)

    def find(self, texts: Sequence[str], keys: Sequence[str | None] | None) -> list[list[Hit]]:
        """The hits of each text. Unscannable where a file was written over."""
        for file in self._files:
            file.unwritten.check()
        found = [list(self._hits(text)) if len(text) >= SHORTEST else [] for text in texts]
        for file in self._files:
            file.unwritten.check()
        return found

    def _hits(self, text: str) -> Iterator[Hit]:
        cased, way = folded(unnumbered(text))
        data = cased.lower()
        winnowed = Winnowed(data)
        if len(winnowed.numbers) < LEAST:
            return
        for file in self._files:
            for stretch in file.stretches(winnowed):
                start, end = winnowed.span(stretch.first, stretch.last)
                if not data.isascii():
                    start, end = (len(data[:at].decode()) for at in (start, end))
                if way is not None:
                    start, end = way.source(start, end)
                start, end = _widened(text, start, end)
                share = stretch.count / (stretch.last + 1 - stretch.first)
                yield Hit(
                    start,
                    end,
                    file.entity,
                    file.category,
                    file.level,
                    round(0.5 + min(share, 1.0) / 2, 3),
                    RULE,
                    "",
                    self._fingerprint(text[start:end]),
                    Origin("documents", file.names[stretch.document], "", file.owner),
                )


class _File:
    """One file of documents."""

    def __init__(self, file: CatalogFile) -> None:
        self.salt = str(file.head["salt"])
        self.entity, self.category = str(file.head["entity"]), str(file.head["category"])
        self.level, self.owner = Level.parse(file.head["level"]), str(file.head["owner"])
        self.names: list[str] = file.head["names"]
        self._hashed, self.unwritten = file.hashed, file.unwritten
        self._prints, self._documents = file.prints("prints"), file.arrays["documents"]

    def stretches(self, winnowed: Winnowed) -> list[_Stretch]:
        """Where documents are, none within another's: that which has most of its fingerprints there comes first."""
        at: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        hashed, rows_of = self._hashed, self._prints.at
        for n, gram in enumerate(winnowed.grams()):
            for row in rows_of(hashed(gram)):
                at[self._documents[row]].append((n, row))
        stretches = [
            stretch
            for document, numbers in at.items()
            if len(numbers) >= LEAST
            for stretch in _near(document, numbers, winnowed.numbers)
            if _counts(stretch, winnowed.numbers)
        ]
        stretches.sort(key=lambda one: (-one.count, one.first, one.document))
        kept: list[_Stretch] = []
        for stretch in stretches:
            if not any(one.first <= stretch.last and stretch.first <= one.last for one in kept):
                kept.append(stretch)
        return kept


def _counts(stretch: _Stretch, begins: Sequence[int]) -> bool:
    among = stretch.last + 1 - stretch.first
    extent = begins[stretch.last] + GRAM - begins[stretch.first]
    return len(stretch.rows) >= LEAST and extent >= EXTENT and stretch.count >= SHARE * among


def _near(document: int, numbers: Sequence[tuple[int, int]], begins: Sequence[int]) -> Iterator[_Stretch]:
    """A document's fingerprints, those together that stand near each other."""
    stretch: _Stretch | None = None
    for n, row in numbers:
        if stretch is not None and begins[n] - begins[stretch.last] - GRAM <= GAP:
            stretch.last = n
            stretch.count += 1
            stretch.rows.add(row)
            continue
        if stretch is not None:
            yield stretch
        stretch = _Stretch(document, n, n, 1, {row})
    if stretch is not None:
        yield stretch


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """A span to the ends of its sentences, or paragraphs, where they are near; else to those of its words."""
    before = [found.end() for found in _END.finditer(text, max(0, start - REACH), start)]
    if before:
        start = before[-1]
    elif start > REACH:
        start = text.rfind(" ", 0, start) + 1
    else:
        start = 0
    behind = _END.search(text, max(start, end - 1), end + REACH)
    if behind is not None:
        return start, max(end, behind.start() + (behind[0][0] != "\n"))
    if len(text) - end <= REACH:
        return start, len(text)
    space = text.find(" ", end, end + REACH)
    return start, space if space >= 0 else end
