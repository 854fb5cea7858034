"""The provider's end of a WebSocket: whatever reaches it is kept, pings and half messages too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import wsproto.events as ws
from wsproto import ConnectionType, WSConnection
from wsproto.extensions import Extension, PerMessageDeflate

from tests.doubles.connection import READ
from tests.doubles.journal import Journal, Received


class Socket:
    """One accepted WebSocket. `deflates`: the double would compress, if that was asked for."""

    def __init__(
        self, journal: Journal, request: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.journal, self.request, self.reader, self.writer = journal, request, reader, writer
        self.ws = WSConnection(ConnectionType.SERVER)
        self.pings: list[bytes] = []
        self.pongs: list[bytes] = []
        self.closed: tuple[int, str] | None = None
        self.answers_pings = True
        self._kept = bytearray()
        if journal.keep:
            journal.streams.append(self._kept)

    @property
    def path(self) -> str:
        return self.request.path

    async def accept(self, *headers: tuple[str, str]) -> None:
        self.ws.receive_data(self.request.raw)
        event = next(self.ws.events())
        assert isinstance(event, ws.Request)
        extensions: list[Extension] = [PerMessageDeflate()]
        protocol = event.subprotocols[0] if event.subprotocols else None
        said = [(name.encode(), value.encode()) for name, value in headers]
        await self._send(ws.AcceptConnection(extensions=extensions, subprotocol=protocol, extra_headers=said))

    async def messages(self) -> AsyncIterator[str | bytes]:
        """What the client says, message by message, until either side closes."""
        pieces: list[Any] = []
        while self.closed is None:
            data = await self.reader.read(READ)
            self.journal.bytes += len(data)
            self.ws.receive_data(data or None)
            for event in self.ws.events():
                if isinstance(event, ws.Message):
                    pieces.append(event.data)
                    self._keep(event.data)
                    if event.message_finished:
                        whole, pieces = pieces[0][:0].join(pieces), []
                        self.journal.messages.append(whole)
                        yield whole
                elif isinstance(event, ws.Ping):
                    self.pings.append(bytes(event.payload))
                    self._keep(event.payload)
                    if self.answers_pings:
                        await self._send(event.response())
                elif isinstance(event, ws.Pong):
                    self.pongs.append(bytes(event.payload))
                    self._keep(event.payload)
                elif isinstance(event, ws.CloseConnection):
                    self.closed = (int(event.code), event.reason or "")
                    self._keep(event.reason or "")
                    if data and self.ws.state.name == "REMOTE_CLOSING":
                        await self._send(event.response())
                    return

    def _keep(self, data: str | bytes | bytearray) -> None:
        if self.journal.keep:
            self._kept += data.encode() if isinstance(data, str) else data

    async def say(self, *messages: object) -> None:
        """Texts and bytes as they are, anything else as JSON."""
        for one in messages:
            if isinstance(one, bytes):
                await self._send(ws.BytesMessage(one))
            else:
                text = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)
                await self._send(ws.TextMessage(text))

    async def say_in_pieces(self, text: str, size: int) -> None:
        """One message in frames of so many characters."""
        for at in range(0, len(text), size):
            piece = text[at : at + size]
            await self._send(ws.TextMessage(piece, message_finished=at + size >= len(text)))

    async def ping(self, payload: bytes) -> None:
        await self._send(ws.Ping(payload))

    async def raw(self, data: bytes) -> None:
        """Bytes that need be no WebSocket."""
        self.writer.write(data)
        await self.writer.drain()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._send(ws.CloseConnection(code, reason or None))

    async def _send(self, event: ws.Event) -> None:
        await self.raw(self.ws.send(event))


async def echo(socket: Socket) -> None:
    """Accepts, and says everything back."""
    await socket.accept()
    async for message in socket.messages():
        await socket.say(message)
