"""Everything that patterns say of texts: plain, and under up to two encodings. Synchronous and linear."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from hushgate.detect import phones
from hushgate.detect.endings import Endings
from hushgate.detect.hit import Hit
from hushgate.detect.layers import DEPTH, MOST, decoded, present
from hushgate.detect.merge import merged
from hushgate.detect.offsets import Decoded
from hushgate.detect.page import Page
from hushgate.detect.recognize import Recognizers
from hushgate.detect.rules import Rule
from hushgate.detect.sources import Source
from hushgate.values import Fault

_LABEL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{1,47}")
_UNLABELLED: Final = frozenset(
    "content text input output arguments role type id model name description title message messages value".split()
)
_SHORT: Final = 512
_NEAR: Final = 256


@dataclass(frozen=True, slots=True)
class Verdict:
    """The hits of one text, merged, in order; what kept it from being judged; and where it is still open."""

    hits: tuple[Hit, ...]
    faults: tuple[Fault, ...]
    open_from: int | None = None


class Patterns:
    """All pattern recognizers, over plain texts and their decoded layers."""

    __slots__ = ("_catalog", "_endings", "_fingerprint", "_recognizers", "revision")

    def __init__(
        self, rules: Sequence[Rule], fingerprint: Callable[[str], str], catalog: Sequence[Source] = ()
    ) -> None:
        self._fingerprint = fingerprint
        self._catalog = tuple(catalog)
        self._recognizers = Recognizers((*rules, *phones.RULES), validators=phones.VALIDATORS)
        self.revision = " ".join([self._recognizers.revision, *(source.revision for source in self._catalog)])
        self._endings = Endings(rule.pattern for rule in (*rules, *phones.RULES))

    def under_way(self, text: str) -> int:
        """The first code point of a value that may go on behind the text's end; the text's length if there is none."""
        return self._endings.under_way(text)

    def scan(self, texts: Sequence[str], keys: Sequence[str | None] | None = None) -> list[Verdict]:
        """One verdict a text. `keys` are the texts' nearest object keys: they label and give context."""
        return self._scan(texts, keys, DEPTH)

    def _scan(self, texts: Sequence[str], keys: Sequence[str | None] | None, depth: int) -> list[Verdict]:
        labels = [label(key, text) for key, text in zip(keys, texts, strict=True)] if keys is not None else None
        page = Page(texts, labels)
        windows = self._recognizers.prefilter(page)
        hits: list[tuple[Hit, ...]] = [()] * len(texts)
        faults: tuple[Fault, ...] = ()
        open_from: tuple[int | None, ...] = (None,) * len(texts)
        if windows:
            found = self._recognizers.find(page, windows, keys=keys, fingerprint=self._fingerprint)
            hits, faults, open_from = list(found.hits), found.faults, found.open_from
        for source in self._catalog:
            hits = [(*before, *known) for before, known in zip(hits, source.find(texts, keys), strict=True)]
        if depth and (encodings := present(page)):
            for index, more, bad in self._under(texts, keys, encodings, depth):
                hits[index] += more
                faults += bad
        return [Verdict(merged(each) if each else (), faults, at) for each, at in zip(hits, open_from, strict=True)]

    def _under(
        self, texts: Sequence[str], keys: Sequence[str | None] | None, encodings: frozenset[str], depth: int
    ) -> list[tuple[int, tuple[Hit, ...], tuple[Fault, ...]]]:
        layers: list[tuple[int, Decoded]] = []
        size = 0
        for index, text in enumerate(texts):
            for layer in decoded(text, encodings):
                size += len(layer.text)
                if size > MOST:
                    return [(i, (), (Fault("detect:layers", "too much decoded text"),)) for i in range(len(texts))]
                layers.append((index, layer))
        if not layers:
            return []
        pieces = [(index, layer, start, end) for index, layer in layers for start, end in layer.windows(_NEAR)]
        inner_keys = [keys[index] for index, _, _, _ in pieces] if keys is not None else None
        verdicts = self._scan([layer.text[start:end] for _, layer, start, end in pieces], inner_keys, depth - 1)
        return [
            (index, tuple(_outward(hit, layer, start, texts[index]) for hit in verdict.hits), verdict.faults)
            for (index, layer, start, _), verdict in zip(pieces, verdicts, strict=True)
            if verdict.hits or verdict.faults
        ]


def _outward(hit: Hit, layer: Decoded, shift: int, text: str) -> Hit:
    start, end = layer.source(hit.start + shift, hit.end + shift)
    if text[start:end] == layer.text[hit.start + shift : hit.end + shift]:  # It stands there as it is.
        return hit.moved(start, end)
    return hit.moved(start, end, f"{layer.layer}>{hit.layer}" if hit.layer else layer.layer)


def label(key: str | None, text: str) -> str:
    """What stands before a short value when patterns look at it: its key, as in `password: hunter2`."""
    if not key or len(text) > _SHORT or "\n" in text or key.lower() in _UNLABELLED or not _LABEL.fullmatch(key):
        return ""
    return f"{key}: "
