"""What changes, as server-sent events: one look at the ledger a second for all who watch, and none for nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from starlette.concurrency import run_in_threadpool

from hushgate.console.desk import Desk
from hushgate.console.views import done, moment, plain
from hushgate.console.visitors import Visitor
from hushgate.errors import LedgerError

LOOK_SECONDS: Final = 1.0
QUIET_SECONDS: Final = 15.0
"""After how long without news a comment keeps the connection."""

WATCHERS: Final = 32
MOST_EVENTS: Final = 200
WAITING: Final = 20
"""Batches that may wait for one watcher; a slower one is let go, and its browser comes back."""

LASTS_SECONDS: Final = 600.0
"""A watcher's connection. The browser asks again, and is then looked at as who it is by then."""

type Row = dict[str, Any]
type Batch = list[tuple[str, str]]
"""Events as they are sent, made once for all who watch, and whose exchange each is about."""


class Full(Exception):
    """As many watch as may."""


class Feed:
    """Hands each change to everybody who watches. For one event loop."""

    def __init__(self, desk: Desk, *, look_seconds: float = LOOK_SECONDS, watchers: int = WATCHERS) -> None:
        self._desk = desk
        self._look_seconds = look_seconds
        self._most = watchers
        self._watching: set[asyncio.Queue[Batch | None]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    def watch(self, visitor: Visitor, now: Callable[[], Visitor | None] | None = None) -> AsyncIterator[str]:
        """Server-sent events for a visitor, for as long as `now` says that he is one; Full where there is no room."""
        if len(self._watching) >= self._most or self._closed:
            raise Full
        queue: asyncio.Queue[Batch | None] = asyncio.Queue(WAITING)
        self._watching.add(queue)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return self._told(queue, now or (lambda: visitor))

    def close(self) -> None:
        """Let everybody go."""
        self._closed = True
        if self._looking is not None:
            self._looking.cancel()
        for queue in list(self._watching):
            self._drop(queue)

    async def _told(self, queue: asyncio.Queue[Batch | None], now: Callable[[], Visitor | None]) -> AsyncIterator[str]:
        ends = asyncio.get_running_loop().time() + LASTS_SECONDS
        try:
            yield "retry: 3000\n\n"
            while asyncio.get_running_loop().time() < ends:
                try:
                    batch = await asyncio.wait_for(queue.get(), QUIET_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if batch is None or (visitor := now()) is None:
                    return
                if mine := "".join(said for actor, said in batch if visitor.sees in (None, actor)):
                    yield mine
        finally:
            self._watching.discard(queue)

    async def _look(self) -> None:
        after = None
        while self._watching:
            try:
                after, rows = await run_in_threadpool(self._changed, after)
            except LedgerError:
                rows = []  # busy, or too much at once: the next look finds it
            if rows:
                batch = [(row["actor"], event(row)) for row in reversed(rows)]
                for queue in list(self._watching):
                    try:
                        queue.put_nowait(batch)
                    except asyncio.QueueFull:
                        self._drop(queue)
            await asyncio.sleep(self._look_seconds)

    def _changed(self, after: int | None) -> tuple[int, list[Row]]:
        with self._desk.reading() as reader:
            return (reader.newest(), []) if after is None else reader.changed(after, MOST_EVENTS)

    def _drop(self, queue: asyncio.Queue[Batch | None]) -> None:
        self._watching.discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)


def event(row: Row) -> str:
    """A row as an event that is sent."""
    return f"event: exchange\ndata: {json.dumps(shown(row))}\n\n"


def shown(row: Row) -> Row:
    """A row as the script puts it into the table: texts by the name of their cell."""
    return {
        "id": row["id"],
        "session": row["session"],
        "actor": row["actor"],
        "at": moment(row["at"]),
        "route": plain(row["route"] or row["host"]),
        "model": plain(row["model"]),
        "done": done(row),
        "level": row["level"],
        "findings": str(row["findings"]),
        "outcome": plain(row["outcome"] or "open"),
    }
