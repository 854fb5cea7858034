"""Providers that fail: the client is told so in our words, and it is on record."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.doubles.chat import Reply
from tests.doubles.pki import Authority
from tests.doubles.provider import Provider
from tests.e2e.gate import Gate, chat, start

EMAIL = "erika.mustermann" + "@example.com"
CANARY = "canary.in.garbage" + "@example.org"
PROMPT = f"write to {EMAIL}"
DOMAIN = "api.openai.com"


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _speak_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(f"220 {CANARY} ready\r\n".encode())
    await writer.drain()
    writer.close()


@dataclass
class World:
    """A gate whose hosts lead to providers that fail before any HTTP is spoken, each named by what is wrong."""

    gate: Gate
    authority: Authority
    bytes_got: list[bytes]
    sockets: dict[str, socket.socket]

    async def ask(self, name: str) -> httpx.Response:
        async with self.gate.client() as client:
            return await client.post(f"https://{name}.{DOMAIN}/v1/chat/completions", json=chat(PROMPT))


def _silent() -> socket.socket:
    """A port that is taken, on which nobody listens yet."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(standing_provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    authority = standing_provider.authority
    stranger = Authority.create(tmp_path_factory.mktemp("stranger"), "somebody else")
    got: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.read(65536))
        writer.close()

    contexts: dict[str, ssl.SSLContext] = {
        "eu": authority.server_context(f"*.{DOMAIN}", expired=True),
        "au": authority.server_context("other.example"),
        "ca": stranger.server_context(f"*.{DOMAIN}"),
    }
    servers = [(name, await asyncio.start_server(listen, "127.0.0.1", 0, ssl=tls)) for name, tls in contexts.items()]
    servers.append(("jp", await asyncio.start_server(_hang_up, "127.0.0.1", 0)))
    servers.append(("in", await asyncio.start_server(_speak_plainly, "127.0.0.1", 0)))
    ports = {name: server.sockets[0].getsockname()[1] for name, server in servers}
    sockets = {name: _silent() for name in ("sg", "kr", "ae")}
    ports |= {name: taken.getsockname()[1] for name, taken in sockets.items()}
    resolve = {f"{name}.{DOMAIN}": f"127.0.0.1:{port}" for name, port in ports.items()}
    folder = tmp_path_factory.mktemp("upstream")
    gate = await start(folder, standing_provider.port, standing_provider.ca, egress={"resolve": resolve})
    yield World(gate, authority, got, sockets)
    for _, server in servers:
        server.close()
    for taken in sockets.values():
        taken.close()
    assert gate.stop() == 0


@pytest.mark.parametrize(
    ("name", "code", "why"),
    [
        ("eu", "provider_untrusted", "expired"),
        ("au", "provider_untrusted", "mismatch"),
        ("ca", "provider_untrusted", "issuer certificate"),
        ("jp", "provider_unreachable", "closed the connection"),
        ("in", "provider_unreachable", "tls handshake"),
        ("sg", "provider_unreachable", "connection refused"),
        ("gb", "provider_unreachable", "resolved"),
    ],
)
async def test_a_provider_that_cannot_be_reached(world: World, name: str, code: str, why: str) -> None:
    before = len(world.gate.events("closed"))
    answer = await world.ask(name)
    assert answer.status_code == 502
    error = answer.json()["error"]
    assert error["code"] == code
    assert why in error["message"].lower()
    assert "hint:" in error["message"]
    assert "mitmproxy" not in answer.text.lower() + str(answer.headers).lower()
    assert CANARY not in answer.text
    assert (await world.gate.more_events("closed", before))[-1]["outcome"] == "upstream_error"
    assert world.bytes_got == [b""] * len(world.bytes_got), "a provider that is not trusted got nothing"


@pytest.mark.parametrize(("name", "http2"), [("kr", False), ("ae", True)])
async def test_a_provider_that_comes_back_is_used_again(world: World, name: str, http2: bool) -> None:
    url = f"https://{name}.{DOMAIN}/v1/chat/completions"
    async with world.gate.client(http2=http2) as client:
        assert (await client.post(url, json=chat(PROMPT))).status_code == 502
        context = world.authority.server_context(f"*.{DOMAIN}")

        async def hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(hello, sock=world.sockets[name], ssl=context)
        answer = await client.post(url, json=chat(PROMPT))
        server.close()
    assert answer.status_code == 200, answer.text


GARBAGE = f"{CANARY}\r\n\r\n".encode()
FAILURES: dict[str, Callable[[], Reply]] = {
    "garbage": lambda: Reply(raw=GARBAGE),
    "a bad status line": lambda: Reply(raw=b"HTTP/1.1 200OK\r\n\r\n" + GARBAGE),
    "a bad length": lambda: Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n" + GARBAGE),
    "two lengths": lambda: Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n" + GARBAGE),
    "length and chunks": lambda: Reply(
        raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + GARBAGE
    ),
    "a bad chunk": lambda: Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + GARBAGE),
    "nothing": lambda: Reply(raw=b""),
    "half a head": lambda: Reply(raw=b"HTTP/1.1 200 OK\r\nX-Note: " + GARBAGE[:10]),
    "half a body": lambda: Reply(cut=20),
    "an endless head": lambda: Reply(raw=b"HTTP/1.1 200 OK\r\nX-Note: " + GARBAGE[:10] * 30_000),
    "too much": lambda: Reply(body=b"x" * ((32 << 20) + 1)),
}


