"""Tunnels to hosts that are not governed: bytes go through untouched, and are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mitmproxy.addons.next_layer import NextLayer
from mitmproxy.net.tls import starts_like_tls_record
from mitmproxy.proxy import events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.tcp import TCPLayer
from mitmproxy.proxy.layers.tls import parse_client_hello

from hushgate.values import Actor

LONGEST_HELLO: Final = 64 * 1024
"""More than any ClientHello needs, in bytes: past it the tunnel is closed."""


@dataclass(slots=True)
class Traffic:
    """What went through one tunnel, in bytes."""

    host: str
    port: int
    sent: int = 0
    received: int = 0


def passed(at: float, actor: Actor, traffic: Traffic, *, likely_llm: bool) -> dict[str, object]:
    """The event of a tunnel's end. `at` in seconds since the epoch."""
    return {
        "at": at,
        **_who(actor),
        "host": traffic.host,
        "port": traffic.port,
        "outcome": "passed",
        "sent": traffic.sent,
        "received": traffic.received,
        "likely_llm": likely_llm,
    }


def turned_away(at: float, actor: Actor, host: str, reason: str) -> dict[str, object]:
    """The event of a tunnel or request that may not go where it wants to."""
    return {
        "at": at,
        **_who(actor),
        "host": host,
        "outcome": "refused",
        "reason": reason,
        "sent": 0,
        "received": 0,
        "likely_llm": False,
    }


def _who(actor: Actor) -> dict[str, object]:
    return {"actor": actor.name, "token": actor.token} if actor.token else {"actor": actor.name}


class TunnelLayer(TCPLayer):
    """Relays bytes without hooks and counts them."""

    def __init__(self, context: Context, traffic: Traffic) -> None:
        super().__init__(context, ignore=True)
        self._traffic = traffic

    def relay_messages(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Count, then relay."""
        if isinstance(event, events.DataReceived):
            if event.connection is self.context.client:
                self._traffic.sent += len(event.data)
            else:
                self._traffic.received += len(event.data)
        yield from super().relay_messages(event)


def server_name(first_bytes: bytes) -> str | None:
    """The server name of a ClientHello (RFC 6066), "" for TLS without one or other protocols; None to wait for more."""
    if not first_bytes:
        return None
    if not starts_like_tls_record(first_bytes):
        return "" if len(first_bytes) >= 3 else None
    try:
        hello = parse_client_hello(first_bytes)
    except ValueError:
        return ""
    if hello is None:
        return None if len(first_bytes) < LONGEST_HELLO else ""
    return hello.sni or ""


class Layers(NextLayer):
    """mitmproxy's choice of protocol layers, but for ungoverned tunnels.

    `traffic_of` tells the tunnel of a client connection, None where there is none.
    """

    name = "nextlayer"  # what the proxy server looks for

    def __init__(self, traffic_of: Callable[[str], Traffic | None], governed: Callable[[str], bool]) -> None:
        self._traffic_of = traffic_of
        self._governed = governed

    def next_layer(self, nextlayer: layer.NextLayer) -> None:
        """Choose the layer, or leave it open until more bytes are there."""
        traffic = self._traffic_of(nextlayer.context.client.id)
        if traffic is not None and nextlayer.context.client.sni is None:
            name = server_name(nextlayer.data_client())
            if name is None:
                return
            if not (name and self._governed(name)):
                nextlayer.layer = TunnelLayer(nextlayer.context, traffic)
                return
        super().next_layer(nextlayer)
