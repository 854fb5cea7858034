"""Rules of a running gate: the new ones, all of them, or the old ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hushgate.app import App
from hushgate.identity.exchange import open_exchange
from hushgate.proxy import reload
from hushgate.proxy.egress import GuardedResolver
from hushgate.proxy.reload import Jobs, Reloading, stamps
from hushgate.proxy.wiring import address_rules, open_authority
from hushgate.settings import load_settings

ENDPOINT = """
version: 1
endpoints:
  - {{id: acme, hosts: [{host}], routes: [{{path: /v1/chat/completions, format: openai-chat}}]}}
"""


@pytest.fixture
async def reloading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reloading]:
    monkeypatch.setattr(reload, "WATCH_SECONDS", 0.01)
    (tmp_path / "own.yaml").write_text(ENDPOINT.format(host="llm.acme.example"))
    config = tmp_path / "hushgate.yaml"
    config.write_text(
        "version: 1\nstate: ./state\nendpoints: [builtin, ./*own.yaml]\ndetect: {ner: off}\n"
        "ca: {permitted: [acme.example]}\n"
    )
    app = App.open(load_settings(config, {}, {}))
    resolver = GuardedResolver(asyncio.get_running_loop(), address_rules(app))
    one = Reloading(app, open_authority(app), resolver, stamps(app.settings))
    watcher = asyncio.create_task(one.watch())
    yield one
    watcher.cancel()
    await app.close()


async def until(said: pytest.CaptureFixture[str] | pytest.LogCaptureFixture, text: str) -> None:
    heard = ""
    async with asyncio.timeout(20):
        while text not in heard:
            heard += said.text if isinstance(said, pytest.LogCaptureFixture) else said.readouterr().err
            await asyncio.sleep(0.01)


async def test_a_changed_file_is_taken_up(reloading: Reloading, capsys: pytest.CaptureFixture[str]) -> None:
    file = reloading.app.settings.file
    assert file is not None
    (file.parent / "own.yaml").write_text(ENDPOINT.format(host="other.acme.example"))
    await until(capsys, "changed rules are in force")
    assert reloading.app.rules.endpoints.find("other.acme.example") is not None
    assert reloading.app.rules.endpoints.find("llm.acme.example") is None
    assert reloading.resolver.rules == address_rules(reloading.app)


async def test_what_the_ca_may_not_sign_for_is_refused(reloading: Reloading, caplog: pytest.LogCaptureFixture) -> None:
    file = reloading.app.settings.file
    assert file is not None
    (file.parent / "own.yaml").write_text(ENDPOINT.format(host="llm.elsewhere.example"))
    await until(caplog, "the old ones stay in force")
    assert reloading.app.rules.endpoints.find("llm.acme.example") is not None


async def test_a_file_that_goes_takes_its_rules_along_when_asked_alone(
    reloading: Reloading, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    file = reloading.app.settings.file
    assert file is not None
    (file.parent / "own.yaml").unlink()
    await until(caplog, "own.yaml is gone, its rules stay in force")
    assert reloading.app.rules.endpoints.find("llm.acme.example") is not None
    reloading.ask()
    await until(capsys, "changed rules are in force")
    assert reloading.app.rules.endpoints.find("llm.acme.example") is None


async def test_whatever_fails_while_rules_are_read_leaves_the_old_ones(
    reloading: Reloading, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("sk-live-what-nobody-may-see")

    monkeypatch.setattr("hushgate.proxy.reload.Rules.load", broken)
    before = reloading.app.rules
    reloading.ask()
    await until(caplog, "the old ones stay in force: RuntimeError")
    assert "nobody-may-see" not in caplog.text
    assert reloading.app.rules is before


WORKLOADS = """
version: 1
workloads:
  - {{id: {id}, issuer: "https://ci.example", audience: hushgate, claims: {{repository: acme/agents}}}}
"""


async def test_changed_workloads_are_taken_up_or_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "workloads.yaml"
    file.write_text(WORKLOADS.format(id="agents"))
    exchange = open_exchange(file, tmp_path / "tickets.json", bytes(32), None)
    assert exchange is not None
    jobs = Jobs(exchange, file, None)

    def ids() -> list[str]:
        return [one.id for one in exchange.workloads]

    await jobs.look(asked=False)
    await jobs.look(asked=True)
    assert ids() == ["agents"] and capsys.readouterr().err == "", "nothing has changed"
    file.write_text(WORKLOADS.format(id="evaluation"))
    await jobs.look(asked=False)
    assert ids() == ["evaluation"] and "changed workloads are in force" in capsys.readouterr().err
    for wrong in ("version: 1\nworkloads: [{id: x}]\n", "{", ""):
        caplog.clear()
        file.write_text(wrong)
        await jobs.look(asked=False)
        assert ids() == ["evaluation"] and "the old ones stay in force" in caplog.text
        caplog.clear()
        await jobs.look(asked=False)
        assert caplog.text == "", "it is told once"
    file.unlink()
    await jobs.look(asked=False)
    assert ids() == ["evaluation"] and "the old ones stay in force" in caplog.text
    file.write_text(WORKLOADS.format(id="agents"))
    await jobs.look(asked=False)
    assert ids() == ["agents"]


def test_a_gate_without_workloads_watches_none(reloading: Reloading) -> None:
    assert reloading.jobs is None
