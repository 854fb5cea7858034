"""TLS between clients and the gate, and the certificates that clients show there.

It ends in asyncio, below mitmproxy, which reads the same bytes as without it:
its own TLS, to the provider's name, stays the only one that it knows of, and
what is asked of that (CONNECT == SNI == Host) means what it says.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, Final
from weakref import WeakKeyDictionary

from mitmproxy import connection
from mitmproxy.proxy import mode_servers

from hushgate.errors import StateError
from hushgate.identity import badge
from hushgate.identity.badge import Badge
from hushgate.settings import ClientSettings

HANDSHAKE_SECONDS: Final = 15.0
SHUTDOWN_SECONDS: Final = 5.0

_BADGES: Final[WeakKeyDictionary[connection.Client, Badge]] = WeakKeyDictionary()
_PLAIN: Final[Any] = mode_servers.AsyncioServerInstance.listen


def badge_of(client: connection.Client) -> Badge | None:
    """The certificate that a client has shown; None where it has none."""
    return _BADGES.get(client)


def seen(client: connection.Client, writer: Any) -> None:
    """Note what certificate a new connection has shown, if any."""
    tls = writer.get_extra_info("ssl_object")
    shown = tls.getpeercert() if tls is not None else None
    if shown:
        _BADGES[client] = badge.read(shown, tls.getpeercert(binary_form=True))


def context(settings: ClientSettings) -> ssl.SSLContext | None:
    """How the gate speaks TLS to its clients; None where it does not, StateError where a file cannot be used.

    Sessions are not resumed: each connection shows its certificate, which is held against the clock.
    """
    if settings.certificate is None:
        return None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.options |= ssl.OP_NO_TICKET
    made.num_tickets = 0
    made.set_alpn_protocols(["http/1.1"])
    try:
        made.load_cert_chain(settings.certificate, settings.key, password="")  # a key that wants one is refused
        if settings.ca is not None:
            made.load_verify_locations(settings.ca)
            made.verify_mode = ssl.CERT_REQUIRED if settings.require else ssl.CERT_OPTIONAL
    except (OSError, ValueError) as why:
        raise StateError(
            f"the files under `clients` cannot be used ({getattr(why, 'reason', None) or type(why).__name__})",
            hint="PEM is needed: certificate with its chain, its key without a password, and ca",
        ) from None
    return made


def install(tls: ssl.SSLContext | None) -> None:
    """Let mitmproxy listen with this, for the whole process; without it as ever."""

    async def listen(self: Any, host: str, port: int) -> list[asyncio.Server]:
        server = await asyncio.start_server(
            self.handle_stream, host, port, ssl=tls,
            ssl_handshake_timeout=HANDSHAKE_SECONDS, ssl_shutdown_timeout=SHUTDOWN_SECONDS,
        )  # fmt: skip
        return [server]

    servers: Any = mode_servers.AsyncioServerInstance
    servers.listen = _PLAIN if tls is None else listen
