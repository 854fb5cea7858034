"""The launcher: one mitmproxy master with the few addons it needs, guarded, and the gate in it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from mitmproxy import master, options
from mitmproxy.addons import core, disable_h2c, proxyserver, tlsconfig, upstream_auth

from hushgate.app import App, Rules, new_id, permitted, rule_files
from hushgate.control import NAME, Control
from hushgate.errors import ConfigError, HushgateError, LedgerError, StateError
from hushgate.proxy import ca, failures, handler, http_layers, issuing, safety, websocket
from hushgate.proxy.addon import Gate
from hushgate.proxy.egress import AddressRules, GuardedResolver
from hushgate.proxy.guard import GuardedDispatch, install
from hushgate.proxy.logs import configure
from hushgate.proxy.player import Player
from hushgate.proxy.tunnel import Layers
from hushgate.settings import Settings
from hushgate.state import Ready, State
from hushgate.turns import SWITCH

EXPIRE_SECONDS: Final = 1.0
"""How often approvals are looked at that may have run out."""


class Beside(Protocol):
    """What runs beside a gate, on a thread of its own."""

    def start(self) -> str:
        """Listen; the URL. StateError if that cannot be."""

    def stop(self) -> None:
        """Let go of everything; a second call does nothing."""


type Opens = Callable[[App], Beside | None]
"""Makes what runs beside a gate, of the wired gate."""

type Stamps = dict[Path, tuple[int, int]]
"""When each file was changed (nanoseconds), and its size."""

logger = logging.getLogger("hushgate")

STOP_SECONDS: Final = 30.0
"""How long open exchanges may take to finish once the gate is told to stop."""

CUT_SECONDS: Final = 2.0
"""How long the ends of those may take to go on record that were not done by then, or when asked twice."""

WATCH_SECONDS: Final = 1.0
"""How often the rule files are looked at."""


class GateMaster(master.Master):
    """mitmproxy's master with what a proxy needs: no dumper, savers, scripts, replay or web app."""

    def __init__(self) -> None:
        super().__init__(options.Options(), with_termlog=False)
        self.addons.add(
            core.Core(),
            disable_h2c.DisableH2C(),
            proxyserver.Proxyserver(),
            tlsconfig.TlsConfig(),
            upstream_auth.UpstreamAuth(),
        )


@dataclass(slots=True)
class Wired:
    """A master with the gate in it."""

    gate: Gate
    dispatch: GuardedDispatch
    resolver: GuardedResolver


def wire(
    into: master.Master, app: App, authority: ca.Authority, *, scripts: bool = False, player: Player | None = None
) -> Wired:
    """Put the gate into a master whose own `nextlayer` is gone, and guard its events."""
    gate = Gate(
        pipeline=app.pipeline,
        endpoints=lambda: app.rules.endpoints,
        users=app.users,
        ledger=app.ledger,
        new_id=new_id,
        clock=time.time,
        other_hosts=app.settings.egress.other_hosts,
        player=player,
    )
    exchanges = issuing.Issuing(app.exchange if player is None else None, app.ledger, time.time)
    into.addons.add(Layers(gate.traffic_of, lambda name: app.rules.endpoints.find(name) is not None), exchanges, gate)
    failures.install()
    handler.install()
    http_layers.install()
    websocket.install()
    safety.apply(into.options, safety.wanted(app.settings, authority), scripts=scripts)
    return Wired(gate, install(into), GuardedResolver(into.event_loop, address_rules(app)))


def address_rules(app: App) -> AddressRules:
    """Which addresses the names may lead to, by the settings and endpoints in force."""
    egress = app.settings.egress
    return AddressRules.of(egress.resolve, [str(n) for n in egress.allow_addresses], app.rules.endpoints)


def open_authority(app: App) -> ca.Authority:
    """The CA, held against the endpoints in force: ConfigError for a host it may not sign for."""
    authority = ca.open_authority(app.state.path, permitted(app.settings))
    if faults := ca.uncovered(authority, app.rules.endpoints.intercepted()):
        raise ConfigError(faults)
    if warning := authority.warning():
        logger.warning("%s", warning)
    return authority


def refuse_open_door(app: App) -> None:
    """StateError where others can reach the gate and nobody has to name himself."""
    if not app.settings.listens_on_loopback and not app.users.configured and app.exchange is None:
        raise StateError(
            f"{app.settings.listen[0]} can be reached by others and no users are configured",
            hint="hushgate users add NAME, or listen on 127.0.0.1",
        )


