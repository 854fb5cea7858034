"""One client of the double over HTTP/2: streams answered side by side, kept like requests over HTTP/1.1."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

from tests.doubles.connection import READ, Channel
from tests.doubles.journal import Journal, Received

type Answer = Callable[[Received, Channel], Awaitable[None]]


@dataclass(slots=True)
class _Request:
    headers: list[tuple[str, str]]
    body: bytearray = field(default_factory=bytearray)

    def pseudo(self, name: str) -> str:
        return dict(self.headers).get(name, "")


class Http2:
    """One connection. `serve` runs until it ends."""

    def __init__(
        self, journal: Journal, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self.journal, self.reader, self.writer, self.number = journal, reader, writer, number
        self.sni: str | None = getattr(writer.get_extra_info("ssl_object"), "double_sni", None)
        self.http = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="latin-1"))
        self.window = asyncio.Event()
        self._requests: dict[int, _Request] = {}
        self._answering: dict[int, asyncio.Task[None]] = {}
        self._stream_bytes = bytearray()
        if journal.keep:
            journal.streams.append(self._stream_bytes)

    async def serve(self, answer: Answer) -> None:
        self.http.initiate_connection()
        self.flush()
        try:
            while data := await self.reader.read(READ):
                self.journal.bytes += len(data)
                for event in self.http.receive_data(data):
                    self._take(event, answer)
                self.flush()
        finally:
            for task in list(self._answering.values()):
                task.cancel()
            await asyncio.gather(*self._answering.values(), return_exceptions=True)

    def flush(self) -> None:
        self.writer.write(self.http.data_to_send())

    def _take(self, event: h2.events.Event, answer: Answer) -> None:
        match event:
            case h2.events.RequestReceived():
                self._requests[event.stream_id] = _Request([(str(k), str(v)) for k, v in event.headers])
                self._keep(repr(event.headers).encode())
            case h2.events.TrailersReceived():
                self._requests[event.stream_id].headers += [(str(k), str(v)) for k, v in event.headers]
                self._keep(repr(event.headers).encode())
            case h2.events.DataReceived():
                self._requests[event.stream_id].body += event.data or b""
                self._keep(event.data or b"")
                self.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case h2.events.StreamEnded():
                whole = self._received(self._requests.pop(event.stream_id))
                answering = asyncio.ensure_future(self._answer(answer, whole, event.stream_id))
                self._answering[event.stream_id] = answering
            case h2.events.StreamReset():
                self._requests.pop(event.stream_id, None)
                if task := self._answering.get(event.stream_id):
                    task.cancel()
            case h2.events.WindowUpdated() | h2.events.RemoteSettingsChanged():
                self.window.set()

    def _keep(self, data: bytes) -> None:
        if self.journal.keep:
            self._stream_bytes += data

    def _received(self, request: _Request) -> Received:
        return Received(
            number=self.journal.count + 1,
            connection=self.number,
            sni=self.sni,
            method=request.pseudo(":method"),
            target=request.pseudo(":path"),
            headers=tuple(request.headers),
            body=bytes(request.body),
            raw=bytes(request.body),
        )

    async def _answer(self, answer: Answer, request: Received, stream: int) -> None:
        try:
            with suppress(ConnectionError, h2.exceptions.ProtocolError):
                await answer(request, _Stream(self, stream))
        finally:
            del self._answering[stream]


class _Stream(Channel):
    def __init__(self, connection: Http2, stream: int) -> None:
        self._connection, self._stream = connection, stream
        self.writer = connection.writer

    def head(self, status: int, headers: dict[str, str]) -> None:
        pairs = [(":status", str(status)), *((name.lower(), value) for name, value in headers.items())]
        self._connection.http.send_headers(self._stream, pairs)
        self._connection.flush()

    async def body(self, data: bytes) -> None:
        http = self._connection.http
        while data:
            room = min(http.local_flow_control_window(self._stream), http.max_outbound_frame_size)
            if room <= 0:
                self._connection.window.clear()
                await self._connection.window.wait()
                continue
            http.send_data(self._stream, data[:room])
            data = data[room:]
            self._connection.flush()

    async def end(self) -> None:
        self._connection.http.end_stream(self._stream)
        self._connection.flush()
        await self.writer.drain()

    def break_off(self) -> None:
        self._connection.http.reset_stream(self._stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
        self._connection.flush()
