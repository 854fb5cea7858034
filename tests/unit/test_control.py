"""The control socket and the command line's end of it, without a gate."""

from __future__ import annotations

import argparse
import asyncio
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from hushgate import control as controls
from hushgate.cli import context
from hushgate.cli.control import Control as Client
from hushgate.consent import Person
from hushgate.control import Control
from hushgate.errors import HushgateError, Refused, StateError
from hushgate.state import Ready, State
from tests.approving import ALICE, BOB, DAVE, asked, desk

BEFOREHAND = {"entities": ["PERSON"], "destination": "openai", "seconds": 60, "reason": "", "uses": -1, "raw": False}
PEOPLE = {"alice": ALICE, "bob": BOB, "dave": DAVE}


def verify(name: str, token: str) -> Person | None:
    return PEOPLE.get(name) if token == f"token-{name}" else None


@pytest_asyncio.fixture
async def served(tmp_path: Path) -> AsyncIterator[Control]:
    control = Control(desk(), verify, tmp_path / controls.NAME)
    await control.start()
    yield control
    control.stop()
    assert not control.path.exists()


async def said(control: Control, *lines: Any) -> list[dict[str, Any]]:
    reader, writer = await asyncio.open_unix_connection(control.path)
    for line in lines:
        writer.write((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n")
    found = [json.loads(await asyncio.wait_for(reader.readline(), 5)) for _ in lines]
    writer.close()
    return found


def as_(name: str, do: str, **more: Any) -> dict[str, Any]:
    return {"do": do, "name": name, "token": f"token-{name}", **more}


async def test_the_socket_is_the_owners(served: Control) -> None:
    assert stat.S_IMODE(served.path.stat().st_mode) == 0o600


async def test_a_long_path_has_a_folder_of_its_own(tmp_path: Path) -> None:
    control = Control(desk(), verify, tmp_path / ("d" * 120) / controls.NAME)
    path = await control.start()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    control.stop()
    assert not path.parent.exists()


async def test_what_people_do(served: Control) -> None:
    await served.desk.ask(asked(), None)
    listed, shown, done, grants, revoked, nothing = await said(
        served, as_("bob", "list", state="pending"), as_("bob", "show", id="a1"), as_("bob", "approve", id="a1"),
        as_("bob", "grants"), as_("bob", "revoke", id="g2"), as_("bob", "grants"),
    )  # fmt: skip
    (one,) = listed["done"]
    assert (one["id"], one["actor"], one["entities"]) == ("a1", "alice", ["EMAIL_ADDRESS"])
    assert shown["done"]["reasons"] == [{"rule": "ask", "says": "ask waits"}] and shown["done"]["waiting"] == 0
    assert done["done"]["state"] == "approved"
    assert [(g["id"], g["open"], g["uses"]) for g in grants["done"]] == [("g2", True, 1)]
    assert revoked["done"]["revoked_by"] == "bob" and nothing["done"] == []


async def test_asking_beforehand(served: Control) -> None:
    wish = {"entities": ["PERSON"], "destination": "openai", "seconds": 60, "reason": "r", "uses": None, "raw": False}
    made, rejected = await said(served, as_("alice", "request", **wish), as_("bob", "reject", id="a1", reason="no"))
    assert made["done"]["entities"] == ["PERSON"] and rejected["done"]["reason"] == "no"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"do": "list", "name": "bob", "token": "token-alice"}, "not known"),
        ({"do": "list", "name": "eve", "token": ""}, "not known"),
        (as_("alice", "approve", id="a1"), "himself"),
        (as_("dave", "approve", id="a1"), "no approver"),
        (as_("bob", "approve", id="a9"), "no approval"),
        (as_("bob", "reveal", id="a1", finding=0), "does not wait"),
        (as_("bob", "destroy"), "does not understand"),
        (as_("bob", "approve"), "does not understand"),
        (as_("bob", "approve", id="a1", raw=7), "does not understand"),
        (as_("bob", "approve", id="a1", raw="0"), "does not understand"),
        (as_("bob", "approve", id="a1", group=["dev"]), "does not understand"),
        (as_("bob", "approve", id="a1", uses="many"), "does not understand"),
        (as_("bob", "approve", id="a1", uses=0), "uses are 1"),
        (as_("bob", "approve", id="a1", seconds=float("nan")), "some time"),
        (as_("bob", "reveal", id="a1", finding=float("inf")), "does not understand"),
        (as_("dave", "request", **BEFOREHAND), "uses are 1"),
        (as_("dave", "request", **{**BEFOREHAND, "uses": 1, "seconds": "nan"}), "some time"),
        (as_("dave", "request", **{**BEFOREHAND, "entities": ["ghp_fake"]}), "no names of entities"),
        (as_("dave", "request", **{**BEFOREHAND, "destination": "a b"}), "no endpoint's id"),
        (as_("dave", "request", **{**BEFOREHAND, "destination": None}), "does not understand"),
        (b"[]", "does not understand"),
        (b"nonsense", "does not understand"),
    ],
)
async def test_what_is_refused(served: Control, line: Any, says: str) -> None:
    await served.desk.ask(asked(), None)
    (answer,) = await said(served, line)
    assert says in answer["error"] and "done" not in answer
    assert [one.state for one in served.desk.book.approvals.values()] == ["pending"]


