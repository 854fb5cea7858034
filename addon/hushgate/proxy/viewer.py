"""mitmweb for recorded sessions: it shows flows, and can do nothing else.

No proxy, no scripts, no replaying clients, no saving: only the addons that
show are there. It listens on loopback, behind a random token that is printed
once and never logged.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from mitmproxy import http, io, master, options
from mitmproxy.addons import eventstore, proxyserver, view
from mitmproxy.tools.web import app, webaddons
from mitmproxy.tools.web.master import WebMaster

from hushgate.errors import StateError
from hushgate.proxy.contentview import load

HOST: Final = "127.0.0.1"
COLUMNS: Final = ("icon", "method", "path", "status", "comment", "size", "time")

# Their INFO and access lines name the URL, token included.
_SILENT: Final = ("mitmproxy.tools.web", "tornado.access", "tornado.general", "tornado.application")


# mitmproxy gives these two no types.
_web_auth: Final[Any] = webaddons.WebAuth
_proxyserver: Final[Any] = proxyserver.Proxyserver


class Viewer(WebMaster):
    """mitmweb's master without anything that acts on traffic."""

    def __init__(self, opts: options.Options) -> None:
        master.Master.__init__(self, opts, with_termlog=False)
        self.view = view.View()
        self.view.sig_view_add.connect(self._sig_view_add)
        self.view.sig_view_remove.connect(self._sig_view_remove)
        self.view.sig_view_update.connect(self._sig_view_update)
        self.view.sig_view_refresh.connect(self._sig_view_refresh)
        self.events = eventstore.EventStore()
        own: Any = self
        own.addons.add(webaddons.WebAddon(), _web_auth(), self.view, self.events)
        own.options.add_option("server", bool, False, "Listen for traffic. Never.")
        own.options.update(web_open_browser=False, web_host=HOST, web_columns=COLUMNS)
        self.app = app.Application(self, False)
        # Asked for its list of servers, which stays empty: it is no addon here.
        self.proxyserver = _proxyserver()


def show(path: Path, *, port: int = 0, on_ready: Callable[[str], None] | None = None) -> None:
    """Show a file of flows until SIGINT or SIGTERM. `on_ready` gets the URL; by default it goes to stderr.

    StateError if the file cannot be read or the port not be had; port 0 takes a free one.
    """
    asyncio.run(_show(path, port, on_ready or _say))


async def _show(path: Path, port: int, on_ready: Callable[[str], None]) -> None:
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    found = read(path)
    load(None)
    web = Viewer(options.Options())
    settings: Any = web.options
    settings.update(web_port=port or _free_port())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, web.shutdown)
    running = asyncio.create_task(web.run())
    await asyncio.sleep(0)
    if not running.done():
        web.view.add(found)
        on_ready(web.web_url)
    try:
        await running
    except OSError:
        raise StateError(f"cannot listen on {HOST}:{port}", hint="another program has the port") from None


def read(path: Path) -> list[http.HTTPFlow]:
    """The flows in a file; StateError if it cannot be read."""
    try:
        with path.open("rb") as source:
            return [one for one in io.FlowReader(source).stream() if isinstance(one, http.HTTPFlow)]
    except OSError as error:
        raise StateError(f"cannot read {path}: {error.strerror or type(error).__name__}") from None
    except Exception:
        raise StateError(
            f"{path} is no file of flows", hint="write one with hushgate replay SESSION --out FILE"
        ) from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _say(url: str) -> None:
    print(f"hushgate: the session is shown on {url} (Ctrl-C ends it)", file=sys.stderr, flush=True)
