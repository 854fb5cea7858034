"""Fixtures that start the real gate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.provider import Provider
from tests.e2e.gate import Gate, start

type Start = Callable[..., Awaitable[Gate]]


@pytest.fixture
async def start_gate(tmp_path: Path, provider: Provider) -> AsyncIterator[Start]:
    """Starts gates in front of the provider double, and ends them."""
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


@pytest.fixture
async def gate(start_gate: Start) -> Gate:
    """One gate with the built-in rules."""
    return await start_gate()
