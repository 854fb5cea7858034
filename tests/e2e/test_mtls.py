"""Clients that speak TLS to the gate and show certificates: curl, httpx and websockets as they are."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.doubles.issuer import Issuer
from tests.doubles.pki import Authority
from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat, hushgate, write_config

pytestmark = pytest.mark.e2e
URL = "https://api.openai.com/v1/chat/completions"


async def curl(gate: Gate, ca: Path, *more: str, proxy: str | None = None) -> tuple[int, int]:
    """curl's exit code, and the status that it got: of the answer, else of the tunnel."""
    words = ["curl", "-sS", "--max-time", "20", "-o", "/dev/null", "-w", "%{http_code} %{http_connect}",
             "--proxy", proxy or gate.proxy, "--proxy-cacert", str(ca), "--cacert", gate.ca, *more,
             "-H", "content-type: application/json", "-d", json.dumps(chat("hello")), URL]  # fmt: skip
    done = await asyncio.to_thread(subprocess.run, words, capture_output=True, text=True, timeout=60, check=False)
    answer, tunnel = (int(code) for code in done.stdout.split())
    return done.returncode, answer or tunnel


def shown(pem: Path) -> tuple[str, ...]:
    return "--proxy-cert", str(pem), "--proxy-key", str(pem)


def tls(ca: Path, pem: Path | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ca))
    if pem is not None:
        context.load_cert_chain(pem)
    return context


async def ask(gate: Gate, proxy: httpx.Proxy) -> int:
    context = tls(Path(gate.ca))
    try:
        async with httpx.AsyncClient(proxy=proxy, verify=context, timeout=30) as client:
            return (await client.post(URL, json=chat("hello"))).status_code
    except httpx.ProxyError as refused:
        return int(str(refused).split()[0])
    except httpx.TransportError:
        return 0


async def started(start_gate: Start, folder: Path, provider: Provider, **clients: Any) -> tuple[Gate, str]:
    """A gate with two users, and a token of alice's."""
    state, config = folder / "with-users", write_config(folder, provider.port, provider.ca)
    places = ("--config", str(config), "--state", str(state))
    added = hushgate("users", "add", "alice@acme.example", "--group", "dev", *places)
    assert added.returncode == 0 and hushgate("users", "add", "builder", *places).returncode == 0
    return await start_gate(state=state, clients=clients), added.stdout.strip()


async def test_a_certificate_says_who_asks(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    company, stranger = Authority.create(tmp_path / "company"), Authority.create(tmp_path / "stranger")
    own = company.issue("127.0.0.1")
    gate, token = await started(start_gate, tmp_path, provider, certificate=str(own), ca=str(company.path))
    assert gate.proxy.startswith("https://127.0.0.1:")
    alice = company.issue("alice@acme.example", client="Alice")
    before = provider.journal.count

    assert await curl(gate, company.path, *shown(alice)) == (0, 200)
    good = httpx.Proxy(gate.proxy, ssl_context=tls(company.path, alice))
    assert await ask(gate, good) == 200
    wss, to_proxy = tls(Path(gate.ca)), tls(company.path, alice)
    url = "wss://api.openai.com/v1/realtime?model=gpt-realtime"
    async with connect(url, proxy=gate.proxy, ssl=wss, proxy_ssl=to_proxy) as socket:
        await socket.send(json.dumps({"type": "response.create"}))
        assert json.loads(await socket.recv())
    assert provider.journal.count == before + 3
    opened = gate.events("opened")
    assert {(x["actor"], *x["groups"]) for x in opened} == {("alice@acme.example", "dev")}
    assert all(x["token"].startswith("x509:") for x in opened)

    before = provider.journal.count
    refused: dict[str, tuple[Path | None, int]] = {
        "none": (None, 0),
        "another CA's": (stranger.issue("alice@acme.example", client="Alice"), 0),
        "an expired one": (company.issue("alice@acme.example", client="Alice", expired=True), 0),
        "a server's": (company.issue("alice@acme.example"), 0),
        "nobody's": (company.issue("mallory@acme.example", client="Alice"), 407),
        "two users'": (company.issue("alice@acme.example", "builder", client="Alice"), 407),
    }
    for what, (pem, status) in refused.items():
        code, got = await curl(gate, company.path, *(shown(pem) if pem else ()))
        assert (what, got, code != 0) == (what, status, True)
        with_token = gate.proxy.replace("://", f"://alice%40acme.example:{token}@")
        proxy = httpx.Proxy(with_token, ssl_context=tls(company.path, pem))
        assert (what, await ask(gate, proxy)) == (what, status)
    assert (await curl(gate, company.path, *shown(alice), proxy=gate.proxy.replace("://", "://builder:-@")))[1] == 407
    assert (await curl(gate, company.path, *shown(alice), proxy=gate.proxy.replace("https", "http")))[1] == 0

    context = tls(Path(gate.ca))
    async with httpx.AsyncClient(proxy=good, verify=context, timeout=30) as client:
        assert (await client.post(URL, json=chat("hello"))).status_code == 200
        assert gate.run("users", "revoke", "alice@acme.example").returncode == 0
        assert (await client.post(URL, json=chat("hello"))).status_code == 407
    assert (await curl(gate, company.path, *shown(alice)))[1] == 407
    assert provider.journal.count == before + 1
    assert "crashed" not in gate.said and "Traceback" not in gate.said
    assert gate.stop() == 0


async def test_a_token_serves_where_no_certificate_is_required(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    company, stranger = Authority.create(tmp_path / "company"), Authority.create(tmp_path / "stranger")
    own = company.issue("127.0.0.1")
    gate, token = await started(
        start_gate, tmp_path, provider, certificate=str(own), ca=str(company.path), require=False, names="cn"
    )
    before = provider.journal.count
    named = gate.proxy.replace("://", f"://alice%40acme.example:{token}@")
    assert await curl(gate, company.path, proxy=named) == (0, 200)
    assert (await curl(gate, company.path))[1] == 407
    builder = company.issue("alice@acme.example", client="builder")
    assert await curl(gate, company.path, *shown(builder)) == (0, 200)
    assert (await curl(gate, company.path, *shown(builder), proxy=named))[1] == 407, "a token of somebody else"
    assert (await curl(gate, company.path, *shown(stranger.issue("x", client="builder")), proxy=named))[1] == 0
    assert provider.journal.count == before + 2
    assert [x["actor"] for x in gate.events("opened")] == ["alice@acme.example", "builder"]


async def test_a_job_exchanges_its_token_through_tls(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    company, rules = Authority.create(tmp_path / "company"), tmp_path / "workloads.yaml"
    with Issuer(provider.authority.issue("127.0.0.1")) as issuer:
        rule = {"id": "agents", "issuer": issuer.url, "audience": "hushgate", "claims": {"repository": "acme/agents"}}
        rules.write_text(json.dumps({"version": 1, "workloads": [rule]}))
        clients = {"certificate": str(company.issue("127.0.0.1"))}
        gate = await start_gate(workloads=str(rules), clients=clients)
        exchanged = []
        for trusted in (str(company.path), gate.ca):
            environ = {**os.environ, "SSL_CERT_FILE": trusted}
            words = ("users", "exchange", "--proxy", gate.proxy)
            exchanged.append(await asyncio.to_thread(hushgate, *words, stdin=issuer.token(), env=environ))
    given, unknown = exchanged
    assert given.stdout.startswith("https://ci.agents:hgt_"), given.stderr
    assert await curl(gate, company.path, proxy=given.stdout.strip()) == (0, 200)
    assert unknown.returncode == 3 and "no gate answers" in unknown.stderr, "its certificate is not trusted"
