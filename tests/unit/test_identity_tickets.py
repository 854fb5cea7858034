"""Tickets: they end, they are taken back, and their tokens are nowhere."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hushgate.errors import Malformed, StateError
from hushgate.identity import tickets as module
from hushgate.identity.scope import scope_of
from hushgate.identity.tickets import TicketBook, Tickets, read_tickets
from hushgate.users import UserBook, Users
from hushgate.values import Actor

KEY = bytes(range(32))


class World:
    def __init__(self, folder: Path) -> None:
        self.now = 1000.0
        self.place = folder / "tickets.json"
        self.tickets = Tickets(self.place, KEY, lambda: self.now)
        self.users = Users(folder / "users.json", KEY)
        self.others = TicketBook(self.place, KEY, lambda: self.now)
        self.book = UserBook(folder / "users.json", KEY, self.others)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_users_ticket_ends_and_ends_with_the_user(world: World) -> None:
    own = world.users.add("alice", ["dev"])
    token = world.tickets.give("alice", 60)
    assert world.book.verify("alice", token) == world.book.verify("alice", own) == Actor("alice", ("dev",))
    assert world.book.verify("bob", token) is None
    world.now += 60
    assert world.book.verify("alice", token) is None
    token = world.tickets.give("alice", 60)
    world.users.revoke("alice")
    assert world.book.verify("alice", token) is None
    assert world.book.verify("alice", own) is None


def test_a_jobs_ticket_has_groups_of_its_own(world: World) -> None:
    token = world.tickets.give_job("ci.agents", 60, ("ci", "support"), "issuer\0one", 2000.0)
    assert world.book.verify("ci.agents", token) == Actor("ci.agents", ("ci", "support"))
    assert world.tickets.revoke("ci.agents") == 1
    assert world.book.verify("ci.agents", token) is None
    assert world.tickets.revoke("ci.agents") == 0


def test_what_a_ticket_was_given_for_is_used_until_it_has_ended(world: World) -> None:
    world.tickets.give_job("ci.a", 10, ("ci",), "one", 2000.0)
    for step in (lambda: None, lambda: world.tickets.revoke("ci.a"), lambda: setattr(world, "now", 1999.0)):
        step()
        with pytest.raises(Malformed, match="exchanged before"):
            Tickets(world.place, KEY, lambda: world.now).give_job("ci.a", 10, ("ci",), "one", 2000.0)
    world.now = 2000.0
    assert world.tickets.give_job("ci.a", 10, ("ci",), "one", 2000.0)
    assert len(read_tickets(world.place)) == 1  # those that are over are forgotten


def test_no_token_is_kept_or_told(world: World) -> None:
    world.users.add("alice")
    token = world.tickets.give("alice", 60)
    assert world.book.verify("alice", token)
    assert stat.S_IMODE(world.place.stat().st_mode) == 0o600
    (ticket,) = world.tickets.live()
    for text in (world.place.read_text(), repr(ticket), repr(world.tickets), repr(world.others)):
        assert token.removeprefix(module.PREFIX) not in text
    assert ticket.digest not in repr(ticket)


def test_a_damaged_file_opens_to_nobody(world: World) -> None:
    world.users.add("alice")
    token = world.tickets.give("alice", 60)
    good = world.place.read_text()
    damages = ("", "[]", '{"version":2,"tickets":[]}', good.replace("alice", "a;b"), good.replace("1060", '"x"'))
    for damage in (*damages, good.replace('"digest": "', '"digest": "00'), good.replace("name", "what")):
        assert damage != good
        world.place.write_text(damage)
        assert world.book.verify("alice", token) is None
        with pytest.raises(StateError, match="damaged"):
            world.tickets.give("alice", 60)
    world.place.write_text(good)
    assert world.book.verify("alice", token)
    world.place.unlink()
    assert world.book.verify("alice", token) is None


def test_how_long_and_how_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds in (0, -1, module.LONGEST + 1, float("nan")):
        with pytest.raises(StateError, match="90 days"):
            world.tickets.give("alice", seconds)
    monkeypatch.setattr(module, "MOST", 1)
    world.tickets.give("alice", 60)
    with pytest.raises(StateError, match="too many"):
        world.tickets.give("alice", 60)


def test_a_ticket_narrows_its_user_and_is_known_by_its_id(world: World) -> None:
    own, mine = scope_of({"endpoints": ["openai"]}), scope_of({"from": ["10.0.0.0/8"]})
    world.users.enrol("alice", scope=own)
    token, plain = world.tickets.give("alice", 60, mine), world.tickets.give("alice", 60)
    actor, other = world.book.verify("alice", token), world.book.verify("alice", plain)
    assert actor is not None and other is not None
    assert (actor.scopes, other.scopes) == ((own, mine), (own,))
    assert actor.token == world.tickets.id_of("alice", token) != other.token
    assert world.tickets.revoke("alice", "0123456789") == 0
    assert world.tickets.revoke("bob", actor.token) == 0
    assert world.tickets.revoke("alice", actor.token) == 1
    assert world.book.verify("alice", token) is None and world.book.verify("alice", plain)
    job = world.tickets.give_job("ci.a", 60, ("ci",), "one", 2000.0, (own, scope_of({}), mine))
    came = world.book.verify("ci.a", job)
    assert came is not None and came.scopes == (own, mine)


def test_scopes_that_are_not_as_written_open_to_nobody(world: World) -> None:
    world.users.add("alice")
    token = world.tickets.give("alice", 60, scope_of({"endpoints": ["openai"]}))
    good = world.place.read_text()
    for damage in (good.replace("endpoints", "until"), good.replace('["openai"]', "[]"), good.replace("[{", "[7,{")):
        assert damage != good
        world.place.write_text(damage)
        assert world.book.verify("alice", token) is None
    world.place.write_text(good)
    assert world.book.verify("alice", token)
