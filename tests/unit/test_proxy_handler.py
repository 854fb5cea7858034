from __future__ import annotations

import asyncio
import inspect
from dataclasses import fields
from types import SimpleNamespace

import pytest
from mitmproxy import http
from mitmproxy.proxy import commands, events, layers, mode_servers, server, server_hooks
from mitmproxy.test import tflow

from hushgate.proxy import handler


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `install` replaces comes back when the test is over."""
    monkeypatch.setattr(mode_servers, "ProxyConnectionHandler", mode_servers.ProxyConnectionHandler)
    monkeypatch.setattr(handler.hooks.Hook, "args", handler.hooks.Hook.args)
    monkeypatch.setattr(http.MessageData, "__post_init__", http.MessageData.__post_init__)


def test_arguments_are_those_of_mitmproxy() -> None:
    flow = tflow.tflow(resp=True)
    data = server_hooks.ServerConnectionHookData(server=flow.server_conn, client=flow.client_conn)
    for hook in (layers.http.HttpRequestHook(flow), server_hooks.ServerConnectHook(data)):
        assert handler.arguments(hook) == [getattr(hook, field.name) for field in fields(hook)] == hook.args()
        assert handler.arguments(hook) == handler.arguments(hook)


def test_what_is_replaced_is_there_to_be_replaced() -> None:
    assert "typecheck" in inspect.getsource(http.MessageData.__post_init__)
    assert issubclass(mode_servers.ProxyConnectionHandler, server.LiveConnectionHandler)
    assert list(inspect.signature(server.ConnectionHandler.drain_writers).parameters) == ["self"]
    handler.install()
    assert mode_servers.ProxyConnectionHandler is handler.Handler
    assert http.Response.make(200, b"x").content == b"x"


async def test_pieces_shrink_where_they_take_long_and_grow_again() -> None:
    reader = handler.Measured(asyncio.StreamReader())
    for _ in range(10):
        reader.took(handler.LONG * 2)
    assert reader.most == handler.LEAST_READ
    reader.took(handler.LONG / 2)
    assert reader.most == handler.LEAST_READ
    for _ in range(10):
        reader.took(0.0)
    assert reader.most == handler.MOST_READ


async def test_a_piece_is_no_larger_than_it_may_be() -> None:
    source = asyncio.StreamReader()
    source.feed_data(b"x" * 10_000)
    source.feed_eof()
    reader = handler.Measured(source)
    while reader.most > handler.LEAST_READ:
        reader.took(handler.LONG * 2)
    sizes = [len(piece) for piece in [await reader.read(65535) for _ in range(4)]]
    assert sizes == [4096, 4096, 1808, 0]


class Slow(handler.Handler):
    """A handler without a proxy: each event takes as long as `takes` says, on a clock of its own."""

    def __init__(self, takes: list[float]) -> None:
        self.transports = {}
        self._server_event_lock = asyncio.Lock()
        self.timeout_watchdog = SimpleNamespace(register_activity=lambda: None)  # type: ignore[assignment]
        self.layer = self  # type: ignore[assignment]
        self.takes, self.now = takes, 0.0
        self.clock = lambda: self.now  # type: ignore[method-assign]

    def handle_event(self, event: events.Event) -> list[commands.Command]:
        self.now += self.takes.pop(0)
        return []


async def test_whoever_keeps_the_loop_leaves_it_to_the_others_for_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []

    async def sleep(seconds: float) -> None:
        rests.append(seconds)

    monkeypatch.setattr(handler.asyncio, "sleep", sleep)
    client = tflow.tflow().client_conn
    slow = Slow([0.001, 0.3, 7.0])
    source = asyncio.StreamReader()
    source.feed_data(b"x" * 65535)
    reader = handler.Measured(source)
    slow.transports[client] = server.ConnectionIO(reader=reader)  # type: ignore[arg-type]
    for expected in ([], [0.3], [0.3, handler.LONGEST_REST]):
        await slow.server_event(events.DataReceived(client, b"x"))
        await slow.drain_writers()
        assert [round(rest, 6) for rest in rests] == expected
    assert reader.most < handler.MOST_READ


def test_what_is_wrapped_is_there_to_be_wrapped() -> None:
    read = inspect.getsource(server.ConnectionHandler.handle_connection)
    assert ".reader\n" in read and "await reader.read(" in read and "await self.drain_writers()" in read


async def test_what_a_layer_is_behind_with_is_not_read_on() -> None:
    flow = tflow.tflow()
    one, other = flow.client_conn, flow.server_conn
    slow = Slow([0.0] * 3)
    sources = {connection: asyncio.StreamReader() for connection in (one, other)}
    readers = {connection: handler.Measured(source) for connection, source in sources.items()}
    for connection, reader in readers.items():
        slow.transports[connection] = server.ConnectionIO(reader=reader)  # type: ignore[arg-type]
        sources[connection].feed_data(b"x")
    handler.behind(True, one)
    await slow.server_event(events.DataReceived(other, b"x"))
    waiting = asyncio.ensure_future(readers[one].read(1))
    assert await readers[other].read(1) == b"x"
    await asyncio.sleep(0)
    assert not waiting.done()
    handler.behind(False, one)
    await slow.server_event(events.DataReceived(other, b"x"))
    assert await asyncio.wait_for(waiting, 5) == b"x"
