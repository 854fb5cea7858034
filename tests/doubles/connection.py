"""One client of the double: HTTP/1.1 read whole and kept, answers written as a `Reply` says."""

from __future__ import annotations

import asyncio
import zlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable
from typing import NoReturn, Protocol

import brotli
import h11
import zstandard

from tests.doubles import canary
from tests.doubles.chat import Reply
from tests.doubles.journal import Journal, Received

READ = 1 << 16  # bytes


class Channel(ABC):
    """Where one request's reply goes, written as the `Reply` says, whatever the HTTP version."""

    writer: asyncio.StreamWriter

    @abstractmethod
    def head(self, status: int, headers: dict[str, str]) -> None: ...

    @abstractmethod
    async def body(self, data: bytes) -> None: ...

    @abstractmethod
    async def end(self) -> None: ...

    @abstractmethod
    def break_off(self) -> None:
        """Stop in the middle, so that the other side sees that it is no end."""

    async def send(self, reply: Reply, body: bytes) -> None:
        """A whole reply, of known length; `cut` is in bytes here."""
        if reply.raw is not None:
            self.writer.write(reply.raw)
            await self.writer.drain()
            self.writer.close()
            raise ConnectionAbortedError
        if reply.encoding:
            body = canary.packed(body, reply.encoding)
        self._start(reply, {"content-type": "application/json", "content-length": str(len(body))})
        if reply.cut is not None:
            await self.body(body[: reply.cut])
            self._cut()
        for at in range(0, len(body), reply.write or len(body)):
            await self.body(body[at : at + (reply.write or len(body))])
            await self._flush(reply)
        await self.end()

    async def stream(self, reply: Reply, frames: Iterable[bytes]) -> None:
        """A reply of server-sent events, each compressed and flushed for itself."""
        self._start(reply, {"content-type": "text/event-stream; charset=utf-8"})
        packer = PACKERS[reply.encoding]()
        for number, frame in enumerate(frames):
            if reply.cut is not None and number >= reply.cut:
                self._cut()
            if number and reply.delay:
                await asyncio.sleep(reply.delay)
            data = packer.feed(frame)
            for at in range(0, len(data), reply.write or max(1, len(data))):
                await self.body(data[at : at + (reply.write or len(data))])
                await self._flush(reply)
            await self.writer.drain()
        if end := packer.end():
            await self.body(end)
        await self.end()

    async def _flush(self, reply: Reply) -> None:
        """With `write` set, lets each piece leave in a TLS record and, if the kernel agrees, a packet of its own."""
        if reply.write:
            await self.writer.drain()
            await asyncio.sleep(0)

    def _start(self, reply: Reply, headers: dict[str, str]) -> None:
        if reply.encoding:
            headers["content-encoding"] = reply.encoding
        self.head(reply.status, headers | {"x-request-id": "double"} | dict(reply.headers))

    def _cut(self) -> NoReturn:
        self.break_off()
        raise ConnectionAbortedError


class Connection(Channel):
    """One client, HTTP/1.1, keep-alive."""

    def __init__(
        self,
        journal: Journal,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        number: int,
    ) -> None:
        self.journal, self.reader, self.writer, self.number = journal, reader, writer, number
        self.sni: str | None = getattr(writer.get_extra_info("ssl_object"), "double_sni", None)
        self.http = h11.Connection(h11.SERVER)
        self.wire = bytearray()  # since the last request
        self.stream_bytes = bytearray()
        if self.journal.keep:
            self.journal.streams.append(self.stream_bytes)

    async def requests(self) -> AsyncIterator[Received]:
        while (head := await self._event()) and isinstance(head, h11.Request):
            body = bytearray()
            while isinstance(event := await self._event(), h11.Data):
                body += event.data
            if not isinstance(event, h11.EndOfMessage):
                return
            left = len(self.http.trailing_data[0])
            raw, self.wire = bytes(self.wire[: len(self.wire) - left]), self.wire[len(self.wire) - left :]
            yield Received(
                number=self.journal.count + 1,
                connection=self.number,
                sni=self.sni,
                method=head.method.decode(),
                target=head.target.decode("latin-1"),
                headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers),
                body=bytes(body),
                raw=raw,
            )
            if self.http.our_state is not h11.DONE or self.http.their_state is not h11.DONE:
                return
            self.http.start_next_cycle()

    async def _event(self) -> h11.Event | None:
        while True:
            event = self.http.next_event()
            if isinstance(event, h11.Event):
                return event
            if event is not h11.NEED_DATA:
                return None
            if self.http.they_are_waiting_for_100_continue:
                self._put(h11.InformationalResponse(status_code=100, headers=[]))
            data = await self.reader.read(READ)
            self.journal.bytes += len(data)
            self.wire += data
            if self.journal.keep:
                self.stream_bytes += data
            self.http.receive_data(data)

    def _put(self, event: h11.Event) -> None:
        self.writer.write(self.http.send(event) or b"")

    def head(self, status: int, headers: dict[str, str]) -> None:
        if "content-length" not in headers:
            headers["transfer-encoding"] = "chunked"
        self._put(h11.Response(status_code=status, headers=list(headers.items())))

    async def body(self, data: bytes) -> None:
        self._put(h11.Data(data=data))

    async def end(self) -> None:
        self._put(h11.EndOfMessage())
        await self.writer.drain()

    def hand_on(self, event: h11.Response | h11.Data) -> None:
        """What another server answered, as it stands."""
        self._put(event)

    def break_off(self) -> None:
        self.writer.transport.abort()


class Packer(Protocol):
    """A compressor whose every `feed` can be decoded at once."""

    def feed(self, data: bytes) -> bytes: ...
    def end(self) -> bytes: ...


class _Plain:
    def feed(self, data: bytes) -> bytes:
        return data

    def end(self) -> bytes:
        return b""


class _Zlib:
    def __init__(self, window: int) -> None:
        self._packer = zlib.compressobj(wbits=window)

    def feed(self, data: bytes) -> bytes:
        return self._packer.compress(data) + self._packer.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._packer.flush()


class _Brotli:
    def __init__(self) -> None:
        self._packer = brotli.Compressor(quality=4)

    def feed(self, data: bytes) -> bytes:
        return bytes(self._packer.process(data) + self._packer.flush())

    def end(self) -> bytes:
        return bytes(self._packer.finish())


class _Zstd:
    def __init__(self) -> None:
        self._packer = zstandard.ZstdCompressor().compressobj()

    def feed(self, data: bytes) -> bytes:
        return self._packer.compress(data) + self._packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def end(self) -> bytes:
        return self._packer.flush()


PACKERS: dict[str | None, Callable[[], Packer]] = {
    None: _Plain,
    "gzip": lambda: _Zlib(31),
    "deflate": lambda: _Zlib(15),
    "br": _Brotli,
    "zstd": _Zstd,
}
