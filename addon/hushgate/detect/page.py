"""The one buffer that a scan reads: many texts joined, as UTF-8, with offsets that lead back."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

_CONTINUATION: Final = bytes(range(0x80, 0xC0))
_STEP: Final = 1024
_IN_RUN: Final = bytes(97 if chr(c).isascii() and (chr(c).isalnum() or chr(c) in "+/_-") else 32 for c in range(256))

_OF_WORDS: Final = b"0123456789abcdefghijklmnopqrstuvwxyz"
# Letters of scripts that part words by blanks.
_CUT_BEFORE: Final = re.compile(r"^[0-9a-z\u00df-\u024f\u0370-\u052f]+")
_CUT_BEHIND: Final = re.compile(r"[0-9a-z\u00df-\u024f\u0370-\u052f]+$")

RUN_SIGN: Final = b"a"
SEPARATOR: Final = "\n"
"""Stands between texts: a line edge, which ends every token."""


class Page:
    """Texts, each behind an optional label (`key: text`), in one buffer.

    A lone surrogate becomes `?`, one code point for one, so offsets hold.
    `bounds[i]` is text i's byte range with its label; `bodies[i]` where the
    text itself begins.
    """

    __slots__ = ("_runs", "_starts", "_table", "ascii", "bodies", "bounds", "data", "lower", "texts")

    def __init__(self, texts: Sequence[str], labels: Sequence[str] | None = None) -> None:
        self.texts = texts
        pieces: list[bytes] = []
        self.bounds: list[tuple[int, int]] = []
        self.bodies: list[int] = []
        self.ascii = True
        at = 0
        for i, text in enumerate(texts):
            body = text.encode("utf-8", "replace")
            label = labels[i].encode("utf-8", "replace") if labels is not None else b""
            if len(body) != len(text):
                self.ascii = False
            pieces.append(label + body)
            end = at + len(label) + len(body)
            self.bounds.append((at, end))
            self.bodies.append(at + len(label))
            at = end + 1
        self.data = b"\n".join(pieces)
        self.lower = self.data.lower()
        self._starts = [start for start, _ in self.bounds]
        self._table: list[int] | None = None
        self._runs: bytes | None = None

    def has_run(self, size: int) -> bool:
        """Whether so many token characters (`A-Za-z0-9+/_-`) stand together anywhere."""
        return RUN_SIGN * size in self.runs()

    def runs(self) -> bytes:
        """The page with `RUN_SIGN` for each token character, and blanks for all else."""
        if self._runs is None:
            self._runs = self.data.translate(_IN_RUN)
        return self._runs

    def text_at(self, byte: int) -> int:
        """The index of the text that holds this byte (or the separator behind it)."""
        return bisect_right(self._starts, byte) - 1 if len(self._starts) > 1 else 0

    def point(self, index: int, byte: int) -> int:
        """The code point of text `index` at a byte of the buffer."""
        body = self.bodies[index]
        if self.ascii:
            return byte - body
        return self._points(byte) - self._points(body)

    def _points(self, byte: int) -> int:
        if self._table is None:
            total, self._table = 0, [0]
            for start in range(0, len(self.data), _STEP):
                total += len(self.data[start : start + _STEP].translate(None, _CONTINUATION))
                self._table.append(total)
        row = byte // _STEP
        return self._table[row] + len(self.data[row * _STEP : byte].translate(None, _CONTINUATION))

    def before(self, byte: int, low: int) -> str:
        """The code point in front of a byte, "" at the edge `low`."""
        if byte <= low:
            return ""
        last = self.data[byte - 1]
        return chr(last) if last < 0x80 else self.data[max(low, byte - 4) : byte].decode("utf-8", "ignore")[-1:]

    def after(self, byte: int, high: int) -> str:
        """The code point at a byte, "" at the edge `high`."""
        if byte >= high:
            return ""
        first = self.data[byte]
        return chr(first) if first < 0x80 else self.data[byte : min(high, byte + 4)].decode("utf-8", "ignore")[:1]

    def window(self, start: int, end: int, reach: int, low: int, high: int) -> tuple[bytes, bytes, bool]:
        """`reach` code points on either side of a span, in lower case; whether the right side is complete.

        A word that the window's edge would cut is left out: in `image` stands no `age`.
        """
        if self.ascii:
            left = self.lower[max(low, start - reach - 1) : start]
            right = self.lower[end : min(high, end + reach + 1)]
            if len(left) > reach:
                left = left.lstrip(_OF_WORDS)[-reach:]
            if complete := len(right) > reach:
                right = right.rstrip(_OF_WORDS)[:reach]
            return left, right, complete
        before = self.data[max(low, start - 4 * reach - 4) : start].decode("utf-8", "ignore")[-reach - 1 :].lower()
        behind = self.data[end : min(high, end + 4 * reach + 4)].decode("utf-8", "ignore")[: reach + 1].lower()
        if len(before) > reach:
            before = _CUT_BEFORE.sub("", before, 1)[-reach:]
        if complete := len(behind) > reach:
            behind = _CUT_BEHIND.sub("", behind, 1)[:reach]
        return before.encode(), behind.encode(), complete
