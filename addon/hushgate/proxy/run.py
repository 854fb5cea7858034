"""The launcher: a gate from start to stop, with what runs beside it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, Protocol

from hushgate.app import App
from hushgate.errors import StateError
from hushgate.proxy import ca
from hushgate.proxy.logs import configure
from hushgate.proxy.player import Player
from hushgate.proxy.reception import Reception
from hushgate.proxy.reload import Reloading, stamps
from hushgate.proxy.wiring import GateMaster, open_authority, refuse_open_door, wire
from hushgate.settings import Settings
from hushgate.state import Ready, State
from hushgate.turns import SWITCH


class Beside(Protocol):
    """What runs beside a gate, on a thread of its own."""

    def start(self) -> str:
        """Listen; the URL. StateError if that cannot be."""

    def stop(self) -> None:
        """Let go of everything; a second call does nothing."""


type Opens = Callable[[App], Beside | None]
"""Makes what runs beside a gate, of the wired gate."""

STOP_SECONDS: Final = 30.0
"""How long open exchanges may take to finish once the gate is told to stop."""

CUT_SECONDS: Final = 2.0
"""How long the ends of those may take to go on record that were not done by then, or when asked twice."""


class Server:
    """A gate with its proxy, from start to stop, on the running event loop."""

    def __init__(self, app: App, authority: ca.Authority, player: Player | None = None) -> None:
        self.app = app
        self.authority = authority
        self.master: Any = GateMaster()
        self.wired = wire(self.master, app, authority, player=player)
        self.reception = Reception(app, self.wired.gate.names, tells=player is None)
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._warming: asyncio.Task[None] | None = None

    async def start(self) -> tuple[str, int]:
        """Listen; the address. StateError if that cannot be."""
        self.wired.resolver.install()
        self.app.engine.start()
        self._running = asyncio.create_task(self.master.run())
        server: Any = self.master.addons.get("proxyserver")
        while not server.listen_addrs():
            if self._running.done() or any(one.last_exception for one in server.servers):
                host, port = self.app.settings.listen
                raise StateError(f"cannot listen on {host}:{port}", hint="another program has the port: use --listen")
            await asyncio.sleep(0.01)
        host, port, *_ = server.listen_addrs()[0]
        return str(host), int(port)

    def warm(self) -> None:
        """Begin to load what the first requests would wait for, between whatever comes."""
        self._warming = self._spawn(self.app.engine.warm())

    async def wait(self) -> None:
        """Until the master ends."""
        await asyncio.wait([self._running])

    def ask_to_stop(self) -> None:
        """Finish open exchanges, then stop; at once when asked twice."""
        if self._warming is not None:
            self._warming.cancel()
        self._spawn(self._cut() if self._stopping else self._drain())
        self._stopping = True

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _drain(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.wired.gate.all_done(), STOP_SECONDS)
        await self._cut()

    async def _cut(self) -> None:
        """Stop now: what is open ends here, and is on record."""
        gate = self.wired.gate
        gate.cut()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(gate.all_done(), CUT_SECONDS)
        self.master.shutdown()

    async def stop(self) -> None:
        """Let go of everything."""
        await self.reception.stop()
        self.master.shutdown()
        if hasattr(self, "_running"):
            with contextlib.suppress(asyncio.CancelledError, SystemExit):
                await self._running
        await self.app.close()
        self.wired.resolver.remove()


def serve(
    settings: Settings,
    *,
    on_ready: Callable[[Ready], None] | None = None,
    player: Player | None = None,
    console: Opens | None = None,
) -> int:
    """Run a gate in the foreground until SIGTERM or SIGINT; the exit code. HushgateError if it cannot start.

    `console` opens the pages beside it. With a `player` it answers from a recorded session, and reaches nobody.
    """
    configure()
    os.umask(0o077)
    if player is not None:
        settings = for_playing(settings)
    with State.open(settings.state).lock():
        return asyncio.run(_serve(settings, on_ready, player, console))


def for_playing(settings: Settings) -> Settings:
    """The settings a session is played under: values are masked and restored, and no tunnel leads out."""
    return replace(settings, enforce=True, replies="strict", egress=replace(settings.egress, other_hosts="block"))


async def _serve(
    settings: Settings, on_ready: Callable[[Ready], None] | None, player: Player | None, console: Opens | None
) -> int:
    seen = stamps(settings)
    app = App.open(settings)
    app.pipeline.outcomes.mask_everything = player is not None
    try:
        refuse_open_door(app)
        beside = console(app) if console is not None else None
        server = Server(app, open_authority(app), player)
    except BaseException:
        await app.close()
        raise
    try:
        host, port = await server.start()
        control = await server.reception.start()
        shown = f"[{host}]" if ":" in host else host
        pages = await asyncio.to_thread(beside.start) if beside is not None else None
        scheme = "http" if settings.clients.certificate is None else "https"
        ready = Ready(f"{scheme}://{shown}:{port}", str(server.authority.bundle), pages, os.getpid(), str(control))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.ask_to_stop)
        reloading = Reloading(app, server.authority, server.wired.resolver, seen)
        loop.add_signal_handler(signal.SIGHUP, reloading.ask)
        watcher = asyncio.create_task(reloading.watch())
        gc.freeze()  # What is loaded now stays: the collector need not walk it again.
        gc.set_threshold(20_000, 5, 2)  # A request makes thousands of short-lived objects, few of them in cycles.
        sys.setswitchinterval(SWITCH)
        app.state.write_ready(ready)
        if pages is not None:
            print(f"hushgate console at {pages}", file=sys.stderr, flush=True)
        print(f"hushgate ready on {shown}:{port}", file=sys.stderr, flush=True)
        if on_ready is not None:
            on_ready(ready)
        server.warm()
        await server.wait()
        watcher.cancel()
    finally:
        app.state.remove_ready()
        if beside is not None:
            await asyncio.to_thread(beside.stop)
        await server.stop()
    return 0
