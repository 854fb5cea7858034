"""WebSockets through the real gate to a provider that counts: what no dialect knows, and what no protocol allows."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.doubles.provider import Provider
from tests.doubles.socket import Socket
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate

EMAIL = "canary.person" + "@example.com"
OTHER = "kim.canary" + "@example.org"
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEfakefake" * 20 + "\n-----END RSA PRIVATE " + "KEY-----"
URL = "wss://api.openai.com/v1/anything"


@asynccontextmanager
async def opened(gate: Gate, url: str = URL, **options: Any) -> AsyncIterator[ClientConnection]:
    """A client's end."""
    context = ssl.create_default_context(cafile=gate.ca)
    async with connect(url, proxy=gate.proxy, ssl=context, max_size=None, **options) as socket:
        yield socket


def said(text: str) -> str:
    return json.dumps({"text": text})


async def exchanges(gate: Gate, socket: ClientConnection) -> list[dict[str, Any]]:
    """Every exchange of a socket that is over, its own first, as `hushgate show` tells it."""
    assert socket.response is not None
    own = socket.response.headers["x-hushgate-decision"]
    first = await gate.closed(own)
    await gate.settled()
    shown = [found for one in gate._exchanges() if (found := gate.shown(one["id"])) is not None]
    others = [x for x in shown if x["session"] == first["session"] and x["id"] != own]
    return [first, *sorted(others, key=lambda x: float(x["at"]))]


async def test_each_message_is_masked_restored_and_on_record(gate: Gate, provider: Provider) -> None:
    async with opened(gate) as socket:
        for number in range(3):
            await socket.send(said(f"{number}: write to {EMAIL}"))
            assert json.loads(await socket.recv()) == {"text": f"{number}: write to {EMAIL}"}
    assert len(provider.journal.messages) == 3
    assert all("<EMAIL_ADDRESS_" in message for message in provider.journal.messages)
    assert provider.journal.find(EMAIL) is None
    own, *messages = await exchanges(gate, socket)
    assert own["gate"] == "allow"
    assert [x["findings"][0]["entity"] for x in messages] == ["EMAIL_ADDRESS"] * 3
    assert [x["outcome"] for x in messages] == ["answered"] * 3
    seen = gate.json("where", "-", stdin=EMAIL)
    assert {x["id"] for x in messages} <= {row["exchange"] for row in seen if row["direction"] == "request"}
    tunnel = (await gate.more_events("tunnel", 0))[-1]
    assert (tunnel["outcome"], tunnel["sent_messages"], tunnel["received_messages"]) == ("websocket", 3, 3)


async def test_what_the_client_had_not_sent_is_masked(gate: Gate, provider: Provider) -> None:
    async def tell(socket: Socket) -> None:
        await socket.accept(("x-note", OTHER))
        await socket.say({"text": f"ask {OTHER}"}, f"plain {OTHER}", json.dumps({"text": OTHER}).encode())
        await socket.close(4001, f"bye {OTHER}")

    provider.socket = tell
    async with opened(gate) as socket:
        assert socket.response is not None
        assert OTHER not in str(socket.response.headers)
        got = [message async for message in _all(socket)]
    assert len(got) == 3
    assert all(b"<EMAIL_ADDRESS_" in (m if isinstance(m, bytes) else m.encode()) for m in got)
    assert isinstance(got[2], bytes), "a binary message stays one"
    assert socket.close_code == 4001
    assert socket.close_reason is not None
    assert socket.close_reason.startswith("bye <EMAIL_ADDRESS_")


async def _all(socket: ClientConnection) -> AsyncIterator[str | bytes]:
    try:
        while True:
            yield await socket.recv()
    except ConnectionClosed:
        return


@pytest.mark.parametrize(
    "message",
    [said(PEM), b"\x00\xff\x00", '{"a":"1","a":"2"}', '{"a":'],
    ids=["a private key", "binary", "a key twice", "half a document"],
)
async def test_a_refused_message_never_goes_out(gate: Gate, provider: Provider, message: str | bytes) -> None:
    async with opened(gate) as socket:
        await socket.send(said("before"))
        await socket.recv()
        await socket.send(message)
        await socket.send(said("behind it"))
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    assert socket.close_code == 1008
    assert socket.close_reason is not None
    assert socket.close_reason.startswith("hushgate ")
    assert [json.loads(one) for one in provider.journal.messages] == [{"text": "before"}]
    shown = await exchanges(gate, socket)
    assert shown[-1]["gate"] == "block"
    assert f"hushgate show {shown[-1]['id']}" in socket.close_reason


async def test_order_is_kept(gate: Gate, provider: Provider) -> None:
    async with opened(gate) as socket:
        texts = [f"{n} {'x' * (n % 7) * 3000} {EMAIL if n % 3 == 0 else ''}" for n in range(60)]
        for text in texts:
            await socket.send(said(text))
        got = [json.loads(await socket.recv())["text"] for _ in texts]
    assert got == texts
    assert [int(json.loads(m)["text"].split()[0]) for m in provider.journal.messages] == list(range(60))


