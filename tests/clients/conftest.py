"""The rig: client -> HTTPS_PROXY -> the real gate -> TLS front with a journal -> @copilotkit/aimock.

What that does not play is played by a double of ours, under a host of its own.

A client is run once, with nothing in its environment but a key, the proxy and
the one variable that it takes trust from; the tests look at what came of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pytest_asyncio import is_async_test

from hushgate.launch import proxy_url
from hushgate.ledger.query import Reader
from tests.clients.catalogue import AWS, INVOKE_HOST, LIVE_HOST, MODEL_HOSTS, Client
from tests.doubles.bedrock import Bedrock
from tests.doubles.front import Front
from tests.doubles.journal import Journal, Received
from tests.doubles.live import CHUNK, PAUSE, live
from tests.doubles.provider import Provider
from tests.e2e.gate import Gate, start

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).parent / "programs"
INSTALLED = ROOT / ".tools/clients"
PYTHON = INSTALLED / "venv/bin/python"
SECONDS = 120.0

EMAIL = "erika.mustermann" + "@example.com"
TOKEN = "ghp_" + "a1B2c3D4e5" * 3 + "F6g7H8"
TEXT = (
    f'Zo\u00eb says: "write to {EMAIL},\nand try the token {TOKEN} for me\u2026", and no more than that '
    "\U0001f600\U0001f680\U0001f600\U0001f680."
)
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEfakefake" * 20 + "\n-----END RSA PRIVATE " + "KEY-----"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of a client came to: its own words, what the provider got, and what is on record."""

    told: dict[str, dict[str, Any]]
    received: tuple[Received, ...]
    messages: tuple[str, ...]
    exchanges: list[dict[str, Any]]
    leaks: dict[str, str | None]


type Try = Callable[[Client], Awaitable[Outcome]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run these tests on one event loop, on which the front lives."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def pytest_sessionstart() -> None:
    """Nothing is skipped because it is not there."""
    if not PYTHON.exists() or not (PROGRAMS.parent / "node_modules").exists():
        pytest.exit("the clients are not installed\nhint: run scripts/clients", returncode=3)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def front() -> AsyncIterator[Front]:
    """The provider: aimock, behind our TLS."""
    aimock = await asyncio.create_subprocess_exec(
        "node", PROGRAMS.parent / "provider.mjs", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert aimock.stdin
    assert aimock.stdout
    try:
        async with asyncio.timeout(30):
            port = int(await aimock.stdout.readline())
        async with Front(port, MODEL_HOSTS) as running:
            yield running
    finally:
        aimock.stdin.close()
        await aimock.wait()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def own(front: Front) -> AsyncIterator[dict[str, Provider]]:
    """What we play ourselves, by host: Bedrock's InvokeModel, which checks every signature, and Google's Live API."""
    script = Bedrock({AWS["AWS_ACCESS_KEY_ID"]: AWS["AWS_SECRET_ACCESS_KEY"]}, chunk=CHUNK, delay=PAUSE)
    invoke = Provider(hosts=(INVOKE_HOST,), script=script, http2=False, authority=front.authority)
    google = Provider(hosts=(LIVE_HOST,), http2=False, authority=front.authority)
    google.socket = live
    async with invoke, google:
        yield {INVOKE_HOST: invoke, LIVE_HOST: google}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def gate(front: Front, own: dict[str, Provider], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gate]:
    """The built-in rules; and AWS credentials, to sign anew what a client that has them signed."""
    folder = tmp_path_factory.mktemp("gate")
    resolve = dict.fromkeys(MODEL_HOSTS, f"127.0.0.1:{front.port}")
    resolve |= {host: f"127.0.0.1:{provider.port}" for host, provider in own.items()}
    env = AWS | dict.fromkeys(("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"), str(folder / "none"))
    running = await start(folder, front.port, front.ca, env=env, egress={"resolve": resolve})
    yield running
    assert running.stop() == 0, running.said
    assert "hushgate error" not in running.said, running.said
    assert running.run("verify").returncode == 0


@pytest.fixture(scope="session")
def outcomes() -> dict[str, Outcome]:
    return {}


@pytest.fixture
def tried(front: Front, own: dict[str, Provider], gate: Gate, outcomes: dict[str, Outcome]) -> Try:
    """Runs a client; the second time it remembers."""

    async def once(client: Client) -> Outcome:
        if client.name not in outcomes:
            outcomes[client.name] = await _run(
                client, (front.journal, *(provider.journal for provider in own.values())), gate
            )
        return outcomes[client.name]

    return once


async def _run(client: Client, journals: tuple[Journal, ...], gate: Gate) -> Outcome:
    for journal in journals:
        journal.clear()
    session = re.sub(r"\W+", "-", client.name)
    task = {"text": TEXT, "blocked": f"Please look at {PEM}"}
    told = await run(client, task, proxy_url(gate.proxy, session), gate.ca)
    await gate.settled()
    with Reader(gate.state / "ledger.db") as reader:
        exchanges = [reader.exchange(one["id"]) or {} for one in reader.exchanges(session)]
    return Outcome(
        told,
        tuple(request for journal in journals for request in journal.requests),
        tuple(message for journal in journals for message in journal.messages),
        exchanges,
        {value: next((at for one in journals if (at := one.find(value))), None) for value in (EMAIL, TOKEN, PEM)},
    )


async def run(client: Client, task: dict[str, str], proxy: str, ca: str) -> dict[str, dict[str, Any]]:
    """Run a client's program, and what it tells of its cases."""
    program = "node" if client.program.endswith(".mjs") else str(PYTHON)
    command = (shutil.which(program), str(PROGRAMS / client.program), json.dumps(task))
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        **client.environment,
        "HTTPS_PROXY": proxy,
        client.trust: ca,
    }
    running = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(SECONDS):
            out, said = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
    assert running.returncode == 0, said.decode(errors="replace")
    return dict(json.loads(out))
