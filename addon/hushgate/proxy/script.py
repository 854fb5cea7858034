"""The gate as a script of a stock `mitmdump`: `mitmdump -s addon/main.py`.

The console script is the production way; this is for those who have a
mitmdump at hand. It takes the running master over: dumper, savers and
everything else that keeps or changes traffic go, the guard comes, and
whatever ends the script (a reload, a deleted file, an option that changes)
ends the proxy. Rules are read once; there is no draining at the end.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

from mitmproxy import ctx
from mitmproxy.addonmanager import Loader
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.tools.dump import DumpMaster

from hushgate.app import App
from hushgate.errors import ConfigError, HushgateError, StateError
from hushgate.proxy import ca, safety
from hushgate.proxy.guard import install
from hushgate.proxy.logs import configure
from hushgate.proxy.reception import Reception
from hushgate.proxy.wiring import Wired, open_authority, refuse_open_door, wire
from hushgate.settings import load_settings
from hushgate.state import Lock, Ready, State

NEEDED: Final = frozenset(
    {"core", "proxyserver", "tlsconfig", "disableh2c", "upstreamauth", "scriptloader", "errorcheck", "keepserving"}
)
"""mitmproxy's own addons that stay."""

USAGE, FAILED = 2, 3
"""Exit codes, as those of `hushgate`."""


class HushgateScript:
    """Loads the gate into the master that runs the script."""

    def __init__(self) -> None:
        self._app: App | None = None
        self._wired: Wired | None = None
        self._reception: Reception | None = None
        self._lock: Lock | None = None
        self._authority: ca.Authority | None = None
        self._options: dict[str, Any] = {}
        self._warming: asyncio.Future[None] | None = None

    def load(self, loader: Loader) -> None:
        """Take the master over, or end the process: a script that merely fails to load leaves a bare proxy."""
        with _or_die():
            install(ctx.master)  # From here on nothing passes without a verdict.
            self._take_over(ctx.master)

    def _take_over(self, master: Any) -> None:
        if type(master) is not DumpMaster:
            raise StateError(
                "hushgate does not run inside mitmweb or the mitmproxy console: they keep restored replies in memory",
                hint="use `hushgate up`; `hushgate replay SESSION` opens a session in mitmweb",
            )
        safety.refuse_given(master.options)
        configure()
        os.umask(0o077)
        _hold_back(master)
        named = os.environ.get("HUSHGATE_CONFIG")
        config = Path(named or "hushgate.yaml")
        settings = load_settings(config if named or config.exists() else None, os.environ, {})
        self._lock = State.open(settings.state).lock()
        self._app = App.open(settings)
        refuse_open_door(self._app)
        self._authority = open_authority(self._app)
        for addon in list(master.addons.chain):
            if _name(addon) not in NEEDED:
                _remove(master, addon)
        self._wired = wire(master, self._app, self._authority, scripts=True)
        self._reception = Reception(self._app, self._wired.gate.names)
        self._options = {name: getattr(master.options, name) for name in master.options.keys()}  # noqa: SIM118

    def configure(self, updated: Iterable[str]) -> None:
        """An option that changes while the gate runs ends it, whoever changed it."""
        changed = [n for n in sorted(updated) if n in self._options and getattr(ctx.options, n) != self._options[n]]
        if changed:
            _die(FAILED, f"the option {', '.join(changed)} was changed, so the proxy stops")

    async def running(self) -> None:
        """Hold names to their addresses, start the workers, and listen where the settings say."""
        with _or_die():
            if self._app is None or self._wired is None or self._authority is None or self._reception is None:
                raise StateError("the script is not loaded")
            self._wired.resolver.install()
            self._wired.dispatch.forget()
            self._app.engine.start()
            host, port = await _listen(ctx.master, *self._app.settings.listen)
            control = await self._reception.start()
            ready = Ready(f"http://{host}:{port}", str(self._authority.bundle), None, os.getpid(), str(control))
            self._app.state.write_ready(ready)
            _say(f"hushgate ready on {host}:{port}")
            self._warming = asyncio.ensure_future(self._app.engine.warm())

    def done(self) -> None:
        """The script is unloaded: so is the proxy, since it would go on without it."""
        if not ctx.master.should_exit.is_set():
            _die(FAILED, "the script was unloaded, so the proxy stops")
        if self._app is not None and self._reception is not None:
            self._app.state.remove_ready()
            self._reception.leave()
            self._app.ledger.close()  # The workers end with this process.


@contextmanager
def _or_die() -> Iterator[None]:
    """End the process on any error: mitmproxy would log it and go on."""
    try:
        yield
    except ConfigError as error:
        _die(USAGE, f"the configuration cannot be used\n{error}")
    except HushgateError as error:
        _die(FAILED, f"{error}" + (f"\nhint: {error.hint}" if error.hint else ""))
    except BaseException as failure:  # its text may quote what nobody may see
        _die(FAILED, f"cannot start ({type(failure).__name__})")


def _hold_back(master: Any) -> None:
    """Stop the server that is about to listen where mitmdump's defaults say; `_listen` starts the right one."""
    for task in asyncio.all_tasks():
        if task.get_name() == "setup_servers":
            task.cancel()
    servers = master.addons.get("proxyserver").servers
    for instance in servers:
        for socket in getattr(instance, "_servers", ()):
            socket.close()
    servers._instances.clear()


async def _listen(master: Any, host: str, port: int) -> tuple[str, int]:
    """Listen; the address as a URL has it. StateError if that cannot be."""
    server = master.addons.get("proxyserver")
    done = await server.servers.update([ProxyMode.parse(mode) for mode in master.options.mode])
    found = server.listen_addrs()
    if not done or not found:
        raise StateError(f"cannot listen on {host}:{port}", hint="another program has the port: change `listen`")
    address, port, *_ = found[0]
    return (f"[{address}]" if ":" in address else address), port


def _name(addon: object) -> str:
    return str(getattr(addon, "name", type(addon).__name__.lower()))


def _remove(master: Any, addon: object) -> None:
    """Take an addon out. Not by `remove`, which runs `done`: some of those are coroutines, and none has begun."""
    master.addons.chain.remove(addon)
    master.addons.lookup.pop(_name(addon), None)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _die(code: int, why: str) -> NoReturn:
    _say(f"hushgate: {why}")
    os._exit(code)
