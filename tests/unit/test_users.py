from __future__ import annotations

import json
import os
import stat
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushgate.consent import Person
from hushgate.errors import StateError
from hushgate.identity.scope import scope_of
from hushgate.identity.tickets import TicketBook
from hushgate.users import DECIDING, DEVELOPER, PROXY, TOKEN_PREFIX, UserBook, Users, read_users
from hushgate.values import Actor

KEY = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "users.json"


def test_a_token_opens_for_its_name_alone(path: Path) -> None:
    users = Users(path, KEY)
    alice, bob = users.add("alice", ["dev", "ops", "dev"]), users.add("bob")
    book = UserBook(path, KEY)
    assert book.verify("alice", alice) == Actor("alice", ("dev", "ops"))
    assert book.verify("bob", bob) == Actor("bob")
    for name, token in [("alice", bob), ("bob", alice), ("carol", alice), ("alice", ""), ("", alice), ("alice", "é")]:
        assert book.verify(name, token) is None
    assert book.verify("\ud800", "\udfff") is None


def test_no_token_is_kept(path: Path) -> None:
    token = Users(path, KEY).add("alice")
    assert token.startswith(TOKEN_PREFIX)
    assert len(token) == len(TOKEN_PREFIX) + 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert token not in path.read_text()
    assert token[len(TOKEN_PREFIX) :] not in path.read_text()
    (user,) = read_users(path)
    assert user.digest not in repr(user)


def test_under_another_key_nobody(path: Path) -> None:
    token = Users(path, KEY).add("alice")
    assert UserBook(path, bytes(32)).verify("alice", token) is None


def test_a_book_follows_its_file(path: Path) -> None:
    users, book = Users(path, KEY), UserBook(path, KEY)
    assert not book.configured
    assert book.verify("alice", "x") is None
    token = users.add("alice")
    assert book.verify("alice", token)
    assert book.configured
    users.add("bob")
    users.revoke("alice")
    assert book.verify("alice", token) is None
    token = users.add("alice")
    assert book.verify("alice", token)
    path.unlink()
    assert book.verify("alice", token) is None
    assert not book.configured


@pytest.mark.parametrize(
    "damage",
    [
        "", "{}", "[]", "null", '{"version":1}', '{"version":1,"users":[{}]}', '{"version":1,"users":{"a":1}}',
        '{"version":3,"users":[]}', "[" * 100_000,
        '{"version":1,"users":[{"name":"alice","groups":[],"added":1,"digest":"00"}]}',
        '{"version":1,"users":[{"name":"a;b","groups":[],"added":1,"digest":"' + "00" * 32 + '"}]}',
    ],
)  # fmt: skip
def test_a_damaged_file_means_nobody(path: Path, damage: str) -> None:
    users, book = Users(path, KEY), UserBook(path, KEY)
    token = users.add("alice")
    assert book.verify("alice", token)
    path.write_text(damage)
    assert book.verify("alice", token) is None
    assert book.fault
    assert book.verify("alice", token) is None
    with pytest.raises(StateError):
        users.add("bob")
    assert path.read_text() == damage


def test_one_name_twice_is_damage(path: Path) -> None:
    Users(path, KEY).add("alice")
    said = json.loads(path.read_text())
    said["users"] *= 2
    path.write_text(json.dumps(said))
    with pytest.raises(StateError, match="damaged"):
        read_users(path)


def test_a_loose_file_means_nobody(path: Path) -> None:
    token = Users(path, KEY).add("alice")
    book = UserBook(path, KEY)
    assert book.verify("alice", token)
    path.chmod(0o644)
    assert book.verify("alice", token) is None
    path.chmod(0o600)
    assert book.verify("alice", token)


@pytest.mark.parametrize(
    "name", ["", "a;b", "a:b", "a b", "a\nb", "-a", ".a", "é", "a" * 65, "a/b", "a%b", "a\n", "session=x"]
)
def test_names_that_are_refused(path: Path, name: str) -> None:
    for words in ((name, []), ("alice", [name])):
        with pytest.raises(StateError, match="cannot be a name"):
            Users(path, KEY).add(*words)  # type: ignore[arg-type]
    assert not path.exists()


