"""The console beside a gate: a thread with its own event loop, so that no page is in the way of a prompt."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import socket
import threading
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import uvicorn

import hushgate
from hushgate.app import App
from hushgate.console.counter import Counter
from hushgate.console.desk import Desk
from hushgate.console.guard import host_of
from hushgate.console.provider import open_provider
from hushgate.console.visitors import Door
from hushgate.console.web import Web
from hushgate.errors import StateError
from hushgate.identity.passwords import Passwords
from hushgate.users import UserBook, Users

CONNECTIONS: Final = 128
START_SECONDS: Final = 10.0
STOP_SECONDS: Final = 3


class Console:
    """Serves the pages of one gate from `start` to `stop`. Made on the gate's event loop."""

    def __init__(self, app: App, environ: Mapping[str, str] = os.environ) -> None:
        address = app.settings.console
        if address is None:
            raise ValueError("no address to serve the console at")
        tokens = app.keys.derive("tokens")
        book = UserBook(app.state.users, tokens)  # its own: the gate's is read by the gate's thread
        elsewhere = not ipaddress.ip_address(address[0]).is_loopback
        users = Users(app.state.users, tokens)
        provider = open_provider(app.settings, users, tokens, environ)
        if elsewhere and provider is None and not book.everyone():
            raise StateError(
                f"the console at {address[0]} can be reached by others and no users are configured",
                hint="hushgate users add NAME --role admin, or --console 127.0.0.1:PORT",
            )
        self._address = address
        self._since = time.time()
        self._app = app
        desk = Desk(
            ledger=app.state.ledger,
            record=app.ledger,
            fingerprints=app.keys.derive("fingerprints"),
            transcripts=app.keys.derive("transcripts"),
            policy=lambda: app.rules.policy,
            health=self.health,
            users=users.everyone,
            counter=Counter(app.desk, asyncio.get_running_loop()),
        )
        door = Door(book, app.state.users, always=elsewhere or provider is not None)
        here = host_of(urlsplit(app.settings.console_url or "").netloc)
        self._web = Web(desk, door, Passwords(users, book, tokens), provider=provider, here=here)
        self._proxies = list(provider.sign_on.proxies) if provider is not None else []
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Listen; the URL. StateError if that cannot be."""
        host, port = self._address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((host, port))
        except OSError as error:
            listening.close()
            says = f"the console cannot listen on {host}:{port}: {error.strerror}"
            raise StateError(says, hint="another program has the port: use --console with another") from None
        self._socket = listening
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._web.app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(self._proxies),
                forwarded_allow_ips=self._proxies,
                ws="none",
                http="h11",
                loop="asyncio",
                limit_concurrency=CONNECTIONS,
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )
        self._thread = threading.Thread(target=self._run, name="hushgate-console", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise StateError("the console does not start", hint="the gate's output names the error")
            time.sleep(0.01)
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{listening.getsockname()[1]}/"

    def stop(self) -> None:
        """Let go of everybody who looks, and end. A second call does nothing."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(STOP_SECONDS + 2)
            self._thread = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def health(self) -> Mapping[str, Any]:
        """How the gate is now."""
        app = self._app
        return {
            "release": hushgate.__version__,
            "up_since": self._since,
            "recording": app.ledger.healthy,
            "chain": app.ledger.chain_id,
            "enforce": app.settings.enforce,
            "replies": app.settings.replies,
            "transcripts": app.settings.transcripts,
            "policy": app.rules.policy.revision,
            "detection": app.engine.revision,
            "endpoints": app.rules.endpoints.revision,
            "users": app.users.any,
        }

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        if self._server is None or self._socket is None:
            return
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not serving.done() and not self._server.should_exit:
            await asyncio.sleep(0.1)
        self._web.close()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
