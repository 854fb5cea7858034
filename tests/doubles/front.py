"""A TLS front before a plain HTTP server that somebody else wrote: it keeps what comes, and hands on every event.

What is answered is the other server's doing alone, and comes as it is written there: a stream stays one.
"""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h11
import wsproto.events as ws
from wsproto import ConnectionType, WSConnection

from tests.doubles.connection import READ, Connection
from tests.doubles.journal import Journal, Received
from tests.doubles.pki import Authority


class Front:
    """The front of the server on port `behind` of loopback, named `hosts`. HTTP/1.1; WebSockets without compression."""

    def __init__(self, behind: int, hosts: tuple[str, ...]) -> None:
        self.journal = Journal()
        self.behind, self.hosts, self.port = behind, hosts, 0
        self._own_folder = tempfile.TemporaryDirectory(prefix="front-")
        self.authority = Authority.create(Path(self._own_folder.name))
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def ca(self) -> Path:
        """What the gate has to trust, PEM."""
        return self.authority.path

    async def __aenter__(self) -> Self:
        context = self.authority.server_context(*self.hosts)
        context.set_alpn_protocols(["http/1.1"])
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context, limit=READ)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await self._server.wait_closed()
        self._own_folder.cleanup()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.journal.connections += 1
        self._writers.add(writer)
        connection = Connection(self.journal, reader, writer, self.journal.connections)
        try:
            async for request in connection.requests():
                self.journal.received(request)
                if (request.header("upgrade") or "").lower() == "websocket":
                    await self._tunnel(request, connection)
                else:
                    await self._relay(request, connection)
        except (h11.ProtocolError, ConnectionError, ssl.SSLError):
            writer.transport.abort()
        finally:
            self._writers.discard(writer)
            writer.close()
            with suppress(Exception):
                await writer.wait_closed()

    async def _tunnel(self, request: Received, connection: Connection) -> None:
        """A WebSocket: bytes both ways as they come, until either side ends."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.behind, limit=READ)
        writer.write(request.raw)
        ways = [
            asyncio.create_task(self._messages(request, connection.reader, writer)),
            asyncio.create_task(_copied(reader, connection.writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            writer.transport.abort()

    async def _messages(self, request: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What the client sends, handed on as it is, and kept as it reads without its masking."""
        socket = WSConnection(ConnectionType.SERVER)
        socket.receive_data(request.raw)
        next(socket.events())
        socket.send(ws.AcceptConnection())  # which the other server writes
        kept, pieces = bytearray(), list[Any]()
        self.journal.streams.append(kept)
        while data := await reader.read(READ):
            writer.write(data)
            socket.receive_data(data)
            for event in socket.events():
                if isinstance(event, ws.Message):
                    pieces.append(event.data)
                    kept += event.data.encode() if isinstance(event.data, str) else event.data
                    if event.message_finished:
                        whole, pieces = pieces[0][:0].join(pieces), []
                        self.journal.messages.append(whole)

    async def _relay(self, request: Received, connection: Connection) -> None:
        """One request on a connection of its own, and each event of the answer as it comes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.behind, limit=READ)
        http = h11.Connection(h11.CLIENT)
        http.send(h11.Request(method=request.method, target=request.target, headers=list(request.headers)))
        http.send(h11.Data(data=request.body))
        http.send(h11.EndOfMessage())
        try:
            writer.write(request.raw)
            while not isinstance(event := http.next_event(), h11.EndOfMessage):
                if event is h11.NEED_DATA:
                    http.receive_data(await reader.read(READ))
                elif isinstance(event, (h11.Response, h11.Data)):
                    connection.hand_on(event)
                    await connection.writer.drain()
            await connection.end()
        finally:
            writer.transport.abort()


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(READ):
        writer.write(data)
        await writer.drain()
