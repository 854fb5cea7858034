from __future__ import annotations

import asyncio
import threading
import time

import pytest

from hushgate import turns
from hushgate.turns import SLICE, Steps, Turns, apart, aside, aside_if, made


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


def counted(steps: list[int], upto: int, seconds: float = 0.0) -> Steps[None]:
    for n in range(upto):
        yield
        time.sleep(seconds)
        steps.append(n if threading.current_thread() is not threading.main_thread() else -1)


async def test_work_apart_is_done_in_another_thread() -> None:
    steps: list[int] = []
    await apart(counted(steps, 3))
    assert steps == [0, 1, 2]

    def failing() -> Steps[None]:
        yield
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await apart(failing())


def test_work_can_be_made_at_once() -> None:
    def work() -> Steps[int]:
        yield
        yield
        return 7

    assert made(work()) == 7


async def test_work_apart_goes_no_further_once_nobody_waits() -> None:
    steps: list[int] = []
    waiting = asyncio.ensure_future(apart(counted(steps, 1000, 0.01)))
    while not steps:
        await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await apart(counted([], 1))  # there is one such thread
    assert len(steps) < 1000
