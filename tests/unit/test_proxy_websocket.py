"""The WebSocket layer without sockets: what hooks let go goes, everything else does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
import wsproto.events as ws
from mitmproxy import http, options
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.connection import Server
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.test import taddons, tflow
from wsproto.connection import Connection, ConnectionType

from hushgate.framing.messages import Message
from hushgate.proxy.handler import BEHIND
from hushgate.proxy.websocket import FAULT, LINGER, PINGS, WebSocket, move
from hushgate.replies.dialogue import Moves

LIMIT = 1000
CANARY = "canary-in-a-ping"


@dataclass
class World:
    """A client and a provider at the two ends of a layer. `said` answers a message; `ended` the end."""

    said: Callable[[Message, bool], Moves | None]
    ended: Callable[[http.HTTPFlow], Moves | None] = lambda _: Moves()
    started: Moves | None = field(default_factory=Moves)
    seen: list[tuple[str, Any]] = field(default_factory=list)
    hooks: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    woken_in: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        with taddons.context(Proxyserver()) as made:
            opts = made.options if made.options else options.Options()
            opts.update(body_size_limit=str(LIMIT))
        context = Context(tflow.tclient_conn(), opts)
        context.server = Server(address=("api.example", 443))
        self.flow = tflow.twebsocketflow()
        assert self.flow.websocket is not None
        self.flow.websocket.messages = []
        self.layer = WebSocket(context, self.flow)
        self.ends = {
            "client": Connection(ConnectionType.CLIENT),
            "provider": Connection(ConnectionType.SERVER),
        }
        self._do(events.Start())

    def conn(self, name: str) -> Any:
        return self.layer.context.client if name == "client" else self.layer.context.server

    def _do(self, event: events.Event) -> None:
        self._run(self.layer.handle_event(event))

    def _run(self, came: Iterable[commands.Command]) -> None:
        for command in came:
            if isinstance(command, commands.StartHook):
                self.hooks.append(command.name)
                self._hook(command.name)
                self._run(self.layer.handle_event(events.HookCompleted(command)))
            elif isinstance(command, commands.SendData):
                name = "client" if command.connection is self.layer.context.client else "provider"
                end = self.ends[name]
                end.receive_data(command.data)
                self.seen += [(name, event) for event in end.events()]
            elif isinstance(command, commands.CloseConnection):
                self.closed.append("client" if command.connection is self.layer.context.client else "provider")
            elif isinstance(command, commands.RequestWakeup):
                self.woken_in.append(command.delay)
                self.wakeup = events.Wakeup(command)
            else:
                raise AssertionError(f"nobody expects {command}")

    def _hook(self, name: str) -> None:
        moves = self.started
        if name == "websocket_message":
            assert self.flow.websocket is not None
            (message,) = self.flow.websocket.messages
            moves = self.said(Message(message.content, not message.is_text), message.from_client)
        elif name == "websocket_end":
            moves = self.ended(self.flow)
        if moves is not None:
            move(self.flow, moves)

    def send(self, name: str, *sent: ws.Event) -> None:
        self.raw(name, b"".join(bytes(self.ends[name].send(event)) for event in sent))

    def late(self, name: str, text: str) -> None:
        """Send what was on its way when the connection was closed."""
        kind = ConnectionType.CLIENT if name == "client" else ConnectionType.SERVER
        self.raw(name, bytes(Connection(kind).send(ws.TextMessage(text))))

    def raw(self, name: str, data: bytes) -> None:
        self._do(events.DataReceived(self.conn(name), data))

    def lose(self, name: str) -> None:
        self._do(events.ConnectionClosed(self.conn(name)))

    def got(self, name: str) -> list[Any]:
        """What an end got: texts and bytes, and of a close its code and reason."""
        out: list[Any] = []
        for where, event in self.seen:
            if where == name:
                close = (int(event.code), event.reason or "") if isinstance(event, ws.CloseConnection) else None
                out.append(close or getattr(event, "data", None) or getattr(event, "payload", b""))
        return out


def relay(message: Message, from_client: bool) -> Moves:
    return Moves(to_provider=(message,)) if from_client else Moves(to_client=(message,))


def test_what_a_hook_lets_go_goes_whole_and_in_order() -> None:
    def said(message: Message, from_client: bool) -> Moves:
        assert from_client
        return Moves((Message(b"first"), Message(b"\xff", binary=True)), (Message(b"note"), Message(b"to you")))

    here = World(said)
    here.send("client", ws.TextMessage("whatever"))
    assert here.got("provider") == ["first", b"\xff"]
    assert here.got("client") == ["note", "to you"]
    assert here.hooks == ["websocket_start", "websocket_message"]
    assert here.flow.websocket is not None
    assert here.flow.websocket.messages == [], "what is through is forgotten"


def test_a_long_text_is_one_frame_and_no_character_is_cut() -> None:
    text = "ü" * 490
    here = World(lambda m, c: relay(Message(m.payload), c))
    here.send("client", *[ws.TextMessage(c, message_finished=n == 489) for n, c in enumerate(text)])
    ((_, event),) = here.seen
    assert event.data == text
    assert event.frame_finished
    assert event.message_finished


@pytest.mark.parametrize("size", [1, 2, 3, 100_000])
def test_bytes_may_be_cut_anywhere(size: int) -> None:
    here = World(relay)
    sent = [ws.TextMessage("one"), ws.Ping(b"p"), ws.TextMessage("tw", message_finished=False), ws.TextMessage("ö")]
    data = b"".join(bytes(here.ends["client"].send(event)) for event in sent)
    for at in range(0, len(data), size):
        here.raw("client", data[at : at + size])
    assert [x for x in here.got("provider") if isinstance(x, str)] == ["one", "twö"]


@pytest.mark.parametrize("from_client", [True, False])
def test_without_a_verdict_nothing_goes_and_it_ends(from_client: bool) -> None:
    here = World(lambda *_: None)
    sender = "client" if from_client else "provider"
    here.send(sender, ws.TextMessage("one"), ws.TextMessage("two"))
    assert here.got("client") == [(1011, FAULT)]
    assert here.got("provider") == [(1001, "")]
    here.late(sender, "three")
    assert here.hooks == ["websocket_start", "websocket_message", "websocket_end"]
    assert len(here.seen) == 2


def test_without_a_verdict_at_the_start_it_ends() -> None:
    here = World(relay, started=None)
    here.late("client", "one")
    assert here.got("provider") == [(1001, "")]
    assert here.hooks == ["websocket_start", "websocket_end"]


def test_a_hook_may_end_it_behind_its_last_messages() -> None:
    here = World(lambda *_: Moves(to_client=(Message(b"no"),), close=(1008, "because")))
    here.send("client", ws.TextMessage("one"), ws.TextMessage("two"))
    assert here.got("client") == ["no", (1008, "because")]
    assert here.hooks.count("websocket_message") == 1
    assert here.closed == ["provider"], "the client has time to take note"
    assert here.woken_in == [LINGER]
    here.send("client", ws.CloseConnection(1008))
    assert here.closed == ["provider", "client"]


def test_a_client_that_does_not_take_note_is_cut() -> None:
    here = World(lambda *_: Moves(close=(1008, "")))
    here.send("client", ws.TextMessage("one"))
    here.late("client", "two")
    here.lose("provider")
    assert here.closed == ["provider"]
    here._do(here.wakeup)
    assert here.closed == ["provider", "client"]


def test_pings_pass_and_what_they_say_stays() -> None:
    here = World(relay)
    here.send("client", ws.Ping(CANARY.encode()))
    (number,) = here.got("provider")
    assert CANARY.encode() not in number
    here.send("provider", ws.Pong(number))
    assert here.got("client") == [CANARY.encode()], "the client gets its own words back"
    here.send("provider", ws.Pong(number), ws.Pong(CANARY.encode()), ws.Ping(b"theirs"))
    assert len(here.got("client")) == 2, "a pong nobody waits for goes nowhere"
    here.send("client", ws.Pong(here.got("client")[1]))
    assert here.got("provider")[-1] == b"theirs"


def test_pings_that_wait_are_bounded() -> None:
    here = World(relay)
    for number in range(PINGS * 3):
        here.send("client", ws.Ping(str(number).encode()))
    assert len(here.layer.provider.pings) == PINGS
    here.send("provider", ws.Pong(here.got("provider")[-1]))
    assert here.got("client") == [str(PINGS * 3 - 1).encode()]
    assert not here.layer.provider.pings, "one pong answers those before it"


def test_a_clients_close_says_nothing_to_the_provider() -> None:
    here = World(relay)
    here.send("client", ws.CloseConnection(4000, CANARY))
    assert here.got("provider") == [(4000, "")]
    assert here.got("client") == [(4000, "")]
    assert sorted(here.closed) == ["client", "provider"]
    assert here.hooks[-1] == "websocket_end"


def test_a_providers_close_says_what_the_hook_lets_it_say() -> None:
    here = World(relay, ended=lambda flow: Moves((), (Message(b"held"),), (1007, f"({flow.websocket.close_reason})")))
    here.send("provider", ws.CloseConnection(1007, "its reason"))
    assert here.got("client") == ["held", (1007, "(its reason)")]
    assert here.got("provider") == [(1007, "")]
    silent = World(relay, ended=lambda _: None)
    silent.send("provider", ws.CloseConnection(1007, "its reason"))
    assert silent.got("client") == [(1011, FAULT)]


def test_a_provider_that_breaks_off_is_seen_to_break_off() -> None:
    here = World(relay, ended=lambda _: Moves(to_client=(Message(b"held"),)))
    here.lose("provider")
    assert here.got("client") == ["held"]
    assert here.closed == ["provider", "client"]
    assert here.flow.websocket is not None
    assert (here.flow.websocket.close_code, here.flow.websocket.closed_by_client) == (1006, False)


def test_a_client_that_leaves_is_noted() -> None:
    here = World(relay)
    here.lose("client")
    assert here.closed == ["provider", "client"]
    assert here.flow.websocket is not None
    assert (here.flow.websocket.close_code, here.flow.websocket.closed_by_client) == (1006, True)


@pytest.mark.parametrize("pieces", [1, 7])
def test_a_message_too_large_ends_it(pieces: int) -> None:
    here = World(relay)
    size = LIMIT // pieces + 1
    here.send("client", *[ws.TextMessage("x" * size, message_finished=n == pieces - 1) for n in range(pieces)])
    code, reason = here.got("client")[-1]
    assert code == 1009
    assert "limits.body_bytes" in reason
    assert not any(isinstance(x, str) for x in here.got("provider"))
    assert "websocket_message" not in here.hooks


@pytest.mark.parametrize(
    "data",
    [b"\x81\x05hello", b"\xc1\x80\0\0\0\0", b"\x83\x80\0\0\0\0", b"\x81\x81\0\0\0\0\xff", b"\x88\x82\0\0\0\0\x03\xe7"],
    ids=["unmasked", "compressed", "reserved opcode", "no UTF-8", "code 999"],
)
def test_what_is_no_websocket_ends_it(data: bytes) -> None:
    here = World(relay)
    here.raw("client", data)
    assert here.got("client")[-1][0] in {1002, 1007}
    assert here.got("provider") == [(1001, "")]
    assert "websocket_message" not in here.hooks
    assert here.flow.websocket is not None
    assert here.flow.websocket.closed_by_client is None, "the gate has ended it"


def test_nobody_injects() -> None:
    here = World(relay)
    here._do(events.MessageInjected(here.flow, "hello"))
    assert here.seen == []


def test_while_a_message_is_judged_no_more_is_read() -> None:
    here = World(relay)
    both = {here.conn("client"), here.conn("provider")}
    text = bytes(here.ends["client"].send(ws.TextMessage("one")))

    def comes() -> list[Any]:
        return list(here.layer.handle_event(events.DataReceived(here.conn("client"), text)))

    (hook,) = comes()
    assert not both & set(BEHIND)
    assert comes() == []
    assert both <= set(BEHIND)
    move(here.flow, Moves())
    list(here.layer.handle_event(events.HookCompleted(hook)))
    assert not both & set(BEHIND), "the other one is judged now, and nothing waits"


def test_nothing_is_kept_of_what_cannot_be_parsed() -> None:
    here = World(relay)
    for _ in range(20):
        here.raw("client", b"\x83" + b"x" * 10_000)
    assert len(here.layer.client.ws._proto._frame_decoder.buffer) <= 10_001
    here = World(relay)
    here.raw("client", b"\x01\x80\0\0\0\0" + b"\0\x80\0\0\0\0" * 100)
    assert here.layer.client.pieces == []
