"""mitmproxy's HTTP layers, where they would hang, grow without end or not tell who left.

| mitmproxy's | does | these |
| --- | --- | --- |
| an HTTP/1 body with trailers | crashes, the client hangs | drop them: nobody has scanned them |
| an interim response (103) | takes it for the whole reply | skip it |
| a switch (101) nobody asked for, or to more than a plain WebSocket | opens a WebSocket on it | refuse it |
| a head without end | keeps all of it | refuse it from LARGEST_HEAD on |
| a connection that failed | is failed for as long as the client stays, over HTTP/2 for hours | try again |
| what a client sends ahead of its reply | keeps all of it | is read when its turn comes |
| an exchange that is over | keeps its bodies until the collector comes by | forget them |
| the `error` hook | does not say who ended it | note that the client did |
"""

from __future__ import annotations

import re
from typing import Any, Final

import h11
from mitmproxy import http
from mitmproxy.connection import ConnectionState
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import http as layers
from mitmproxy.proxy.layers.http import _http1
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestProtocolError,
    ResponseHeaders,
    ResponseProtocolError,
)

from hushgate.proxy.handler import behind

LARGEST_HEAD: Final = 256 * 1024
"""What a request line or status line may be long with all its headers, in bytes."""

MOST_AHEAD: Final = 64 * 1024
"""What is read of a client that does not wait for its reply, in bytes."""

LEFT: Final = "hushgate.left"
WAITS: Final = "hushgate.waits"
"""In the metadata of a flow whose request is screened: an event, to be set when its client leaves."""
_INTERIM: Final = re.compile(rb"HTTP/1\.[01] 1(?!01)[0-9]{2}[ \r\n](?s:.)*?\n\r?\n")

_END: Final = re.compile(rb"\n\r?\n")
_SWITCH: Final = re.compile(rb"HTTP/1\.[01] 101[ \r\n]")


def left(flow: http.HTTPFlow) -> bool:
    """Whether it was the client that ended a broken exchange: its connection, or over HTTP/2 its stream."""
    return not flow.client_conn.connected or bool(flow.metadata.get(LEFT))


class Stream(layers.HttpStream):
    """One exchange."""

    def handle_event(self, event: events.Event) -> CommandGenerator[None]:
        if self._paused is not None:  # A hook is running, and does not hear of it.
            self._note(event)
        yield from super().handle_event(event)

    def handle_protocol_error(self, event: Any) -> CommandGenerator[None]:
        self._note(event)
        yield from super().handle_protocol_error(event)
        self._forget()

    def check_killed(self, emit_error_hook: bool) -> CommandGenerator[bool]:
        for event in self._paused_event_queue:  # It left while a hook was running.
            self._note(event)
        killed = yield from super().check_killed(emit_error_hook)
        if killed:
            self._forget()
        return killed

    def flow_done(self) -> CommandGenerator[None]:
        yield from super().flow_done()
        if self.child_layer is None:
            self._forget()

    def _forget(self) -> None:
        """Let go of what was said. A stream refers to itself, so it stays until the collector comes by."""
        flow = self.flow
        flow.metadata.clear()
        flow.request.data.content = None
        if flow.response is not None:
            flow.response.data.content = None
            flow.response.stream = False

    def _note(self, event: object) -> None:
        if isinstance(event, RequestProtocolError) and (
            event.code in {ErrorCode.CANCEL, ErrorCode.CLIENT_DISCONNECTED}
            or event.message.startswith("stream reset by client")
        ):
            self.flow.metadata[LEFT] = True
            if (waits := self.flow.metadata.get(WAITS)) is not None:
                waits.set()


class _WithoutTrailers:
    """A reader of bodies that forgets what stands behind the last chunk."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def __call__(self, buffer: Any) -> Any:
        return self._bare(self._reader(buffer))

    def read_eof(self) -> Any:
        return self._bare(self._reader.read_eof())

    @staticmethod
    def _bare(event: Any) -> Any:
        return h11.EndOfMessage() if isinstance(event, h11.EndOfMessage) else event


def _too_large(buffer: Any) -> bool:
    return len(buffer) > LARGEST_HEAD and _END.search(bytes(buffer), 0, LARGEST_HEAD) is None


def _switches_wrongly(command: object) -> bool:
    """Whether this is a switch to anything but a WebSocket whose frames can be read: no extension was offered."""
    event = command.event if isinstance(command, ReceiveHttp) else None
    if not isinstance(event, ResponseHeaders) or event.response.status_code != 101:
        return False
    headers = event.response.headers
    return headers.get("upgrade", "").lower() != "websocket" or "sec-websocket-extensions" in headers


def _forget_trailers(connection: Any) -> None:
    if not isinstance(connection.body_reader, _WithoutTrailers):
        connection.body_reader = _WithoutTrailers(connection.body_reader)


class Server(_http1.Http1Server):
    """A client's side of HTTP/1."""

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        yield from super()._handle_event(event)
        if self.state != self.passthrough:  # Behind a pipe it is another layer's to say.
            behind(self.state == self.wait and len(self.buf) > MOST_AHEAD, self.conn)

    def make_pipe(self) -> CommandGenerator[None]:
        behind(False, self.conn)
        yield from super().make_pipe()

    def read_headers(self, event: events.ConnectionEvent) -> CommandGenerator[None]:
        if _too_large(self.buf):
            yield commands.SendData(self.conn, _http1.make_error_response(431))
            yield commands.CloseConnection(self.conn)
            self.state = self.done
            return
        yield from super().read_headers(event)

    def read_body(self, event: events.Event) -> CommandGenerator[None]:
        _forget_trailers(self)
        yield from super().read_body(event)


class Client(_http1.Http1Client):
    """A provider's side of HTTP/1."""

    def read_headers(self, event: events.ConnectionEvent) -> CommandGenerator[None]:
        while self.request and (interim := _INTERIM.match(bytes(self.buf))):
            self.buf.maybe_extract_at_most(interim.end())
        if self.request and "upgrade" not in self.request.headers and _SWITCH.match(bytes(self.buf)):
            yield from self._refuse("it switches to another protocol")
        elif self.request and _too_large(self.buf):
            yield from self._refuse("its head is too large")
        else:
            for command in super().read_headers(event):
                if _switches_wrongly(command):
                    yield from self._refuse("it switches to something else than a plain WebSocket")
                    return
                yield command

    def _refuse(self, why: str) -> CommandGenerator[None]:
        assert self.stream_id is not None  # noqa: S101 - it is set with the request
        message = f"Cannot parse HTTP response: {why}"
        yield commands.CloseConnection(self.conn)
        yield ReceiveHttp(ResponseProtocolError(self.stream_id, message, ErrorCode.GENERIC_SERVER_ERROR))
        self.state = self.done

    def read_body(self, event: events.Event) -> CommandGenerator[None]:
        _forget_trailers(self)
        yield from super().read_body(event)


_get_connection: Final = layers.HttpLayer.get_connection


def get_connection(
    http: layers.HttpLayer, event: layers.GetHttpConnection, *, reuse: bool = True
) -> CommandGenerator[None]:
    """`HttpLayer.get_connection`, which has forgotten the connections that failed."""
    for known in [c for c in http.connections if c.error and c.state is ConnectionState.CLOSED]:
        if known is not http.context.client:
            del http.connections[known]
    yield from _get_connection(http, event, reuse=reuse)


def install() -> None:
    """Put these in the place of mitmproxy's, for the whole process."""
    where: Any = layers
    where.HttpLayer.get_connection = get_connection
    where.HttpStream = Stream
    where.Http1Server = Server
    where.Http1Client = Client
