"""Clients whose requests wait to be decided on: by connection, so that whoever leaves is not waited for.

mitmproxy ends no hook when a client leaves. Over HTTP/1 `client_disconnected` says so; over HTTP/2 a stream that is
reset is noted by `http_layers.Stream`, and a client that gives up in silence cannot be seen, so it waits 55 s at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from mitmproxy import http

from hushgate.proxy.http_layers import WAITS, left

LONGEST: Final = 3600.0
LONGEST_HTTP2: Final = 55.0


@dataclass(eq=False, slots=True)
class Waiting:
    """One client, for as long as its request is screened. `welcome`: whether it is still let in."""

    flow: http.HTTPFlow
    welcome: Callable[[], bool]
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def longest(self) -> float:
        return LONGEST_HTTP2 if self.flow.request.is_http2 else LONGEST

    @property
    def here(self) -> bool:
        return self.flow.client_conn.connected and not left(self.flow) and self.welcome()

    async def gone(self) -> None:
        await self.over.wait()


@dataclass(slots=True)
class Holds:
    """Everybody who may have to wait."""

    stopping: bool = False
    _waiting: dict[str, set[Waiting]] = field(default_factory=dict)

    @contextmanager
    def waiting(self, flow: http.HTTPFlow, welcome: Callable[[], bool] = lambda: True) -> Iterator[Waiting]:
        """The client of a flow, while it may wait."""
        one = Waiting(flow, welcome)
        if self.stopping:
            one.over.set()
        of_client = self._waiting.setdefault(flow.client_conn.id, set())
        of_client.add(one)
        flow.metadata[WAITS] = one.over
        try:
            yield one
        finally:
            flow.metadata.pop(WAITS, None)
            of_client.discard(one)
            if not of_client:
                self._waiting.pop(flow.client_conn.id, None)

    def left(self, client_id: str) -> None:
        """A connection has ended."""
        for one in self._waiting.get(client_id, ()):
            one.over.set()

    def stop(self) -> None:
        """The gate stops: nobody waits any longer, and what is approved later can be redeemed."""
        self.stopping = True
        for client_id in self._waiting:
            self.left(client_id)
