"""HTTP/1 as the gate speaks it, byte by byte and without sockets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from mitmproxy import http, options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import RequestEndOfMessage, RequestHeaders
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.test import taddons, tflow, tutils

from hushgate.proxy.handler import BEHIND
from hushgate.proxy.http_layers import LARGEST_HEAD, LEFT, MOST_AHEAD, Client, Server, left

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def context() -> Context:
    with taddons.context() as made:
        return Context(tflow.tclient_conn(), made.options if made.options else options.Options())


def told(layer: Any, pieces: Iterable[bytes]) -> list[Any]:
    """The HTTP events that bytes become, cut as they are given; errors as their messages; what is sent and closed."""
    out: list[Any] = []
    for piece in pieces:
        for command in layer.handle_event(events.DataReceived(layer.conn, piece)):
            if isinstance(command, ReceiveHttp):
                out.append(command.event)
            elif isinstance(command, commands.SendData):
                out.append(command.data)
            elif isinstance(command, commands.CloseConnection):
                out.append("closed")
    return out


def asking(**headers: str) -> Client:
    """A provider's side that has sent a request."""
    made = context()
    layer = Client(made)
    layer.conn.state = tflow.tclient_conn().state
    request = tutils.treq(headers=http.Headers(**headers), content=b"")
    for event in (events.Start(), RequestHeaders(1, request, True), RequestEndOfMessage(1)):
        list(layer.handle_event(event))
    return layer


def names(came: list[Any]) -> list[str]:
    return [x if isinstance(x, str) else type(x).__name__ for x in came]


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("interim", [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 x\r\nLink: <a>\r\n\r\n" * 2])
def test_interim_responses_are_skipped(interim: bytes, whole: bool) -> None:
    raw = interim + OK
    came = told(asking(), [raw] if whole else [raw[n : n + 1] for n in range(len(raw))])
    assert next(x for x in came if hasattr(x, "response")).response.status_code == 200
    assert names(came)[0] == "ResponseHeaders"
    assert names(came)[-1] == "ResponseEndOfMessage"


def test_a_switch_needs_to_be_asked_for() -> None:
    switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
    assert names(told(asking(), [switch])) == ["closed", "ResponseProtocolError"]
    assert names(told(asking(upgrade="websocket", connection="upgrade"), [switch]))[0] == "ResponseHeaders"


def test_a_heads_size_is_bounded() -> None:
    endless = [b"HTTP/1.1 200 OK\r\nX: ", *([b"x" * 65536] * (LARGEST_HEAD // 65536))]
    assert names(told(asking(), endless)) == ["closed", "ResponseProtocolError"]
    server = Server(context())
    list(server.handle_event(events.Start()))
    came = told(server, [b"GET / HTTP/1.1\r\nX: ", *([b"x" * 65536] * (LARGEST_HEAD // 65536 + 1))])
    assert names(came) == ["bytes", "closed"]
    assert came[0].startswith(b"HTTP/1.1 431 ")


def test_trailers_are_dropped_on_both_sides() -> None:
    chunked = b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Note: unread\r\n\r\n"
    came = told(asking(), [b"HTTP/1.1 200 OK\r\n" + chunked])
    assert names(came) == ["ResponseHeaders", "ResponseData", "ResponseEndOfMessage"]
    server = Server(context())
    list(server.handle_event(events.Start()))
    came = told(server, [b"POST / HTTP/1.1\r\nHost: x\r\n" + chunked])
    assert names(came) == ["RequestHeaders", "RequestData", "RequestEndOfMessage"]


def test_who_left_is_told() -> None:
    flow = tflow.tflow()
    assert not left(flow)
    flow.metadata[LEFT] = True
    assert left(flow)
    flow = tflow.tflow()
    flow.client_conn.state = flow.client_conn.state.CLOSED
    assert left(flow)


def test_what_comes_ahead_of_a_reply_is_not_read_on() -> None:
    server = Server(context())
    list(server.handle_event(events.Start()))
    told(server, [b"GET /v1 HTTP/1.1\r\nHost: x\r\n\r\n", b"x" * MOST_AHEAD])
    assert server.conn not in BEHIND
    told(server, [b"x"])
    assert server.conn in BEHIND
    list(server.make_pipe())
    assert server.conn not in BEHIND
    BEHIND.add(server.conn)
    told(server, [b"x"])
    assert server.conn in BEHIND, "behind a pipe it is not this layer's to say"
    BEHIND.clear()
