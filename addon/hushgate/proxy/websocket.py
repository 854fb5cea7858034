"""WebSockets, message by message (RFC 6455): nothing reaches the other side but what a hook has let go.

| mitmproxy's layer | does | this one |
| --- | --- | --- |
| a message no hook has judged | forwards it | drops it, and closes |
| a changed message | cuts it every 4000 bytes, characters too | sends it in one frame |
| a message without end | keeps all of it | closes (1009) at `body_size_limit` |
| pings, pongs, reasons of a close | forwards their text | keeps it, or has it scanned |
| messages that are through | keeps them | forgets them |
| what comes while a message is judged | keeps all of it | is not read on |
| more messages to the client | after the current one alone | in any order |

Extensions are never agreed on (see `http_layers`), so no frame is compressed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import wsproto.events as ws
from mitmproxy import connection, http
from mitmproxy.proxy import commands, events, layer, layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.websocket import WebsocketEndHook, WebsocketMessageHook, WebsocketStartHook
from mitmproxy.utils import human
from mitmproxy.websocket import WebSocketMessage
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.frame_protocol import CloseReason, Opcode

from hushgate.framing.messages import Message
from hushgate.proxy.handler import behind
from hushgate.replies.dialogue import Moves

MOVES: Final = "hushgate.moves"
LINGER: Final = 5.0
"""Seconds that a client has to take note of a close before its connection is cut."""
PINGS: Final = 16
"""Pings that wait for their pong, for each side."""
FAULT: Final = "hushgate could not judge a message. hint: see the gate's own output"


def move(flow: http.HTTPFlow, moves: Moves) -> None:
    """The verdict on the event that a hook was called for. Without one the connection is closed."""
    flow.metadata[MOVES] = moves


class Side:
    """One end of the connection, and what of a message has come from there."""

    def __init__(self, kind: ConnectionType, conn: connection.Connection) -> None:
        self.ws = Connection(kind)
        self.conn = conn
        self.pieces: list[bytes] = []
        self.size = 0
        self.pings: dict[bytes, bytes] = {}
        """Payloads of the other side's pings, by the numbers they were sent here as."""
        self.asked = 0
        self.gone = False
        self.broken = False
        """What came from there cannot be parsed: nothing more of it is taken."""

    def send(self, event: ws.Event) -> Iterable[commands.Command]:
        """Send it, while that can be done."""
        open_for = {ConnectionState.OPEN}
        if isinstance(event, ws.CloseConnection):
            open_for.add(ConnectionState.REMOTE_CLOSING)
        if not self.gone and self.ws.state in open_for:
            yield commands.SendData(self.conn, bytes(self.ws.send(event)))

    def message(self, message: Message) -> Iterable[commands.Command]:
        """One whole message, in one frame."""
        if message.binary:
            return self.send(ws.BytesMessage(message.payload))
        return self.send(ws.TextMessage(message.payload.decode("utf-8")))

    def take(self, event: ws.Message[Any]) -> Message | None:
        """Take a piece of a message; the whole of it once it is there."""
        piece = event.data.encode("utf-8") if isinstance(event.data, str) else bytes(event.data)
        self.size += len(piece)
        if piece:
            self.pieces.append(piece)
        if not event.message_finished:
            return None
        whole = Message(b"".join(self.pieces), not isinstance(event.data, str))
        self.pieces, self.size = [], 0
        return whole

    def ping(self, payload: bytes) -> Iterable[commands.Command]:
        """Pass on that somebody pings, under a number of our own: what it says stays here."""
        self.asked += 1
        number = self.asked.to_bytes(8, "big")
        self.pings[number] = payload
        while len(self.pings) > PINGS:
            del self.pings[next(iter(self.pings))]
        return self.send(ws.Ping(payload=number))

    def pong(self, number: bytes) -> bytes | None:
        """What the ping of this number said; earlier ones are answered by it, too. None for a pong nobody waits for."""
        payload = self.pings.pop(bytes(number), None)
        if payload is not None:
            for older in [one for one in self.pings if one < number]:
                del self.pings[older]
        return payload


