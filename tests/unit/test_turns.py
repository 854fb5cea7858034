from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from hushgate import turns
from hushgate.turns import SLICE, Turns, apart, aside, aside_if


async def test_a_long_slice_gives_the_others_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now, rests = [0.0], []

    async def sleep(seconds: float) -> None:
        rests.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(turns.asyncio, "sleep", sleep)
    work = Turns(lambda: now[0])
    for seconds in (SLICE / 2, SLICE, SLICE / 2):
        now[0] += seconds
        await work.share()
    assert [round(rest, 6) for rest in rests] == [SLICE * 1.5]


async def test_work_aside_is_in_another_thread() -> None:
    here = threading.current_thread()
    assert await aside(threading.current_thread) is not here
    assert await aside_if(True, threading.current_thread) is not here
    assert await aside_if(False, threading.current_thread) is here


async def test_what_fails_aside_fails_here() -> None:
    with pytest.raises(ZeroDivisionError):
        await aside(lambda: 1 / 0)


async def test_a_wait_owes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    work = Turns()
    await asyncio.sleep(SLICE * 2)

    async def sleep(seconds: float) -> None:
        rests.append(seconds)

    monkeypatch.setattr(turns.asyncio, "sleep", sleep)
    await work.share()
    assert rests == []


async def test_work_apart_has_its_result_and_its_failure() -> None:
    assert await apart(threading.get_ident) != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        await apart(lambda: 1 / 0)


def test_nothing_waits_for_work_apart_at_the_end() -> None:
    code = (
        "import asyncio, time; from hushgate.turns import apart\n"
        "async def main():\n    asyncio.ensure_future(apart(lambda: time.sleep(60)))\n    await asyncio.sleep(0.1)\n"
        "asyncio.run(main())"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