def test_names_that_are_fine(path: Path) -> None:
    users = Users(path, KEY)
    names = ["alice", "a", "ci-bot.2", "alice+x@example.com", "A_b", "7", "a" * 64]
    for name in names:
        users.add(name)
    assert [user.name for user in users.everyone()] == names


def test_taken_and_missing_names(path: Path) -> None:
    users = Users(path, KEY)
    users.add("alice")
    with pytest.raises(StateError, match="exists"):
        users.add("alice")
    with pytest.raises(StateError, match="no such user"):
        users.revoke("bob")
    assert len(users.everyone()) == 1


def test_two_at_once_lose_nobody(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: Users(path, KEY).add(f"u{n}"), range(24)))
    assert {user.name for user in read_users(path)} == {f"u{n}" for n in range(24)}


def test_a_check_is_cheap(path: Path) -> None:
    token = Users(path, KEY).add("alice")
    book = UserBook(path, KEY)
    book.verify("alice", token)
    begun = time.process_time()
    for _ in range(1000):
        book.verify("alice", token)
    assert (time.process_time() - begun) / 1000 < 0.0005


def test_reprs_tell_nothing(path: Path) -> None:
    token = Users(path, KEY).add("alice")
    book = UserBook(path, KEY)
    book.verify("alice", token)
    assert repr(book) == f"UserBook({str(path)!r}, users=1)"
    assert repr(Users(path, KEY)) == f"Users({str(path)!r})"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_somebody_elses_file_means_nobody(path: Path) -> None:
    token = Users(path, KEY).add("alice")
    os.chown(path, 12345, -1)
    book = UserBook(path, KEY)
    assert book.verify("alice", token) is None
    assert book.fault


def test_each_role_has_its_token(path: Path) -> None:
    users, book = Users(path, KEY), UserBook(path, KEY)
    both = users.enrol("alice", ["dev"], ["approver", "developer"])
    decides = users.enrol("bob", (), ["admin", "revealer"])
    sends = users.add("carol")
    assert both.keys() == {PROXY, DECIDING} and decides.keys() == {DECIDING}
    assert book.person("alice", both[DECIDING]) == Person("alice", ("dev",), ("developer", "approver"))
    assert book.person("alice", both[PROXY]) == Person("alice", ("dev",), ("developer",)), "it decides nothing"
    assert book.person("bob", decides[DECIDING]) == Person("bob", (), ("admin", "revealer"))
    assert book.person("carol", sends) == Person("carol", (), ("developer",))
    assert book.verify("alice", both[PROXY]) and book.verify("carol", sends)
    for name, token in [("alice", both[DECIDING]), ("bob", decides[DECIDING])]:
        assert book.verify(name, token) is None, "the proxy does not take it"
    for name, token in [("alice", decides[DECIDING]), ("bob", both[PROXY]), ("bob", ""), ("eve", sends)]:
        assert book.person(name, token) is None
    assert [person.name for person in book.everyone()] == ["alice", "bob", "carol"]
    users.revoke("bob")
    assert book.person("bob", decides[DECIDING]) is None
    assert not any(token in path.read_text() for token in (*both.values(), *decides.values()))


def test_a_role_that_there_is_not(path: Path) -> None:
    with pytest.raises(StateError, match="no role boss"):
        Users(path, KEY).enrol("alice", (), ["boss"])


@pytest.mark.parametrize(
    "change", [{"roles": []}, {"roles": ["boss"]}, {"roles": ["approver"]}, {"deciding": "00" * 32}, {"digest": ""}]
)
def test_roles_and_tokens_that_do_not_fit_mean_nobody(path: Path, change: dict[str, object]) -> None:
    users, book = Users(path, KEY), UserBook(path, KEY)
    token = users.add("alice")
    said = json.loads(path.read_text())
    said["users"][0] |= change
    path.write_text(json.dumps(said))
    path.chmod(0o600)
    assert book.verify("alice", token) is None and book.everyone() == []


