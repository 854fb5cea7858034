"""Held requests through a real gate, in front of a provider that counts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.provider import Provider
from tests.e2e.conftest import Start
from tests.e2e.gate import chat
from tests.e2e.house import POLICY, URL, House, code, opened
from tests.e2e.test_masking import EMAIL
from tests.e2e.test_realtime import realtime, said, sdk


async def test_a_held_request_is_approved_and_goes_on_masked(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    house = await opened(start_gate, tmp_path / "house")
    asking, id = await house.held(f"write to {EMAIL} today")
    assert provider.journal.count == 0 and not asking.done()

    shown = await house.does("bob", "approvals", "show", id)
    assert shown["actor"] == "alice" and shown["entities"] == ["EMAIL_ADDRESS"] and shown["waiting"] == 1
    assert EMAIL not in json.dumps(shown) and "<EMAIL_ADDRESS_" in shown["excerpts"][0]["text"]
    assert "write to" in shown["excerpts"][0]["text"]

    assert (await house.does("bob", "approvals", "approve", id))["state"] == "approved"
    answer = await asking
    assert answer.status_code == 200 and EMAIL in answer.text, "the client has its own value back"
    assert provider.journal.count == 1
    assert EMAIL not in provider.journal.last.body.decode()
    exchange = house.gate.json("show", answer.headers["x-hushgate-decision"])
    assert exchange["approved_by"] == "bob" and exchange["gate"] == "allow"
    assert [r["rule"] for r in exchange["reasons"]] == ["ask-first", "approved"]
    assert house.steps() == ["opened", "approved"] and house.steps("grant") == ["granted", "redeemed"]
    assert house.gate.run("verify").returncode == 0


async def test_an_approval_is_redeemed_by_a_retry_once_and_by_nothing_else(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    house = await opened(start_gate, tmp_path / "house", hold_seconds=0)
    refused = await house.ask(f"write to {EMAIL}")
    assert code(refused) == "approval_required"
    assert refused.headers["x-should-retry"] == "false"
    id = (await house.pending())["id"]
    assert id in refused.json()["error"]["message"]
    assert code(await house.ask(f"write to {EMAIL}")) == "approval_required"
    assert (await house.pending())["id"] == id, "the same again is the same approval"

    await house.does("bob", "approvals", "approve", id, "--raw")
    for changed in (house.ask(f"write to {EMAIL} now"), house.ask(f"write to {EMAIL}", name="mallory")):
        assert code(await changed) == "approval_required"
    assert provider.journal.count == 0
    assert (await house.ask(f"write to {EMAIL}")).status_code == 200
    assert EMAIL in provider.journal.last.body.decode(), "it was approved raw"
    assert code(await house.ask(f"write to {EMAIL}")) == "approval_required"
    assert provider.journal.count == 1


async def test_whatever_is_no_yes_forwards_nothing(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    house = await opened(start_gate, tmp_path / "house", expire_minutes=1)
    asking, id = await house.held(f"tell {EMAIL}")
    for name, words in (
        ("alice", ("approve", id)), ("dave", ("approve", id)), ("mallory", ("approve", id)),
        ("bob", ("reveal", id, "7")),
    ):  # fmt: skip
        assert house.says(name, "approvals", *words).returncode == 3, (
            "her own; an auditor; a developer; no such finding"
        )
    assert house.says("bob", "approvals", "approve", id, token=house.tokens["alice"][-1]).returncode == 3
    assert not asking.done()
    assert (await house.does("bob", "approvals", "reveal", id, "0"))["value"] == EMAIL
    assert "shown once" in house.says("bob", "approvals", "reveal", id, "0").stderr
    done = await asyncio.gather(
        *(
            asyncio.to_thread(house.says, name, "approvals", "reject", id, "--reason", f"ask {EMAIL} first")
            for name in ("bob", "carol")
        )
    )
    assert sorted(one.returncode for one in done) == [0, 3], "two at once: one decides"
    refused = await asking
    assert code(refused) == "policy_violation"
    message = refused.json()["error"]["message"]
    assert "was rejected by" in message and "first" in message
    assert code(await house.ask(f"tell {EMAIL}")) == "policy_violation", "and again, without asking anybody"
    assert provider.journal.count == 0
    assert house.steps() == ["opened", "revealed", "rejected"]
    asking, id = await house.held(f"tell {EMAIL}", name="mallory")
    assert house.gate.run("users", "revoke", "mallory").returncode == 0
    await house.asks("bob", "approve", id=id)
    assert code(await asking) == "approval_required", "a user who is revoked has no use of a yes"
    assert provider.journal.count == 0 and house.steps("grant") == ["granted"]
    state = b"".join(f.read_bytes() for f in house.gate.state.rglob("*") if f.is_file())
    assert EMAIL.encode() not in state


@pytest.mark.parametrize("http2", [False, True])
async def test_who_left_gets_nothing_forwarded(
    start_gate: Start, provider: Provider, tmp_path: Path, http2: bool
) -> None:
    house = await opened(start_gate, tmp_path / "house")
    async with house.client(http2=http2) as client:
        asking = asyncio.create_task(client.post(URL, json=chat(f"tell {EMAIL}")))
        id = (await house.pending())["id"]
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
    async with asyncio.timeout(20):  # its connection is closed; what a client does not say cannot be known
        while (await house.asks("bob", "show", id=id))["waiting"]:
            await asyncio.sleep(0.05)
    await house.does("bob", "approvals", "approve", id)
    assert provider.journal.count == 0
    assert house.steps("grant") == ["granted"]
    answer = await house.ask(f"tell {EMAIL}", http2=http2)
    assert answer.status_code == 200 and provider.journal.count == 1, "a retry redeems it"
    held = [e for e in house.gate.events("opened") if e.get("outcome") == "client_left"]
    assert [e["approval"] for e in held] == [id]


async def test_a_restart_turns_what_waits_into_what_can_be_redeemed(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    house = await opened(start_gate, tmp_path / "house")
    asking, id = await house.held(f"tell {EMAIL}")
    house.gate.process.send_signal(signal.SIGTERM)
    assert code(await asking) == "approval_required"
    assert house.gate.process.wait(20) == 0
    policy = str(tmp_path / "house" / "policy.yaml")
    again = await start_gate(
        policy=policy, detect={"ner": "off"}, state=house.gate.state, approvals={"hold_seconds": 0}
    )
    house.gate = again
    assert (await house.pending())["id"] == id
    await house.does("bob", "approvals", "approve", id)
    again.process.send_signal(signal.SIGKILL)
    again.process.wait(20)
    house.gate = await start_gate(
        policy=policy, detect={"ner": "off"}, state=again.state, approvals={"hold_seconds": 0}
    )
    assert (await house.ask(f"tell {EMAIL}")).status_code == 200
    assert code(await house.ask(f"tell {EMAIL}")) == "approval_required"
    assert provider.journal.count == 1
    assert house.gate.run("verify").returncode == 0


def resident(house: House) -> float:
    """The gate's memory in MB."""
    asked = ("ps", "-o", "rss=", "-p", str(house.gate.process.pid))
    return int(subprocess.run(asked, capture_output=True, text=True, check=True).stdout) / 1024