class WebSocket(layer.Layer):
    """One WebSocket between a client and a provider."""

    def __init__(self, context: Context, flow: http.HTTPFlow) -> None:
        super().__init__(context)
        self.flow = flow
        self.client = Side(ConnectionType.SERVER, context.client)
        self.provider = Side(ConnectionType.CLIENT, context.server)
        self.limit: int = human.parse_size(context.options.body_size_limit) or 0
        self._state: Callable[[events.Event], layer.CommandGenerator[None]] = self._started

    def handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        yield from super().handle_event(event)
        behind(bool(self._paused_event_queue), self.context.client, self.context.server)

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        yield from self._state(event)

    def _started(self, event: events.Event) -> layer.CommandGenerator[None]:
        yield WebsocketStartHook(self.flow)
        self._state = self._relay
        yield from self._go()

    def _relay(self, event: events.Event) -> layer.CommandGenerator[None]:
        if not isinstance(event, events.ConnectionEvent):
            return  # Nobody injects messages here.
        side = self.client if event.connection is self.context.client else self.provider
        if isinstance(event, events.DataReceived):
            side.ws.receive_data(event.data)
        else:
            side.gone = True
            side.ws.receive_data(None)
        for happened in side.ws.events():
            yield from self._happened(side, happened)
            if self._state != self._relay:
                return

    def _happened(self, side: Side, event: ws.Event) -> layer.CommandGenerator[None]:
        other = self.provider if side is self.client else self.client
        if isinstance(event, ws.Message):
            whole = side.take(event)
            if side.size > self.limit or (whole is not None and len(whole.payload) > self.limit):
                says = "a message is larger than limits.body_bytes allows. hint: send less, or raise the limit"
                yield from self._end(CloseReason.MESSAGE_TOO_BIG, f"hushgate: {says}")
            elif whole is not None:
                yield from self._judged(side, whole)
        elif isinstance(event, ws.Ping):
            yield from other.ping(bytes(event.payload))
        elif isinstance(event, ws.Pong):
            payload = side.pong(bytes(event.payload))
            if payload is not None:
                yield from other.send(ws.Pong(payload=payload))
        elif isinstance(event, ws.CloseConnection):
            if not side.gone and side.ws.state is not ConnectionState.REMOTE_CLOSING:
                side.broken = True
                yield from self._end(event.code, "hushgate: this is no valid WebSocket")
            else:
                yield from self._left(side, event)

    def _judged(self, side: Side, message: Message) -> layer.CommandGenerator[None]:
        """Ask what becomes of a message."""
        kind = Opcode.BINARY if message.binary else Opcode.TEXT
        assert self.flow.websocket is not None  # noqa: S101 - mitmproxy made it with this layer
        self.flow.websocket.messages = [WebSocketMessage(kind, side is self.client, message.payload)]
        self.flow.metadata.pop(MOVES, None)
        yield WebsocketMessageHook(self.flow)
        self.flow.websocket.messages = []
        yield from self._go()

    def _go(self) -> layer.CommandGenerator[None]:
        """Do what the hook said."""
        moves = self.flow.metadata.pop(MOVES, None)
        if not isinstance(moves, Moves):
            yield from self._end(CloseReason.INTERNAL_ERROR, FAULT)
            return
        yield from self._send(moves)
        if moves.close is not None:
            yield from self._end(*moves.close)

    def _send(self, moves: Moves) -> layer.CommandGenerator[None]:
        for one in moves.to_provider:
            yield from self.provider.message(one)
        for one in moves.to_client:
            yield from self.client.message(one)

    # The end -----------------------------------------------------------------------------------------------------

    def _left(self, side: Side, event: ws.CloseConnection) -> layer.CommandGenerator[None]:
        """One side has closed. The hook gives what is left of a provider's words."""
        by_client = side is self.client
        moves = yield from self._hook(event.code, event.reason or "", by_client=by_client)
        if by_client and not side.gone:
            yield from self.client.send(ws.CloseConnection(code=event.code))
            yield from self.provider.send(ws.CloseConnection(code=event.code))
        elif not side.gone:
            yield from self.provider.send(ws.CloseConnection(code=event.code))
        yield from self._part(self.provider)
        if by_client:
            yield from self._part(self.client)
        elif moves is None:
            yield from self._goodbye(CloseReason.INTERNAL_ERROR, FAULT)
        else:
            yield from self._send(Moves(to_client=moves.to_client))
            if moves.close is not None:
                yield from self._goodbye(*moves.close)
            elif side.gone:
                yield from self._part(self.client)  # The provider broke off, and the client is to see that.
            else:
                yield from self._goodbye(event.code, "")

    def _end(self, code: int, reason: str) -> layer.CommandGenerator[None]:
        """The gate ends it."""
        yield from self.provider.send(ws.CloseConnection(code=CloseReason.GOING_AWAY))
        yield from self._part(self.provider)
        yield from self._hook(code, "", by_client=None)
        yield from self._goodbye(code, reason)

    def _hook(self, code: int, reason: str, *, by_client: bool | None) -> layer.CommandGenerator[Moves | None]:
        self._state = self._over  # Whatever comes now is late.
        socket = self.flow.websocket
        assert socket is not None  # noqa: S101 - mitmproxy made it with this layer
        socket.timestamp_end, socket.closed_by_client = time.time(), by_client
        socket.close_code, socket.close_reason = int(code), reason
        self.flow.metadata.pop(MOVES, None)
        yield WebsocketEndHook(self.flow)
        moves = self.flow.metadata.pop(MOVES, None)
        self.flow.live = False
        return moves if isinstance(moves, Moves) else None

    def _goodbye(self, code: int, reason: str) -> layer.CommandGenerator[None]:
        """Close towards the client, and wait until it has taken note: what it still sends would cut off our words."""
        yield from self.client.send(ws.CloseConnection(code=code, reason=reason))
        self._state = self._lingering
        yield commands.RequestWakeup(LINGER)

    def _lingering(self, event: events.Event) -> layer.CommandGenerator[None]:
        if isinstance(event, events.DataReceived) and event.connection is self.context.client:
            if self.client.broken:
                return
            self.client.ws.receive_data(event.data)
            if not any(isinstance(happened, ws.CloseConnection) for happened in self.client.ws.events()):
                return
        elif isinstance(event, events.ConnectionClosed) and event.connection is not self.context.client:
            return
        self._state = self._over
        yield from self._part(self.client)

    def _part(self, side: Side) -> layer.CommandGenerator[None]:
        yield commands.CloseConnection(side.conn)

    def _over(self, event: events.Event) -> layer.CommandGenerator[None]:
        yield from ()


def install() -> None:
    """Put this in the place of mitmproxy's, for the whole process."""
    where: Any = layers.websocket
    where.WebsocketLayer = WebSocket
