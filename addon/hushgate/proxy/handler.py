"""mitmproxy's connection handler at less cost, and fair: no connection keeps the event loop from the others.

Of a connection whose layer has not taken what came before, nothing more is
read: mitmproxy would keep all of it in memory.

A streamed reply is scanned on the loop, as much of it as was read at once. A
connection whose pieces take long reads smaller ones, and after each leaves
the loop to the others for as long as it has had it.

The cost is about a quarter less of a small request's CPU.

Profiled on mitmproxy 12.2, per request: reading a hook's arguments and
checking a message's field types through `dataclasses.fields` (12 %), a
context manager and a drain of every socket where none has anything to drain
(8 %). The checks repeat what the parser has just made; `python -O` leaves
them out as well.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import fields
from typing import Any, Final
from weakref import WeakSet

from mitmproxy import connection, flow, hooks, http
from mitmproxy.proxy import commands, events, mode_servers

from hushgate.proxy import listener

LONG: Final = 0.02
"""Seconds on the loop from which a piece was too large, and the others come first."""
MOST_READ: Final = 65535
LEAST_READ: Final = 4096
LONGEST_REST: Final = 1.0
"""Seconds, so that a client hears of the end of a reply whatever its last piece took."""

BEHIND: Final[WeakSet[connection.Connection]] = WeakSet()
"""Connections that nothing more is read of for now. See `behind`."""

_NAMES: Final[dict[type, tuple[str, ...]]] = {}


def behind(much: bool, *connections: connection.Connection) -> None:
    """A layer says whether enough of these connections waits for it: nothing more is read of them meanwhile."""
    if much:
        BEHIND.update(connections)
    elif BEHIND:
        BEHIND.difference_update(connections)


class Measured:
    """A stream reader that gives pieces of bounded size; `took` says how long the last one kept the loop.

    It reads while `room` is set.
    """

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self.most = MOST_READ
        self.room = asyncio.Event()
        self.room.set()

    async def read(self, size: int) -> bytes:
        """Up to `size` bytes, b"" at the end."""
        while not self.room.is_set():
            await self.room.wait()
        return await self._reader.read(min(size, self.most))

    def took(self, seconds: float) -> None:
        """Read less at a time where that was long, and more again where it was short."""
        if seconds > LONG:
            self.most = max(LEAST_READ, self.most // 2)
        elif seconds < LONG / 4:
            self.most = min(MOST_READ, self.most * 2)


class Handler(mode_servers.ProxyConnectionHandler):
    """One client connection, and the server connections made for it."""

    def __init__(self, master: Any, reader: Any, writer: Any, *more: Any) -> None:
        super().__init__(master, reader, writer, *more)  # type: ignore[no-untyped-call]
        listener.seen(self.client, writer)

    clock = staticmethod(time.perf_counter)
    _spent = 0.0
    _held = False

    async def handle_connection(self, connection: connection.Connection) -> None:
        """Handle one of them to its end."""
        io = self.transports[connection]
        if isinstance(io.reader, asyncio.StreamReader):
            reader: Any = Measured(io.reader)
            io.reader = reader
        await super().handle_connection(connection)

    def close_connection(self, connection: connection.Connection, half_close: bool = False) -> None:
        """Close one of them. TLS to a client knows no half (RFC 8446, 6.1, but asyncio does not do it)."""
        io = self.transports.get(connection)
        writer: Any = io.writer if io is not None else None
        super().close_connection(connection, half_close and (writer is None or writer.can_write_eof()))

    async def server_event(self, event: events.Event) -> None:
        """Do what an event asks for; note how long the loop was kept."""
        began = self.clock()
        await super().server_event(event)
        if self._held or BEHIND:
            self._hold()
        spent = self.clock() - began
        self._spent += spent
        if isinstance(event, events.DataReceived) and (io := self.transports.get(event.connection)) is not None:
            reader: Any = io.reader
            if isinstance(reader, Measured):
                reader.took(spent)

    def _hold(self) -> None:
        """Read of those connections that their layers can take more of."""
        self._held = False
        for one, io in self.transports.items():
            reader: Any = io.reader
            if not isinstance(reader, Measured):
                continue
            if one in BEHIND:
                self._held = True
                reader.room.clear()
            else:
                reader.room.set()

    async def handle_hook(self, hook: commands.StartHook) -> None:
        """Run a hook while the connection cannot time out."""
        dog = self.timeout_watchdog
        dog.blocker += 1
        dog.can_timeout.clear()
        try:
            (subject,) = hook.args()
            await self.master.addons.handle_lifecycle(hook)
            if isinstance(subject, flow.Flow) and subject.intercepted:
                await subject.wait_for_resume()
        finally:
            dog.blocker -= 1
            if not dog.blocker:
                dog.register_activity()
                dog.can_timeout.set()

    async def drain_writers(self) -> None:
        """Wait where a socket has something to drain, and where the others have waited for this connection."""
        spent, self._spent = self._spent, 0.0
        if spent > LONG:
            await asyncio.sleep(min(spent, LONGEST_REST))
        for transport in self.transports.values():
            writer: Any = transport.writer
            if writer is not None and (writer.is_closing() or writer.transport.get_write_buffer_size()):
                await super().drain_writers()  # type: ignore[no-untyped-call]
                return


def arguments(hook: hooks.Hook) -> list[Any]:
    """A hook's arguments, in their order."""
    kind = type(hook)
    names = _NAMES.get(kind)
    if names is None:
        names = _NAMES[kind] = tuple(field.name for field in fields(hook))  # type: ignore[arg-type]
    return [getattr(hook, name) for name in names]


def _unchecked(_: http.MessageData) -> None:
    """The parser gives the right types."""


def install() -> None:
    """Use all of this, for the whole process."""
    servers: Any = mode_servers
    servers.ProxyConnectionHandler = Handler
    base: Any = hooks.Hook
    base.args = arguments
    data: Any = http.MessageData
    data.__post_init__ = _unchecked
