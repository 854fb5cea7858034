"""The control socket of a gate, what runs out meanwhile, and whose words are masked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from hushgate.consent import Outcome
from hushgate.errors import StateError
from hushgate.proxy import reception
from hushgate.proxy.names import Names
from hushgate.proxy.reception import Reception
from tests.approving import ALICE, BOB, Clock, Journal, asked, desk
from tests.gate_cases import EMAIL, pipeline


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
        desk=desk(Journal(), ALICE, BOB, clock=Clock()), users=users, state=SimpleNamespace(path=tmp_path)
    )


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
