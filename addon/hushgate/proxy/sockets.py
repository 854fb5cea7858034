"""The WebSocket hooks: which upgrades can be read, and each socket from its start to its record."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from mitmproxy import http
from wsproto.frame_protocol import CloseReason, Opcode

from hushgate.framing.messages import Message
from hushgate.pipeline import Passage, Pipeline
from hushgate.proxy import answers, messages
from hushgate.proxy.websocket import move
from hushgate.replies.dialogue import POLICY, Count, Dialogue, Moves
from hushgate.replies.head import ReplyHead
from hushgate.replies.kit import Ledger
from hushgate.replies.reply import Reply
from hushgate.replies.socket import SocketReply
from hushgate.turns import aside_if

DIALOGUE: Final = "hushgate.replies.dialogue"
PASSES: Final = "hushgate.passes"
"""In the metadata of flows to hosts that are not governed: nothing of them is read."""
SWITCHED: Final = 101
QUIET: Final = 1.0
"""Seconds without a message after which a gate that stops need not wait for a socket."""
LARGE_MESSAGE: Final = 512 * 1024
"""Bytes of a provider's message from which on it is judged beside the loop: it cannot be read in pieces."""

_VERSION: Final = "13"


@dataclass(eq=False, slots=True)
class Socket:
    """One open socket."""

    dialogue: Dialogue
    heard_at: float


@dataclass(slots=True)
class Sockets:
    """Every open WebSocket. `finish` puts the end of an exchange on record, with how it ended."""

    pipeline: Pipeline
    ledger: Ledger
    new_id: Callable[[], str]
    clock: Callable[[], float]
    finish: Callable[[Reply, str | None], None]
    open: set[Socket] = field(default_factory=set)

    def refusal(self, request: http.Request, *, played: bool) -> str | None:
        """Why an upgrade is refused; None for a WebSocket that can be read (RFC 6455, 4.2.1), or where none is wanted.

        It goes on without an offer of extensions: compression is one, and no client depends on it.
        """
        headers = request.headers
        if "upgrade" not in headers:
            return None
        if headers.get("upgrade", "").lower() != "websocket" or request.http_version != "HTTP/1.1":
            return "only WebSockets over HTTP/1.1 are read"
        if request.method != "GET" or headers.get("sec-websocket-version") != _VERSION:
            return "this is no WebSocket of version 13"
        if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            return "a WebSocket is asked for without a body"  # Who switches at once would take it for messages.
        if self.pipeline.strict_replies:
            return "`replies: strict` reads a reply as a whole, and a WebSocket has none"
        if played:
            return "a recorded session is played, and a WebSocket is not part of it"
        headers.pop("sec-websocket-extensions", None)
        return None

    async def switched(self, response: http.Response, passage: Passage) -> SocketReply:
        """The provider agrees: its headers are screened, and may make a refusal of it."""
        reply = self.pipeline.screen_socket(passage, ReplyHead(SWITCHED, None, None, "messages"))
        screened = await reply.screen_headers(tuple(response.headers.items(multi=True)))
        reply.feed(b"")  # Where the headers may not go on, this says why.
        if reply.stopped is not None:
            refused = answers.refusal(reply.stopped, passage.exchange.route.format)
            response.status_code, response.headers, response.raw_content = (
                refused.status_code, refused.headers, refused.raw_content,
            )  # fmt: skip
        else:
            messages.replace_headers(response, screened)
            response.headers["x-hushgate-decision"] = passage.exchange.id
        return reply

    def start(self, flow: http.HTTPFlow, passage: Passage | None, reply: SocketReply | None) -> None:
        """The client has been told of it."""
        if passage is None or reply is None:
            if flow.metadata.get(PASSES):
                move(flow, Moves())
            return
        dialogue = Dialogue(self.pipeline, passage, reply, self.new_id, lambda before: self.finish(before, None))
        socket = flow.metadata[DIALOGUE] = Socket(dialogue, time.monotonic())
        self.open.add(socket)
        move(flow, Moves())

    async def message(self, flow: http.HTTPFlow, no_longer: str | None) -> None:
        """One message, of either side. `no_longer`: why this client may say and hear nothing more."""
        assert flow.websocket is not None  # noqa: S101 - there is a message in it
        said = flow.websocket.messages[-1]
        message = Message(said.content, said.type is Opcode.BINARY)
        if flow.metadata.get(PASSES):
            move(flow, Moves(to_provider=(message,)) if said.from_client else Moves(to_client=(message,)))
            return
        socket: Socket = flow.metadata[DIALOGUE]
        socket.heard_at = time.monotonic()
        if socket not in self.open:
            move(flow, Moves(close=(CloseReason.GOING_AWAY, "hushgate: the gate stops")))
        elif no_longer is not None:
            move(flow, Moves(close=(POLICY, f"hushgate: {no_longer}")))
        elif not said.from_client:
            large = len(message.payload) >= LARGE_MESSAGE
            move(flow, await aside_if(large, lambda: socket.dialogue.heard(message)))
        else:
            move(flow, await socket.dialogue.said(message))

    def end(self, flow: http.HTTPFlow) -> None:
        """Either side has closed, or the gate has; what the client may still have, and the end on record."""
        socket: Socket | None = flow.metadata.pop(DIALOGUE, None)
        if flow.websocket is not None and flow.metadata.get(PASSES):
            code, reason = flow.websocket.close_code, flow.websocket.close_reason or ""
            move(flow, Moves(close=None if code in (None, CloseReason.ABNORMAL_CLOSURE) else (code, reason)))
        if socket is None or socket not in self.open or flow.websocket is None:
            return
        code, broke_off = flow.websocket.close_code, flow.websocket.close_code == CloseReason.ABNORMAL_CLOSURE
        by_client = flow.websocket.closed_by_client  # None: it was the gate
        outcome = None if by_client is not None else "cut"
        if broke_off:
            outcome = "client_left" if by_client else "upstream_error"
        if by_client is False:
            moves = socket.dialogue.ended(code or CloseReason.NO_STATUS_RCVD, flow.websocket.close_reason or "")
            move(flow, replace(moves, close=None) if broke_off and not socket.dialogue.reply.stopped else moves)
        self.close(socket, outcome, code=code)

    def close(self, socket: Socket, outcome: str | None, code: int | None = None) -> None:
        """Put the end of a socket on record."""
        self.open.discard(socket)
        dialogue = socket.dialogue
        self.finish(dialogue.reply, outcome)
        exchange = dialogue.opening.exchange
        self.ledger.append_soon(
            "tunnel",
            {
                "at": self.clock(),
                "actor": exchange.actor.name,
                "host": exchange.route.host,
                "exchange": exchange.id,
                "outcome": "websocket",
                "code": code,
                **_counted("sent", dialogue.sent),
                **_counted("received", dialogue.received),
                "likely_llm": False,
            },
        )

    def busy(self) -> bool:
        """Whether somebody is speaking."""
        now = time.monotonic()
        return any(now - socket.heard_at < QUIET for socket in self.open)

    def cut(self) -> None:
        """The gate stops: put the end of every socket on record."""
        for socket in list(self.open):
            self.close(socket, "cut")


def _counted(way: str, count: Count) -> dict[str, object]:
    return {way: count.bytes, f"{way}_messages": count.messages}
