"""One POST to a receiver that was configured: TLS verified, no redirect followed, all of it within a bounded time.

What the receiver says is read for its status alone, and thrown away.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

import h11

from hushgate.approvals.notify.carrying import Undelivered
from hushgate.approvals.notify.places import is_loopback

SECONDS: Final = 10.0
"""For all of one try: names, connection, handshake, request, answer."""
MOST_BYTES: Final = 64 * 1024
"""Of an answer's head."""
LONGEST_WAIT: Final = 120.0
"""Seconds that a `Retry-After` is taken for at most."""
_AGAIN: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Poster:
    """`proxy` is http://HOST:PORT or https://HOST:PORT, for what is not on this machine."""

    tls: ssl.SSLContext = field(repr=False)
    proxy: str | None = None
    seconds: float = SECONDS

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of a receiver that took it (2xx); Undelivered for everything else."""
        try:
            async with asyncio.timeout(self.seconds):
                return _judged(await self._exchanged(urlsplit(url), body, headers))
        except TimeoutError:
            raise Undelivered(f"no answer within {self.seconds:g} s", again=True) from None
        except ssl.SSLCertVerificationError as why:
            says = f"its certificate is not to be trusted: {why.verify_message}"
            raise Undelivered(says, again=False) from None
        except (OSError, h11.ProtocolError, asyncio.IncompleteReadError) as why:
            says = getattr(why, "strerror", None) or type(why).__name__
            raise Undelivered(f"cannot be reached, or breaks off: {says}", again=True) from None

    async def _exchanged(self, url: SplitResult, body: bytes, headers: Mapping[str, str]) -> h11.Response:
        host = url.hostname or ""
        port = url.port or (443 if url.scheme == "https" else 80)
        reader, writer = await self._connected(host, port, url.scheme == "https")
        try:
            http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_BYTES)
            target = (url.path or "/") + (f"?{url.query}" if url.query else "")
            said = {"host": url.netloc, "content-length": str(len(body)), "connection": "close", **headers}
            for event in (h11.Request(method="POST", target=target, headers=list(said.items())), h11.Data(data=body)):
                writer.write(http.send(event) or b"")
            await writer.drain()
            return await _response(http, reader)
        finally:
            writer.transport.abort()

    async def _connected(self, host: str, port: int, secure: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.proxy is None or is_loopback(host):
            return await asyncio.open_connection(host, port, ssl=self.tls if secure else None, limit=MOST_BYTES)
        via = urlsplit(self.proxy)
        reader, writer = await asyncio.open_connection(
            via.hostname, via.port, ssl=self.tls if via.scheme == "https" else None, limit=MOST_BYTES
        )
        try:
            http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_BYTES)
            target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            writer.write(http.send(h11.Request(method="CONNECT", target=target, headers=[("host", target)])) or b"")
            if (answer := await _response(http, reader)).status_code // 100 != 2:
                raise Undelivered(f"the proxy in front answered {answer.status_code}", again=True)
            await writer.start_tls(self.tls, server_hostname=host)
        except BaseException:
            writer.transport.abort()
            raise
        return reader, writer


async def _response(http: h11.Connection, reader: asyncio.StreamReader) -> h11.Response:
    while True:
        match http.next_event():
            case h11.NEED_DATA:
                http.receive_data(await reader.read(4096))
            case h11.Response() as answer:
                return answer
            case h11.ConnectionClosed():
                raise ConnectionResetError(0, "closed without an answer")


def _judged(answer: h11.Response) -> int:
    status = answer.status_code
    if 200 <= status < 300:
        return status
    if 300 <= status < 400:
        raise Undelivered(f"answered {status}: redirects are not followed", again=False)
    said = next((value for name, value in answer.headers if name == b"retry-after"), b"")
    after = min(float(said), LONGEST_WAIT) if said.isdigit() else 0.0
    raise Undelivered(f"answered {status}", again=status >= 500 or status in _AGAIN, after=after)