async def test_a_flood_of_a_thousand_holds(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    house = await opened(start_gate, tmp_path / "house", hold_seconds=2)
    before = resident(house)
    async with house.client() as client:
        limit = asyncio.Semaphore(40)

        async def ask(n: int) -> str:
            async with limit:
                return code(await client.post(URL, json=chat(f"tell {EMAIL} number {n}")))

        said = await asyncio.gather(*(ask(n) for n in range(1000)))
    assert set(said) == {"approval_required"}
    assert provider.journal.count == 0
    assert house.steps() == ["opened"] * 20, "an actor's bound"
    assert resident(house) - before < 100, "MB; none of the thousand stays"
    assert code(await house.ask(f"tell {EMAIL}", name="mallory")) == "approval_required"
    assert len(house.steps()) == 21, "others still have theirs"


async def test_a_message_that_is_held_is_refused_and_redeemed(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    house = await opened(start_gate, tmp_path / "house")
    provider.socket = realtime
    options: Any = {"proxy": house.proxy(), "ssl": ssl.create_default_context(cafile=house.gate.ca)}
    async with (
        asyncio.timeout(60),
        sdk().realtime.connect(model="gpt-realtime", websocket_connection_options=options) as socket,
    ):
        await socket.conversation.item.create(item=said(f"I am {EMAIL}"))
        while (event := await socket.recv()).type != "error":
            pass
        id = (await house.pending())["id"]
        assert event.error.code == "approval_required" and id in event.error.message
        await house.asks("bob", "approve", id=id)
        await socket.conversation.item.create(item=said(f"I am {EMAIL}"))
        await socket.response.create()
        while (event := await socket.recv()).type != "response.output_text.done":
            assert event.type != "error", event
        assert event.text.startswith(f"I am {EMAIL} and ask")
    assert provider.journal.find(EMAIL) is None, "it went masked"
    assert house.steps("grant") == ["granted", "redeemed"]


async def test_a_rules_group_decides_and_a_policy_voids_only_what_it_changes(
    start_gate: Start, provider: Provider, tmp_path: Path
) -> None:
    house = await opened(start_gate, tmp_path / "house", hold_seconds=0)
    policy, ask = tmp_path / "house" / "policy.yaml", f"tell {EMAIL}"

    async def change(text: str) -> None:
        before = len(house.gate.events("config-changed"))
        policy.write_text(text)
        house.gate.process.send_signal(signal.SIGHUP)
        await house.gate.more_events("config-changed", before)

    await change(POLICY.replace("then: hold", "then: {hold: {groups: [security]}}"))
    assert code(await house.ask(ask)) == "approval_required"
    id = (await house.pending())["id"]
    assert "no approver in security" in house.says("bob", "approvals", "approve", id).stderr
    named = house.says("carol", "deputies", "name", "dave", "--for", "1h")
    assert named.returncode == 0, named.stderr
    await house.asks("dave", "approve", id=id)

    more = "  - {id: other, when: {entity: [CREDIT_CARD], direction: request}, then: block}\n"
    await change(POLICY.replace("then: hold", "then: {hold: {groups: [security]}}") + more)
    answer = await house.ask(ask)
    assert answer.status_code == 200, "the decision on this is the same"
    shown = await house.asks("carol", "show", id=id)
    recorded = house.gate.shown(answer.headers["x-hushgate-decision"]) or {}
    assert (recorded["actor"], recorded["approval"], recorded["approved_by"]) == ("alice", id, "dave for carol")
    assert len(shown["terms"]["digest"]) == 64 and shown["decided_by"] == "dave for carol"

    assert code(await house.ask(f"{ask} more")) == "approval_required"
    second = (await house.pending())["id"]
    await house.asks("carol", "approve", id=second)
    await change(POLICY.replace("ask-first", "ask-again"))
    assert code(await house.ask(f"{ask} more")) == "approval_required", "it is held for another reason"
    assert provider.journal.count == 1
    assert house.gate.run("verify").returncode == 0


async def test_what_nobody_decides_runs_out(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    house = await opened(start_gate, tmp_path / "house", hold_seconds=0, expire_minutes=1)
    assert code(await house.ask(f"tell {EMAIL}")) == "approval_required"
    id = (await house.pending())["id"]
    async with asyncio.timeout(90):
        while "expired" not in house.steps():
            await asyncio.sleep(0.5)
    assert "is expired already" in house.says("bob", "approvals", "approve", id).stderr
    assert code(await house.ask(f"tell {EMAIL}")) == "approval_required"
    assert (await house.pending())["id"] != id and provider.journal.count == 0


async def test_without_an_approver_a_hold_blocks(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    gate = await start_gate(policy=str(tmp_path / "policy.yaml"), detect={"ner": "off"})
    async with gate.client() as client:
        refused = await client.post(URL, json=chat(f"tell {EMAIL}"))
    assert code(refused) == "policy_violation" and "no-approver" in refused.text
    assert provider.journal.count == 0


async def test_asked_beforehand(start_gate: Start, provider: Provider, tmp_path: Path) -> None:
    house = await opened(start_gate, tmp_path / "house", hold_seconds=0)
    words = ("--entity", "EMAIL_ADDRESS", "--to", "openai", "--for", "30m", "--reason", "the migration")
    asked = await house.does("mallory", "approvals", "request", *words)
    await house.does("bob", "approvals", "approve", asked["id"])
    for n in range(2):
        assert (await house.ask(f"tell {EMAIL} {n}", name="mallory")).status_code == 200
    assert code(await house.ask(f"tell {EMAIL}", name="alice")) == "approval_required"
    (grant,) = await house.does("carol", "grants", "list")
    await house.does("carol", "grants", "revoke", grant["id"])
    assert code(await house.ask(f"tell {EMAIL}", name="mallory")) == "approval_required"
    assert provider.journal.count == 2
