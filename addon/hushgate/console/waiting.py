"""Pending approvals as they change, as server-sent events: the whole list each time, so that nothing can be missed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from typing import Final

from hushgate.console.cards import card
from hushgate.console.counter import Counter, Pending, seen
from hushgate.console.live import LASTS_SECONDS, QUIET_SECONDS, WATCHERS, Full
from hushgate.console.visitors import Visitor

PAUSE_SECONDS: Final = 0.25
"""Between two looks: many changes at once are one."""

MOST_CARDS: Final = 50
"""Approvals that a list shows whole, the oldest first; the others are counted."""


class Waiting:
    """Hands the list to everybody who watches. Lives on the console's event loop, listens on the gate's."""

    def __init__(self, counter: Counter, *, watchers: int = WATCHERS, pause: float = PAUSE_SECONDS) -> None:
        self._counter = counter
        self._most = watchers
        self._pause = pause
        self._watching: set[asyncio.Event] = set()
        self._pending: tuple[Pending, ...] | None = None
        self._listening: Future[None] | None = None
        self._home: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def watch(self, visitor: Visitor, now: Callable[[], Visitor | None] | None = None) -> AsyncIterator[str]:
        """Server-sent events for a visitor, for as long as `now` says that he is one; Full where there is no room."""
        loop = self._counter.loop
        if len(self._watching) >= self._most or self._closed or loop is None:
            raise Full
        woken = asyncio.Event()
        self._watching.add(woken)
        if self._listening is None or self._listening.done():
            self._home = asyncio.get_running_loop()
            self._pending = None
            self._listening = asyncio.run_coroutine_threadsafe(self._listen(), loop)
        return self._told(woken, now or (lambda: visitor))

    def close(self) -> None:
        """Let everybody go."""
        self._closed = True
        self._leave()
        for woken in self._watching:
            woken.set()

    async def _told(self, woken: asyncio.Event, now: Callable[[], Visitor | None]) -> AsyncIterator[str]:
        clock = asyncio.get_running_loop().time
        ends, last = clock() + LASTS_SECONDS, ""
        try:
            yield "retry: 3000\n\n"
            while clock() < ends and not self._closed and (visitor := now()) is not None:
                woken.clear()
                if self._pending is not None and (said := self._shown(self._pending, visitor)) != last:
                    last = said
                    yield f"event: pending\ndata: {said}\n\n"
                try:
                    await asyncio.wait_for(woken.wait(), QUIET_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._watching.discard(woken)
            if not self._watching:
                self._leave()

    def _shown(self, pending: tuple[Pending, ...], visitor: Visitor) -> str:
        mine, places = seen(pending, visitor.person), self._counter.desk.stands_for(visitor.person)
        cards = [card(one, visitor.person, places) for one in mine[:MOST_CARDS]]
        return json.dumps({"ids": [one.approval.id for one in mine], "cards": cards})

    async def _listen(self) -> None:
        """On the gate's loop: look whenever something has changed, and hand it over."""
        told = self._counter.desk.listen()
        try:
            while self._home is not None:
                told.clear()
                self._home.call_soon_threadsafe(self._take, self._counter.now())
                await told.wait()
                await asyncio.sleep(self._pause)
        finally:
            self._counter.desk.forget(told)

    def _take(self, pending: tuple[Pending, ...]) -> None:
        self._pending = pending
        for woken in self._watching:
            woken.set()

    def _leave(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            self._listening = None
