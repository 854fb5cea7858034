"""A short form of `python -m tests.e2e.load`."""

from __future__ import annotations

import sys

import pytest

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.load import load


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads memory from /proc")
async def test_two_hundred_clients_while_workers_die(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate()
    report = await load(gate, provider, clients=200, seconds=8, kill_every=1.5)
    assert report.wrong == []
    assert report.killed >= 2
    assert report.answers["200"] > 50, report.shown()
    assert report.answers["400 policy_violation"] > 0
    before, after = report.memory
    assert after < before + 200, report.shown()  # MB, for 200 connections and their TLS
    assert gate.stop(timeout=60) == 0
    assert gate.run("verify").returncode == 0
