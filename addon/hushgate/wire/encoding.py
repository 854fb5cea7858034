"""Content codings (RFC 9110, section 8.4.1), decoded within a bound: gzip, deflate, br, zstd.

At most two are stacked. One compressed member is read, and nothing may follow
it: a second member is read by some servers and ignored by others. The bound
holds for every coding's output, and memory beyond it stays under about 64 KiB
(1 MiB for zstd, whose library gives no smaller steps).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final, Protocol

import brotli
import zstandard

from hushgate.errors import Malformed

MAX_CODINGS: Final = 2
_STEP: Final = 64 * 1024
_ZSTD_STEP: Final = 32  # bytes of input: at most eight blocks of 128 KiB come out
_ZSTD_WINDOW: Final = 8 * 1024 * 1024  # RFC 9659


def decode_body(raw: bytes, content_encoding: str | None, limit: int) -> bytes:
    """The whole body, decoded. Malformed for what is broken, unknown, followed by more, or over `limit` bytes."""
    decoder = StreamDecoder(content_encoding, limit)
    decoded = decoder.feed(raw)
    return decoded + decoder.flush()


class StreamDecoder:
    """A body, decoded as it comes. `limit` bounds all of it, in bytes."""

    __slots__ = ("_fed", "_left", "_stages")

    def __init__(self, content_encoding: str | None, limit: int) -> None:
        # Codings are listed in the order they were applied: the last is undone first.
        self._stages = [_stage(name) for name in reversed(_names(content_encoding))]
        self._left = [limit] * max(1, len(self._stages))
        self._fed = False

    def feed(self, chunk: bytes) -> bytes:
        """What can be decoded by now; Malformed as `decode_body`."""
        self._fed = self._fed or bool(chunk)
        if not chunk:
            return b""
        if not self._stages:
            self._count(0, chunk)
            return chunk
        return b"".join(self._run(chunk, 0))

    def flush(self) -> bytes:
        """The end of the body; Malformed if it is cut short. Gives nothing more: `feed` gave all."""
        if self._fed and not all(stage.finished for stage in self._stages):
            raise Malformed("the compressed body is cut short")
        return b""

    def _run(self, chunk: bytes, number: int) -> Iterator[bytes]:
        if number == len(self._stages):
            yield chunk
            return
        try:
            for piece in self._stages[number].feed(chunk):
                self._count(number, piece)
                yield from self._run(piece, number + 1)
        except (zlib.error, brotli.error, zstandard.ZstdError):
            broken = True
        else:
            broken = False
        if broken:
            raise Malformed("the compressed body is broken")

    def _count(self, number: int, piece: bytes) -> None:
        self._left[number] -= len(piece)
        if self._left[number] < 0:
            raise Malformed("the body decodes to more than is allowed")


class _Stage(Protocol):
    finished: bool

    def feed(self, chunk: bytes) -> Iterator[bytes]: ...


class _Zlib:
    """gzip, and deflate with the zlib header that the RFC asks for, or bare as some send it."""

    def __init__(self, name: str) -> None:
        self.finished = False
        self._held = b""
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16) if name == "gzip" else None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        if self._inflate is None:
            self._held += chunk
            if len(self._held) < 2:
                return
            headed = self._held[0] & 0x0F == 8 and int.from_bytes(self._held[:2], "big") % 31 == 0
            self._inflate = zlib.decompressobj(zlib.MAX_WBITS if headed else -zlib.MAX_WBITS)
            chunk, self._held = self._held, b""
        if self.finished:
            _nothing_after(chunk)
        while True:
            piece = self._inflate.decompress(chunk, _STEP)
            chunk = self._inflate.unconsumed_tail
            if piece:
                yield piece
            if self._inflate.eof:
                self.finished = True
                _nothing_after(self._inflate.unused_data)
                return
            if not chunk and len(piece) < _STEP:
                return


class _Brotli:
    def __init__(self) -> None:
        self.finished = False
        self._decoder = brotli.Decompressor()

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        if self.finished:
            _nothing_after(chunk)
        while True:
            piece = self._decoder.process(chunk, output_buffer_limit=_STEP)
            chunk = b""
            if piece:
                yield piece
            self.finished = self._decoder.is_finished()
            if self.finished or (not piece and self._decoder.can_accept_more_data()):
                return


class _Zstd:
    def __init__(self) -> None:
        self.finished = False
        self._decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        for start in range(0, len(chunk), _ZSTD_STEP):
            if self.finished:
                _nothing_after(chunk[start:])
            piece = self._decoder.decompress(chunk[start : start + _ZSTD_STEP])
            if piece:
                yield piece
            if self._decoder.eof:
                self.finished = True
                _nothing_after(self._decoder.unused_data)


def _stage(name: str) -> _Stage:
    if name == "br":
        return _Brotli()
    return _Zstd() if name == "zstd" else _Zlib(name)


def _names(content_encoding: str | None) -> list[str]:
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    known = {"x-gzip": "gzip"}
    names = [known.get(name, name) for name in names if name not in ("", "identity")]
    if len(names) > MAX_CODINGS:
        raise Malformed(f"the body has more than {MAX_CODINGS} content codings")
    if not set(names) <= {"gzip", "deflate", "br", "zstd"}:
        raise Malformed("the body has a content coding that is not known (gzip, deflate, br and zstd are)")
    return names


def _nothing_after(rest: bytes) -> None:
    if rest:
        raise Malformed("something follows the compressed body")
