"""A gate takes up changed files while it runs, all or none, and says so."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat, write_config

URL = "https://api.openai.com/v1/chat/completions"
RULE = """
version: 1
rules:
  - id: acme-badge
    entity: EMPLOYEE_ID
    level: confidential
    category: pii
    says: "Badge number of an Acme employee"
    pattern: 'AB-[0-9]{6}'
    match: ["badge AB-123456"]
    no_match: ["badge AB-12345"]
"""


async def says(gate: Gate, text: str) -> None:
    """Wait until the gate has said something more."""
    for _ in range(200):
        if text in gate.said:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{text!r} is not in:\n{gate.said}")


async def masks(gate: Gate, provider: Provider) -> bool:
    """Whether the badge's number is masked now; AssertionError if the gate does not work."""
    async with gate.client() as client:
        assert (await client.post(URL, json=chat("my badge is AB-123456"))).status_code == 200
    return b"AB-123456" not in provider.journal.last.body


async def test_changed_files_are_taken_up_all_or_none(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    folder = tmp_path / "gate0"
    folder.mkdir()
    (folder / "own.yaml").write_text(RULE)
    gate = await start_gate(rules=["builtin", "./own*.yaml"])
    assert await masks(gate, provider)

    (folder / "own.yaml").write_text(RULE.replace('AB-12345"]', 'AB-654321"]'))
    await says(gate, "refused, the old ones stay in force")
    assert "own.yaml:4" in gate.said
    assert await masks(gate, provider)

    (folder / "own.yaml").unlink()
    await says(gate, "the changed rules are in force")
    assert not await masks(gate, provider)


async def test_the_configuration_is_read_again(start_gate: Start, provider: Provider) -> None:
    gate = await start_gate()
    (gate.folder / "more.yaml").write_text(RULE)
    whole = gate.config.read_text()
    gate.config.write_text("version: 1\nrules: [builtin, ./more.yaml]\nenforce: perhaps\n")
    await says(gate, "enforce must be true or false")
    gate.config.write_text(whole)
    await says(gate, "the changed rules are in force")
    assert not await masks(gate, provider)

    settings = {"rules": ["builtin", "./more.yaml"], "egress": {"other_hosts": "block"}}
    write_config(gate.folder, provider.port, provider.ca, **settings)
    gate.process.send_signal(signal.SIGHUP)
    await says(gate, "these changed settings wait for a restart: egress.other_hosts")
    assert await masks(gate, provider)
