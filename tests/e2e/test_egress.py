"""Where connections may go, and under which names."""

from __future__ import annotations

import asyncio
import json
import ssl
from pathlib import Path

import httpx
import pytest

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat, hushgate, write_config
from tests.e2e.wire import answer, post, secure, tunnel

URL = "https://api.openai.com/v1/chat/completions"


async def ask(gate: Gate, connect: str, sni: str, host: str, *extra: str) -> int:
    """One request under three names; its status."""
    reader, writer = await secure(gate, connect, sni)
    writer.write(post(json.dumps(chat("name me")).encode(), *extra, host=host))
    got = await answer(reader)
    writer.close()
    return got.status if got else 0


async def test_a_client_that_trusts_nobody_is_told_of(gate: Gate, provider: Provider) -> None:
    before = len(gate.said)
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with httpx.Client(proxy=gate.proxy, verify=nobody) as client, pytest.raises(httpx.ConnectError):
        await asyncio.to_thread(client.post, URL, json=chat("hi"))
    for _ in range(100):
        if "does not trust this gate's CA" in gate.said[before:]:
            break
        await asyncio.sleep(0.05)
    assert "hint: `hushgate run -- CMD` sets what it needs" in gate.said[before:]
    assert provider.journal.count == 0


@pytest.mark.parametrize(
    ("connect", "sni", "host"),
    [
        ("api.openai.com:443", "api.openai.com", "api.anthropic.com"),
        ("api.openai.com:443", "api.anthropic.com", "api.openai.com"),
        ("api.openai.com:443", "api.anthropic.com", "api.anthropic.com"),
        ("example.com:443", "api.openai.com", "api.openai.com"),
        ("api.openai.com:443", "api.openai.com", "example.com"),
    ],
)
async def test_names_that_differ_are_misdirected(
    gate: Gate, provider: Provider, connect: str, sni: str, host: str
) -> None:
    status = await ask(gate, connect, sni, host)
    assert status == 421
    assert provider.journal.count == 0


async def test_two_hosts_in_one_request_are_misdirected(gate: Gate, provider: Provider) -> None:
    status = await ask(gate, "api.openai.com:443", "api.openai.com", "api.openai.com", "Host: example.com")
    assert status in (400, 421)
    assert provider.journal.count == 0


async def test_one_name_throughout_passes(gate: Gate, provider: Provider) -> None:
    status = await ask(gate, "api.openai.com:443", "api.openai.com", "API.OpenAI.com")
    assert status == 200
    assert provider.journal.count == 1


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1:443", "2130706433:443", "0x7f.1:443", "[::1]:443", "169.254.169.254:80", "[::ffff:7f00:1]:443"],
)
async def test_a_tunnel_to_an_address_is_refused(gate: Gate, provider: Provider, address: str) -> None:
    status, (_, writer) = await tunnel(gate, address.replace("127.0.0.1:443", f"127.0.0.1:{provider.port}"))
    writer.close()
    assert status >= 400
    assert provider.journal.connections == 0


async def test_a_name_that_leads_inside_is_refused(gate: Gate, provider: Provider) -> None:
    status, (reader, writer) = await tunnel(gate, f"localhost:{provider.port}")
    if status == 200:
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert not (await asyncio.wait_for(reader.read(), 10)).startswith(b"HTTP/1.1 200")
    writer.close()
    assert provider.journal.connections == 0


async def test_plain_http_to_a_governed_host_is_refused(gate: Gate, provider: Provider) -> None:
    async with gate.client() as client:
        answer = await client.post("http://api.openai.com/v1/chat/completions", json=chat("plain"))
    assert answer.status_code in (400, 403)
    assert "https://" in answer.text
    assert provider.journal.count == 0


async def test_other_hosts_pass_untouched_and_are_counted(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate(egress={"resolve": {"localhost": f"127.0.0.1:{provider.port}"}})
    async with gate.client() as client:
        pass
    context = ssl.create_default_context(cafile=str(provider.ca))
    async with httpx.AsyncClient(proxy=gate.proxy, verify=context) as client:
        answer = await client.post("https://localhost/v1/chat/completions", json=chat("untouched me@example.com"))
    assert answer.status_code == 200, "the provider's own certificate was seen: nobody looked in"
    assert provider.journal.find("me@example.com")


async def test_strict_mode_refuses_other_hosts(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate(egress={"other_hosts": "block"})
    status, (_, writer) = await tunnel(gate, "example.com:443")
    writer.close()
    assert status == 403


@pytest.mark.parametrize("to", ["Upgrade: h2c", "Upgrade: websocket", "Upgrade: websocket, h2c"])
async def test_an_upgrade_to_what_is_not_read_is_refused(gate: Gate, provider: Provider, to: str) -> None:
    upgrade = ("Connection: upgrade", to, "Sec-WebSocket-Version: 8", "Sec-WebSocket-Key: AAAA")
    status = await ask(gate, "api.openai.com:443", "api.openai.com", "api.openai.com", *upgrade)
    assert status == 426
    assert provider.journal.count == 0


async def test_users_have_to_name_themselves(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    state = tmp_path / "state-with-users"
    config = write_config(tmp_path, provider.port, provider.ca)
    added = hushgate("users", "add", "alice", "--group", "dev", "--config", str(config), "--state", str(state))
    assert added.returncode == 0, added.stderr
    token = added.stdout.strip().split()[-1]
    assert token not in "".join(p.read_text(errors="replace") for p in state.rglob("*") if p.is_file())
    gate = await start_gate(state=state)
    for user in (None, "alice:wrong", f"bob:{token}"):
        status, (_, writer) = await tunnel(gate, "api.openai.com:443", user=user)
        writer.close()
        assert status == 407
    authority = gate.proxy.removeprefix("http://")
    async with gate.client(proxy=f"http://alice%3Bsession=nightly:{token}@{authority}") as client:
        answer = await client.post(URL, json=chat("hello"))
    assert answer.status_code == 200
    shown = gate.json("show", answer.headers["x-hushgate-decision"])
    assert shown["actor"] == "alice"
    assert shown["session"] == "nightly"
    assert not any(h[0].lower() == "proxy-authorization" for h in provider.journal.last.headers)


async def test_a_gate_that_others_reach_wants_users(provider: Provider, tmp_path: Path) -> None:
    config = write_config(tmp_path, provider.port, provider.ca, listen="0.0.0.0:0")
    done = hushgate("up", "--config", str(config), "--state", str(tmp_path / "state"))
    assert done.returncode in (2, 3)
    assert "hint:" in done.stderr
    assert "users add" in done.stderr
