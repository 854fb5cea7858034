"""A transformer or a GLiNER model as the tagger of names, in the same parts of a text as other taggers, with more round
them: such networks see further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from hushgate.detect import shipped
from hushgate.detect.candidates import windows
from hushgate.detect.gliner_tagger import GlinerTagger
from hushgate.detect.tagged import Tagged, united
from hushgate.detect.taggers import Classifier, Gliner
from hushgate.detect.token_tagger import TokenTagger

_AROUND: Final = 200
"""Code points round a window that are read with it."""


class NetworkTagger:
    """Reads with an ONNX graph. Raises what loading it raises."""

    def __init__(self, given: Classifier | Gliner) -> None:
        self._read: Callable[[str], Iterator[Tagged]]
        self._read = GlinerTagger(given) if isinstance(given, Gliner) else TokenTagger(given)
        self._words = shipped.read().words

    def __call__(self, texts: Sequence[str]) -> Iterator[list[Tagged]]:
        """The names in each text."""
        for text in texts:
            found: list[Tagged] = []
            for start, end in _wider(text, windows(text, self._words)):
                found += [one.moved(start) for one in self._read(text[start:end])]
            yield united(text, found)


def _wider(text: str, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """With what stands round them, from white space to white space; those that touch are one."""
    out: list[tuple[int, int]] = []
    for low, high in places:
        start, end = max(0, low - _AROUND), min(len(text), high + _AROUND)
        if start:
            start = next((n for n in range(start, low) if text[n].isspace()), low)
        if end < len(text):
            end = next((n for n in range(end, high, -1) if text[n - 1].isspace()), high)
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out
