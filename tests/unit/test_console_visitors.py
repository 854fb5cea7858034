from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.consent import Person
from hushgate.console import visitors
from hushgate.console.visitors import Door, Role, TooMany, Visitor, roles_of
from hushgate.users import DECIDING, PROXY, UserBook, Users

KEY = bytes(16)


@pytest.fixture
def users(tmp_path: Path) -> Users:
    tmp_path.chmod(0o700)
    return Users(tmp_path / "users.json", KEY)


@pytest.fixture
def wall() -> list[float]:
    return [0.0]


@pytest.fixture
def door(tmp_path: Path, users: Users, wall: list[float]) -> Door:
    place = tmp_path / "users.json"
    return Door(UserBook(place, KEY), place, always=False, clock=lambda: wall[0])


def test_everybody_may_see_what_is_their_own() -> None:
    assert roles_of(Person("a", ("auditor",), ())) == {Role.DEVELOPER}, "a group is no role"
    assert roles_of(Person("a", (), ("auditor", "none"))) == {Role.DEVELOPER, Role.AUDITOR}


def test_the_token_for_the_proxy_opens_no_more(door: Door, users: Users) -> None:
    tokens = users.enrol("alice", (), ("developer", "auditor"))
    for use, sees_all in ((PROXY, False), (DECIDING, True)):
        visitor = door.visitor(door.log_in("alice", tokens[use], "127.0.0.1"))
        assert visitor is not None and visitor.may(Role.AUDITOR) is sees_all


@pytest.mark.parametrize(
    ("roles", "may", "may_not", "sees"),
    [
        ({Role.DEVELOPER}, {Role.DEVELOPER}, {Role.APPROVER, Role.AUDITOR, Role.ADMIN}, "a"),
        ({Role.DEVELOPER, Role.APPROVER}, {Role.DEVELOPER, Role.APPROVER}, {Role.AUDITOR, Role.ADMIN}, "a"),
        ({Role.DEVELOPER, Role.AUDITOR}, {Role.DEVELOPER, Role.AUDITOR}, {Role.APPROVER, Role.ADMIN}, None),
        ({Role.DEVELOPER, Role.ADMIN}, set(Role) - {Role.REVEALER}, {Role.REVEALER}, None),
        ({Role.DEVELOPER, Role.REVEALER}, {Role.DEVELOPER, Role.REVEALER}, {Role.APPROVER, Role.ADMIN}, "a"),
    ],
)
def test_what_a_role_may(roles: set[Role], may: set[Role], may_not: set[Role], sees: str | None) -> None:
    visitor = Visitor("a", frozenset(roles))
    assert all(visitor.may(role) for role in may)
    assert not any(visitor.may(role) for role in may_not)
    assert visitor.sees == sees


def test_without_users_whoever_is_here_reads(door: Door) -> None:
    visitor = door.visitor(None)
    assert not door.asks
    assert visitor is not None and not visitor.named
    assert visitor.person == Person("local", (), ("auditor", "developer"))
    assert visitor.may(Role.AUDITOR) and not visitor.may(Role.ADMIN) and not visitor.may(Role.APPROVER)


def test_elsewhere_than_on_loopback_nobody_comes_in_unnamed(tmp_path: Path) -> None:
    door = Door(UserBook(tmp_path / "users.json", KEY), tmp_path / "users.json", always=True)
    assert door.asks
    assert door.visitor(None) is None


def test_a_log_in_lasts_and_ends(door: Door, users: Users, wall: list[float]) -> None:
    cookie = door.log_in("alice", users.enrol("alice", (), ("auditor",))[DECIDING], "127.0.0.1")
    assert cookie is not None
    visitor = door.visitor(cookie)
    assert visitor is not None and visitor.name == "alice" and visitor.may(Role.AUDITOR)
    assert visitor.form not in ("", cookie)
    assert door.visitor("another") is None
    assert door.visitor(None) is None
    door.log_out(cookie)
    assert door.visitor(cookie) is None


def test_who_does_nothing_for_an_hour_logs_in_again(door: Door, users: Users, wall: list[float]) -> None:
    cookie = door.log_in("alice", users.add("alice"), "127.0.0.1")
    wall[0] = visitors.IDLE_SECONDS - 1
    assert door.visitor(cookie) is not None
    wall[0] += visitors.IDLE_SECONDS / 2
    assert door.visitor(cookie, visits=False) is not None
    wall[0] += visitors.IDLE_SECONDS / 2 + 1
    assert door.visitor(cookie) is None, "to ask whether it lasts is no visit"


def test_no_log_in_outlives_a_day_of_work(door: Door, users: Users, wall: list[float]) -> None:
    cookie = door.log_in("alice", users.add("alice"), "127.0.0.1")
    while wall[0] < visitors.LASTS_SECONDS:
        assert door.visitor(cookie) is not None
        wall[0] += visitors.IDLE_SECONDS / 2
    wall[0] += 1
    assert door.visitor(cookie) is None


def test_a_revoked_user_is_out_at_once_and_stays_out_under_a_new_token(door: Door, users: Users) -> None:
    cookie = door.log_in("alice", users.add("alice"), "127.0.0.1")
    users.add("bob")
    users.revoke("alice")
    assert door.visitor(cookie) is None
    again = door.log_in("bob", "wrong", "127.0.0.1")
    assert again is None


def test_a_session_ends_where_the_token_was_changed(door: Door, users: Users) -> None:
    cookie = door.log_in("alice", users.add("alice"), "127.0.0.1")
    users.revoke("alice")
    users.add("alice")
    assert door.visitor(cookie) is None


@pytest.mark.parametrize("how", ["address", "name"])
def test_wrong_tokens_are_counted(door: Door, users: Users, wall: list[float], how: str) -> None:
    token = users.add("alice")
    for n in range(visitors.WRONG_TRIES):
        name, address = ("alice", f"10.0.0.{n}") if how == "name" else (f"u{n}", "10.0.0.1")
        assert door.check(name, "wrong", address) is None
    wall[0] = 20
    with pytest.raises(TooMany) as wait:
        door.check("alice", token, "10.0.0.1")
    assert wait.value.seconds == visitors.WRONG_SECONDS - 20
    wall[0] += visitors.WRONG_SECONDS + 1
    assert door.check("alice", token, "10.0.0.1") is not None


def test_memory_is_bounded(door: Door, users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "MOST_SESSIONS", 3)
    token = users.add("alice")
    cookies = [door.log_in("alice", token, "127.0.0.1") for _ in range(5)]
    assert [door.visitor(cookie) is not None for cookie in cookies] == [False, False, True, True, True]


def test_no_repr_tells_a_form_token(door: Door) -> None:
    visitor = door.visitor(None)
    assert visitor is not None and visitor.form not in repr(visitor)
