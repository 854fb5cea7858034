from __future__ import annotations

import json
from pathlib import Path

import pytest

from hushgate.errors import Malformed
from hushgate.identity.arriving import arrive
from hushgate.users import UserBook, Users, read_users

KEY = bytes(range(32))
WHO = ("https://login.example", "s-1")


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return Users(tmp_path / "users.json", KEY, lambda: 1000.0)


def come(users: Users, name: str = "carol", roles: tuple[str, ...] = (), who: tuple[str, str] = WHO) -> str:
    return arrive(users, KEY, who, name, ("eu", "a b"), roles, lambda: 2000.0)


def test_a_user_who_was_added_is_tied_to_the_subject(users: Users) -> None:
    tokens = users.enrol("carol", ("us",), ("approver",))
    assert come(users, roles=("admin",)) == "carol"
    (carol,) = users.everyone()
    assert (carol.roles, carol.groups, carol.provided) == (("approver",), ("us",), False)
    assert carol.subject and WHO[1] not in carol.subject and carol.subject not in repr(carol)
    assert UserBook(users._path, KEY).person("carol", tokens["deciding"]) is not None
    assert come(users, "another name") == "carol"
    for other in (("https://login.example", "s-2"), ("https://other.example", "s-1")):
        with pytest.raises(Malformed, match="somebody else"):
            come(users, who=other, roles=("admin",))
    users.revoke("carol")
    users.enrol("carol")
    assert come(users, who=("https://login.example", "s-2")) == "carol", "who is added anew is tied anew"


def test_a_stranger_comes_in_by_roles_alone(users: Users) -> None:
    with pytest.raises(Malformed, match="no role here"):
        come(users)
    assert users.everyone() == ()
    assert come(users, roles=("auditor", "approver")) == "carol"
    (carol,) = users.everyone()
    assert (carol.roles, carol.groups, carol.provided) == (("approver", "auditor"), ("eu",), True)
    book = UserBook(users._path, KEY)
    assert book.person("carol", "") is None and book.verify("carol", "") is None and book.person("carol", "\0") is None
    assert [person.roles for person in book.everyone()] == [("approver", "auditor")], "who may be asked to approve"
    come(users, roles=("developer",))
    assert users.everyone()[0].roles == ("developer",)
    with pytest.raises(Malformed, match="no role here"):
        come(users)


@pytest.mark.parametrize("name", ["", "a b", "a;b", "\u00e4", "x" * 65])
def test_a_name_has_to_fit(users: Users, name: str) -> None:
    with pytest.raises(Malformed, match="cannot be a name here"):
        come(users, name, ("auditor",))


def test_who_has_ended_is_a_stranger(users: Users) -> None:
    users.enrol("carol", (), ("admin",), seconds=10)
    with pytest.raises(Malformed, match="no role here"):
        come(users)


@pytest.mark.parametrize(
    "change", [{"subject": ""}, {"subject": "00"}, {"subject": "no hex"}, {"provided": False}, {"provided": 1}]
)
def test_a_changed_entry_means_nobody(users: Users, change: dict[str, object]) -> None:
    come(users, roles=("auditor",))
    place = users._path
    assert json.loads(place.read_text())["version"] == 2, "an earlier release takes no user without a token"
    said = json.loads(place.read_text())
    said["users"][0].update(change)
    place.write_text(json.dumps(said))
    assert UserBook(place, KEY).everyone() == []
    with pytest.raises(Exception, match="damaged"):
        read_users(place)
