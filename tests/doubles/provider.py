"""A provider that counts: OpenAI-compatible, over real TLS and HTTP/1.1 or 2, keeping every byte that reached it.

In a test, `async with Provider() as provider`; from elsewhere
`python -m tests.doubles.provider --port 8443 --host-name api.openai.com`,
which prints one JSON line (`{"port", "ca", "pid"}`) when it listens.
A request shapes its own answer by its model's name (see `chat.reply_for`) and
by headers `x-double-chunk`, `-delay`, `-wait`, `-write`, `-encoding`, `-cut`, `-choices`.
A WebSocket is given to `socket`, which says everything back.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import signal
import ssl
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h2.exceptions
import h11
from wsproto.utilities import RemoteProtocolError

from tests.doubles import chat
from tests.doubles.chat import Reply
from tests.doubles.connection import READ, Channel, Connection
from tests.doubles.http2 import Http2
from tests.doubles.journal import Journal, Received
from tests.doubles.pki import Authority
from tests.doubles.socket import Socket, echo

HOSTS = ("api.openai.com", "*.api.openai.com", "localhost", "127.0.0.1")


class Provider:
    """The double. `script` may answer a request, or return None for the usual answer, which `reply` shapes."""

    def __init__(
        self,
        *,
        hosts: tuple[str, ...] = HOSTS,
        reply: Reply | None = None,
        script: Callable[[Received], Reply | None] | None = None,
        folder: Path | None = None,
        keep: bool = True,
        tls: bool = True,
        port: int = 0,
        http2: bool = True,
        authority: Authority | None = None,
    ) -> None:
        """`folder` gets one file a request; `keep=False` counts only; `hosts` are the certificate's names."""
        self.journal = Journal(folder, keep)
        self.reply = reply or Reply()
        self.script = script
        self.socket: Callable[[Socket], Awaitable[None]] = echo
        self.hosts, self.tls, self.port, self.http2 = hosts, tls, port, http2
        self._own_folder = tempfile.TemporaryDirectory(prefix="provider-double-")
        self.authority = authority or Authority.create(Path(self._own_folder.name))
        self._writers: set[asyncio.StreamWriter] = set()
        if folder:
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def ca(self) -> Path:
        """What a client has to trust, PEM."""
        return self.authority.path

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        context = None
        if self.tls:
            context = self.authority.server_context(*self.hosts)
            context.set_alpn_protocols(["h2", "http/1.1"] if self.http2 else ["http/1.1"])
            context.sni_callback = _note_sni
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accept, "127.0.0.1", self.port, ssl=context)
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

    def _accept(self) -> asyncio.StreamReaderProtocol:
        self.journal.connections += 1
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(limit=READ), self._serve)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.journal.handshakes += 1
        self._writers.add(writer)
        tls = writer.get_extra_info("ssl_object")
        try:
            if tls is not None and tls.selected_alpn_protocol() == "h2":
                await Http2(self.journal, reader, writer, self.journal.handshakes).serve(self._answer)
                return
            connection = Connection(self.journal, reader, writer, self.journal.handshakes)
            async for request in connection.requests():
                if request.header("upgrade") == "websocket" and self.script is None:
                    self.journal.received(request)
                    await self.socket(Socket(self.journal, request, reader, writer))
                    return
                await self._answer(request, connection)
        except (h11.ProtocolError, h2.exceptions.ProtocolError, RemoteProtocolError, ConnectionError, ssl.SSLError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
            with suppress(Exception):
                await writer.wait_closed()

    async def _answer(self, request: Received, connection: Channel) -> None:
        self.journal.received(request)
        reply = _shaped((self.script(request) if self.script else None) or self.reply, request)
        document: Any = None
        with suppress(ValueError):
            document = json.loads(request.body) if request.body else None
        if reply.wait:
            await asyncio.sleep(reply.wait)
        match request.path:
            case _ if reply.body is not None or reply.raw is not None:
                await connection.send(reply, reply.body or b"")
            case "/v1/chat/completions" if isinstance(document, dict):
                reply = chat.reply_for(document, reply)
                if reply.body is not None:
                    await connection.send(reply, reply.body)
                elif document.get("stream"):
                    await connection.stream(reply, chat.frames(document, reply, request.number))
                else:
                    await connection.send(reply, _dump(chat.completion(document, reply, request.number)))
            case _ if reply.frames is not None:
                await connection.stream(reply, reply.frames)
            case "/v1/embeddings" if isinstance(document, dict):
                await connection.send(reply, _dump(chat.embeddings(document)))
            case "/v1/models":
                await connection.send(reply, _dump(chat.models()))
            case _:
                body = document if document is not None else base64.b64encode(request.body).decode()
                await connection.send(reply, _dump({"object": "echo", "target": request.target, "body": body}))


def _dump(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _note_sni(tls: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
    tls.double_sni = name  # type: ignore[attr-defined]  # SSLObject takes attributes


def _shaped(reply: Reply, request: Received) -> Reply:
    """`reply` with what the request's `x-double-*` headers ask for."""
    kinds: dict[str, Callable[[str], Any]] = {
        "chunk": int, "delay": float, "wait": float, "write": int, "encoding": str, "cut": int, "choices": int,
    }  # fmt: skip
    asked = {name: request.header(f"x-double-{name}") for name in kinds}
    return replace(reply, **{name: kinds[name](value) for name, value in asked.items() if value is not None})


async def _run(options: argparse.Namespace) -> None:
    hosts = tuple(dict.fromkeys([*HOSTS, *options.host_name]))
    reply = Reply(chunk=options.chunk, delay=options.delay)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Provider(
        hosts=hosts, reply=reply, folder=options.folder, keep=not options.count_only, port=options.port
    ) as provider:
        print(json.dumps({"port": provider.port, "ca": str(provider.ca), "pid": os.getpid()}), flush=True)
        await stop.wait()


def main() -> None:
    """Runs the double until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description="An OpenAI-compatible provider on loopback that keeps what it gets.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--host-name", action="append", default=[], help="another name for the certificate")
    parser.add_argument("--folder", type=Path, help="write each request's bytes to a file here")
    parser.add_argument("--count-only", action="store_true", help="keep no request in memory")
    parser.add_argument("--chunk", type=int, default=8, help="characters per streamed delta")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds between streamed frames")
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