async def test_who_watches_is_told_of_each_change(served: Control) -> None:
    reader, writer = await asyncio.open_unix_connection(served.path)
    writer.write(json.dumps(as_("bob", "watch")).encode() + b"\n")
    async with asyncio.timeout(5):
        assert json.loads(await reader.readline()) == {"done": []}
        await served.desk.ask(asked(), None)
        assert [one["id"] for one in json.loads(await reader.readline())["done"]] == ["a1"]
        await served.desk.approve(BOB, "a1")
        assert json.loads(await reader.readline()) == {"done": []}
    writer.close()


async def test_connections_are_bounded(served: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "MOST_OPEN", 1)
    _, first = await asyncio.open_unix_connection(served.path)
    async with asyncio.timeout(5):
        while not served._open:
            await asyncio.sleep(0)
        reader, second = await asyncio.open_unix_connection(served.path)
        assert await reader.read() == b""
        first.close()
        second.close()
        while served._open:
            await asyncio.sleep(0)
    assert (await said(served, as_("bob", "list")))[0] == {"done": []}


async def test_who_is_revoked_watches_no_longer(served: Control) -> None:
    staff = dict(PEOPLE)
    served.verify = lambda name, _: staff.get(name)
    reader, writer = await asyncio.open_unix_connection(served.path)
    writer.write(json.dumps(as_("bob", "watch")).encode() + b"\n")
    async with asyncio.timeout(5):
        assert json.loads(await reader.readline()) == {"done": []}
        del staff["bob"]
        await served.desk.ask(asked(), None)
        assert "not known" in json.loads(await reader.readline())["error"]
    writer.close()


def arguments(state: Path, name: str | None) -> argparse.Namespace:
    return argparse.Namespace(config=None, state=state, name_as=name)


async def test_the_command_lines_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUSHGATE_TOKEN", "token-bob")
    state = State.open(tmp_path / "state")
    with pytest.raises(StateError, match="no gate runs"):
        Client(arguments(state.path, "bob"))
    control = Control(desk(), verify, state.path / controls.NAME)
    path = await control.start()
    with state.lock():
        state.write_ready(Ready("http://127.0.0.1:1", "ca", None, 1, str(path)))

        def ask() -> None:
            with Client(arguments(state.path, "bob")) as client:
                assert client("list") == []
                with pytest.raises(Refused, match="no approval 'a9'"):
                    client("approve", id="a9")
                assert next(client.watch()) == []
            monkeypatch.setenv("HUSHGATE_TOKEN", "wrong")
            with Client(arguments(state.path, "bob")) as client, pytest.raises(Refused, match="not known"):
                client("list")
            monkeypatch.delenv("HUSHGATE_TOKEN")
            with pytest.raises(StateError, match="nobody's token"):
                Client(arguments(state.path, "bob"))

        await asyncio.to_thread(ask)
        control.stop()
        monkeypatch.setenv("HUSHGATE_TOKEN", "token-bob")
        with pytest.raises(HushgateError, match="cannot be used"):
            Client(arguments(state.path, "bob"))
    assert context.Exit.FINE == 0
