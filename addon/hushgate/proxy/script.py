"""The gate as a script of a stock `mitmdump`: `mitmdump -s addon/main.py`.

The console script is the production way; this is for those who have a
mitmdump at hand. It takes the running master over: dumper, savers and
everything else that keeps or changes traffic go, the guard comes, and
whatever ends the script (a reload, a deleted file) ends the proxy.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Final

from mitmproxy import ctx
from mitmproxy.addonmanager import Loader
from mitmproxy.tools.dump import DumpMaster

from hushgate.app import App
from hushgate.errors import HushgateError, StateError
from hushgate.proxy.guard import install
from hushgate.proxy.logs import configure
from hushgate.proxy.run import Wired, open_authority, refuse_open_door, wire
from hushgate.settings import load_settings
from hushgate.state import Lock, State

NEEDED: Final = frozenset(
    {"core", "proxyserver", "tlsconfig", "disableh2c", "upstreamauth", "scriptloader", "errorcheck", "keepserving"}
)
"""mitmproxy's own addons that stay."""


class HushgateScript:
    """Loads the gate into the master that runs the script."""

    def __init__(self) -> None:
        self._app: App | None = None
        self._wired: Wired | None = None
        self._lock: Lock | None = None

    def load(self, loader: Loader) -> None:
        """Take the master over, or end the process: a script that merely fails to load leaves a bare proxy."""
        try:
            install(ctx.master)  # From here on nothing passes without a verdict.
            self._take_over(ctx.master)
        except HushgateError as error:
            print(f"hushgate: {error}" + (f"\nhint: {error.hint}" if error.hint else ""), file=sys.stderr)
            self._die(2)
        except BaseException as failure:
            print(f"hushgate: cannot start ({type(failure).__name__})", file=sys.stderr)
            self._die(3)

    def _take_over(self, master: Any) -> None:
        if type(master) is not DumpMaster:
            raise StateError(
                "hushgate does not run inside mitmweb or the mitmproxy console: they keep restored replies in memory",
                hint="use `hushgate up`; `hushgate replay SESSION` opens a session in mitmweb",
            )
        configure()
        os.umask(0o077)
        config = Path(os.environ.get("HUSHGATE_CONFIG", "hushgate.yaml"))
        settings = load_settings(config if config.exists() else None, os.environ, {})
        self._lock = State.open(settings.state).lock()
        self._app = App.open(settings)
        refuse_open_door(self._app)
        authority = open_authority(self._app)
        for addon in list(master.addons.chain):
            name = getattr(addon, "name", type(addon).__name__.lower())
            if name not in NEEDED and addon is not self:
                master.addons.remove(addon)
        self._wired = wire(master, self._app, authority, scripts=True)

    async def running(self) -> None:
        """Start the workers, and hold names to their addresses."""
        if self._app is not None and self._wired is not None:
            self._wired.resolver.install()
            self._wired.dispatch.forget()
            await self._app.engine.start()
            host, port = self._app.settings.listen
            print(f"hushgate ready on {host}:{port} (mitmdump script)", file=sys.stderr, flush=True)

    def done(self) -> None:
        """The script is unloaded: so is the proxy, since it would go on without it."""
        if not ctx.master.should_exit.is_set():
            print("hushgate: the script was unloaded, so the proxy stops", file=sys.stderr, flush=True)
            self._die(3)
        if self._app is not None:
            self._app.ledger.close()  # The workers end with this process.

    def _die(self, code: int) -> None:
        sys.stderr.flush()
        os._exit(code)
