"""What every request has to be, and every answer carries, whatever page it is for.

A name in `Host` that is not this machine's could be anybody's, and lead here
by DNS rebinding: addresses, `localhost` and the machine's own name are taken.
What changes something, or looks something up, must come from these pages.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES: Final = 64 * 1024
"""Of a request's body."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script';"
    " trusted-types 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_HOST: Final = "Host names another machine.\nhint: open the console by its address, 127.0.0.1 or localhost\n"
_SITE: Final = "This did not come from the console's own pages.\nhint: open the console and try again there\n"


def host_of(authority: str) -> str:
    """The host of `host:port`, in small letters and without brackets; empty where it is none."""
    try:
        return (urlsplit(f"//{authority}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_address(host: str) -> bool:
    """Whether a host is an IP address, which no DNS answer can lead elsewhere."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def same_site(headers: Headers) -> bool:
    """Whether the browser says that one of our own pages asks. Programs say neither, and pass."""
    if (site := headers.get("sec-fetch-site")) is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


class Guard:
    """Around the whole application."""

    def __init__(self, app: ASGIApp, also: str = "") -> None:
        """`also` is a host that is this console's by configuration."""
        self._app = app
        self._names = {
            *({also} if also else ()),
            "localhost",
            socket.gethostname().lower(),
            socket.gethostname().lower().partition(".")[0],
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(raw=message["headers"])
                message["headers"] = out.raw
                for name, value in HEADERS.items():
                    out[name] = value
                out.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._refusal(scope, headers)
        await (refusal or self._app)(scope, receive, dressed)

    def _refusal(self, scope: Scope, headers: Headers) -> PlainTextResponse | None:
        named = [value for name, value in scope["headers"] if name == b"host"]
        host = host_of(headers.get("host", ""))
        if len(named) != 1 or not (is_address(host) or host in self._names):
            return PlainTextResponse(_HOST, 421)
        if scope["method"] in ("GET", "HEAD"):
            return None
        if not same_site(headers):
            return PlainTextResponse(_SITE, 403)
        length = headers.get("content-length", "")
        if not length.isdigit():
            return PlainTextResponse("A body needs its length.\n", 411)
        return PlainTextResponse("This is too large.\n", 413) if int(length) > MOST_BYTES else None
