"""Worker processes with deadlines: a stuck one is killed and replaced, its job is a fault."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from hushgate.detect.hit import Hit
from hushgate.detect.patterns import Verdict
from hushgate.detect.rules import Rule
from hushgate.detect.worker import LENGTH, hit_of, pack, setup, verdict_of
from hushgate.errors import Unscannable

_START_SECONDS: Final = 60.0
_BACKOFF: Final = (0.0, 0.1, 0.5, 2.0, 5.0)


class _Gone(Exception):
    """The worker ended in the middle of a job."""


class _Worker:
    """One process and its pipes."""

    __slots__ = ("_process",)

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(self, message: dict[str, Any]) -> Any:
        """Send one message, wait for its answer. _Gone where the process ends first."""
        source, sink = self._process.stdout, self._process.stdin
        assert source is not None and sink is not None  # noqa: S101  both are pipes
        try:
            sink.write(pack(message))
            await sink.drain()
            (size,) = LENGTH.unpack(await source.readexactly(LENGTH.size))
            return json.loads(await source.readexactly(size))
        except (asyncio.IncompleteReadError, OSError):
            raise _Gone from None

    async def end(self) -> None:
        """Kill it and reap it."""
        with suppress(ProcessLookupError):
            self._process.kill()
        # To the end of its output, so that nothing of it is left on the loop.
        with suppress(OSError):
            await self._process.communicate()


class Pool:
    """`workers` processes; at most `queue` jobs wait for one.

    A job that is not answered by its deadline kills its worker; one whose
    worker died is tried once more on another. Everything else raises
    Unscannable: deadline, overload, worker, closed.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        fingerprint_key: bytes,
        ner: str = "builtin",
        workers: int | None = None,
        queue: int = 64,
    ) -> None:
        self._setup = setup(tuple(rules), fingerprint_key, ner)
        self._size = workers if workers is not None else min(2, os.cpu_count() or 1)
        self._queue = queue
        self._waiting = 0
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._busy: set[_Worker] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._open = False

    async def start(self) -> None:
        """Begin to start the workers; returns at once."""
        if not self._open:
            self._open = True
            for _ in range(self._size):
                self._spawn()

    async def close(self) -> None:
        """Kill every worker."""
        self._open = False
        for task in tuple(self._starting):
            task.cancel()
        await asyncio.gather(*self._starting, *self._ending, return_exceptions=True)
        while not self._idle.empty():
            self._busy.add(self._idle.get_nowait())
        await asyncio.gather(*(worker.end() for worker in tuple(self._busy)))
        self._busy.clear()

    @property
    def pids(self) -> tuple[int, ...]:
        """Processes that are ready or at work."""
        idle: list[_Worker] = list(getattr(self._idle, "_queue", ()))
        return tuple(worker.pid for worker in (*idle, *self._busy))

    async def match(self, texts: list[str], keys: list[str | None], seconds: float) -> list[Verdict]:
        """Patterns over texts."""
        answer = await self._run({"do": "match", "texts": texts, "keys": keys}, seconds)
        return [verdict_of(raw) for raw in answer["verdicts"]]

    async def names(self, texts: list[str], keys: list[str | None], seconds: float) -> list[tuple[Hit, ...]]:
        """Names in texts."""
        answer = await self._run({"do": "names", "texts": texts, "keys": keys}, seconds)
        return [tuple(map(hit_of, raw)) for raw in answer["hits"]]

    async def _run(self, job: dict[str, Any], seconds: float) -> Any:
        if not self._open:
            raise Unscannable("closed")
        if self._waiting >= self._queue:
            raise Unscannable("overload")
        try:
            async with asyncio.timeout(seconds):
                try:
                    answer = await self._once(job)
                except _Gone:
                    answer = await self._once(job)
        except TimeoutError:
            raise Unscannable("deadline") from None
        except _Gone:
            raise Unscannable("worker") from None
        if "fault" in answer:
            raise Unscannable(str(answer["fault"]))
        return answer

    async def _once(self, job: dict[str, Any]) -> Any:
        self._waiting += 1
        try:
            worker = await self._idle.get()
        finally:
            self._waiting -= 1
        self._busy.add(worker)
        whole = False
        try:
            answer = await worker.ask(job)
            whole = True
            return answer
        finally:
            self._busy.discard(worker)
            if whole and self._open:
                self._idle.put_nowait(worker)
            else:
                # Half a message may stand in the pipe: this worker cannot be asked again.
                self._retire(worker)

    def _retire(self, worker: _Worker) -> None:
        _keep(self._ending, asyncio.ensure_future(worker.end()))
        if self._open:
            self._spawn()

    def _spawn(self) -> None:
        _keep(self._starting, asyncio.ensure_future(self._bring_up()))

    async def _bring_up(self) -> None:
        for attempt in range(1 << 30):
            await asyncio.sleep(_BACKOFF[min(attempt, len(_BACKOFF) - 1)])
            with suppress(_Gone, OSError, TimeoutError):
                worker = await _started()
                try:
                    async with asyncio.timeout(_START_SECONDS):
                        await worker.ask(self._setup)
                except BaseException:
                    await worker.end()
                    raise
                self._idle.put_nowait(worker)
                return


def _keep(tasks: set[asyncio.Task[None]], task: asyncio.Task[None]) -> None:
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def _started() -> _Worker:
    """A process, which does not get lost where the start is cancelled."""
    launching = asyncio.ensure_future(_launch())
    try:
        return _Worker(await asyncio.shield(launching))
    except asyncio.CancelledError:
        await _Worker(await launching).end()
        raise


async def _launch() -> asyncio.subprocess.Process:
    root = str(Path(__file__).resolve().parents[2])
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([root, *(p for p in sys.path if p)])}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hushgate.detect.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=env,
        start_new_session=True,
    )
