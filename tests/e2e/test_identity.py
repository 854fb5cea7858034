"""Who comes in, through a real gate: a CI job by its signed token, a user by a token that ends."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import yaml
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidProxyStatus, InvalidStatus

from hushgate.identity.exchange import HOST, PATH
from hushgate.proxy.issuing import WRONG_TRIES
from tests.doubles.actions import Actions
from tests.doubles.issuer import Issuer
from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat, hushgate, write_config

pytestmark = pytest.mark.e2e
URL = "https://api.openai.com/v1/chat/completions"


@pytest.fixture
def issuer(standing_provider: Provider) -> Iterator[Issuer]:
    with Issuer(standing_provider.authority.issue("127.0.0.1")) as running:
        yield running


@pytest.fixture
def rules(tmp_path: Path, issuer: Issuer) -> Path:
    rule = {
        "id": "agents", "issuer": issuer.url, "audience": "hushgate", "groups": ["support"], "minutes": 5,
        "claims": {"repository": "acme/agents", "ref": "refs/heads/main"},
    }  # fmt: skip
    place = tmp_path / "workloads.yaml"
    place.write_text(yaml.safe_dump({"version": 1, "workloads": [rule]}))
    return place


async def ask(gate: Gate, proxy: str) -> tuple[int, str, str]:
    """Status of the tunnel or answer, what a refusal says, and the decision's id."""
    try:
        async with gate.client(proxy=proxy) as client:
            answer = await client.post(URL, json=chat("hello"))
    except httpx.ProxyError as refused:
        return int(str(refused).split()[0]), "", ""
    return answer.status_code, answer.text, answer.headers["x-hushgate-decision"]


async def test_a_job_comes_in_by_its_signed_token(
    start_gate: Start, provider: Provider, issuer: Issuer, rules: Path
) -> None:
    gate = await start_gate(workloads=str(rules))
    assert (await ask(gate, gate.proxy))[0] == 407  # nobody comes in unnamed
    token = issuer.token()
    done = hushgate("users", "exchange", "--proxy", gate.proxy, stdin=token)
    assert done.returncode == 0, done.stderr
    proxy = done.stdout.strip()
    assert proxy.startswith("http://ci.agents:hgt_")
    before = provider.journal.count
    status, _, decision = await ask(gate, proxy)
    assert (status, provider.journal.count) == (200, before + 1)
    (opened,) = [x for x in gate.events("opened") if x["exchange"] == decision]
    assert (opened["actor"], opened["groups"], opened["source"]) == ("ci.agents", ["ci", "support"], "ci")
    (exchanged,) = await gate.more_events("exchanged", 0)
    assert exchanged["claims"] == {"repository": "acme/agents", "ref": "refs/heads/main"}

    again = hushgate("users", "exchange", "--proxy", gate.proxy, stdin=token)
    assert again.returncode == 3
    assert "exchanged before" in again.stderr
    revoked = gate.run("users", "revoke", "ci.agents")
    assert revoked.returncode == 0, revoked.stderr
    assert (await ask(gate, proxy))[0] == 407
    assert provider.journal.count == before + 1

    secrets = [token, *token.split("."), proxy.split(":")[2].split("@")[0]]
    kept = b"".join(p.read_bytes() for p in gate.folder.rglob("*") if p.is_file())
    assert not [one[:8] for one in secrets if len(one) > 20 and one.encode() in kept]


async def test_tokens_that_are_refused_reach_nobody(
    start_gate: Start, provider: Provider, issuer: Issuer, rules: Path
) -> None:
    gate = await start_gate(workloads=str(rules))
    before = provider.journal.count
    for claims in ({"aud": "x"}, {"ref": "refs/heads/other"}, {"exp": time.time() - 60}, {"repository": "x/y"}):
        done = hushgate("users", "exchange", "--proxy", gate.proxy, stdin=issuer.token(**claims))
        assert done.returncode == 3
        assert "hint: " in done.stderr
    async with gate.client(proxy=gate.proxy) as client:
        place = f"http://{HOST}{PATH}"
        assert (await client.get(place)).status_code == 404
        assert (await client.post(f"http://{HOST}/other", data={})).status_code == 404
        assert (await client.post(place, content=b"x" * 40_000)).status_code == 413
        for _ in range(WRONG_TRIES - 4):
            refused = await client.post(place, data={"subject_token": "x"})
            assert refused.status_code == 400
            assert refused.headers["cache-control"] == "no-store"
        slow = await client.post(place, data={"subject_token": "x"})
        assert slow.status_code == 429
        assert 0 < int(slow.headers["retry-after"]) <= 60
    assert provider.journal.count == before
    assert gate.events("exchanged") == []


