"""mitmproxy's hooks, and nothing else: each reads its flow, asks, and writes the answer back.

What is decided is decided in `egress` and `pipeline`. What is forgotten here
is caught by `guard`: a request without a verdict is a 503.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from mitmproxy import connection, http
from mitmproxy.proxy import server_hooks

from hushgate import records
from hushgate.endpoints import Endpoints
from hushgate.pipeline import Passage, Pipeline
from hushgate.proxy import answers, heads, messages
from hushgate.proxy.arrivals import Arrivals
from hushgate.proxy.clients import Users, no_longer
from hushgate.proxy.egress import is_address
from hushgate.proxy.guard import VERDICT, Verdict, give
from hushgate.proxy.holds import Holds
from hushgate.proxy.http_layers import left
from hushgate.proxy.issuing import ASKED
from hushgate.proxy.names import Names
from hushgate.proxy.player import Player, unknown
from hushgate.proxy.sockets import PASSES, SWITCHED, Sockets
from hushgate.proxy.under_way import PASSAGE, REPLY, UnderWay
from hushgate.replies.head import ReplyHead
from hushgate.replies.kit import Ledger
from hushgate.replies.reply import Reply
from hushgate.replies.socket import SocketReply
from hushgate.requests.inbound import Inbound
from hushgate.requests.outbound import OF_THE_BODY
from hushgate.wire.base import Refusal

CLIENT: Final = "hushgate.client"

_HOP_BY_HOP: Final = ("proxy-authorization", "proxy-connection", "proxy-authenticate")


@dataclass(slots=True)
class Gate:
    """The addon. One per process, as mitmproxy's context is global. With a `player` nothing is forwarded."""

    pipeline: Pipeline
    endpoints: Callable[[], Endpoints]
    users: Users
    ledger: Ledger
    new_id: Callable[[], str]
    clock: Callable[[], float]
    other_hosts: str = "pass"
    player: Player | None = None
    open: UnderWay = field(init=False)
    names: Names = field(init=False)
    arrivals: Arrivals = field(init=False)
    closing: set[asyncio.Future[None]] = field(default_factory=set)
    holds: Holds = field(default_factory=Holds)
    sockets: Sockets = field(init=False)
    name: str = "hushgate"

    def __post_init__(self) -> None:
        self.open, self.names = UnderWay(self.pipeline), Names(self.pipeline)
        self.arrivals = Arrivals(self.endpoints, self.users, self.ledger, self.clock, self.names, self.other_hosts)
        self.sockets = Sockets(self.pipeline, self.ledger, self.new_id, self.clock, self._record)

    # Connections -----------------------------------------------------------------------------------------------

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Let a tunnel be opened, or not."""
        if (refused := self.arrivals.connect(flow)) is not None:
            flow.response = refused

    def client_disconnected(self, client: connection.Client) -> None:
        """Nobody waits there any more."""
        self.holds.left(client.id)
        self.arrivals.gone(client.id)

    def server_connect(self, connecting: server_hooks.ServerConnectionHookData) -> None:
        """Stop addresses that no name stands for; names are held to their addresses by the resolver."""
        address = connecting.server.address
        host = address[0] if address else ""
        if self.player is not None:
            connecting.server.error = "hushgate: a recorded session is played, so nothing is forwarded"
        elif not host or (is_address(host) and self.endpoints().find(host) is None):
            connecting.server.error = (
                "hushgate: a connection to an address without a name is refused. hint: use the host's name"
            )

    # Requests --------------------------------------------------------------------------------------------------

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Judge the names a request goes by, before its body is read."""
        if flow.metadata.get(ASKED):
            return
        client = self.arrivals.client(flow)
        if isinstance(client, http.Response):
            self._refuse(flow, client)
            return
        if (wrong := heads.misdirected(flow, client.host)) is not None:
            self._refuse(flow, answers.misdirected(wrong))
            return
        if not flow.request.is_http2:
            flow.request.authority = ""  # It is the Host; a provider is asked in origin form (RFC 9112, 3.2.1).
        for header in _HOP_BY_HOP:
            flow.request.headers.pop(header, None)
        if client.endpoint is None:
            flow.metadata[PASSES] = True
            flow.request.headers.pop("sec-websocket-extensions", None)  # Nobody could read past one; see `websocket`.
            give(flow, Verdict.FORWARD)
            return
        if flow.request.method not in heads.METHODS:
            self._refuse(flow, answers.unknown_method())
            return
        if why := self.sockets.refusal(flow.request, played=self.player is not None):
            self._refuse(flow, answers.no_upgrade(why))
            return
        flow.metadata[CLIENT] = client
        flow.request.stream = False
        give(flow, Verdict.READ_BODY)

    async def request(self, flow: http.HTTPFlow) -> None:
        """Screen a request, and forward what was scanned."""
        if flow.response is not None or flow.metadata.get(PASSES):
            return
        inbound = self._inbound(flow)
        if inbound is None:
            self._refuse(flow, answers.misdirected("the endpoint is no longer governed"))
            return
        client = flow.metadata.get(CLIENT)
        with self.holds.waiting(flow, lambda: no_longer(client, self.users, self.endpoints()) is None) as waiting:
            passage = await self.pipeline.screen_request(inbound, presence=waiting)
        flow.metadata[PASSAGE] = passage
        if passage.refusal is not None:
            self._refuse(flow, answers.refusal(passage.refusal, passage.exchange.route.format))
            return
        if not self.open.begin(passage, flow) or not waiting.here:
            self._unanswered(flow, answers.stopping(), "cut" if waiting.here else "client_left")
            return
        messages.put(passage.out, flow.request)
        if passage.to is not None:
            messages.redirect(flow.request, passage.to)
        if self.player is not None and not self._play(flow, passage, self.player):
            return
        give(flow, Verdict.FORWARD)

    def _play(self, flow: http.HTTPFlow, passage: Passage, player: Player) -> bool:
        """Answer in the provider's place, or refuse; whether there was an answer."""
        path = records.path(passage.exchange, passage.decision)
        path = path if path.startswith("/") else f"/{path}"  # As replay writes it.
        played = player.reply_for(flow.request.raw_content or b"", method=flow.request.method, path=path)
        if played is None:
            answer = answers.refusal(unknown(passage.exchange.id), passage.exchange.route.format)
            self._unanswered(flow, answer, "not_recorded")
            return False
        flow.response = http.Response.make(played.status, played.body, {"content-type": played.content_type})
        return True

    def _inbound(self, flow: http.HTTPFlow) -> Inbound | None:
        endpoint = self.endpoints().find(flow.request.host)
        if endpoint is None:
            return None
        played = "replay" if self.player is not None else None
        return heads.inbound(flow.request, endpoint, flow.metadata[CLIENT].identity, self.new_id(), played)

    # Replies ---------------------------------------------------------------------------------------------------

    async def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Open the way back: let a stream through its callable, have anything else collected."""
        if flow.response is None:
            return
        if flow.metadata.get(PASSES):
            flow.response.stream = True
            return
        passage: Passage | None = flow.metadata.get(PASSAGE)
        if passage is None or passage.refusal is not None:
            return  # Our own answer.
        if flow.response.status_code == SWITCHED:
            flow.metadata[REPLY] = await self.sockets.switched(flow.response, passage)
            return
        headers = flow.response.headers
        head = ReplyHead(flow.response.status_code, headers.get("content-type"), headers.get("content-encoding"))
        reply = self.pipeline.screen_reply(passage, head)
        flow.metadata[REPLY] = reply
        messages.replace_headers(flow.response, await reply.screen_headers(tuple(headers.items(multi=True))))
        headers = flow.response.headers
        if "content-type" not in headers and reply.streams:
            headers["content-type"] = head.media_type  # One of a known few: no value stands in it.
        headers["x-hushgate-decision"] = passage.exchange.id
        if reply.streams:
            for header in (*OF_THE_BODY, "content-length"):
                headers.pop(header, None)
            if not flow.request.is_http2:
                headers["transfer-encoding"] = "chunked"
            flow.response.stream = messages.stream(reply)

    async def response(self, flow: http.HTTPFlow) -> None:
        """Screen a reply that was collected; close the record of any."""
        if flow.response is not None and not flow.metadata.get(PASSES):
            flow.response.trailers = None  # Nobody has scanned them.
        reply: Reply | None = flow.metadata.pop(REPLY, None)
        passage: Passage | None = flow.metadata.pop(PASSAGE, None)
        if reply is None and passage is not None and passage.refusal is None:
            # The way back could not be opened: the guard answers, and the exchange ends here.
            self._finish(self.pipeline.screen_reply(passage, ReplyHead(0, None, None)), "cut")
            return
        if reply is None or flow.response is None:
            return
        if isinstance(reply, SocketReply):
            if flow.response.status_code == SWITCHED:  # It goes on as long as the socket does.
                flow.metadata[PASSAGE], flow.metadata[REPLY] = passage, reply
            else:
                self._finish(reply)
            return
        if not flow.response.stream:
            body = await reply.whole(flow.response.raw_content or b"")
            if isinstance(body, Refusal):
                flow.response = answers.refusal(body, reply.exchange.route.format)
            elif body != flow.response.raw_content:
                messages.replace_body(flow.response, body)
        self._finish(reply)

    def error(self, flow: http.HTTPFlow) -> None:
        """An exchange that broke: the provider failed, or the client left."""
        reply = self.open.broken(flow)
        if reply is not None:
            self._finish(reply, "client_left" if left(flow) else "upstream_error")
        elif flow.metadata.get(VERDICT) is Verdict.READ_BODY and (inbound := self._inbound(flow)) is not None:
            if left(flow):
                self.pipeline.never_read(inbound, "the client left before its request was whole", "client_left")
            else:
                self.pipeline.never_read(inbound, "the body is too large or broken", "refused")

    # WebSockets ------------------------------------------------------------------------------------------------

    def websocket_start(self, flow: http.HTTPFlow) -> None:
        """From here on each message is asked about."""
        passage: Passage | None = flow.metadata.pop(PASSAGE, None)
        if passage is not None:
            self.open.end(passage.exchange.id)
        self.sockets.start(flow, passage, flow.metadata.pop(REPLY, None))

    async def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Screen a message, of either side."""
        await self.sockets.message(flow, no_longer(flow.metadata.get(CLIENT), self.users, self.endpoints()))

    def websocket_end(self, flow: http.HTTPFlow) -> None:
        """Give what is left, and put the end on record."""
        self.sockets.end(flow)

    async def all_done(self) -> None:
        """Until no exchange is open, no socket speaks, and each is on record."""
        self.holds.stop()
        while self.open or self.closing or self.sockets.busy():
            await asyncio.sleep(0.05)
        self.sockets.cut()
        while self.closing:
            await asyncio.sleep(0.05)

    def cut(self) -> None:
        """The gate stops, and waits for nobody: put the end of all that is open on record."""
        self.holds.stop()
        self.sockets.cut()
        for reply in self.open.cut():
            self._finish(reply, "cut")

    def _finish(self, reply: Reply, outcome: str | None = None) -> None:
        """The end of an exchange that was counted as open."""
        self.open.end(reply.exchange.id)
        self._record(reply, outcome)

    def _unanswered(self, flow: http.HTTPFlow, answer: http.Response, outcome: str) -> None:
        """The end of an exchange that no provider answers, though its decision is on record."""
        self._refuse(flow, answer)
        if (reply := self.open.broken(flow)) is not None:
            self._finish(reply, outcome)

    def _record(self, reply: Reply, outcome: str | None) -> None:
        task = asyncio.ensure_future(reply.close(outcome))
        self.closing.add(task)
        task.add_done_callback(self.closing.discard)

    def _refuse(self, flow: http.HTTPFlow, answer: http.Response) -> None:
        flow.request.stream = False
        flow.response = answer
        give(flow, Verdict.REFUSE)
