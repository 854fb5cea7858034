"""The double's end of a WebSocket keeps whatever reaches it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.doubles.provider import Provider
from tests.doubles.socket import Socket

SECRET = "canary-in-a-frame"


async def test_messages_pings_and_closes_are_kept() -> None:
    here: list[Socket] = []

    async def answer(socket: Socket) -> None:
        here.append(socket)
        await socket.accept()
        async for message in socket.messages():
            await socket.say_in_pieces(str(message), 2)
            await socket.ping(b"ours")

    async with Provider(http2=False) as provider:
        provider.socket = answer
        trust = ssl.create_default_context(cafile=str(provider.ca))
        async with connect(f"wss://localhost:{provider.port}/v1/realtime", ssl=trust, proxy=None) as socket:
            await socket.send(["hel", "lo"])
            assert await socket.recv() == "hello"
            await (await socket.ping(SECRET))
            await socket.close(4001, "bye")
        async with asyncio.timeout(5):
            while here[0].closed is None:
                await asyncio.sleep(0.01)
        assert provider.journal.messages == ["hello"]
        assert provider.journal.find(SECRET) is not None, "a ping's words count as having reached it"
        assert here[0].pings == [SECRET.encode()]
        assert here[0].closed == (4001, "bye")
        assert here[0].path == "/v1/realtime"


async def test_half_a_message_is_kept() -> None:
    async with Provider(http2=False) as provider:
        trust = ssl.create_default_context(cafile=str(provider.ca))
        async with connect(f"wss://localhost:{provider.port}/", ssl=trust, proxy=None, compression=None) as socket:

            async def halves() -> AsyncIterator[str]:
                yield SECRET
                await asyncio.sleep(0.2)
                socket.transport.abort()
                yield "more"

            with suppress(ConnectionClosed):
                await socket.send(halves())
        assert provider.journal.messages == []
        assert provider.journal.find(SECRET) is not None