def test_a_file_without_roles_has_developers(path: Path) -> None:
    users, book = Users(path, KEY), UserBook(path, KEY)
    token = users.add("alice")
    said = json.loads(path.read_text())
    for name in ("roles", "deciding"):
        del said["users"][0][name]
    path.write_text(json.dumps(said))
    path.chmod(0o600)
    assert book.verify("alice", token) and book.person("alice", token) == Person("alice", (), ("developer",))


def test_a_user_with_a_scope_has_it_with_every_token(path: Path) -> None:
    scope = scope_of({"endpoints": ["openai"]})
    users, book = Users(path, KEY), UserBook(path, KEY)
    both = users.enrol("alice", (), [DEVELOPER, "approver"], scope)
    actor = book.verify("alice", both[PROXY])
    assert actor is not None
    (user,) = users.everyone()
    assert (actor.scopes, actor.token) == ((scope,), user.id)
    assert book.person("alice", both[PROXY]) is None, "such a token is the proxy's alone"
    person = book.person("alice", both[DECIDING])
    assert person is not None and person.roles == (DEVELOPER, "approver")
    assert json.loads(path.read_text())["version"] == 2, "earlier releases would not see the limit"


def test_a_user_that_has_ended_is_nobody(path: Path) -> None:
    now = [1000.0]
    users, book = Users(path, KEY, lambda: now[0]), UserBook(path, KEY, clock=lambda: now[0])
    both = users.enrol("alice", (), [DEVELOPER, "approver"], seconds=60)
    now[0] = 1059.9
    assert book.verify("alice", both[PROXY]) and book.standing("alice") and book.everyone() and book.configured
    now[0] = 1060
    assert book.verify("alice", both[PROXY]) is None and book.person("alice", both[DECIDING]) is None
    assert book.standing("alice") is None and book.everyone() == [] and not book.configured
    assert book.sender("alice") is None
    with pytest.raises(StateError, match="exists"):
        Users(path, KEY, lambda: 1059).add("alice")
    assert book.verify("alice", users.add("alice")), "the name is free again"


def test_a_token_that_is_taken_back_leaves_the_user(path: Path) -> None:
    users, book = Users(path, KEY), UserBook(path, KEY)
    both = users.enrol("alice", (), [DEVELOPER, "approver"])
    (user,) = users.everyone()
    for name, id in (("alice", ""), ("alice", "0123456789"), ("bob", user.id)):
        assert not users.revoke_token(name, id)
    assert users.revoke_token("alice", user.id)
    assert book.verify("alice", both[PROXY]) is None
    for token in ("", "\0", both[PROXY], bytes(32).decode()):
        assert book.verify("alice", token) is None and book.person("alice", token) is None
    assert book.person("alice", both[DECIDING]) and book.sender("alice")
    assert not users.revoke_token("alice", "")
    said = json.loads(path.read_text())
    said["version"] = 1
    path.write_text(json.dumps(said))
    assert book.everyone() == [], "in an older file that is damage"


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_any_bytes_are_nobody(name: bytes, token: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "users.json"
        Users(place, KEY).add("alice")
        book = UserBook(place, KEY, TicketBook(Path(folder) / "tickets.json", KEY))
        for one in (name.decode("latin-1"), "alice"):
            assert book.verify(one, token.decode("latin-1")) is None
            assert book.verify(one, token.decode("utf-8", "surrogateescape")) is None


def test_a_password_goes_with_its_user(path: Path) -> None:
    users, book = Users(path, KEY), UserBook(path, KEY)
    users.add("alice")
    with pytest.raises(StateError, match="no such user"):
        users.keep_password("bob", "$argon2id$x")
    users.keep_password("alice", "$argon2id$x")
    users.add("bob")
    alice = book.standing("alice")
    assert alice is not None and alice.password == "$argon2id$x" and alice.password not in repr(alice)
    users.revoke("alice")
    users.add("alice")
    alice = book.standing("alice")
    assert alice is not None and alice.password == ""


def test_a_password_in_the_clear_means_nobody(path: Path) -> None:
    Users(path, KEY).add("alice")
    said = json.loads(path.read_text())
    said["users"][0]["password"] = "turnip"
    path.write_text(json.dumps(said))
    assert UserBook(path, KEY).standing("alice") is None
