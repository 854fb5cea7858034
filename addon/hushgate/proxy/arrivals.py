"""Who comes to the gate, and where to: CONNECT, plain requests, and each request of an open tunnel.

Every request is asked anew who it is from, since a user may be revoked while a tunnel is open.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from mitmproxy import http

from hushgate.endpoints import Endpoints
from hushgate.identity.badge import Badge
from hushgate.identity.scope import outside, told
from hushgate.proxy import answers
from hushgate.proxy.clients import Client, Identity, Users, address_of, identify, name_in
from hushgate.proxy.egress import Judgement, judge_connect, judge_plain
from hushgate.proxy.egress import Passage as Way
from hushgate.proxy.guesses import Guesses
from hushgate.proxy.listener import badge_of
from hushgate.proxy.names import Names
from hushgate.proxy.tunnel import Traffic, passed, turned_away
from hushgate.replies.kit import Ledger

logger = logging.getLogger(__name__)

MOST_TOLD: Final = 256  # hosts that are likely LLMs, and not governed, of which the log tells once each


@dataclass(slots=True)
class Arrivals:
    """The client connections that are open, and who may open one."""

    endpoints: Callable[[], Endpoints]
    users: Users
    ledger: Ledger
    clock: Callable[[], float]
    names: Names
    other_hosts: str = "pass"
    clients: dict[str, Client] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    guesses: Guesses = field(default_factory=Guesses)

    def traffic_of(self, client_id: str) -> Traffic | None:
        """The tunnel of a client connection that is not looked into."""
        client = self.clients.get(client_id)
        return client.traffic if client is not None else None

    def connect(self, flow: http.HTTPFlow) -> http.Response | None:
        """Judge CONNECT: who asks, and where the tunnel would lead. The answer, where it is no."""
        credentials = flow.request.headers.get("proxy-authorization")
        identity = self._shown(credentials, flow)
        if isinstance(identity, http.Response):
            return identity
        judged = judge_connect(self.endpoints(), flow.request.host, flow.request.port, other_hosts=self.other_hosts)
        if judged.passage is Way.REFUSE:
            return self._turned_away(identity, judged)
        client = _client(flow, identity, judged, credentials)
        if (refused := self._outside(client)) is not None:
            return refused
        if judged.passage is Way.PASS:
            client.traffic = Traffic(judged.host, flow.request.port)
        self.clients[flow.client_conn.id] = client
        return None

    def client(self, flow: http.HTTPFlow) -> Client | http.Response:
        """Who a request is from: through a tunnel that was let in, or plain. The answer, where it is nobody's."""
        tunnel = self.clients.get(flow.client_conn.id)
        if tunnel is None or not flow.client_conn.tls_established:
            return self._plain(flow, tunnel)
        if (identity := self._who(tunnel.credentials, tunnel.badge)) is None:
            return answers.credentials_needed(certified=tunnel.badge is not None)
        tunnel.identity = identity
        return self._outside(tunnel) or tunnel

    def gone(self, client_id: str) -> None:
        """Forget a connection; put its tunnel on record."""
        known = self.clients.pop(client_id, None)
        if known is not None and known.traffic is not None:
            self._tunnelled(known, known.traffic)

    def _plain(self, flow: http.HTTPFlow, tunnel: Client | None) -> Client | http.Response:
        credentials = flow.request.headers.get("proxy-authorization") if tunnel is None else tunnel.credentials
        identity = self._shown(credentials, flow) if tunnel is None else self._who(credentials, tunnel.badge)
        if isinstance(identity, http.Response):
            return identity
        if identity is None:
            return answers.credentials_needed()
        judged = judge_plain(self.endpoints(), flow.request.host, other_hosts=self.other_hosts)
        if judged.passage is Way.REFUSE:
            return self._turned_away(identity, judged)
        client = _client(flow, identity, judged, credentials)
        return self._outside(client) or client

    def _shown(self, credentials: str | None, flow: http.HTTPFlow) -> Identity | http.Response:
        """Who asks with credentials that it shows now; the answer, where they are wrong, or were too often."""
        guessing = credentials is not None and self.users.any
        name, address = name_in(credentials), address_of(flow)
        if guessing and (wait := self.guesses.waits(address, name)) > 0:
            return answers.too_many_wrong(wait)
        if (identity := self._who(credentials, badge_of(flow.client_conn))) is not None:
            return identity
        if guessing and (wait := self.guesses.wrong(address, name)) > 0:
            return answers.too_many_wrong(wait)
        return answers.credentials_needed(certified=badge_of(flow.client_conn) is not None)

    def _who(self, credentials: str | None, badge: Badge | None) -> Identity | None:
        """Who asks, by names that may go on record; None where nobody may ask like that."""
        return self.names.of(identify(credentials, self.users, badge), verified=self.users.any)

    def _outside(self, client: Client) -> http.Response | None:
        """The answer to whoever comes with a token that is not for this; on record."""
        actor = client.identity.actor
        if (why := outside(actor.scopes, client.endpoint, client.host, client.address)) is None:
            return None
        self.ledger.append_soon("tunnel", turned_away(self.clock(), actor, client.host, why))
        wanted = client.host if client.endpoint is None else client.endpoint.id
        return answers.out_of_scope(why, told(actor.scopes), wanted)

    def _turned_away(self, identity: Identity, judged: Judgement) -> http.Response:
        self.ledger.append_soon("tunnel", turned_away(self.clock(), identity.actor, judged.host, judged.reason))
        return answers.turned_away(judged.reason, judged.hint)

    def _tunnelled(self, client: Client, traffic: Traffic) -> None:
        likely = self.endpoints().likely_llm(traffic.host)
        if likely and traffic.host not in self.told and len(self.told) < MOST_TOLD:
            self.told.add(traffic.host)
            logger.warning(
                "%s is likely an LLM, and a tunnel to it passed unread\n"
                "hint: govern it with a file under `endpoints:`, or set egress.other_hosts: block",
                traffic.host,
            )
        self.ledger.append_soon("tunnel", passed(self.clock(), client.identity.actor, traffic, likely_llm=likely))


def _client(flow: http.HTTPFlow, identity: Identity, judged: Judgement, credentials: str | None) -> Client:
    badge = badge_of(flow.client_conn)
    address = address_of(flow)
    return Client(identity, judged.host, judged.endpoint, credentials=credentials, address=address, badge=badge)