@pytest.mark.parametrize("what", list(FAILURES))
async def test_a_provider_that_breaks_off_or_answers_garbage(
    gate: Gate, provider: Provider, old_provider: Provider, what: str
) -> None:
    provider.reply = FAILURES[what]()
    before = len(gate.events("closed"))
    async with gate.client() as client:
        answer = await client.post(f"https://{DOMAIN}/v1/chat/completions", json=chat(PROMPT))
    assert provider.journal.count == 1
    assert answer.status_code == 502
    assert answer.json()["error"]["code"] in {"provider_unreachable", "reply_too_large", "bad_reply"}
    assert "hint:" in answer.json()["error"]["message"]
    assert "mitmproxy" not in answer.text.lower() + str(answer.headers).lower()
    assert CANARY[:6] not in answer.text
    assert (await gate.more_events("closed", before))[-1]["outcome"] == "upstream_error"
    assert CANARY[:6] not in gate.said


@pytest.mark.parametrize("cut", [1, 3])
@pytest.mark.parametrize("http2", [False, True])
async def test_a_stream_that_the_provider_breaks_off_does_not_look_whole(
    gate: Gate, provider: Provider, cut: int, http2: bool
) -> None:
    provider.reply = Reply(cut=cut)
    before = len(gate.events("closed"))
    with pytest.raises(httpx.TransportError):
        async with (
            gate.client(http2=http2) as client,
            client.stream("POST", f"https://{DOMAIN}/v1/chat/completions", json=chat(PROMPT, stream=True)) as answer,
        ):
            assert answer.status_code == 200
            async for line in answer.aiter_lines():
                assert "[DONE]" not in line
    assert (await gate.more_events("closed", before))[-1]["outcome"] == "upstream_error"


@pytest.mark.parametrize("status", [404, 429, 500, 502])
async def test_a_providers_html_error_comes_through_scanned(gate: Gate, provider: Provider, status: int) -> None:
    page = f"<html><body><h1>Error {status}</h1>mail {CANARY}, you sent {{}}</body></html>"
    sent: dict[str, str] = {}

    def script(request: Any) -> Reply:
        sent["text"] = request.json["messages"][0]["content"]
        return Reply(
            status=status,
            body=page.format(sent["text"]).encode(),
            headers={"content-type": "text/html", "retry-after": "7"},
        )

    provider.script = script
    async with gate.client() as client:
        answer = await client.post(f"https://{DOMAIN}/v1/chat/completions", json=chat(PROMPT))
    assert answer.status_code == status
    assert answer.headers["retry-after"] == "7"
    assert f"Error {status}" in answer.text
    assert EMAIL not in sent["text"]
    assert EMAIL in answer.text, "what the client had sent itself comes back"
    assert CANARY not in answer.text, "what it had not, does not"
    assert (await gate.closed(answer.headers["x-hushgate-decision"]))["status"] == status


async def test_a_switch_of_protocols_that_nobody_asked_for_ends_there(gate: Gate, provider: Provider) -> None:
    switch = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
    provider.reply = Reply(raw=switch + b"\x81\x05hello")
    headers = {"sec-websocket-version": "13", "sec-websocket-key": "AAAA"}
    async with gate.client() as client:
        answer = await client.post(f"https://{DOMAIN}/v1/chat/completions", json=chat(PROMPT), headers=headers)
    assert answer.status_code == 502
    assert answer.json()["error"]["code"] == "bad_reply"


async def test_trailers_of_a_reply_are_dropped(gate: Gate, provider: Provider) -> None:
    body = json.dumps({"ok": True}).encode()
    provider.reply = Reply(
        raw=b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"%x\r\n%s\r\n0\r\nX-Note: %s\r\n\r\n" % (len(body), body, CANARY.encode())
    )
    async with gate.client() as client:
        answer = await client.post(f"https://{DOMAIN}/v1/chat/completions", json=chat(PROMPT))
    assert answer.status_code == 200
    assert answer.json() == {"ok": True}


async def test_early_hints_do_not_end_the_reply(gate: Gate, provider: Provider) -> None:
    body = json.dumps({"ok": True}).encode()
    provider.reply = Reply(
        raw=b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    async with gate.client() as client:
        answer = await client.post(f"https://{DOMAIN}/v1/chat/completions", json=chat(PROMPT))
    assert answer.json() == {"ok": True}


async def test_a_client_that_stops_waiting_is_on_record(gate: Gate, provider: Provider) -> None:
    provider.reply = Reply(wait=30)
    before = len(gate.events("closed"))
    async with gate.client(timeout=0.5) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post(f"https://{DOMAIN}/v1/chat/completions", json=chat(PROMPT))
    assert (await gate.more_events("closed", before))[-1]["outcome"] == "client_left"
