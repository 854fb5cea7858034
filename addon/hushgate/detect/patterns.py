"""Everything that patterns say of texts: plain, and under up to two encodings. Synchronous and linear."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from hushgate.detect import phones
from hushgate.detect.backtracking import SECONDS
from hushgate.detect.early import Early
from hushgate.detect.endings import Endings
from hushgate.detect.hit import Hit
from hushgate.detect.labels import CATEGORY as LABEL
from hushgate.detect.layers import DEPTH, MOST, decoded, present
from hushgate.detect.merge import merged
from hushgate.detect.offsets import Decoded
from hushgate.detect.page import Page
from hushgate.detect.recognize import Recognizers
from hushgate.detect.rules import Rule
from hushgate.detect.secret_columns import RULE as COLUMNS
from hushgate.detect.secret_columns import SecretColumns
from hushgate.detect.shared import Shared
from hushgate.detect.sighting import Records, Sighting
from hushgate.detect.sources import Source
from hushgate.detect.tables.alike import LEAST, alike
from hushgate.turns import Steps, made
from hushgate.values import Fault

_LABEL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{1,47}")
_UNLABELLED: Final = frozenset(
    "content text input output arguments role type id model name description title message messages value".split()
)
_SHORT: Final = 512
_NEAR: Final = 256


@dataclass(frozen=True, slots=True)
class Verdict:
    """The hits of one text, merged, in order; what kept it from being judged; and where it is still open.

    `sightings`: of records' values, in any order.
    """

    hits: tuple[Hit, ...]
    faults: tuple[Fault, ...]
    open_from: int | None = None
    sightings: tuple[Sighting, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """Texts, and by text the nearest key and the file."""

    texts: Sequence[str]
    keys: Sequence[str | None] | None
    files: Sequence[str | None] | None


class _OfRules:
    """All that is made of rules alone: engines of the same ones, whose catalogs differ, have it in common."""

    __slots__ = ("__weakref__", "_rules", "early", "endings", "recognizers")

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        self.early: dict[bool, Early] = {}
        self.recognizers = Recognizers(rules, validators=phones.VALIDATORS)
        waiting = (rule for rule in rules if rule.pattern and not rule.backtracking and rule.category != LABEL)
        self.endings = Endings(rule.pattern for rule in waiting)  # A label is never masked: nothing of it waits.

    def making(self, *, known: bool) -> Steps[Early]:
        """Which words may go early, made once, step by step."""
        if known not in self.early:
            self.early[known] = yield from Early.making(self._rules, known=known)
        return self.early[known]


_of_rules = Shared(_OfRules)


class Patterns:
    """All pattern recognizers, over plain texts and their decoded layers."""

    __slots__ = ("_catalog", "_endings", "_fingerprint", "_known", "_of_rules", "_recognizers", "_records", "revision")

    def __init__(
        self, rules: Sequence[Rule], fingerprint: Callable[[str], str], catalog: Sequence[Source] = ()
    ) -> None:
        self._fingerprint = fingerprint
        columns = [SecretColumns(rule, fingerprint) for rule in rules if rule.id == COLUMNS]
        self._records = tuple(source for source in catalog if isinstance(source, Records))
        self._catalog = (*columns, *(source for source in catalog if source not in self._records))
        self._known = bool(catalog)  # in columns no word of everyday text is a secret
        self._of_rules = _of_rules((*rules, *phones.RULES))
        self._recognizers, self._endings = self._of_rules.recognizers, self._of_rules.endings
        self.revision = " ".join([self._recognizers.revision, *(source.revision for source in (*columns, *catalog))])

    @property
    def backtracking(self) -> bool:
        """Whether a rule's time is not linear in the text: whoever scans sets `seconds`, or goes to a worker."""
        return self._recognizers.backtracking

    @property
    def known(self) -> bool:
        """Whether an organisation's catalog has a say."""
        return self._known

    @property
    def early(self) -> Early:
        """Which words a stream may let go at once. Made at its first use: only streams ask."""
        early = self._of_rules.early.get(self._known)
        return made(self._of_rules.making(known=self._known)) if early is None else early

    def making(self) -> Steps[None]:
        """What streams alone need, made step by step before the first one asks."""
        yield from self._endings.making()
        yield from self._of_rules.making(known=self._known)

    def under_way(self, text: str) -> int:
        """The first code point of a value that may go on behind the text's end; the text's length if there is none."""
        return min(self._endings.under_way(text), self._recognizers.under_way(text))

    def scan(
        self,
        texts: Sequence[str],
        keys: Sequence[str | None] | None = None,
        *,
        files: Sequence[str | None] | None = None,
        seconds: float = SECONDS,
    ) -> list[Verdict]:
        """One verdict a text.

        `keys` are the texts' nearest object keys: they label and give context. `files` are the names of the files
        that they are of. `seconds` are what all patterns have together that are not linear; what is not done then is
        a fault.
        """
        return self._scan(_Asked(texts, keys, files), time.monotonic() + seconds, DEPTH)

    def scan_growing(self, text: str) -> Verdict:
        """The verdict on a text that may go on, and where it is open."""
        return self._scan(_Asked([text], None, None), time.monotonic() + SECONDS, DEPTH, growing=True)[0]

    def _scan(self, asked: _Asked, until: float, depth: int, *, growing: bool = False) -> list[Verdict]:
        texts, keys = asked.texts, asked.keys
        labels = [label(key, text) for key, text in zip(keys, texts, strict=True)] if keys is not None else None
        page = Page(texts, labels)
        windows = self._recognizers.prefilter(page, growing=growing)
        hits: list[tuple[Hit, ...]] = [()] * len(texts)
        faults: tuple[Fault, ...] = ()
        open_from: tuple[int | None, ...] = (None,) * len(texts)
        if windows or self._recognizers.unfiltered:
            found = self._recognizers.find(
                page, windows, keys=keys, fingerprint=self._fingerprint, files=asked.files, until=until, growing=growing
            )
            hits, faults, open_from = list(found.hits), found.faults, found.open_from
        for source in self._catalog:
            hits = [(*before, *known) for before, known in zip(hits, source.find(texts, keys), strict=True)]
        sightings: list[tuple[Sighting, ...]] = [()] * len(texts)
        for records in self._records:
            for index, seen in enumerate(records.look(texts)):
                hits[index] += seen.hits
                sightings[index] += seen.sightings
        if depth and (encodings := present(page)):
            for index, more, seen_there, bad in self._under(asked, encodings, until, depth):
                hits[index] += more
                sightings[index] += seen_there
                faults += bad
        settled = [merged(each) if each else () for each in hits]
        if not growing:
            for index, each in enumerate(settled):
                if len(each) >= LEAST and (rest := alike(texts[index], each, self._fingerprint)):
                    settled[index] = merged((*each, *rest))
        return [Verdict(each, faults, at, seen) for each, at, seen in zip(settled, open_from, sightings, strict=True)]

    def _under(
        self, asked: _Asked, encodings: frozenset[str], until: float, depth: int
    ) -> list[tuple[int, tuple[Hit, ...], tuple[Sighting, ...], tuple[Fault, ...]]]:
        texts = asked.texts
        layers: list[tuple[int, Decoded]] = []
        size = 0
        for index, text in enumerate(texts):
            for layer in decoded(text, encodings):
                size += len(layer.text)
                if size > MOST:
                    return [(i, (), (), (Fault("detect:layers", "too much decoded text"),)) for i in range(len(texts))]
                layers.append((index, layer))
        if not layers:
            return []
        pieces = [(index, layer, start, end) for index, layer in layers for start, end in layer.windows(_NEAR)]
        inner = _Asked(
            [layer.text[start:end] for _, layer, start, end in pieces],
            [asked.keys[index] for index, _, _, _ in pieces] if asked.keys is not None else None,
            [asked.files[index] for index, _, _, _ in pieces] if asked.files is not None else None,
        )
        verdicts = self._scan(inner, until, depth - 1)
        return [
            (
                index,
                tuple(_outward(hit, layer, start, texts[index]) for hit in verdict.hits),
                tuple(_outward(seen, layer, start, texts[index]) for seen in verdict.sightings),
                verdict.faults,
            )
            for (index, layer, start, _), verdict in zip(pieces, verdicts, strict=True)
            if verdict.hits or verdict.sightings or verdict.faults
        ]


def _outward[Found: (Hit, Sighting)](hit: Found, layer: Decoded, shift: int, text: str) -> Found:
    start, end = layer.source(hit.start + shift, hit.end + shift)
    if text[start:end] == layer.text[hit.start + shift : hit.end + shift]:  # It stands there as it is.
        return hit.moved(start, end)
    return hit.moved(start, end, f"{layer.layer}>{hit.layer}" if hit.layer else layer.layer)


def label(key: str | None, text: str) -> str:
    """What stands before a short value when patterns look at it: its key, as in `password: hunter2`."""
    if not key or len(text) > _SHORT or "\n" in text or key.lower() in _UNLABELLED or not _LABEL.fullmatch(key):
        return ""
    return f"{key}: "
