"""Whatever HTTP/1 a client sends ends in one of two ways: scanned and forwarded, or refused, by the journal's proof."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from contextlib import suppress

import pytest

from tests.doubles.provider import Provider
from tests.e2e.gate import Gate, chat
from tests.e2e.wire import HOST, WAIT, Answer, answer, http1, plain, post, secure, tunnel

EMAIL = "erika.mustermann" + "@example.com"
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEfakefake" * 20 + "\n-----END RSA PRIVATE " + "KEY-----"
BODY = json.dumps(chat(f"write to {EMAIL}")).encode()
WHOLE = post(BODY)
CHUNKED = post(b"", "Transfer-Encoding: chunked").replace(b"Content-Length: 0\r\n", b"")
ONE_CHUNK = b"%x\r\n%s\r\n" % (len(BODY), BODY)


async def say(gate: Gate, pieces: Iterable[bytes], pause: float = 0.0) -> Answer | None:
    """Send bytes on one TLS connection to the provider; the first answer, None where the connection was closed."""
    async with http1(gate) as (reader, writer):
        with suppress(ConnectionError):  # It may have been refused before its end.
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
        return await answer(reader)


def forwarded(gate: Gate) -> int:
    """How many prompts were let go, by the record."""
    return sum(event["gate"] == "allow" for event in gate.events("opened"))


SCANNED: dict[str, list[bytes]] = {
    "byte by byte": [bytes([b]) for b in WHOLE],
    "a port": [post(BODY, host=f"{HOST}:443")],
    "another port": [post(BODY, host=f"{HOST}:8443")],
    "a trailing dot": [post(BODY, host=f"{HOST}.")],
    "upper case": [post(BODY, host=HOST.upper())],
    "an absolute target": [post(BODY, target=f"https://{HOST}/v1/chat/completions")],
    "two slashes": [post(BODY, target="//v1/chat/completions")],
    "expect": [post(BODY, "Expect: 100-continue")],
    "chunks": [CHUNKED, ONE_CHUNK, b"0\r\n\r\n"],
    "small chunks": [CHUNKED, *(b"1\r\n%c\r\n" % b for b in BODY), b"0\r\n\r\n"],
    "trailers": [CHUNKED, ONE_CHUNK, b"0\r\nX-Note: " + EMAIL.encode() + b"\r\n\r\n"],
    "chunk extensions": [CHUNKED, ONE_CHUNK.replace(b"\r\n", b";note=" + EMAIL.encode() + b"\r\n", 1), b"0\r\n\r\n"],
    "HTTP/1.0": [WHOLE.replace(b"HTTP/1.1", b"HTTP/1.0")],
    "bare line feeds": [WHOLE[: -len(BODY)].replace(b"\r\n", b"\n") + BODY],
}


@pytest.mark.parametrize("what", list(SCANNED))
async def test_it_is_scanned_and_forwarded(gate: Gate, provider: Provider, what: str) -> None:
    before = forwarded(gate)
    got = await say(gate, SCANNED[what])
    assert got is not None
    assert got.status == 200, got.body
    assert EMAIL in got.body.decode(), "and it came back"
    assert provider.journal.count == forwarded(gate) - before == 1
    assert provider.journal.find(EMAIL) is None
    request = provider.journal.last
    assert request.method == "POST"
    assert request.target in {"/v1/chat/completions", "//v1/chat/completions"}
    assert len(request.body) == int(request.header("content-length") or 0)
    for name in ("transfer-encoding", "expect", "x-trailer"):
        assert request.header(name) is None


HUGE = 300_000
REFUSED: dict[str, tuple[list[bytes], set[int]]] = {
    "no host": ([WHOLE.replace(f"Host: {HOST}\r\n".encode(), b"")], {400, 421}),
    "an empty host": ([post(BODY, host="")], {400, 421}),
    "another host": ([post(BODY, host="example.com")], {421}),
    "two hosts": ([post(BODY, "Host: example.com")], {400, 421}),
    "the same host twice": ([post(BODY, f"Host: {HOST}")], {400, 421}),
    "a list of hosts": ([post(BODY, host=f"{HOST}, example.com")], {400, 421}),
    "a host with a user": ([post(BODY, host=f"user@{HOST}")], {400, 421}),
    "an absolute target elsewhere": ([post(BODY, target="https://example.com/v1/chat/completions")], {400, 421}),
    "an absolute target and host elsewhere": (
        [post(BODY, target="https://example.com/v1/chat/completions", host="example.com")], {400, 421},
    ),
    "a plain absolute target": ([post(BODY, target=f"http://{HOST}/v1/chat/completions")], {200, 400, 403, 421}),
    "length and chunks": ([post(BODY, "Transfer-Encoding: chunked")], {400}),
    "two lengths": ([post(BODY, "Content-Length: 3")], {400}),
    "a signed length": ([WHOLE.replace(b"Length: ", b"Length: +")], {400}),
    "a folded header": ([post(BODY, "X-Note: one\r\n two")], {400}),
    "a space before the colon": ([WHOLE.replace(b"Length: ", b"Length : ")], {400}),
    "no such coding": ([CHUNKED.replace(b"chunked", b"xchunked"), ONE_CHUNK, b"0\r\n\r\n"], {400}),
    "chunked twice": ([CHUNKED.replace(b"chunked", b"chunked, chunked"), ONE_CHUNK, b"0\r\n\r\n"], {400}),
    "gzip as a transfer coding": ([CHUNKED.replace(b"chunked", b"gzip, chunked"), ONE_CHUNK, b"0\r\n\r\n"], {200, 400}),
    "a hexadecimal size": ([CHUNKED, b"0x5\r\nhello\r\n0\r\n\r\n"], {400}),
    "a signed size": ([CHUNKED, b"-5\r\nhello\r\n0\r\n\r\n"], {400}),
    "a size without end": ([CHUNKED, b"f" * 30 + b"\r\n"], {400}),
    "no chunks at all": ([CHUNKED, BODY + b"\r\n"], {400}),
    "a huge header": ([WHOLE[:-len(BODY)-2], b"X-Note: ", b"x" * HUGE, b"\r\n\r\n", BODY], {431}),
    "a huge target": ([post(BODY, target="/" + "x" * HUGE)], {431}),
    "endless headers": ([WHOLE[:-len(BODY)-2], *[b"X-Note: one more\r\n"] * 20_000], {431}),
    "a body over the limit": ([post(b"").replace(b"Length: 0", b"Length: 33554433")], {413}),
    "chunks over the limit": ([CHUNKED, *[b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"] * 33], {413}),
    "a value in a header": ([post(b"{}", f"X-Note: {PEM.splitlines()[1]} {EMAIL}")], {200, 400}),
    "a tunnel in the tunnel": ([f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\n\r\n".encode()], {400, 403, 405}),
    "HTTP/2 without asking": ([b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], {400, 505}),
    "HTTP/0.9": ([b"GET /v1/models\r\n\r\n"], {400}),
    "no HTTP": ([b"\x00\x01\x02 " + EMAIL.encode() + b"\r\n\r\n"], {400}),
    "a method of its own": ([WHOLE.replace(b"POST", b"PO ST")], {400}),
    "an upgrade": ([post(BODY, "Connection: upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")], {426}),
    "an upgrade to h2c": (
        [post(BODY, "Connection: upgrade, http2-settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")], {200, 426},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", list(REFUSED))
async def test_it_is_refused(gate: Gate, provider: Provider, what: str) -> None:
    pieces, statuses = REFUSED[what]
    before = forwarded(gate)
    got = await say(gate, pieces)
    if got is not None:
        assert got.status in statuses, (got.status, got.body)
        if got.status != 200:
            assert got.code, got.body
            assert "mitmproxy" not in f"{got.headers} {got.body!r}".lower()
    await gate.settled()
    assert provider.journal.find(EMAIL) is None
    assert provider.journal.count == forwarded(gate) - before
    if got is None or got.status != 200:
        assert provider.journal.count == 0
        assert provider.journal.bytes == 0


async def test_a_client_that_waits_for_100_gets_it(gate: Gate, provider: Provider) -> None:
    async with http1(gate) as (reader, writer):
        head, body = WHOLE[: -len(BODY)], BODY
        writer.write(head.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
        async with asyncio.timeout(WAIT):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        assert provider.journal.connections == 0, "not before it is scanned"
        writer.write(body)
        got = await answer(reader)
    assert got is not None
    assert got.status == 200
    assert provider.journal.find(EMAIL) is None


async def test_pipelined_requests_are_judged_one_by_one(gate: Gate, provider: Provider) -> None:
    bodies = [json.dumps(chat(text)).encode() for text in (f"one {EMAIL}", PEM, f"three {EMAIL}")]
    async with http1(gate) as (reader, writer):
        writer.write(b"".join(map(post, bodies)))
        got = [await answer(reader) for _ in bodies]
    assert [one.status if one else 0 for one in got] == [200, 400, 200]
    assert provider.journal.count == 2
    assert provider.journal.find(EMAIL) is None
    assert provider.journal.find("MIIEfakefake") is None


async def test_what_stands_behind_a_body_is_a_request_of_its_own(gate: Gate, provider: Provider) -> None:
    async with http1(gate) as (reader, writer):
        writer.write(WHOLE + f"GET /{EMAIL} HTTP/1.1\r\nX-Note: ".encode())
        got = await answer(reader)
    assert got is not None
    assert got.status == 200
    assert provider.journal.count == 1
    assert provider.journal.find(EMAIL) is None


@pytest.mark.parametrize("where", [20, len(WHOLE) - len(BODY) + 5])
async def test_slow_clients_hold_nobody_up_and_send_nothing_early(gate: Gate, provider: Provider, where: int) -> None:
    slow = [await secure(gate) for _ in range(30)]
    for _, writer in slow:
        writer.write(WHOLE[:where])
    async with gate.client() as client:
        async with asyncio.timeout(5):
            assert (await client.post(f"https://{HOST}/v1/chat/completions", json=chat("quick"))).status_code == 200
    assert provider.journal.count == 1
    for reader, writer in slow[:3]:
        for at in range(where, len(WHOLE)):
            writer.write(WHOLE[at : at + 1])
        got = await answer(reader)
        assert got is not None
        assert got.status == 200
    for _, writer in slow:
        writer.transport.abort()
    assert provider.journal.count == 4
    assert provider.journal.find(EMAIL) is None


@pytest.mark.parametrize(
    "said",
    [
        WHOLE,
        b"SSH-2.0-x " + EMAIL.encode() + b"\r\n",
        b"\x16\x03\x01\x00\x05hello" + EMAIL.encode(),
        b"\x16\x03\x01\xff\xff\x01" + EMAIL.encode() * 4000,
        b"\x00" * 20 + EMAIL.encode(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + EMAIL.encode(),
    ],
)
async def test_a_tunnel_without_tls_leads_nowhere(gate: Gate, provider: Provider, said: bytes) -> None:
    status, (reader, writer) = await tunnel(gate, f"{HOST}:443")
    assert status == 200
    writer.write(said)
    with suppress(ConnectionError, TimeoutError):  # It may wait for the rest of a handshake.
        async with asyncio.timeout(0.5):
            assert b"HTTP/1.1 2" not in await reader.read()
    writer.close()
    assert provider.journal.connections == 0


@pytest.mark.parametrize(
    ("target", "host", "statuses"),
    [
        (f"https://{HOST}/v1/chat/completions", HOST, {400, 403}),
        (f"http://{HOST}/v1/chat/completions", HOST, {403}),
        (f"http://{HOST}:443/v1/chat/completions", HOST, {403}),
        (f"http://example.com@{HOST}/v1/chat/completions", "example.com", {400, 403, 421}),
        ("http://example.com/v1/chat/completions", HOST, {403, 421}),
        ("/v1/chat/completions", HOST, {400, 403}),
        ("/v1/chat/completions", "127.0.0.1:PORT", {400, 403}),
        ("http://127.0.0.1:PORT/v1/chat/completions", "127.0.0.1:PORT", {403}),
        ("http://[::1]:PORT/v1/chat/completions", "[::1]:PORT", {403}),
        ("http://2130706433:PORT/v1/chat/completions", "2130706433:PORT", {403}),
        ("http://localhost:PORT/v1/chat/completions", "localhost:PORT", {403, 502}),
        ("ftp://example.com/x", "example.com", {400, 403}),
        ("*", HOST, {400, 403}),
    ],
)
async def test_a_request_outside_a_tunnel_leads_nowhere(
    gate: Gate, provider: Provider, target: str, host: str, statuses: set[int]
) -> None:
    port = str(provider.port)
    reader, writer = await plain(gate)
    writer.write(post(BODY, host=host.replace("PORT", port), target=target.replace("PORT", port)))
    got = await answer(reader)
    writer.close()
    assert got is not None
    assert got.status in statuses, got.body
    assert got.code, got.body
    assert "hint:" in got.body.decode()
    assert provider.journal.connections == 0


@pytest.mark.parametrize("connect", [f"{HOST}:8443", f"{HOST}.:443", f"{HOST.upper()}:443"])
async def test_another_spelling_of_the_tunnel_is_scanned(gate: Gate, provider: Provider, connect: str) -> None:
    reader, writer = await secure(gate, connect)
    writer.write(WHOLE)
    got = await answer(reader)
    writer.close()
    assert got is not None
    assert got.status == 200, got.body
    assert provider.journal.count == 1
    assert provider.journal.find(EMAIL) is None


@pytest.mark.parametrize("connect", [HOST, f"{HOST}:", f"{HOST}:0", f"{HOST}:99999", f"{HOST}:443:1", "", ":443"])
async def test_a_tunnel_to_no_port_is_refused(gate: Gate, provider: Provider, connect: str) -> None:
    reader, writer = await plain(gate)
    writer.write(f"CONNECT {connect} HTTP/1.1\r\nHost: {connect}\r\n\r\n".encode())
    got = await answer(reader)
    writer.close()
    assert got is not None
    assert got.status in {400, 403}
    assert got.code
    assert provider.journal.connections == 0


async def test_a_client_that_leaves_before_its_end_is_on_record(gate: Gate, provider: Provider) -> None:
    before = len(gate.events("refused"))
    async with http1(gate) as (_, writer):
        writer.write(WHOLE[:-5])
        await writer.drain()
        await asyncio.sleep(0.2)
    assert (await gate.more_events("refused", before))[-1]["outcome"] == "client_left"
    assert provider.journal.connections == 0
