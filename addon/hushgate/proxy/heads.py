"""What the head of a request has to say: one host, by whatever ways it names it; and what it asks for there."""

from __future__ import annotations

import re
from typing import Final

from mitmproxy import http

from hushgate.endpoints import Endpoint
from hushgate.proxy.clients import Identity
from hushgate.proxy.egress import check_names
from hushgate.requests.inbound import Inbound
from hushgate.values import Route

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""A method is a word that nobody scans, and it goes on record."""

_IN_NO_TARGET: Final = re.compile(r"[\x00-\x20\x7f]")
"""HTTP/2 carries a space in a path. On HTTP/1 its line would have more words, and which are the path is anybody's guess
(RFC 9112, 3.2)."""


def misdirected(flow: http.HTTPFlow, connected: str) -> str | None:
    """What is wrong with the names a request goes by; None where all of them are that of the tunnel.

    Over HTTP/1 an authority is that of an absolute target, which goes before Host (RFC 9112, 3.2.2).
    """
    request = flow.request
    hosts = request.headers.get_all("host")
    if len(hosts) > 1 or (not hosts and not request.is_http2):
        return "the request has not exactly one host"
    if (not request.path.startswith("/") and request.path != "*") or _IN_NO_TARGET.search(request.path):
        return "the request's target is no path"
    names = [request.authority, *hosts] if request.is_http2 else [*filter(None, [request.authority]), *hosts]
    return next(filter(None, (check_names(connected, flow.client_conn.sni, name) for name in names)), None)


def inbound(request: http.Request, endpoint: Endpoint, identity: Identity, id: str, session: str | None) -> Inbound:
    """A request as the pipeline takes it. `session`: the one it belongs to where its client names none."""
    path = request.path.partition("?")[0]
    format, model = endpoint.speaks(request.method, path)
    # What a WebSocket will say is not known when it is asked for: it is a conversation of its own.
    own = f"{identity.actor.name}-{id}" if "upgrade" in request.headers else None
    return Inbound(
        id=id,
        route=Route(
            endpoint=endpoint.id,
            provider=endpoint.provider,
            host=request.host,
            path=path,
            format=format,
            method=request.method,
            model=model,
            self_hosted=endpoint.self_hosted,
        ),
        actor=identity.actor,
        session=identity.session or session or own,
        target=request.path,
        headers=tuple(request.headers.items(multi=True)),
        body=request.raw_content or b"",
        at=request.timestamp_start,
        source=identity.source,
    )
