"""A decoded text, and the way back from its offsets to the text it was decoded from."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import StringIO


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text under an encoding. Offsets are code points.

    `marks[i]` begins a piece at that decoded offset, `sources[i]` is where the
    piece stands in the source. A piece with `spans[i]` > 0 was decoded from
    that many code points as one; the others are copied one for one.
    """

    layer: str
    text: str
    marks: Sequence[int]
    sources: Sequence[int]
    spans: Sequence[int]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The span of the source that holds everything decoded to `start:end` (not empty)."""
        first = bisect_right(self.marks, start) - 1
        last = bisect_right(self.marks, end - 1) - 1
        low = self.sources[first] + (0 if self.spans[first] else start - self.marks[first])
        if self.spans[last]:
            high = self.sources[last] + self.spans[last]
        else:
            high = self.sources[last] + end - self.marks[last]
        return low, high

    def windows(self, reach: int) -> list[tuple[int, int]]:
        """The stretches of the decoded text round what was decoded, cut at white space.

        What lies further off was read in the source already.
        """
        size = len(self.text)
        near: list[tuple[int, int]] = []
        for i, mark in enumerate(self.marks):
            gap = i and not self.spans[i] and not self.spans[i - 1]
            if not self.spans[i] and not gap and not (i == 0 and self.sources[0]):
                continue
            stop = self.marks[i + 1] if self.spans[i] and i + 1 < len(self.marks) else (size if self.spans[i] else mark)
            _join(near, mark - reach, stop + reach)
        out: list[tuple[int, int]] = []
        for start, end in near:
            _join(out, _edge(self.text, max(0, start), -1, reach), _edge(self.text, min(size, end), 1, reach))
        return out if out else [(0, size)]


def _join(spans: list[tuple[int, int]], start: int, end: int) -> None:
    """Add a span that begins no earlier than those before it; to the last one, if it reaches that."""
    if spans and start <= spans[-1][1]:
        spans[-1] = (spans[-1][0], max(spans[-1][1], end))
    else:
        spans.append((start, end))


def _edge(text: str, at: int, step: int, most: int) -> int:
    """The nearest white space from `at` in one direction, or `most` code points away."""
    for _ in range(most):
        if at <= 0 or at >= len(text) or text[at - 1].isspace():
            break
        at += step
    return at


def blob(layer: str, text: str, start: int, end: int) -> Decoded:
    """A text that was decoded from `start:end` as a whole."""
    return Decoded(layer, text, (0,), (start,), (end - start,))


def substituted(
    layer: str, text: str, matches: Iterable[re.Match[str]], replace: Callable[[str], str | None]
) -> Decoded | None:
    """The text with each match replaced; None where nothing was.

    `replace` returns None to leave a match as it stands.
    """
    pieces = StringIO()
    marks, sources, spans = array("I"), array("I"), array("I")  # Four bytes each: a text may be nothing but escapes.
    at = length = 0
    for match in matches:
        new = replace(match.group())
        if new is None:
            continue
        start, end = match.span()
        if start > at:
            pieces.write(text[at:start])
            marks.append(length)
            sources.append(at)
            spans.append(0)
            length += start - at
        if new:
            pieces.write(new)
            marks.append(length)
            sources.append(start)
            spans.append(end - start)
            length += len(new)
        at = end
    if not at:
        return None
    if at < len(text):
        pieces.write(text[at:])
        marks.append(length)
        sources.append(at)
        spans.append(0)
    return Decoded(layer, pieces.getvalue(), marks, sources, spans) if marks else None
