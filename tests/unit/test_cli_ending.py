"""What ends soon, as `hushgate doctor` tells it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hushgate.cli.ending import examine
from hushgate.identity.tickets import Tickets
from hushgate.settings import ClientSettings, load_settings
from hushgate.state import State
from hushgate.users import Users
from tests.doubles.pki import Authority

KEY = bytes(range(32))
DAY = 86400.0


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State.open(tmp_path / "state")


def test_users_and_tokens_that_end_soon(state: State) -> None:
    settings = load_settings(None, {}, {})
    assert list(examine(settings, state)) == []
    users, tickets = Users(state.users, KEY), Tickets(state.tickets, KEY)
    for name, days in (("alice", 2.5), ("bob", 30), ("carol", 0)):
        users.enrol(name, seconds=days * DAY)
    tickets.give("bob", 3 * 3600 + 5)
    tickets.give("bob", 20 * DAY)
    tickets.give_job("ci.agents", 60, ("ci",), "one", 9e9)
    people, tokens = examine(settings, state)
    assert (people.good, people.says) == (None, "alice in 2 days")
    assert tokens.says.startswith("bob (") and tokens.says.endswith(") in 3 hours")
    for _ in range(12):
        tickets.give("bob", 30)
    assert " in less than a minute, " in list(examine(settings, state))[1].says
    assert list(examine(settings, state))[1].says.endswith(" and 3 more")
    state.users.write_text("damaged")
    (wrong,) = examine(settings, state)
    assert wrong.good is False and wrong.hint


@pytest.mark.parametrize(("expired", "good", "says"), [(False, True, "ends in 29 days"), (True, False, "has ended")])
def test_the_gates_own_certificate(state: State, tmp_path: Path, expired: bool, good: bool, says: str) -> None:
    pem = Authority.create(tmp_path / "pki").issue("127.0.0.1", expired=expired)
    (found,) = examine(replace(load_settings(None, {}, {}), clients=ClientSettings(pem)), state)
    assert (found.good, says in found.says) == (good, True)
    pem.write_text("damaged")
    (found,) = examine(replace(load_settings(None, {}, {}), clients=ClientSettings(pem)), state)
    assert found.good is False and found.hint
