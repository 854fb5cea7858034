"""A WebSocket through the real layer, hooks and pipeline, without a network: bytes in, bytes out.

Frames are written here, octet by octet (RFC 6455, 5.2), so that a message can
be cut over frames anywhere, inside of a character too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count, pairwise
from typing import Any, Final, Literal

import wsproto.events as ws
from mitmproxy import options
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.connection import Server
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.test import taddons, tflow
from wsproto.connection import Connection, ConnectionType

from hushgate.framing.messages import Message
from hushgate.pipeline import Passage
from hushgate.proxy.sockets import Sockets
from hushgate.proxy.websocket import WebSocket
from hushgate.replies.head import ReplyHead
from hushgate.replies.reply import Reply
from tests.gate_cases import Book

type Who = Literal["client", "provider"]

SWITCHED: Final = ReplyHead(101, None, None, "messages")
MASK: Final = b"\x12\x34\x56\x78"
LIMIT: Final = 1 << 20
CONTINUATION, TEXT, BINARY, CLOSE, PING = 0, 1, 2, 8, 9


def frame(opcode: int, payload: bytes, *, masked: bool, last: bool = True) -> bytes:
    """One frame; a client's are masked."""
    size = len(payload)
    long = b"" if size < 126 else size.to_bytes(2 if size < 1 << 16 else 8, "big")
    length = size if not long else 126 if len(long) == 2 else 127
    head = bytes([opcode | last << 7, length | masked << 7]) + long
    if not masked:
        return head + payload
    key = (MASK * (size // 4 + 1))[:size]
    return head + MASK + (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


def frames(message: Message, by: Who, cuts: Iterable[int] = (), *, pings: bool = False) -> bytes:
    """A message in frames, cut at these offsets, and a ping between any two."""
    size, masked = len(message.payload), by == "client"
    places = [0, *sorted({min(max(0, at), size) for at in cuts}), size]
    out, opcode = b"", BINARY if message.binary else TEXT
    for number, (a, b) in enumerate(pairwise(places)):
        if number and pings:
            out += frame(PING, b"there?", masked=masked)
        out += frame(opcode, message.payload[a:b], masked=masked, last=number == len(places) - 2)
        opcode = CONTINUATION
    return out


def closing(code: int, reason: str, by: Who) -> bytes:
    """A frame that closes."""
    return frame(CLOSE, code.to_bytes(2, "big") + reason.encode(), masked=by == "client")


@dataclass(slots=True)
class Step:
    """A message, or the end, and what came of it. `opened`: the event of its decision, None if it is not recorded."""

    by: Who
    message: Message | None
    opened: tuple[str, dict[str, Any]] | None = None
    to_provider: list[Message] = field(default_factory=list)
    to_client: list[Message] = field(default_factory=list)
    closed: dict[Who, tuple[int, str]] = field(default_factory=dict)
    pings: list[bytes] = field(default_factory=list)
    """What pings said, to either side."""


@dataclass
class SocketGate:
    """One open WebSocket. `steps` tells it message by message, beginning with its start."""

    sockets: Sockets
    book: Book
    steps: list[Step]
    layer: WebSocket
    finished: list[Reply]
    _ends: dict[Who, Connection]
    _pieces: dict[Who, list[Any]] = field(default_factory=lambda: {"client": [], "provider": []})

    @classmethod
    async def open(cls, gate: Any, book: Book, opening: Passage) -> SocketGate:
        """The provider has answered the request that asks for it with a 101."""
        flow = tflow.twebsocketflow()
        context = Context(tflow.tclient_conn(), _options())
        context.server = Server(address=(opening.exchange.route.host, 443))
        ids, finished = count(2), list[Reply]()
        sockets = Sockets(
            gate, gate.ledger, lambda: f"ex{next(ids)}", gate.clock, lambda reply, _: finished.append(reply)
        )
        sockets.start(flow, opening, gate.screen_socket(opening, SWITCHED))
        ends: dict[Who, Connection] = {
            "client": Connection(ConnectionType.CLIENT), "provider": Connection(ConnectionType.SERVER),
        }  # fmt: skip
        here = cls(sockets, book, [Step("provider", None)], WebSocket(context, flow), finished, ends)
        await here._do(events.Start())
        return here

    @property
    def is_open(self) -> bool:
        """Whether neither side, nor the gate, has closed it."""
        return bool(self.sockets.open)

    async def send(self, by: Who, raw: bytes, sizes: Sequence[int] = ()) -> None:
        """Bytes of a side's, as the network cuts them: at these offsets."""
        places = [0, *sorted({min(max(0, at), len(raw)) for at in sizes}), len(raw)]
        for a, b in pairwise(places):
            if a < b:
                await self._do(events.DataReceived(self._conn(by), raw[a:b]))

    async def leave(self, by: Who) -> None:
        """A side breaks off without a close."""
        await self._do(events.ConnectionClosed(self._conn(by)))

    def _conn(self, who: Who) -> Any:
        return self.layer.context.client if who == "client" else self.layer.context.server

    async def _do(self, event: events.Event) -> None:
        await self._run(self.layer.handle_event(event))

    async def _run(self, came: Iterable[commands.Command]) -> None:
        for command in came:
            if isinstance(command, commands.StartHook):
                await self._hook(command.name)
                await self._run(self.layer.handle_event(events.HookCompleted(command)))
            elif isinstance(command, commands.SendData):
                self._take("client" if command.connection is self.layer.context.client else "provider", command.data)
            else:
                assert isinstance(command, commands.CloseConnection | commands.RequestWakeup), command

    async def _hook(self, name: str) -> None:
        flow = self.layer.flow
        assert flow.websocket is not None
        if name == "websocket_start":
            return  # It was judged before the layer began, as `response` of a 101 is.
        if name == "websocket_end":
            if self.steps[-1].message is None or flow.websocket.closed_by_client is not None:
                self.steps.append(Step("client" if flow.websocket.closed_by_client else "provider", None))
            self.sockets.end(flow)
            return
        (said,) = flow.websocket.messages
        known = len(self.book.events)
        step = Step("client" if said.from_client else "provider", Message(said.content, not said.is_text))
        self.steps.append(step)
        await self.sockets.message(flow, None)
        fresh = [(kind, payload) for kind, payload, _ in self.book.events[known:] if kind in ("opened", "refused")]
        step.opened = fresh[0] if fresh else None

    def _take(self, who: Who, raw: bytes) -> None:
        """What a side gets, as its own parser reads it."""
        self._ends[who].receive_data(raw)
        step = self.steps[-1]
        for event in self._ends[who].events():
            if isinstance(event, ws.Message):
                self._pieces[who].append(event.data)
                if event.message_finished:
                    pieces, self._pieces[who] = self._pieces[who], []
                    whole = pieces[0][:0].join(pieces)
                    message = Message(whole.encode() if isinstance(whole, str) else bytes(whole), whole[:0] != "")
                    (step.to_client if who == "client" else step.to_provider).append(message)
            elif isinstance(event, ws.Ping):
                step.pings.append(bytes(event.payload))
            elif isinstance(event, ws.CloseConnection):
                step.closed[who] = int(event.code), event.reason or ""


@cache
def _options() -> options.Options:
    with taddons.context(Proxyserver()) as made:
        opts: options.Options = made.options
        opts.update(body_size_limit=str(LIMIT))
        return opts
