from __future__ import annotations

import time
from pathlib import Path

import pytest

from hushgate.doorkeeper import Doorkeeper
from hushgate.identity.badge import Badge
from hushgate.identity.uses import Uses
from hushgate.users import DECIDING, UserBook, Users

KEY = bytes(32)


@pytest.mark.parametrize("always", [False, True])
def test_once_users_are_wanted_a_missing_file_lets_nobody_in(tmp_path: Path, always: bool) -> None:
    place = tmp_path / "users.json"
    door = Doorkeeper(UserBook(place, KEY), place, always=always)
    assert (door.any, door.configured) == (always, False)
    tokens = Users(place, KEY).enrol("carol", ("eu",), ("approver", "developer"))
    assert door.any and door.configured
    assert door.verify("carol", "wrong") is None
    assert door.verify("carol", tokens["proxy"]) is not None
    person = door.person("carol", tokens[DECIDING])
    assert person is not None and "approver" in person.roles
    place.write_text("damaged")
    assert door.any and not door.configured
    assert door.verify("carol", tokens["proxy"]) is None and door.everyone() == []


def badge(*san: str, cn: tuple[str, ...] = (), ends: float = 60) -> Badge:
    return Badge("x509:1", san, cn, time.time() + ends)


def test_a_certificate_names_one_user(tmp_path: Path) -> None:
    place = tmp_path / "users.json"
    users, book = Users(place, KEY), UserBook(place, KEY)
    users.add("alice", ["dev"])
    users.add("bob")
    users.enrol("carol", (), ["auditor"])
    door = Doorkeeper(book, place, always=True)
    actor = door.certified(badge("alice", "nobody"))
    assert actor is not None and (actor.name, actor.groups, actor.token) == ("alice", ("dev",), "x509:1")
    for shown in (badge(), badge("nobody"), badge("alice", "bob"), badge("carol"), badge(cn=("alice",))):
        assert door.certified(shown) is None
    assert door.certified(badge("alice", ends=-1)) is None
    by_cn = Doorkeeper(book, place, always=True, names="cn")
    assert by_cn.certified(badge("bob", cn=("alice",))) == actor
    assert by_cn.certified(badge("alice")) is None
    users.revoke("alice")
    assert door.certified(badge("alice")) is None


def test_a_right_token_is_a_use_and_a_wrong_one_is_none(tmp_path: Path) -> None:
    place, noted = tmp_path / "users.json", tmp_path / "uses.json"
    uses = Uses(noted, lambda: 7200.0)
    door = Doorkeeper(UserBook(place, KEY), place, always=True, uses=uses)
    token = Users(place, KEY).add("alice")
    assert door.verify("alice", "wrong") is None
    uses.save()
    assert not noted.exists()
    actor = door.verify("alice", token)
    uses.save()
    assert actor is not None and actor.token in noted.read_text()
