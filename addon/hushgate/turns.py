"""Sharing the one event loop: long work goes in slices, or aside.

A slice that is over gives the others as long as it took, since one turn of
the loop is not enough for a request of theirs. Work that cannot be cut goes
to one of two threads: it takes its time from the loop in steps of
`SWITCH` seconds, once the interpreter is told so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Final

SLICE: Final = 0.02
"""Seconds of work after which the others come first."""
SWITCH: Final = 0.001
"""Seconds until a thread hands over the interpreter, for `sys.setswitchinterval`: the loop asks for it many times a
request, and each time would wait five times as long by default."""

LARGE: Final = 64 * 1024
"""Bytes of a body from which on it is decoded and parsed aside."""
MANY: Final = 1000
"""Segments and findings from which on they are judged aside."""

_ASIDE: Final = ThreadPoolExecutor(2, "aside")
_APART: Final = ThreadPoolExecutor(1, "apart")


class Turns:
    """One long piece of work on the event loop. The clock is the thread's CPU: a wait for a worker owes nobody."""

    def __init__(self, clock: Callable[[], float] = time.thread_time) -> None:
        self._clock = clock
        self._began = clock()

    async def share(self) -> None:
        """Between two steps: let the others have the loop, where this has had it for long."""
        took = self._clock() - self._began
        if took > SLICE:
            await asyncio.sleep(took)
            self._began = self._clock()


async def aside[T](work: Callable[[], T]) -> T:
    """The result of `work`, done in another thread; nothing else may touch what it works on."""
    return await asyncio.get_running_loop().run_in_executor(_ASIDE, work)


async def aside_if[T](large: bool, work: Callable[[], T]) -> T:
    """The result of `work`, in another thread where it is large."""
    return await aside(work) if large else work()


type Steps[T] = Generator[None, None, T]
"""Long work, cut where nothing is lost if it goes no further."""


def made[T](steps: Steps[T]) -> T:
    """The result of work, all its steps at once."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            result: T = done.value
            return result


async def apart(steps: Steps[None]) -> None:
    """Work in a thread of its own, which goes no further once nobody waits for it: the process may end then.

    A thread that is left to itself would be ended amid RE2's code, and the process with it.
    """
    ended = Event()

    def run() -> None:
        for _ in steps:
            if ended.is_set():
                return

    try:
        await asyncio.get_running_loop().run_in_executor(_APART, run)
    finally:
        ended.set()
