"""Workers: jobs, deadlines, deaths, overload. Real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from hushgate.detect import pool as pool_module
from hushgate.detect.pool import Pool
from hushgate.detect.rules import Rule
from hushgate.detect.worker_process import Broken
from hushgate.errors import Unscannable
from hushgate.values import Level

BADGE = Rule("badge", "EMPLOYEE_ID", Level.CONFIDENTIAL, "pii", "A badge", "AB-[0-9]{6}", (), ())


@pytest_asyncio.fixture
async def pool() -> AsyncIterator[Pool]:
    made = Pool([BADGE], fingerprint_key=b"k" * 32, ner="off", workers=1, queue=2)
    made.open()
    yield made
    await made.close()


async def _ready(pool: Pool) -> int:
    await pool.match(["warm"], [None], 30)
    (pid,) = pool.pids
    return pid


async def test_a_worker_finds_what_the_rules_say(pool: Pool) -> None:
    (verdict,) = await pool.match(["badge AB-123456 é"], [None], 30)
    (hit,) = verdict.hits
    assert (hit.start, hit.end, hit.rule_id, hit.level) == (6, 15, "badge", Level.CONFIDENTIAL)
    assert verdict.faults == ()


async def test_a_lone_surrogate_crosses_the_pipe(pool: Pool) -> None:
    (verdict,) = await pool.match(["\ud800 AB-123456"], [None], 30)
    assert [(h.start, h.end) for h in verdict.hits] == [(2, 11)]


async def test_a_stuck_worker_is_killed_and_replaced(pool: Pool) -> None:
    pid = await _ready(pool)
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(Unscannable, match="deadline"):
        await pool.match(["AB-123456"], [None], 0.3)
    assert time.monotonic() - began < 2
    assert await _ready(pool) != pid


async def test_a_job_survives_the_death_of_its_worker(pool: Pool) -> None:
    pid = await _ready(pool)
    os.kill(pid, signal.SIGKILL)
    (verdict,) = await pool.match(["AB-123456"], [None], 30)
    assert len(verdict.hits) == 1
    assert pool.pids != (pid,)


async def test_jobs_wait_for_a_worker_longer_than_their_deadline(pool: Pool) -> None:
    (verdict,) = await pool.match(["AB-123456"], [None], 0.05)
    assert len(verdict.hits) == 1, "no process starts that fast"
    for _ in range(3):
        for pid in pool.pids:
            os.kill(pid, signal.SIGKILL)
        (verdict,) = await pool.match(["AB-123456"], [None], 0.3)
        assert len(verdict.hits) == 1


async def test_workers_that_cannot_be_set_up_are_told_of_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pool_module, "_BACKOFF", (0.0, 0.05))
    broken = replace(BADGE, validate=("no-such-validator",))
    pool = Pool([broken], fingerprint_key=b"k" * 32, ner="off", workers=2)
    pool.open()
    try:
        with pytest.raises(Unscannable, match="no worker can be set up"):
            await pool.match(["AB-123456"], [None], 30)
        began = time.monotonic()
        with pytest.raises(Unscannable, match="doctor"):
            await pool.match(["AB-123456"], [None], 30)
        assert time.monotonic() - began < 1, "at once"
        (said,) = [record.message for record in caplog.records]
        assert "no detection worker can be set up: Refused: rule badge" in said
        assert "hint:" in said
        pool._message = Pool([BADGE], fingerprint_key=b"k" * 32, ner="off")._message  # somebody repairs it
        async with asyncio.timeout(30):
            while not pool.pids:
                await asyncio.sleep(0.05)
        (verdict,) = await pool.match(["AB-123456"], [None], 30)
        assert len(verdict.hits) == 1
        assert "again" in caplog.records[-1].message
    finally:
        await pool.close()


async def test_workers_are_started_as_jobs_need_them() -> None:
    pool = Pool([BADGE], fingerprint_key=b"k" * 32, ner="off", workers=2)
    pool.open()
    try:
        await asyncio.sleep(0)
        assert (pool.pids, pool._starting) == ((), set()), "nothing needs one"
        await pool.match(["AB-123456"], [None], 30)
        first = pool.pids
        assert len(first) == 1
        for _ in range(3):
            await pool.match(["AB-123456"], [None], 30)
        assert pool.pids == first, "one after the other needs one"
        os.kill(first[0], signal.SIGSTOP)
        jobs = [asyncio.ensure_future(pool.match(["AB-123456"], [None], 30)) for _ in range(5)]
        done, (stuck,) = await asyncio.wait(jobs, return_when=asyncio.ALL_COMPLETED, timeout=5)
        assert len(done) == 4, "a second one did them"
        assert len(pool.pids) == 2, "there are no more than that"
        os.kill(first[0], signal.SIGCONT)
        (verdict,) = await stuck
        assert len(verdict.hits) == 1
    finally:
        await pool.close()


async def test_a_warmed_pool_has_one_worker_ready_and_a_probed_one_uses_it(pool: Pool) -> None:
    pool.warm()
    pool.warm()
    assert len(pool._starting) == 1
    pid = await _ready(pool)
    pool.warm()
    assert pool._starting == set()
    assert await _ready(pool) == pid
    probed = Pool([BADGE], fingerprint_key=b"k" * 32, ner="off", workers=1)
    probed.open()
    try:
        assert await probed.probe() > 0
        (pid,) = probed.pids
        assert await _ready(probed) == pid
    finally:
        await probed.close()


async def test_a_probe_tells_whether_a_worker_can_be_set_up() -> None:
    broken = replace(BADGE, validate=("no-such-validator",))
    with pytest.raises(Broken, match="no-such-validator"):
        await Pool([broken], fingerprint_key=b"k" * 32, ner="off").probe()


async def test_more_jobs_than_the_queue_holds_are_overload(pool: Pool) -> None:
    pid = await _ready(pool)
    os.kill(pid, signal.SIGSTOP)
    jobs = [asyncio.ensure_future(pool.match(["x"], [None], 0.5)) for _ in range(6)]
    done = await asyncio.gather(*jobs, return_exceptions=True)
    reasons = [str(r) for r in done if isinstance(r, Unscannable)]
    assert reasons.count("overload") == 3, "one runs, two wait"
    assert reasons.count("deadline") == 1, "the two that waited get the next worker"
    assert len(reasons) == 4


async def test_a_job_before_start_or_after_close_is_refused(pool: Pool) -> None:
    await pool.close()
    with pytest.raises(Unscannable, match="closed"):
        await pool.match(["x"], [None], 1)


async def test_names_are_asked_of_a_pool_without_them(pool: Pool) -> None:
    with pytest.raises(Unscannable, match="no names"):
        await pool.names(["Dear Bob,"], [None], 30)


async def test_names_come_from_workers() -> None:
    pool = Pool([BADGE], fingerprint_key=b"k" * 32, ner="builtin", workers=1)
    pool.open()
    try:
        (hits,) = await pool.names(["Hello, my name is Karen Delgado."], [None], 60)
        assert [(h.entity, h.start, h.end) for h in hits] == [("PERSON", 18, 31)]
    finally:
        await pool.close()


async def test_a_pool_that_is_let_go_keeps_no_worker_and_does_what_is_left() -> None:
    pool = Pool([BADGE], fingerprint_key=b"k" * 32, ner="off", workers=2)
    pool.open()
    try:
        await pool.ready()
        (before,) = pool.pids
        under_way = asyncio.ensure_future(pool.match(["AB-123456"], [None], 30))
        await asyncio.sleep(0)
        pool.let_go()
        (verdict,) = await under_way
        assert len(verdict.hits) == 1, "what it is at is done"
        await _gone(before)
        assert pool.pids == ()
        jobs = await asyncio.gather(*(pool.match(["AB-123456"], [None], 30) for _ in range(3)))
        assert [len(verdict.hits) for (verdict,) in jobs] == [1, 1, 1], "what comes late, too"
        async with asyncio.timeout(10):
            while pool.pids or pool._starting:
                await asyncio.sleep(0.05)
    finally:
        await pool.close()


async def test_a_worker_that_starts_when_the_pool_is_let_go_does_not_stay() -> None:
    pool = Pool([BADGE], fingerprint_key=b"k" * 32, ner="off", workers=1)
    pool.open()
    pool.warm()
    pool.let_go()
    async with asyncio.timeout(20):
        while pool._starting or pool._ending:
            await asyncio.sleep(0.05)
    assert pool.pids == ()
    await pool.close()


async def test_to_be_ready_is_to_have_a_worker_or_to_say_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_BACKOFF", (0.0, 0.05))
    pool = Pool([replace(BADGE, validate=("no-such-validator",))], fingerprint_key=b"k" * 32, ner="off", workers=1)
    pool.open()
    try:
        with pytest.raises(Broken, match="no-such-validator"):
            await pool.ready()
    finally:
        await pool.close()


async def _gone(pid: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            await asyncio.sleep(0.02)