async def test_a_message_in_pieces_is_read_as_a_whole(gate: Gate, provider: Provider) -> None:
    async def answer(socket: Socket) -> None:
        await socket.accept()
        async for message in socket.messages():
            await socket.say_in_pieces(str(message), 3)

    provider.socket = answer
    text = said(f"übermorgen an {EMAIL}")
    async with opened(gate) as socket:
        await socket.send([text[at : at + 5] for at in range(0, len(text), 5)])
        assert json.loads(await socket.recv()) == json.loads(text)
    assert provider.journal.find(EMAIL) is None


async def test_large_messages_pass_whole(gate: Gate, provider: Provider) -> None:
    text = "ünïcödé " * 60_000
    async with opened(gate, max_queue=None) as socket:
        await socket.send(json.dumps({"text": text + EMAIL}, ensure_ascii=False))
        assert json.loads(await socket.recv()) == {"text": text + EMAIL}
    assert text in provider.journal.messages[0]
    assert "\ufffd" not in provider.journal.messages[0]
    assert provider.journal.find(EMAIL) is None


async def test_no_compression_is_agreed_on(gate: Gate, provider: Provider) -> None:
    async with opened(gate, compression="deflate") as socket:
        await socket.send(said("hello"))
        await socket.recv()
        assert socket.response is not None
        assert "sec-websocket-extensions" not in socket.response.headers
    assert provider.journal.last.header("sec-websocket-extensions") is None


async def test_a_provider_that_compresses_all_the_same_is_refused(gate: Gate, provider: Provider) -> None:
    async def insist(socket: Socket) -> None:
        await socket.raw(
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Accept: x\r\n\r\n"
        )

    provider.socket = insist
    with pytest.raises(InvalidStatus) as refused:
        async with opened(gate):
            pass
    assert refused.value.response.status_code == 502
    assert b"bad_reply" in (refused.value.response.body or b"")


async def test_pings_tell_nothing(gate: Gate, provider: Provider) -> None:
    here: list[Socket] = []

    async def answer(socket: Socket) -> None:
        here.append(socket)
        await socket.accept()
        await socket.ping(b"of the provider")
        async for message in socket.messages():
            await socket.say(message)

    provider.socket = answer
    async with opened(gate) as socket:
        await (await socket.ping(EMAIL))
        await socket.send(said("hello"))
        await socket.recv()
        await socket.close(1000, f"because of {EMAIL}")
    async with asyncio.timeout(5):
        while here[0].closed is None:
            await asyncio.sleep(0.02)
    assert len(here[0].pings) == 1
    assert here[0].pongs == [b"of the provider"]
    assert here[0].closed == (1000, "")
    assert provider.journal.find(EMAIL) is None


async def test_another_answer_than_a_switch_is_read_as_a_reply(gate: Gate, provider: Provider) -> None:
    async def deny(socket: Socket) -> None:
        body = json.dumps({"error": {"message": f"ask {OTHER}"}}).encode()
        head = b"HTTP/1.1 401 x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        await socket.raw(head + body)

    provider.socket = deny
    with pytest.raises(InvalidStatus) as denied:
        async with opened(gate):
            pass
    assert denied.value.response.status_code == 401
    assert OTHER.encode() not in (denied.value.response.body or b"")
    assert b"ask <EMAIL_ADDRESS_" in (denied.value.response.body or b"")


async def test_a_provider_that_breaks_off_is_seen_to(gate: Gate, provider: Provider) -> None:
    async def leave(socket: Socket) -> None:
        await socket.accept()
        async for message in socket.messages():
            await socket.say(message)
            socket.writer.transport.abort()
            return

    provider.socket = leave
    async with opened(gate) as socket:
        await socket.send(said("hello"))
        with pytest.raises(ConnectionClosed):
            while True:
                await socket.recv()
    assert socket.close_code == 1006
    assert (await exchanges(gate, socket))[-1]["outcome"] == "upstream_error"


async def test_a_client_that_leaves_is_on_record(gate: Gate, provider: Provider) -> None:
    async with opened(gate) as socket:
        await socket.send(said("hello"))
        await socket.recv()
        socket.transport.abort()
    assert (await exchanges(gate, socket))[-1]["outcome"] == "client_left"


async def test_a_message_over_the_limit_ends_it(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate(limits={"body_bytes": 5000, "decoded_bytes": 5000})

    async def answer(socket: Socket) -> None:
        await socket.accept()
        async for _ in socket.messages():
            await socket.say(said("y" * 6000))

    provider.socket = answer
    async with opened(gate) as socket:
        await socket.send(said("x" * 6000))
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    assert socket.close_code == 1009
    assert provider.journal.messages == []
    async with opened(gate) as socket:
        await socket.send(said("short"))
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    assert socket.close_code == 1009
    assert gate.stop() == 0


async def test_the_gate_stops_with_a_socket_open(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate()
    async with opened(gate) as socket:
        await socket.send(said(f"write to {EMAIL}"))
        await socket.recv()
        assert await asyncio.to_thread(gate.stop, timeout=15) == 0
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    assert gate.run("verify").returncode == 0
    assert [x["outcome"] for x in await exchanges(gate, socket)] == ["answered", "cut"]
