"""Who waits for an entry, and how they hear of it."""

from __future__ import annotations

import asyncio
from typing import Any

from hushgate.errors import LedgerError
from hushgate.ledger.writer import Entry

type Waiting = tuple[Entry, asyncio.AbstractEventLoop | None, Any]
"""An entry, and who waits: a loop and its future, or a thread's future, or nobody."""


def settle(outcomes: list[tuple[Waiting, LedgerError | None]]) -> None:
    """Tell everyone who waits, with one wake-up a loop."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[None], LedgerError | None]]] = {}
    for (_, loop, future), error in outcomes:
        if loop is not None:
            loops.setdefault(loop, []).append((future, error))
        elif future is not None and error is not None:
            future.set_exception(error)
        elif future is not None:
            future.set_result(None)
    for loop, news in loops.items():
        try:
            loop.call_soon_threadsafe(_resolve, news)
        except RuntimeError:
            continue  # that loop has ended: nobody waits any more


def _resolve(news: list[tuple[asyncio.Future[None], LedgerError | None]]) -> None:
    for future, error in news:
        if future.done():
            continue  # whoever waited was cancelled
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(LedgerError(str(error), error.hint))
