from __future__ import annotations

import asyncio
import concurrent.futures
import threading

import pytest

from hushgate.errors import LedgerError
from hushgate.ledger.waiting import settle
from hushgate.ledger.writer import Entry

ENTRY = Entry("opened", 0.0, "{}", [])


async def test_each_hears_how_its_own_entry_went() -> None:
    loop = asyncio.get_running_loop()
    good, bad, left = loop.create_future(), loop.create_future(), loop.create_future()
    thread: concurrent.futures.Future[None] = concurrent.futures.Future()
    failed: concurrent.futures.Future[None] = concurrent.futures.Future()
    left.cancel()
    error = LedgerError("full", hint="free some space")
    outcomes = [
        ((ENTRY, loop, good), None),
        ((ENTRY, loop, bad), error),
        ((ENTRY, loop, left), None),
        ((ENTRY, None, thread), None),
        ((ENTRY, None, failed), error),
        ((ENTRY, None, None), error),
    ]
    await asyncio.to_thread(settle, outcomes)
    assert await good is None
    with pytest.raises(LedgerError, match="full") as caught:
        await bad
    assert caught.value is not error and caught.value.hint == error.hint
    assert thread.result(0) is None
    assert failed.exception(0) is error


def test_a_loop_that_has_ended_is_nobody() -> None:
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    loop.close()
    other = threading.Thread(target=settle, args=([((ENTRY, loop, future), None)],))
    other.start()
    other.join(5)
    assert not other.is_alive() and not future.done()