async def test_a_users_token_that_has_ended(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    state, config = tmp_path / "with-users", write_config(tmp_path, provider.port, provider.ca)
    places = ("--config", str(config), "--state", str(state))
    assert hushgate("users", "add", "alice", *places).returncode == 0
    gate = await start_gate(state=state)
    host = gate.proxy.removeprefix("http://")
    given = gate.run("users", "ticket", "alice", "--hours", "0.002")
    assert given.returncode == 0, given.stderr
    begun, proxy = time.monotonic(), f"http://alice:{given.stdout.strip()}@{host}"
    async with gate.client(proxy=proxy, limits=httpx.Limits(keepalive_expiry=60)) as client:
        assert (await client.post(URL, json=chat("hello"))).status_code == 200
        before = provider.journal.count
        while time.monotonic() - begun < 7.5:  # 7.2 seconds are 0.002 hours
            await asyncio.sleep(0.1)
        late = await client.post(URL, json=chat("hello"))  # on the tunnel that is open
    assert late.status_code == 407
    assert "hint: " in late.text
    assert "users ticket" in late.text
    assert provider.journal.count == before


async def test_a_command_in_a_job_comes_in_by_itself(
    start_gate: Start, provider: Provider, issuer: Issuer, rules: Path
) -> None:
    gate = await start_gate(workloads=str(rules))
    shows = "import os; print(os.environ['HTTPS_PROXY'], os.environ.get('HUSHGATE_ID_TOKEN'))"
    behind = ("run", "--quiet", "--proxy", gate.proxy, "--ca", gate.ca)
    program = ("--", sys.executable, "-c", shows)
    curl = ("--", "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", "content-type: application/json")

    async def run(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(gate.run_in, environ, *words)

    with Actions(lambda audience: issuer.token(aud=audience)) as actions:
        before = provider.journal.count
        done = await run(actions.environ, *behind, *curl, "-d", json.dumps(chat("hello")), URL)
        assert (done.returncode, done.stdout) == (0, "200"), done.stderr
        assert "this job is ci.agents to the gate, for 5 minutes" in done.stderr
        assert provider.journal.count == before + 1
        (opened,) = await gate.more_events("opened", 0)
        assert (opened["actor"], opened["source"]) == ("ci.agents", "ci")
        refused = await run(actions.environ, *behind, "--audience", "other", *program)
        assert (refused.returncode, refused.stdout) == (3, "") and "no rule lets in" in refused.stderr
    ready = await run({"HUSHGATE_ID_TOKEN": issuer.token()}, *behind, *program)
    assert ready.stdout.startswith("http://ci.agents:hgt_") and ready.stdout.endswith(" None\n")

    rules.write_text(rules.read_text().replace("acme/agents", "acme/other"))
    async with asyncio.timeout(20):
        while "the changed workloads are in force" not in gate.said:
            await asyncio.sleep(0.05)
    gone = await run({"HUSHGATE_ID_TOKEN": issuer.token()}, *behind, *program)
    assert gone.returncode == 3 and "no rule lets in" in gone.stderr
    rules.write_text("version: 1\nworkloads: [{}]\n")
    async with asyncio.timeout(20):
        while "the changed workloads are refused, the old ones stay in force" not in gate.said:
            await asyncio.sleep(0.05)
    other = await run({"HUSHGATE_ID_TOKEN": issuer.token(repository="acme/other")}, *behind, *program)
    assert other.stdout.startswith("http://ci.agents:hgt_")


@asynccontextmanager
async def socket(gate: Gate, proxy: str) -> AsyncIterator[ClientConnection]:
    context = ssl.create_default_context(cafile=gate.ca)
    async with connect("wss://api.openai.com/v1/realtime?model=gpt-realtime", proxy=proxy, ssl=context) as opened:
        yield opened


async def test_a_token_reaches_nothing_outside_its_scope(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    endpoint = {"id": "own", "hosts": ["llm.own.example"], "self_hosted": True, "scheme": "http", "openai": ["/v1"]}
    own.write_text(yaml.safe_dump({"version": 1, "endpoints": [endpoint]}))
    state, config = tmp_path / "with-users", write_config(tmp_path, provider.port, provider.ca)
    assert hushgate("users", "add", "alice", "--config", str(config), "--state", str(state)).returncode == 0
    async with Provider(tls=False) as home:
        pins = {"llm.own.example": f"127.0.0.1:{home.port}", "plain.example": f"127.0.0.1:{home.port}"}
        settings = {"endpoints": ["builtin", str(own)], "egress": {"resolve": pins}}
        gate = await start_gate(state=state, **settings)

        def ticket(*scope: str) -> str:
            given = gate.run("users", "ticket", "alice", *scope)
            assert given.returncode == 0, given.stderr
            return gate.proxy.replace("://", f"://alice:{given.stdout.strip()}@")

        places = (URL, "http://llm.own.example/v1/chat/completions", "http://plain.example/x")
        for scope, fine in (
            (("--endpoint", "openai"), (200, 403, 403)),
            (("--endpoint", "plain.example"), (403, 403, 200)),
            (("--from", "10.0.0.0/8"), (403, 403, 403)),
            (("--from", "127.0.0.0/8", "--endpoint", "own", "--endpoint", "openai"), (200, 200, 403)),
            (("--model", "gpt-*"), (400, 400, 200)),
        ):
            proxy = ticket(*scope)
            for place, status in zip(places, fine, strict=True):
                for http2 in (False, True)[: 1 + (place == URL)]:
                    before = provider.journal.count + home.journal.count
                    try:
                        async with gate.client(proxy=proxy, http2=http2) as client:
                            answer = (await client.post(place, json=chat("hello"))).status_code
                    except httpx.ProxyError as refused:
                        answer = int(str(refused).split()[0])
                    reached = provider.journal.count + home.journal.count - before
                    assert (scope, place, answer, reached) == (scope, place, status, int(status == 200))

        before = provider.journal.count
        with pytest.raises(InvalidProxyStatus):
            async with socket(gate, ticket("--endpoint", "cohere")):
                pass
        with pytest.raises(InvalidStatus) as other:
            async with socket(gate, ticket("--model", "gpt-4o")):
                pass
        assert b"out_of_scope" in (other.value.response.body or b"")
        assert provider.journal.count == before, "not even the upgrade"
        async with socket(gate, ticket("--model", "gpt-realtime")) as opened:
            await opened.send(json.dumps({"type": "response.create"}))
            assert "error" not in json.loads(await asyncio.wait_for(opened.recv(), 20))
        last = gate.events("refused")[-1]
        assert (last["reasons"][0]["rule"], len(last["token"])) == ("token-scope", 12)

        proxy = ticket("--endpoint", "openai")
        async with gate.client(proxy=proxy) as client, socket(gate, proxy) as opened:
            assert (await client.post(URL, json=chat("hello"))).status_code == 200
            (user,) = gate.json("users", "list")
            last = user["tokens"][-1]
            assert last["scopes"] == [{"endpoints": ["openai"]}]
            assert gate.run("users", "revoke", "alice", "--token", last["id"]).returncode == 0
            before = provider.journal.count
            assert (await client.post(URL, json=chat("hello"))).status_code == 407
            with pytest.raises(ConnectionClosed):
                await opened.send(json.dumps({"type": "response.create"}))
                await asyncio.wait_for(opened.recv(), 20)
            assert provider.journal.count == before
        assert gate.stop() == 0
        (user,) = gate.json("users", "list")
        assert user["tokens"][0]["last_use"] is None and all(one["last_use"] for one in user["tokens"][1:2])


async def test_a_gate_without_workloads_exchanges_nothing(gate: Gate, issuer: Issuer) -> None:
    done = hushgate("users", "exchange", "--proxy", gate.proxy, stdin=issuer.token())
    assert done.returncode == 3
    assert "where it is configured" in done.stderr