class Server:
    """A gate with its proxy, from start to stop, on the running event loop."""

    def __init__(self, app: App, authority: ca.Authority, player: Player | None = None) -> None:
        self.app = app
        self.authority = authority
        self.master: Any = GateMaster()
        self.wired = wire(self.master, app, authority, player=player)
        self._stopping = False
        self._reload_wanted = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._control: Control | None = None
        self._warming: asyncio.Task[None] | None = None
        self.in_force = frozenset(_stamps(app.settings))

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

    def ask_to_reload(self) -> None:
        """Read the rules again, soon: `watch` does, one load after the other."""
        self._reload_wanted.set()

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

    async def listen_to_people(self) -> Path:
        """Open the control socket, and end approvals that run out; where it is."""
        app = self.app
        app.desk.clean = self.wired.gate.names.free_text
        self._control = Control(app.desk, app.users.person, app.state.path / NAME)
        self._spawn(self._expire())
        return await self._control.start()

    async def _expire(self) -> None:
        while True:
            with contextlib.suppress(LedgerError):  # The next time it may go on record.
                await self.app.desk.expire()
            await asyncio.sleep(EXPIRE_SECONDS)

    async def stop(self) -> None:
        """Let go of everything."""
        if self._control is not None:
            await self._control.stop()
        self.master.shutdown()
        if hasattr(self, "_running"):
            with contextlib.suppress(asyncio.CancelledError, SystemExit):
                await self._running
        await self.app.close()
        self.wired.resolver.remove()

    async def watch(self, seen: Stamps) -> None:
        """Reload when a rule file is not as it was `seen`, and when asked to. Never ends by itself.

        A file that goes takes rules away: that is done only when asked for.
        """
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._reload_wanted.wait(), WATCH_SECONDS)
            now, asked = _stamps(self.app.settings), self._reload_wanted.is_set()
            if now == seen and not asked:
                continue
            self._reload_wanted.clear()
            seen = now  # As before the load: what changes during it is loaded next.
            gone = self.in_force - now.keys()
            if gone and not asked:
                names = ", ".join(sorted(map(str, gone)))
                logger.error(
                    "%s is gone, its rules stay in force.\nhint: SIGHUP or a restart goes on without it", names
                )
            else:
                await self._reload()

    async def _reload(self) -> None:
        """Put new rules in force, all or none; the old ones stay where the new ones cannot be used."""
        try:
            settings, waiting = await asyncio.to_thread(self.app.reread)
            fresh = await asyncio.to_thread(Rules.load, settings)
            if faults := ca.uncovered(self.authority, fresh.endpoints.intercepted()):
                raise ConfigError(faults)
            changed = await self.app.use(fresh)
            self.app.settings = settings
        except HushgateError as error:
            logger.error("the changed rules are refused, the old ones stay in force:\n%s", error)
            return
        except Exception as failure:  # its text may quote what nobody may see
            logger.error("the changed rules are refused, the old ones stay in force: %s", type(failure).__name__)
            return
        self.wired.resolver.rules = address_rules(self.app)
        self.in_force = frozenset(_stamps(settings))
        state = "changed rules are in force" if changed else "rules say what they said before"
        print(f"hushgate: the {state}", file=sys.stderr, flush=True)
        if waiting:
            logger.warning("these changed settings wait for a restart: %s", ", ".join(waiting))


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
    seen = _stamps(settings)
    app = App.open(settings)
    app.pipeline.mask_everything = player is not None
    try:
        refuse_open_door(app)
        beside = console(app) if console is not None else None
        server = Server(app, open_authority(app), player)
    except BaseException:
        await app.close()
        raise
    try:
        host, port = await server.start()
        control = await server.listen_to_people()
        shown = f"[{host}]" if ":" in host else host
        pages = await asyncio.to_thread(beside.start) if beside is not None else None
        ready = Ready(f"http://{shown}:{port}", str(server.authority.bundle), pages, os.getpid(), str(control))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.ask_to_stop)
        loop.add_signal_handler(signal.SIGHUP, server.ask_to_reload)
        watcher = asyncio.create_task(server.watch(seen))
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


def _stamps(settings: Settings) -> Stamps:
    stamps: Stamps = {}
    for path in rule_files(settings):
        with contextlib.suppress(OSError):
            found = path.stat()
            stamps[path] = (found.st_mtime_ns, found.st_size)
    return stamps
