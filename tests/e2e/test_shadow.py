"""`enforce: false`, through a real gate: everything goes as it came, and is on record as what it would have been."""

from __future__ import annotations

import contextlib
from base64 import b64encode
from pathlib import Path

import httpx
import pytest

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import Gate, chat
from tests.e2e.test_disk_full import small_disk
from tests.e2e.test_masking import CARD, EMAIL, URL
from tests.e2e.test_own_rules import DEADLINE_MS, OWN
from tests.made_files import encrypted_pdf

__all__ = ["small_disk"]

IMAGE = {
    "type": "image_url",
    "image_url": {"url": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"},
}
PDF = "data:application/pdf;base64," + b64encode(encrypted_pdf("what nobody can read")).decode()
DOCUMENT = {"type": "file", "file": {"filename": "plan.pdf", "file_data": PDF}}
KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEAq3Zx8fkWc1vYpJr7t2LmNbQe5uHsGdOaTzXyWcRfVbEnKjUi\n" * 3
KEY += "-----END RSA PRIVATE KEY-----"


async def ask(gate: Gate, content: object) -> httpx.Response:
    async with gate.client() as client:
        return await client.post(URL, json=chat("") | {"messages": [{"role": "user", "content": content}]})


async def test_all_of_it_goes_and_is_on_record(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN)
    detect = {"ner": "off", "deadline_ms": DEADLINE_MS}
    gate = await start_gate(enforce=False, rules=["builtin", str(tmp_path / "own.yaml")], detect=detect)
    for content, would, reason in (
        ("hello", "allow", "nothing-found"),
        (f"{EMAIL} pays with {CARD}", "allow", "mask-confidential"),
        (KEY, "block", "private-keys-stay-home"),
        ("TLP:RED\nthe plan", "block", "labelled-regulated-stays"),
        ([IMAGE], "block", "unread"),
        ([DOCUMENT], "block", "unread"),
        ("y" * 80 + " and x", "block", "fault"),
    ):
        count = provider.journal.count
        told = await ask(gate, content)
        assert told.status_code == 200, told.text
        assert provider.journal.count == count + 1
        assert provider.journal.last.json["messages"][0]["content"] == content, "as it came"
        shown = await gate.closed(told.headers["x-hushgate-decision"])
        assert (shown["gate"], shown["enforced"]) == (would, False)
        assert reason in {said["rule"] for said in shown["reasons"]}
        assert bool(shown["faults"]) == (reason == "fault")

    count = provider.journal.count
    async with gate.client() as client:
        two = await client.post(
            URL, content=b'{"model": "m", "model": "n"}', headers={"content-type": "application/json"}
        )
    assert two.status_code == 400 and provider.journal.count == count, "what has no one reading has no record to go by"
    assert gate.run("verify").returncode == 0


@pytest.mark.parametrize("enforced", ["true", "false"])
async def test_one_rule_alone(start_gate: Start, provider: Provider, tmp_path: Path, enforced: str) -> None:
    rules = (
        '{id: pass, when: {level: ">=public"}, then: allow}, {id: no-mail, when: {entity: EMAIL_ADDRESS}, then: block'
    )
    (tmp_path / "policy.yaml").write_text(f"version: 1\nrules: [{rules}, enforce: {enforced}}}]\n")
    gate = await start_gate(policy=str(tmp_path / "policy.yaml"))
    told = await ask(gate, f"write to {EMAIL}")
    if enforced == "true":
        assert told.status_code == 400 and provider.journal.count == 0
        return
    assert told.status_code == 200 and EMAIL in provider.journal.last.body.decode()
    shown = await gate.closed(told.headers["x-hushgate-decision"])
    assert any(warning.startswith("no-mail is not enforced") for warning in shown["warnings"])
    assert shown["enforced"]


async def test_what_cannot_be_recorded_does_not_leave(start_gate: Start, provider: Provider, small_disk: Path) -> None:
    gate = await start_gate(state=small_disk / "state", enforce=False)
    assert (await ask(gate, "hello")).status_code == 200
    count, told = provider.journal.count, None
    with (small_disk / "filler").open("wb", buffering=0) as out, contextlib.suppress(OSError):
        while out.write(b"\0" * 4096):
            pass
    for turn in range(400):
        told = await ask(gate, f"turn {turn}")
        if told.status_code != 200:
            break
        count += 1
    assert told is not None and told.status_code == 503
    assert told.json()["error"]["code"] == "ledger_unavailable"
    assert provider.journal.count == count
    (small_disk / "filler").unlink()
    assert (await ask(gate, "healed")).status_code == 200
