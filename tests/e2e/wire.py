"""Clients that say exactly what a test wants, byte by byte, through a gate's tunnel."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.events

from tests.e2e.gate import Gate

HOST = "api.openai.com"
WAIT = 20.0  # seconds
type Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
type Fields = list[tuple[str, str]]


async def plain(gate: Gate) -> Streams:
    """A bare connection to the gate."""
    proxy = urlsplit(gate.proxy)
    return await asyncio.open_connection(proxy.hostname, proxy.port)


async def tunnel(gate: Gate, connect: str, *, user: str | None = None) -> tuple[int, Streams]:
    """CONNECT through the gate: the status, and the open tunnel."""
    reader, writer = await plain(gate)
    auth = f"Proxy-Authorization: Basic {base64.b64encode(user.encode()).decode()}\r\n" if user else ""
    writer.write(f"CONNECT {connect} HTTP/1.1\r\nHost: {connect}\r\n{auth}\r\n".encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT)
    return int(head.split()[1]), (reader, writer)


async def secure(
    gate: Gate, connect: str = f"{HOST}:443", sni: str | None = HOST, alpn: Iterable[str] = ("http/1.1",)
) -> Streams:
    """TLS inside a tunnel. The certificate is not looked at: names here may differ on purpose."""
    status, (reader, writer) = await tunnel(gate, connect)
    assert status == 200, status
    context = ssl.create_default_context(cafile=gate.ca)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(list(alpn))
    await writer.start_tls(context, server_hostname=sni or "")
    return reader, writer


@asynccontextmanager
async def http1(gate: Gate) -> AsyncIterator[Streams]:
    """A TLS connection to the provider through the gate, for bytes of the test's own."""
    reader, writer = await secure(gate)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def post(body: bytes, *fields: str, host: str = HOST, target: str = "/v1/chat/completions") -> bytes:
    """A POST of JSON; `fields` are header lines beside Host, Content-Type and Content-Length."""
    lines = [
        f"POST {target} HTTP/1.1", f"Host: {host}", "Content-Type: application/json", f"Content-Length: {len(body)}",
        *fields, "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + body


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP/1 response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The `error.code` of an answer of the gate's own; "" in any other."""
        with suppress(ValueError, KeyError, TypeError):
            return str(json.loads(self.body)["error"]["code"])
        return ""


async def answer(reader: asyncio.StreamReader) -> Answer | None:
    """The next response on a connection; None where it was closed instead."""
    async with asyncio.timeout(WAIT):
        try:
            status, headers = await _head(reader)
            while status == 100:
                status, headers = await _head(reader)
            return Answer(status, headers, await _body(reader, headers))
        except (asyncio.IncompleteReadError, OSError):
            return None


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines[1:] if line)
    return int(lines[0].split()[1]), {name.lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    if headers.get("transfer-encoding") != "chunked":
        return await reader.read()
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return body


@dataclass(slots=True)
class Http2:
    """One HTTP/2 connection through the gate. `events` are all that came so far."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    http: h2.connection.H2Connection
    events: list[h2.events.Event] = field(default_factory=list)

    @classmethod
    async def open(cls, gate: Gate, host: str = HOST) -> Self:
        reader, writer = await secure(gate, f"{host}:443", host, ("h2",))
        # Nothing is checked on our side: what is wrong on purpose has to reach the gate.
        config = h2.config.H2Configuration(
            header_encoding="utf-8", validate_outbound_headers=False, normalize_outbound_headers=False
        )
        client = cls(reader, writer, h2.connection.H2Connection(config))
        client.http.initiate_connection()
        client.flush()
        return client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()

    def flush(self) -> None:
        self.writer.write(self.http.data_to_send())

    def ask(self, body: bytes | None, *fields: tuple[str, str], authority: str = HOST, **pseudo: str) -> int:
        """Send a request; its stream. With None as the body it stays open."""
        stream = self.http.get_next_available_stream_id()
        first = {":method": "POST", ":scheme": "https", ":authority": authority, ":path": "/v1/chat/completions"}
        first |= {f":{name}": value for name, value in pseudo.items()}
        kind = [] if "content-type" in dict(fields) else [("content-type", "application/json")]
        self.http.send_headers(stream, [*first.items(), *kind, *fields])
        if body is not None:
            for at in range(0, len(body), 16384):
                self.http.send_data(stream, body[at : at + 16384])
            self.http.end_stream(stream)
        self.flush()
        return stream

    async def take(self) -> bool:
        """Read once; False at the end of the connection."""
        data = b""
        async with asyncio.timeout(WAIT):
            with suppress(ConnectionError):
                data = await self.reader.read(65536)
        for event in self.http.receive_data(data) if data else ():
            if isinstance(event, h2.events.DataReceived) and event.flow_controlled_length:
                self.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            self.events.append(event)
        self.flush()
        return bool(data)

    async def until(self, stream: int, kind: type[h2.events.Event]) -> Any:
        """The first event of a kind on a stream; None if the stream or the connection ends before."""
        ends = (h2.events.StreamEnded, h2.events.StreamReset)
        while True:
            for event in self.of(stream):
                if isinstance(event, kind):
                    return event
                if isinstance(event, ends):
                    return None
            if not await self.take():
                return None

    async def whole(self, stream: int) -> tuple[int, bytes]:
        """Status and body of a response; status 0 where there was none."""
        await self.until(stream, h2.events.StreamEnded)
        came = self.of(stream)
        head: Any = next((e for e in came if isinstance(e, h2.events.ResponseReceived)), None)
        data = b"".join(e.data or b"" for e in came if isinstance(e, h2.events.DataReceived))
        return (int(dict(head.headers)[":status"]) if head else 0), data

    def of(self, stream: int) -> list[Any]:
        return [event for event in self.events if getattr(event, "stream_id", None) == stream]
