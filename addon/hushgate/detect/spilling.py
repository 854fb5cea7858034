"""Rows of fingerprints put in order on disk, in memory that does not grow with them.

Each row goes to one of `PARTS` files by the first bits of its fingerprint; a part is put in order at a time, and what
comes of all of them one after another is in order, too. From hashes that only choose values could be told, so all of it
lies under a stream (`covering`) whose key nobody keeps.
"""

from __future__ import annotations

import io
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import IO, Any, Final, Self

import numpy as np

from hushgate.detect.catalog_file import BUCKETS
from hushgate.detect.covering import PIECES, Cover, Under

PARTS: Final = 64
_STEP: Final = 1 << 20


class Veiled:
    """A file without a name that nobody else can read. Close it, and it is gone."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115  `close` closes it
        self._restart()

    def _restart(self) -> None:
        self._cover = Cover(secrets.token_bytes(32), "spill", PIECES)
        self._out = io.BufferedWriter(Under(self._file, self._cover), 4 * PIECES)
        self.write = self._out.write

    def pieces(self) -> Iterator[bytearray]:
        """All that was written, in pieces of whole rows of eight bytes."""
        self._out.flush()
        self._file.seek(0)
        at = 0
        while piece := self._file.read(_STEP):
            yield self._cover.over(piece, at)
            at += len(piece)

    def taken(self) -> bytes:
        """All that was written; from then on it is empty."""
        content = b"".join(self.pieces())
        self._file.seek(0)
        self._file.truncate()
        self._restart()
        return content

    def close(self) -> None:
        self._file.close()


class Spill:
    """Rows of one kind, whose first field is a fingerprint of 64 bits. Close it, and they are gone."""

    def __init__(self, folder: Path, fields: Any) -> None:
        self._folder = folder
        self._fields = fields
        self._files = ExitStack()
        self._parts = [self._files.enter_context(closing(self.veiled())) for _ in range(PARTS)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def veiled(self) -> Veiled:
        """A file for rows that are not in the end's form."""
        return Veiled(self._folder)

    def column(self) -> IO[bytes]:
        """A file for what is made of the rows, gone with them."""
        return self._files.enter_context(tempfile.TemporaryFile(dir=self._folder))

    def add(self, hashed: int, row: bytes) -> None:
        """Keep a row."""
        self._parts[hashed >> 58].write(row)

    def extend(self, rows: Any) -> None:
        """Keep many rows, whose first field is called `hash`."""
        rows = rows[np.argsort(rows["hash"])]
        ends = np.searchsorted(rows["hash"] >> np.uint64(58), np.arange(PARTS), "right")
        for part, some in zip(self._parts, np.split(rows, ends[:-1]), strict=True):
            part.write(some.tobytes())

    def parts(self) -> Iterator[Any]:
        """All rows, a part at a time: what is in one comes before what is in the next."""
        for part in self._parts:
            yield np.frombuffer(part.taken(), self._fields).copy()


class Starts:
    """Where each bucket of rows begins."""

    def __init__(self) -> None:
        self._counts = np.zeros(BUCKETS, np.int64)

    def add(self, first_bits: Any) -> None:
        """More rows, by the first sixteen bits of their fingerprints."""
        self._counts += np.bincount(first_bits.astype(np.int64), minlength=BUCKETS)

    def written(self) -> bytes:
        """And behind the last one where that ends."""
        return bytes(np.concatenate(([0], np.cumsum(self._counts))).astype("<u4").tobytes())
