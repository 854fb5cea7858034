from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from hushgate.consent import Person
from hushgate.console import visitors
from hushgate.console.visitors import Door, Role, TooMany, Visitor, Way, roles_of
from hushgate.users import DECIDING, PROXY, UserBook, Users

KEY = bytes(16)


@pytest.fixture
def users(tmp_path: Path) -> Users:
    tmp_path.chmod(0o700)
    return Users(tmp_path / "users.json", KEY)


def entered(door: Door, name: str, token: str) -> str | None:
    """The cookie of a log-in with a token."""
    visitor = door.check(name, token, "127.0.0.1")
    return None if visitor is None else door.enter(name, Way.TOKEN, visitor.roles)


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
        visitor = door.visitor(entered(door, "alice", tokens[use]))
        assert visitor is not None and visitor.may(Role.AUDITOR) is sees_all


@pytest.mark.parametrize(
    ("roles", "may", "may_not", "sees"),
    [
        ({Role.DEVELOPER}, {Role.DEVELOPER}, set(Role) - {Role.DEVELOPER}, "a"),
        (
            {Role.DEVELOPER, Role.APPROVER},
            {Role.DEVELOPER, Role.APPROVER, Role.DECIDING},
            {Role.AUDITOR, Role.ADMIN},
            "a",
        ),
        (
            {Role.DEVELOPER, Role.AUDITOR},
            {Role.DEVELOPER, Role.AUDITOR, Role.DECIDING},
            {Role.APPROVER, Role.ADMIN},
            None,
        ),
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
    cookie = entered(door, "alice", users.enrol("alice", (), ("auditor",))[DECIDING])
    assert cookie is not None
    visitor = door.visitor(cookie)
    assert visitor is not None and visitor.name == "alice" and visitor.may(Role.AUDITOR)
    assert visitor.form not in ("", cookie)
    assert door.visitor("another") is None
    assert door.visitor(None) is None
    door.log_out(cookie)
    assert door.visitor(cookie) is None


def test_who_does_nothing_for_an_hour_logs_in_again(door: Door, users: Users, wall: list[float]) -> None:
    cookie = entered(door, "alice", users.add("alice"))
    wall[0] = visitors.IDLE_SECONDS - 1
    assert door.visitor(cookie) is not None
    wall[0] += visitors.IDLE_SECONDS / 2
    assert door.visitor(cookie, visits=False) is not None
    wall[0] += visitors.IDLE_SECONDS / 2 + 1
    assert door.visitor(cookie) is None, "to ask whether it lasts is no visit"


def test_no_log_in_outlives_a_day_of_work(door: Door, users: Users, wall: list[float]) -> None:
    cookie = entered(door, "alice", users.add("alice"))
    while wall[0] < visitors.LASTS_SECONDS:
        assert door.visitor(cookie) is not None
        wall[0] += visitors.IDLE_SECONDS / 2
    wall[0] += 1
    assert door.visitor(cookie) is None


def test_a_revoked_user_is_out_at_once_and_stays_out_under_a_new_token(door: Door, users: Users) -> None:
    cookie = entered(door, "alice", users.add("alice"))
    users.add("bob")
    users.revoke("alice")
    assert door.visitor(cookie) is None
    again = entered(door, "bob", "wrong")
    assert again is None


def test_a_session_ends_where_the_token_was_changed(door: Door, users: Users) -> None:
    cookie = entered(door, "alice", users.add("alice"))
    users.revoke("alice")
    users.add("alice")
    assert door.visitor(cookie) is None


def test_wrong_tokens_are_counted_by_address(door: Door, users: Users, wall: list[float]) -> None:
    token = users.add("alice")
    for n in range(visitors.WRONG_TRIES):
        assert door.check(f"u{n}", "hg_wrong", "10.0.0.1") is None
    wall[0] = 20
    with pytest.raises(TooMany) as wait:
        door.check("alice", token, "10.0.0.1")
    assert wait.value.seconds == visitors.WRONG_SECONDS - 20
    assert door.check("alice", token, "10.0.0.2") is not None
    wall[0] = visitors.WRONG_SECONDS
    assert door.check("alice", token, "10.0.0.1") is not None


def test_right_tokens_are_not_counted(door: Door, users: Users) -> None:
    token = users.add("alice")
    for _ in range(visitors.WRONG_TRIES + 1):
        assert door.check("alice", token, "10.0.0.1") is not None


def test_nobody_locks_a_user_out_who_has_a_token(door: Door, users: Users) -> None:
    token = users.add("alice")
    for n in range(visitors.WRONG_PASSWORDS):
        door.begin("alice", f"10.0.0.{n}")
    with pytest.raises(TooMany) as wait:
        door.begin("alice", "10.0.1.1")
    assert wait.value.seconds == visitors.PASSWORD_SECONDS
    assert door.check("alice", token, "10.0.1.1") is not None
    door.begin("bob", "10.0.1.1")


def test_a_password_counts_as_wrong_while_it_is_checked(door: Door) -> None:
    for _ in range(visitors.WRONG_TRIES):
        door.begin("alice", "10.0.0.1")
    with pytest.raises(TooMany):
        door.begin("bob", "10.0.0.1")
    door.right("alice", "10.0.0.1")
    door.begin("bob", "10.0.0.1")


def test_who_may_not_try_counts_no_further(door: Door) -> None:
    for n in range(visitors.WRONG_TRIES * 3):
        with contextlib.suppress(TooMany):
            door.begin(f"u{n}", "10.0.0.1")
    assert all(door._names.waits(f"u{n}") == 0 for n in range(30))
    assert len(door._names._wrong) == visitors.WRONG_TRIES


def test_a_session_lasts_as_long_as_what_opened_it(door: Door, users: Users) -> None:
    token = users.add("alice")
    users.keep_password("alice", "$argon2id$one")
    by_token, by_password = entered(door, "alice", token), door.enter("alice", Way.PASSWORD)
    assert door.visitor(by_token) and door.visitor(by_password)
    users.keep_password("alice", "$argon2id$two")
    assert door.visitor(by_password) is None
    assert door.visitor(by_token) is not None
    users.revoke("alice")
    assert door.visitor(by_token) is None
    assert door.enter("alice", Way.TOKEN) is None


def test_a_password_opens_the_roles_that_the_user_has_now(door: Door, users: Users) -> None:
    users.enrol("alice", ("eu",), ("auditor",))
    users.keep_password("alice", "$argon2id$one")
    visitor = door.visitor(door.enter("alice", Way.PASSWORD))
    assert visitor is not None and visitor.roles == {Role.DEVELOPER, Role.AUDITOR} and visitor.groups == ("eu",)


def test_memory_is_bounded(door: Door, users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "MOST_SESSIONS", 3)
    token = users.add("alice")
    cookies = [entered(door, "alice", token) for _ in range(5)]
    assert [door.visitor(cookie) is not None for cookie in cookies] == [False, False, True, True, True]


def test_no_repr_tells_a_form_token(door: Door) -> None:
    visitor = door.visitor(None)
    assert visitor is not None and visitor.form not in repr(visitor)
