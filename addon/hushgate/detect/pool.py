"""Worker processes with deadlines: a stuck one is killed and replaced, its job is a fault.

One is started when a job finds none idle nor on its way, so that nobody pays
for a worker that nothing needs. A deadline is for judging a text: while no worker is there yet, jobs wait for
one, up to START_SECONDS. Where none can be set up, that is said once on the
log, and jobs are refused at once until one can.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from hushgate.detect.hit import Hit
from hushgate.detect.languages import LANGUAGES
from hushgate.detect.patterns import Verdict
from hushgate.detect.rules import Rule
from hushgate.detect.sources import Catalog
from hushgate.detect.worker import LENGTH, hit_of, pack, setup, verdict_of
from hushgate.errors import Unscannable

logger = logging.getLogger("hushgate")

START_SECONDS: Final = 30.0
REPAIR: Final = "install hushgate anew, into a virtual environment of its own; `detect: {ner: off}` does without names"
_KILLED: Final = 4
"""How often one may be killed while it starts before that is taken for more than bad luck."""
_SOONER: Final = 0.8
_BACKOFF: Final = (0.0, 0.1, 0.5, 2.0, 5.0)


class _Gone(Exception):
    """The worker ended in the middle of a job."""


class Broken(Exception):
    """A worker cannot be set up; the text is for the operator. `killed`: by a signal, which may not come again."""

    def __init__(self, why: str, *, killed: bool = False) -> None:
        super().__init__(why)
        self.killed = killed


class _Worker:
    """One process and its pipes."""

    __slots__ = ("_process",)

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def set_up(self, message: dict[str, Any]) -> None:
        """Hand it its rules. Broken where it cannot use them, or takes too long."""
        try:
            async with asyncio.timeout(START_SECONDS):
                answer = await self.ask(message)
        except _Gone:
            code = await self._process.wait()
            raise Broken(f"its process ended with {code}", killed=code < 0) from None
        except TimeoutError:
            raise Broken(f"it is not ready after {START_SECONDS:g} s") from None
        if "fault" in answer:
            raise Broken(str(answer["fault"]))

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
    """Up to `workers` processes, started as jobs need them; at most `queue` jobs wait for one.

    A job that is not answered by its deadline kills its worker. One whose
    worker died is tried on another, as often as there are workers: all may
    have been dead before. Everything else raises Unscannable: deadline,
    overload, worker, closed.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        fingerprint_key: bytes,
        ner: str = "builtin",
        workers: int | None = None,
        queue: int = 64,
        catalog: Catalog | None = None,
        recognizers: Sequence[str] = (),
        languages: Sequence[str] = LANGUAGES,
    ) -> None:
        self._message = partial(setup, tuple(rules), fingerprint_key, ner, catalog, recognizers, languages)
        self._size = workers if workers is not None else min(2, os.cpu_count() or 1)
        self._queue = queue
        self._waiting = 0
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._busy: set[_Worker] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._open = False
        self._broken = ""
        self._there = asyncio.Event()  # a worker is, or none can be

    def open(self) -> None:
        """Take jobs from now on."""
        self._open = True

    def warm(self) -> None:
        """Begin to start a worker if there is none, so that the first job need not wait for that."""
        if self._open and not self._coming and not self._busy:
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

    async def probe(self) -> float:
        """Set a worker up, for jobs to come; the seconds that took. Broken where none can be."""
        began = asyncio.get_running_loop().time()
        self._idle.put_nowait(await _set_up(self._message()))
        self._there.set()
        return asyncio.get_running_loop().time() - began

    async def match(
        self, texts: list[str], keys: list[str | None], seconds: float, files: list[str | None] | None = None
    ) -> list[Verdict]:
        """Patterns over texts. Those that are not linear end a little sooner, so that the worker need not."""
        job = {"do": "match", "texts": texts, "keys": keys, "files": files, "seconds": _SOONER * seconds}
        answer = await self._run(job, seconds)
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
        patience = asyncio.get_running_loop().time() + START_SECONDS
        for left in reversed(range(self._size + 1)):
            try:
                answer = await self._once(job, seconds, patience)
                break
            except TimeoutError:
                raise Unscannable("deadline") from None
            except _Gone:
                if not left:
                    raise Unscannable("worker") from None
        if "fault" in answer:
            raise Unscannable(str(answer["fault"]))
        return answer

    async def _once(self, job: dict[str, Any], seconds: float, patience: float) -> Any:
        worker, deadline = await self._take(seconds, patience)
        self._busy.add(worker)
        whole = False
        try:
            async with asyncio.timeout_at(deadline):
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

    async def _take(self, seconds: float, patience: float) -> tuple[_Worker, float]:
        """An idle worker, and when (loop time) its job has to be done. _Gone where the last one ended meanwhile.

        `patience` is how long (loop time) there may be none.
        """
        self._waiting += 1
        self._grow()
        try:
            async with asyncio.timeout_at(patience) as limit:
                await self._there.wait()
                if self._broken:
                    raise Unscannable("no worker can be set up, `hushgate doctor` says why")
                deadline = asyncio.get_running_loop().time() + seconds
                limit.reschedule(deadline)
                while not (worker := await self._idle.get()).alive:
                    self._retire(worker)
                return worker, deadline
        except TimeoutError:
            if self._there.is_set():
                raise
            raise _Gone from None
        finally:
            self._waiting -= 1

    @property
    def _coming(self) -> int:
        """Workers that wait for a job, or soon will."""
        return self._idle.qsize() + len(self._starting)

    def _grow(self) -> None:
        """Start one more where more jobs wait than workers, if there may be more."""
        if self._waiting > self._coming and self._coming + len(self._busy) < self._size:
            self._spawn()

    def _retire(self, worker: _Worker) -> None:
        _keep(self._ending, asyncio.ensure_future(worker.end()))
        if self._open:
            if not self.pids:
                self._there.clear()
            self._spawn()

    def _spawn(self) -> None:
        _keep(self._starting, asyncio.ensure_future(self._bring_up()))

    async def _bring_up(self) -> None:
        for attempt in range(1 << 30):
            await asyncio.sleep(_BACKOFF[min(attempt, len(_BACKOFF) - 1)])
            try:
                worker = await _set_up(self._message())
            except Broken as why:
                if attempt >= (_KILLED if why.killed else 1):
                    self._report(str(why))
                continue
            self._idle.put_nowait(worker)
            self._report("")
            return

    def _report(self, why: str) -> None:
        """Say once that no worker can be set up, and once that one can again."""
        if why and self.pids:
            return  # The others do the work meanwhile.
        if why and why != self._broken:
            logger.error(
                "no detection worker can be set up: %s. Requests that need one are refused.\nhint: %s", why, REPAIR
            )
        elif self._broken and not why:
            logger.warning("detection workers can be set up again")
        self._broken = why
        self._there.set()


def _keep(tasks: set[asyncio.Task[None]], task: asyncio.Task[None]) -> None:
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def _set_up(message: dict[str, Any]) -> _Worker:
    try:
        worker = await _started()
    except OSError as why:
        raise Broken(f"its process cannot be started ({why.strerror})") from None
    try:
        await worker.set_up(message)
    except BaseException:
        await worker.end()
        raise
    return worker


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
