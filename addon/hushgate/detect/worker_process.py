"""One worker process and its pipes: started, handed its rules, asked."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from hushgate.detect.worker import LENGTH, pack
from hushgate.turns import aside

START_SECONDS: Final = 30.0


class Gone(Exception):
    """The worker ended in the middle of a job."""


class Broken(Exception):
    """A worker cannot be set up; the text is for the operator. `killed`: by a signal, which may not come again."""

    def __init__(self, why: str, *, killed: bool = False) -> None:
        super().__init__(why)
        self.killed = killed


class Worker:
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

    async def set_up(self, message: bytes) -> None:
        """Hand it its rules. Broken where it cannot use them, or takes too long."""
        try:
            async with asyncio.timeout(START_SECONDS):
                answer = await self._answer(message)
        except Gone:
            code = await self._process.wait()
            raise Broken(f"its process ended with {code}", killed=code < 0) from None
        except TimeoutError:
            raise Broken(f"it is not ready after {START_SECONDS:g} s") from None
        if "fault" in answer:
            raise Broken(str(answer["fault"]))

    async def ask(self, message: dict[str, Any]) -> Any:
        """Send one message, wait for its answer. Gone where the process ends first."""
        return await self._answer(pack(message))

    async def _answer(self, message: bytes) -> Any:
        source, sink = self._process.stdout, self._process.stdin
        assert source is not None and sink is not None  # noqa: S101  both are pipes
        try:
            sink.write(message)
            await sink.drain()
            (size,) = LENGTH.unpack(await source.readexactly(LENGTH.size))
            return json.loads(await source.readexactly(size))
        except (asyncio.IncompleteReadError, OSError):
            raise Gone from None

    async def end(self) -> None:
        """Kill it and reap it."""
        with suppress(ProcessLookupError):
            self._process.kill()
        # To the end of its output, so that nothing of it is left on the loop.
        with suppress(OSError):
            await self._process.communicate()


async def started(message: Callable[[], Mapping[str, Any]]) -> Worker:
    """A worker that has its rules, which `message` gives. Broken where there cannot be one."""
    try:
        worker = await _process()
    except OSError as why:
        raise Broken(f"its process cannot be started ({why.strerror})") from None
    try:
        # A megabyte of rules: to write it takes longer than others should wait.
        await worker.set_up(await aside(lambda: pack(message())))
    except BaseException:
        await worker.end()
        raise
    return worker


async def _process() -> Worker:
    """A process, which does not get lost where the start is cancelled."""
    launching = asyncio.ensure_future(_launch())
    try:
        return Worker(await asyncio.shield(launching))
    except asyncio.CancelledError:
        await Worker(await launching).end()
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
