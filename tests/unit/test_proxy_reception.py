"""The control socket of a gate, what runs out meanwhile, and whose words are masked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from hushgate.approvals.notify.channels import Channel, Hook
from hushgate.consent import Outcome
from hushgate.errors import StateError
from hushgate.keys import Keys
from hushgate.proxy import reception
from hushgate.proxy.names import Names
from hushgate.proxy.reception import Reception
from tests.approving import ALICE, BOB, Clock, Journal, asked, desk
from tests.gate_cases import EMAIL, pipeline
from tests.notices import Sink


class Uses:
    saved = 0

    def save(self) -> None:
        self.saved += 1
        raise StateError("no space left")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(reception, "EXPIRE_SECONDS", 0.01)
    monkeypatch.setattr(reception, "USES_SECONDS", 0.01)
    users = SimpleNamespace(person=lambda name, token: BOB, uses=Uses())
    yield SimpleNamespace(
        desk=desk(Journal(), ALICE, BOB, clock=Clock()), users=users, state=SimpleNamespace(path=tmp_path),
        settings=SimpleNamespace(approvals=SimpleNamespace(notify=())),
    )  # fmt: skip


async def test_it_serves_the_desk_and_lets_go(app: Any) -> None:
    one = Reception(cast(Any, app), Names(pipeline()))
    path = await one.start()
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b'{"do": "list", "name": "bob", "token": ""}\n')
    assert await asyncio.wait_for(reader.readline(), 5) == b'{"done": []}\n'
    writer.close()
    await one.stop()
    assert not path.exists() and app.users.uses.saved >= 1


async def test_what_runs_out_is_ended_also_after_a_fault(app: Any) -> None:
    one = Reception(cast(Any, app), Names(pipeline()))
    assert (await app.desk.ask(asked(), None)).outcome is Outcome.PENDING
    await one.start()
    app.desk.book.journal.full = True
    app.desk.clock.now += 10_000
    await asyncio.sleep(0.05)
    assert app.desk.book.approvals["a1"].state == "pending"
    app.desk.book.journal.full = False
    async with asyncio.timeout(5):
        while app.desk.book.approvals["a1"].state != "expired":
            await asyncio.sleep(0.01)
    one.leave()


async def test_what_people_write_is_masked(app: Any) -> None:
    Reception(cast(Any, app), Names(pipeline()))
    await app.desk.ask(asked(), None)
    rejected = await app.desk.reject(BOB, "a1", f"not to {EMAIL}")
    assert EMAIL not in rejected.reason and rejected.reason.startswith("not to <EMAIL_ADDRESS_")


async def test_approvers_are_told_of_what_waits_and_of_nothing_once_it_left(app: Any, tmp_path: Path) -> None:
    async with Sink() as sink:
        hook = Channel("slack-1", Hook("slack", f"file:{tmp_path / 'url'}"))
        (tmp_path / "url").write_text(sink.url)
        egress = SimpleNamespace(upstream_ca=None, upstream_proxy=None)
        approvals = SimpleNamespace(notify=(hook,))
        app.settings = SimpleNamespace(approvals=approvals, egress=egress, file=None, console_url="https://gate.test")
        app.keys, events = Keys(bytes(32)), list[Any]()
        app.ledger = SimpleNamespace(append_soon=lambda kind, payload: events.append((kind, payload["outcome"])))
        app.desk.clock = time.time
        for tells in (False, True):
            one = Reception(cast(Any, app), Names(pipeline()), tells=tells)
            await one.start()
            await app.desk.ask(asked(f"told: {tells}"), None)
            if tells:
                await sink.wait(1)
                await asyncio.sleep(0.05)
            await one.stop()
    (got,) = sink.got
    assert "https://gate.test/link/" in got.body.decode() and events == [("notified", "delivered")]
