"""Worker processes with deadlines: a stuck one is killed and replaced, its job is a fault.

One is started when a job finds none idle nor on its way, so that nobody pays
for a worker that nothing needs. A deadline is for judging a text: while no worker is there yet, jobs wait for
one, up to START_SECONDS. Where none can be set up, that is said once on the
log, and jobs are refused at once until one can.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from hushgate.detect.hit import Hit
from hushgate.detect.languages import LANGUAGES
from hushgate.detect.patterns import Verdict
from hushgate.detect.rules import Rule
from hushgate.detect.sources import Catalog
from hushgate.detect.worker import hit_of, setup, verdict_of
from hushgate.detect.worker_process import START_SECONDS, Broken, Gone, Worker, started
from hushgate.errors import Unscannable

logger = logging.getLogger("hushgate")

REPAIR: Final = "install hushgate anew, into a virtual environment of its own; `detect: {ner: off}` does without names"
_KILLED: Final = 4
"""How often one may be killed while it starts before that is taken for more than bad luck."""
_SOONER: Final = 0.8
_BACKOFF: Final = (0.0, 0.1, 0.5, 2.0, 5.0)


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
        known: Sequence[str] | None = None,
    ) -> None:
        """`known`: the revisions of the catalog's sources, whose files workers open themselves: these and no others."""
        self._message = partial(setup, tuple(rules), fingerprint_key, ner, catalog, recognizers, languages, known)
        self._size = workers if workers is not None else min(2, os.cpu_count() or 1)
        self._queue = queue
        self._waiting = 0
        self._idle: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        self._busy: set[Worker] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._open = False
        self._lasting = True
        self._broken = ""
        self._there = asyncio.Event()  # a worker is, or none can be

    def open(self) -> None:
        """Take jobs from now on."""
        self._open = True

    def warm(self) -> None:
        """Begin to start a worker if there is none, so that the first job need not wait for that."""
        if self._open and not self._coming and not self._busy:
            self._spawn()

    async def ready(self) -> None:
        """Until a worker is there. Broken where none can be set up."""
        self.warm()
        await self._there.wait()
        if self._broken:
            raise Broken(self._broken)

    def let_go(self) -> None:
        """Keep no worker beyond its job from now on: others have taken over, what is still to come here is little."""
        self._lasting = False
        self._shed()

    def _shed(self) -> None:
        """End the workers that nobody waits for, where none is kept."""
        if self._lasting or self._waiting:
            return
        while not self._idle.empty():
            _keep(self._ending, asyncio.ensure_future(self._idle.get_nowait().end()))
        if not self.pids:
            self._there.clear()

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
        idle: list[Worker] = list(getattr(self._idle, "_queue", ()))
        return tuple(worker.pid for worker in (*idle, *self._busy))

    async def probe(self) -> float:
        """Set a worker up, for jobs to come; the seconds that took. Broken where none can be."""
        began = asyncio.get_running_loop().time()
        self._idle.put_nowait(await started(self._message))
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
            except Gone:
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
                self._shed()
            else:
                # Half a message may stand in the pipe: this worker cannot be asked again.
                self._retire(worker)

    async def _take(self, seconds: float, patience: float) -> tuple[Worker, float]:
        """An idle worker, and when (loop time) its job has to be done. Gone where the last one ended meanwhile.

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
            raise Gone from None
        finally:
            self._waiting -= 1
            self._shed()

    @property
    def _coming(self) -> int:
        """Workers that wait for a job, or soon will."""
        return self._idle.qsize() + len(self._starting)

    def _grow(self) -> None:
        """Start one more where more jobs wait than workers, if there may be more."""
        if self._waiting > self._coming and self._coming + len(self._busy) < self._size:
            self._spawn()

    def _retire(self, worker: Worker) -> None:
        _keep(self._ending, asyncio.ensure_future(worker.end()))
        if self._open:
            if not self.pids:
                self._there.clear()
            if self._lasting:
                self._spawn()
            else:
                self._grow()

    def _spawn(self) -> None:
        _keep(self._starting, asyncio.ensure_future(self._bring_up()))

    async def _bring_up(self) -> None:
        for attempt in range(1 << 30):
            await asyncio.sleep(_BACKOFF[min(attempt, len(_BACKOFF) - 1)])
            try:
                worker = await started(self._message)
            except Broken as why:
                if attempt >= (_KILLED if why.killed else 1):
                    self._report(str(why))
                continue
            self._idle.put_nowait(worker)
            self._report("")
            self._shed()
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
