"""Fixtures that start the real gate. One provider and one gate stand for the whole run; see `gate`, `start_gate`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pytest_asyncio import is_async_test

from tests.doubles.chat import Reply
from tests.doubles.provider import Provider
from tests.doubles.socket import echo
from tests.e2e.gate import Gate, start

OLD_HOST = "us.api.openai.com"
type Start = Callable[..., Awaitable[Gate]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run these tests on one event loop, on which the standing provider lives."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def standing_provider() -> AsyncIterator[Provider]:
    async with Provider() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def standing_old_provider(standing_provider: Provider) -> AsyncIterator[Provider]:
    async with Provider(http2=False, authority=standing_provider.authority) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def standing_gate(
    standing_provider: Provider, standing_old_provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gate]:
    folder = tmp_path_factory.mktemp("standing")
    old = {OLD_HOST: f"127.0.0.1:{standing_old_provider.port}"}
    running = await start(folder, standing_provider.port, standing_provider.ca, egress={"resolve": old})
    yield running
    assert running.stop() == 0, running.said
    assert running.run("verify").returncode == 0


@pytest.fixture
def provider(standing_provider: Provider) -> Provider:
    """The counting provider, as if nothing had reached it yet."""
    return _fresh(standing_provider)


@pytest.fixture
def old_provider(standing_old_provider: Provider) -> Provider:
    """Another, behind the standing gate as OLD_HOST, which speaks nothing but HTTP/1.1."""
    return _fresh(standing_old_provider)


def _fresh(provider: Provider) -> Provider:
    provider.reply, provider.script, provider.socket = Reply(), None, echo
    provider.journal.clear()
    return provider


@pytest_asyncio.fixture(loop_scope="session")
async def start_gate(tmp_path: Path, provider: Provider) -> AsyncIterator[Start]:
    """Starts gates of the test's own in front of the provider, and ends them."""
    gates: list[Gate] = []

    async def begin(**options: Any) -> Gate:
        gate = await start(tmp_path / f"gate{len(gates)}", provider.port, provider.ca, **options)
        gates.append(gate)
        return gate

    yield begin
    for gate in gates:
        if gate.process.poll() is None:
            gate.process.kill()
            gate.process.wait()


@pytest_asyncio.fixture(loop_scope="session")
async def gate(provider: Provider, standing_gate: Gate) -> AsyncIterator[Gate]:
    """The standing gate, with the built-in rules. No test may hurt it, nor make one of its hooks fail."""
    assert standing_gate.process.poll() is None, f"an earlier test ended the gate:\n{standing_gate.said}"
    before = len(standing_gate.said)
    yield standing_gate
    assert standing_gate.process.poll() is None, standing_gate.said
    await standing_gate.settled()
    assert "hushgate error" not in standing_gate.said[before:], standing_gate.said[before:]
