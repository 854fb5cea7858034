"""Documents read in processes of their own, one a file: what one does to its reader, it does to nothing else.

A process that is not done in time is killed. It has no part of the gate's
environment, and says nothing but what it read. The next one is started while
one works, so that a file seldom waits for that.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from hushgate.detect.contents_cache import ContentsCache, seal, unseal
from hushgate.detect.document_worker import contents_of, question
from hushgate.files import Contents, Document
from hushgate.turns import LARGE, aside_if

SECONDS: Final = 10.0
"""How long one file may take."""
OCR_SECONDS: Final = 60.0
"""How long where pictures are read: a page takes two."""
MAX_FILES: Final = 50
"""Documents of one request."""
QUEUE: Final = 32
"""Documents, of all requests, that may wait."""
MAX_ANSWER: Final = 256 * 1024 * 1024
"""Bytes of one answer: the most that a worker's bounds let it say, each character escaped."""


class Documents:
    """Reads documents, `most` at a time; with `ocr` images, too."""

    def __init__(self, *, seconds: float | None = None, most: int | None = None, ocr: bool = False) -> None:
        self._seconds = seconds or (OCR_SECONDS if ocr else SECONDS)
        self._ocr = ocr
        self._turns = asyncio.Semaphore(most if most is not None else min(2, os.cpu_count() or 1))
        self._waiting = 0
        self._open = True
        self._spare: asyncio.Task[Process] | None = None
        self._busy: set[Process] = set()
        self._cache = ContentsCache()

    async def read(self, files: Sequence[Document], *, scope: str) -> list[Contents]:
        """What each says, in their order; a fault for one that could not be judged. Never raises for a file.

        `scope` is whose they are: what is known of a file is known to the same actor alone.
        """
        many = [
            Contents((), (((), "more files than are read of one request", len(f.data)),)) for f in files[MAX_FILES:]
        ]
        return [*await asyncio.gather(*(self._known(file, scope) for file in files[:MAX_FILES])), *many]

    async def close(self) -> None:
        """Kill every process."""
        self._open = False
        if self._spare is not None:
            with suppress(OSError):
                self._busy.add(await self._spare)
            self._spare = None
        await asyncio.gather(*map(_end, tuple(self._busy)))

    async def _known(self, file: Document, scope: str) -> Contents:
        """What a file says, read once."""
        large = len(file.data) >= LARGE
        name = await aside_if(large, lambda: self._cache.name(scope, file))
        sealed = self._cache.get(name)
        if sealed is not None:
            return await aside_if(large, lambda: unseal(name, sealed))
        contents = await self._read(file)
        if contents.fault is None:
            self._cache.put(name, await aside_if(large, lambda: seal(name, contents)))
        return contents

    async def _read(self, file: Document) -> Contents:
        if not self._open or self._waiting >= QUEUE:
            return Contents(fault="too many files wait to be read" if self._open else "the gate closes")
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            return await self._ask(await self._started(), file)
        except OSError as why:
            return Contents(fault=f"no process can be started for it ({why.strerror})")
        finally:
            self._turns.release()

    async def _ask(self, process: Process, file: Document) -> Contents:
        self._busy.add(process)
        source, sink = process.stdout, process.stdin
        assert source is not None and sink is not None  # noqa: S101  both are pipes
        try:
            async with asyncio.timeout(self._seconds):
                sending = asyncio.ensure_future(_send(sink, question(file.type, file.data, ocr=self._ocr)))
                raw = await _whole(source)
                await sending
            return contents_of(json.loads(raw))
        except TimeoutError:
            return Contents(fault=f"reading it took longer than {self._seconds:g} s")
        except (ValueError, KeyError, TypeError):
            return Contents(fault="the process that read it died")
        finally:
            await _end(process)
            self._busy.discard(process)

    async def _started(self) -> Process:
        """A process that waits for a file; the next one is on its way."""
        spare, self._spare = self._spare, None
        process = await _kept(spare if spare is not None else asyncio.ensure_future(self._launch()))
        if self._open and self._spare is None:
            self._spare = asyncio.ensure_future(self._launch())
        return process if process.returncode is None else await _kept(asyncio.ensure_future(self._launch()))

    async def _launch(self) -> Process:
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join([root, *(p for p in sys.path if p)])
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "hushgate.detect.document_worker",
            str(max(1, round(self._seconds))),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={"PYTHONPATH": path, "PATH": os.environ.get("PATH", os.defpath)},
            start_new_session=True,
        )


async def _kept(launching: asyncio.Future[Process]) -> Process:
    """A process, which does not get lost where nobody waits for it any more."""
    try:
        return await asyncio.shield(launching)
    except asyncio.CancelledError:
        await _end(await launching)
        raise


async def _send(sink: asyncio.StreamWriter, raw: bytes) -> None:
    with suppress(OSError):  # It died: its answer, or none, says so.
        sink.write(raw)
        await sink.drain()
        sink.close()


async def _whole(source: asyncio.StreamReader) -> bytes:
    """All of an answer; ValueError where it is longer than any answer can be."""
    pieces: list[bytes] = []
    size = 0
    while piece := await source.read(1 << 16):
        size += len(piece)
        if size > MAX_ANSWER:
            raise ValueError("an answer without end")
        pieces.append(piece)
    return b"".join(pieces)


async def _end(process: Process) -> None:
    with suppress(OSError):
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)  # It leads its session: what it has started ends with it.
    with suppress(OSError, ValueError, RuntimeError):  # Whoever still reads its answer waits for its end.
        await process.communicate()
